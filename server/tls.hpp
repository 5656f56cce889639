#pragma once
// The server's TLS key, and the server's own authority, which vouches for that key under the names that devices connect to.
//
// Devices check all three: the chain to the authority that they were given at enrolment, the name, and the pin of the key.
// Certificates do not end by themselves: a device whose clock is wrong by years must still come home. What ends a key is another
// one, announced ahead (rotation.cpp).

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "engine/base/bytes.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace tefter {

/// A new P-256 key, as PEM text.
std::string make_tls_key();

/// SHA-256 of the SubjectPublicKeyInfo of the key in `pem`. Throws ErrorKind::corrupt.
Pin tls_pin(const std::string& pem);

/// A new authority, good for certificates of servers alone: its key and its certificate as PEM text.
std::string make_tls_authority();

/// The host of host:port, without the brackets of an IPv6 address. Throws ErrorKind::usage for what no certificate can name.
std::string host_of(const std::string& address);

/// What the server shows of itself. Thread-safe.
class TlsIdentity {
public:
    /// `key` and `authority` as they were made; `names`: hosts. Throws ErrorKind::corrupt.
    TlsIdentity(const std::string& key, const std::string& authority, const std::set<std::string>& names);
    ~TlsIdentity();
    TlsIdentity(const TlsIdentity&) = delete;
    TlsIdentity& operator=(const TlsIdentity&) = delete;

    /// Connections that begin from now on see a certificate for these hosts.
    void go_by(const std::set<std::string>& names);
    /// TLS 1.3 alone, for connections of `context`, which this must outlive.
    bool use_in(ssl_ctx_st& context);
    const Pin& pin() const { return pin_; }
    /// PEM, without the key.
    const std::string& authority() const { return authority_; }

private:
    struct Handles;
    static int show(ssl_st* connection, void* identity);

    std::unique_ptr<Handles> handles_;
    Pin pin_;
    std::string authority_;
    std::mutex mutex_;  ///< of the certificate
};

}  // namespace tefter
