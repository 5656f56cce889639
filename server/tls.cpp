#include "server/tls.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

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
using BioHandle = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr long lifetime_seconds = 20L * 365 * 24 * 3600;

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

BioHandle reader_of(const std::string& pem) { return BioHandle(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

CertificateHandle certificate_of(const std::string& pem) {
    const BioHandle in = reader_of(pem);
    return CertificateHandle(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
}

}  // namespace

std::string make_tls_identity() {
    const KeyHandle key(EVP_EC_gen("P-256"));
    const CertificateHandle certificate(X509_new());
    ensure(key && certificate, "OpenSSL makes keys");
    std::uint64_t serial = 0;
    ensure(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "OpenSSL has randomness");
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
    X509_set_version(certificate.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -24 * 3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lifetime_seconds);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("Tefter server"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    ensure(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0, "OpenSSL signs");
    const BioHandle out(BIO_new(BIO_s_mem()));
    ensure(PEM_write_bio_X509(out.get(), certificate.get()) == 1 &&
               PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
           "OpenSSL writes PEM");
    return text_of(out.get());
}

std::array<std::uint8_t, 32> tls_pin(const std::string& pem) {
    const CertificateHandle certificate = certificate_of(pem);
    if (!certificate) throw Error(ErrorKind::corrupt, "The server's own certificate is damaged; restore a backup.");
    unsigned char* encoded = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &encoded);
    ensure(size > 0, "a certificate has a key");
    std::array<std::uint8_t, 32> pin{};
    unsigned int length = 0;
    EVP_Digest(encoded, static_cast<std::size_t>(size), pin.data(), &length, EVP_sha256(), nullptr);
    OPENSSL_free(encoded);
    return pin;
}

bool use_tls_identity(ssl_ctx_st& context, const std::string& pem) {
    const CertificateHandle certificate = certificate_of(pem);
    const BioHandle in = reader_of(pem);
    const KeyHandle key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    return certificate && key && SSL_CTX_set_min_proto_version(&context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_use_certificate(&context, certificate.get()) == 1 && SSL_CTX_use_PrivateKey(&context, key.get()) == 1 &&
           SSL_CTX_check_private_key(&context) == 1;
}

}  // namespace tefter
