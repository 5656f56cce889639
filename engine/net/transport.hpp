#pragma once
// HTTPS to the one server that this device was enrolled at. libcurl is included in transport.cpp alone.

#include <functional>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/error.hpp"

namespace tefter {

/// Where a replica's server is, and how it is known: by its TLS key (today's, and the next one where it has been announced), and
/// by the authority that vouches for that key under the name in the address. All of it is checked.
struct ServerAddress {
    std::string address;  ///< host:port
    std::vector<Pin> pins;
    std::string authority;  ///< its certificate, PEM
};

/// The server does not know this device, or knows another one under its number: see client/enrol_again.hpp.
struct NotRegistered : Error {
    explicit NotRegistered(const std::string& sentence) : Error(ErrorKind::refused, sentence) {}
};

class Transport {
public:
    /// Throws ErrorKind::usage where there is no authority, or no pin that is not all zero.
    explicit Transport(ServerAddress server);
    ~Transport();
    /// The library that carries the bytes, with its version.
    static std::string library();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// The first contact: asks the server that holds the pinned key for the certificate of its authority, before anything secret
    /// is said. `path` is where it tells it. Throws ErrorKind::network.
    static std::string ask_authority(const std::string& address, const Pin& pin, std::string_view path);

    /// Posts and hands the answer's body over in pieces. An exception from `on_piece` ends the request and goes on to the
    /// caller. Throws ErrorKind::network when the server cannot be reached, is not the one that was pinned and vouched for, or the
    /// line was cut; ErrorKind::refused with the server's sentence for an answer of 4xx, NotRegistered for 401.
    void post(const std::string& path, BytesView body, const std::function<void(BytesView)>& on_piece);

private:
    struct Handle;
    explicit Transport(Handle* handle) : handle_(handle) {}
    void perform(const std::string& path, const std::function<void(BytesView)>& on_piece);

    ServerAddress server_;
    Handle* handle_;
};

}  // namespace tefter
