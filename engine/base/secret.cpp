#include "engine/base/secret.hpp"

#include <sodium/core.h>

#include <new>

namespace tefter {

std::uint8_t* allocate_secret(std::size_t size) {
    static const int started = sodium_init();  // before it, libsodium does not know how large a page is
    void* bytes = started < 0 ? nullptr : sodium_malloc(size);
    if (bytes == nullptr) throw std::bad_alloc();
    sodium_memzero(bytes, size);
    return static_cast<std::uint8_t*>(bytes);
}

}  // namespace tefter
