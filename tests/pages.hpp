#pragma once
// The pages of a SQLCipher 4 file as they lie on the disk, decrypted by hand with its raw key: what a finder of the key
// would see, freed pages and old frames of a write-ahead log included. AES-256-CBC, the page's IV behind its content.

#include <openssl/evp.h>

#include <fstream>
#include <string>

#include "engine/base/bytes.hpp"

namespace tefter::test {

inline constexpr std::size_t page_bytes = 4096, reserved_bytes = 80, salt_bytes = 16;

inline std::string decrypt_page(std::string_view page, BytesView key, bool first) {
    const std::size_t begin = first ? salt_bytes : 0;
    const std::string_view sealed = page.substr(begin, page_bytes - reserved_bytes - begin);
    const auto* iv = reinterpret_cast<const unsigned char*>(page.data() + page_bytes - reserved_bytes);
    std::string plain(sealed.size() + 32, '\0');
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    int size = 0;
    EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), nullptr, key.data(), iv);
    EVP_CIPHER_CTX_set_padding(context, 0);
    EVP_DecryptUpdate(context, reinterpret_cast<unsigned char*>(plain.data()), &size, reinterpret_cast<const unsigned char*>(sealed.data()),
                      static_cast<int>(sealed.size()));
    EVP_CIPHER_CTX_free(context);
    plain.resize(static_cast<std::size_t>(size));
    return plain;
}

/// Everything that a file holds: of a database its pages, of a write-ahead log its frames.
inline std::string decrypted(const std::string& path, BytesView key) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    const bool log = path.ends_with("-wal");
    std::string out;
    for (std::size_t at = log ? 32 : 0; at + page_bytes <= bytes.size(); at += page_bytes + (log ? 24 : 0)) {
        const std::string_view page(bytes.data() + at + (log ? 24 : 0), std::min(page_bytes, bytes.size() - at - (log ? 24 : 0)));
        if (page.size() < page_bytes) break;
        out += decrypt_page(page, key, false);
        out += decrypt_page(page, key, true);  // the first page begins behind its salt; of others this is noise
    }
    return out;
}

}  // namespace tefter::test
