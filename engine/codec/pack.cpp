#include "engine/codec/pack.hpp"

#include <zstd.h>

#include "engine/base/error.hpp"

namespace tefter {

namespace {
constexpr int compression_level = 3;
}

Bytes pack(BytesView raw) {
    Bytes out(ZSTD_compressBound(raw.size()));
    const std::size_t size = ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), compression_level);
    ensure(ZSTD_isError(size) == 0, "a body can be compressed");
    out.resize(size);
    return out;
}

Bytes unpack(BytesView packed, std::size_t size) {
    Bytes out(size);
    const std::size_t got = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
    if (ZSTD_isError(got) != 0 || got != size) Reader::fail("the compressed part does not open");
    return out;
}

}  // namespace tefter
