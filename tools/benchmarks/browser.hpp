#pragma once
// A browser's one connection, with its cookies. libcurl is known to browser.cpp alone.

#include <memory>
#include <string>

namespace tefter::bench {

/// Not thread-safe.
class Browser {
public:
    explicit Browser(const std::string& address);  ///< host:port
    ~Browser();
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;

    void sign_in(const std::string& name, const std::string& passphrase);
    /// Throws ErrorKind::internal for another status than `expected`.
    const std::string& get(const std::string& path, long expected);

private:
    struct Handle;
    std::string address_, body_;
    std::unique_ptr<Handle> handle_;
};

}  // namespace tefter::bench
