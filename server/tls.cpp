#include "server/tls.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "engine/base/error.hpp"

namespace tefter {

namespace {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* thing) const {
        free_function(thing);
    }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using CertificateHandle = std::unique_ptr<X509, Free<X509_free>>;
using ExtensionHandle = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using BioHandle = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr const char* beginning = "19700101000000Z";
constexpr const char* no_end = "99991231235959Z";  // RFC 5280, 4.1.2.5: no well-defined expiration

BioHandle reader_of(const std::string& pem) { return BioHandle(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

template <class Write>
std::string written(Write write) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    ensure(out && write(out.get()) == 1, "OpenSSL writes PEM");
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(EVP_PKEY* key) {
    return written([&](BIO* out) { return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

std::string pem_of(X509* certificate) {
    return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

KeyHandle key_in(const std::string& pem) {
    KeyHandle key(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, nullptr, nullptr));
    if (!key) throw Error(ErrorKind::corrupt, "The server's own TLS key is damaged; restore a backup.");
    return key;
}

CertificateHandle certificate_in(const std::string& pem) {
    CertificateHandle certificate(PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr));
    if (!certificate) throw Error(ErrorKind::corrupt, "The certificate of the server's own authority is damaged; restore a backup.");
    return certificate;
}

/// Extensions in OpenSSL's words, by their numbers.
using Extensions = std::vector<std::pair<int, std::string>>;

CertificateHandle certify(EVP_PKEY* key, const char* common_name, const Extensions& extensions, X509* issuer, EVP_PKEY* issuer_key) {
    CertificateHandle certificate(X509_new());
    X509* made = certificate.get();
    std::uint64_t serial = 0;
    ensure(made != nullptr && RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "OpenSSL makes certificates");
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), serial >> 1U);
    X509_set_version(made, X509_VERSION_3);
    ASN1_TIME_set_string_X509(X509_getm_notBefore(made), beginning);
    ASN1_TIME_set_string_X509(X509_getm_notAfter(made), no_end);
    X509_set_pubkey(made, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name), -1, -1,
                               0);
    X509_set_issuer_name(made, X509_get_subject_name(issuer != nullptr ? issuer : made));
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer != nullptr ? issuer : made, made, nullptr, nullptr, 0);
    for (const auto& [number, words] : extensions) {
        const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, number, words.c_str()));
        ensure(extension && X509_add_ext(made, extension.get(), -1) == 1, "OpenSSL knows the extension");
    }
    ensure(X509_sign(made, issuer_key, EVP_sha256()) != 0, "OpenSSL signs");
    return certificate;
}

bool is_address(const std::string& host) {
    const std::unique_ptr<ASN1_OCTET_STRING, Free<ASN1_OCTET_STRING_free>> octets(a2i_IPADDRESS(host.c_str()));
    return octets != nullptr;
}

}  // namespace

std::string make_tls_key() {
    const KeyHandle key(EVP_EC_gen("P-256"));
    ensure(key != nullptr, "OpenSSL makes keys");
    return pem_of(key.get());
}

Pin tls_pin(const std::string& pem) {
    unsigned char* encoded = nullptr;
    const int size = i2d_PUBKEY(key_in(pem).get(), &encoded);
    ensure(size > 0, "a key has a public half");
    Pin pin{};
    unsigned int length = 0;
    EVP_Digest(encoded, static_cast<std::size_t>(size), pin.data(), &length, EVP_sha256(), nullptr);
    OPENSSL_free(encoded);
    return pin;
}

std::string make_tls_authority() {
    const KeyHandle key(EVP_EC_gen("P-256"));
    ensure(key != nullptr, "OpenSSL makes keys");
    const CertificateHandle certificate = certify(key.get(), "Tefter authority",
                                                  {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                                   {NID_key_usage, "critical,keyCertSign"},
                                                   {NID_ext_key_usage, "serverAuth"},
                                                   {NID_subject_key_identifier, "hash"}},
                                                  nullptr, key.get());
    return pem_of(certificate.get()) + pem_of(key.get());
}

std::string host_of(const std::string& address) {
    std::string host = address.substr(0, address.rfind(':'));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':';
    });
    if (host.empty() || host.size() > 253 || !plain || (host.find(':') != std::string::npos && !is_address(host))) {
        throw Error(ErrorKind::usage, "The address " + address + " is no HOST:PORT that devices could connect to.");
    }
    return host;
}

struct TlsIdentity::Handles {
    KeyHandle key, authority_key;
    CertificateHandle authority, certificate;
};

TlsIdentity::TlsIdentity(const std::string& key, const std::string& authority, const std::set<std::string>& names)
    : handles_(std::make_unique<Handles>()), pin_(tls_pin(key)) {
    *handles_ = {key_in(key), key_in(authority), certificate_in(authority), nullptr};
    authority_ = pem_of(handles_->authority.get());
    go_by(names);
}

TlsIdentity::~TlsIdentity() = default;

void TlsIdentity::go_by(const std::set<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
    Extensions extensions{{NID_basic_constraints, "critical,CA:FALSE"},
                          {NID_key_usage, "critical,digitalSignature"},
                          {NID_ext_key_usage, "serverAuth"},
                          {NID_authority_key_identifier, "keyid:always"}};
    if (!list.empty()) extensions.emplace_back(NID_subject_alt_name, list);
    const std::lock_guard lock(mutex_);
    handles_->certificate =
        certify(handles_->key.get(), "Tefter server", extensions, handles_->authority.get(), handles_->authority_key.get());
}

int TlsIdentity::show(ssl_st* connection, void* identity) {
    auto& self = *static_cast<TlsIdentity*>(identity);
    const std::lock_guard lock(self.mutex_);
    return SSL_use_certificate(connection, self.handles_->certificate.get()) == 1 &&
           SSL_use_PrivateKey(connection, self.handles_->key.get()) == 1;
}

bool TlsIdentity::use_in(ssl_ctx_st& context) {
    SSL_CTX_set_cert_cb(&context, &TlsIdentity::show, this);
    return SSL_CTX_set_min_proto_version(&context, TLS1_3_VERSION) == 1;
}

}  // namespace tefter
