#pragma once
// HTTPS to the one server whose key is pinned. libcurl is included in transport.cpp alone.

#include <functional>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"

namespace tefter {

class Transport {
public:
    /// `address` is host:port; the server's key must have one of `pins`. None, or one that is all zero, is refused.
    Transport(std::string address, const std::vector<Pin>& pins);
    ~Transport();
    /// The library that carries the bytes, with its version.
    static std::string library();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Posts and hands the answer's body over in pieces. An exception from `on_piece` ends the request and goes on to the
    /// caller. Throws ErrorKind::network when the server cannot be reached, is not the pinned one, or the line was cut;
    /// ErrorKind::refused with the server's sentence for an answer of 4xx.
    void post(const std::string& path, BytesView body, const std::function<void(BytesView)>& on_piece);

private:
    struct Handle;
    std::string address_, pins_;
    Handle* handle_;
};

}  // namespace tefter
