#pragma once
// zstd, for what travels: the body of a segment, a batch of a snapshot.

#include "engine/base/bytes.hpp"

namespace tefter {

Bytes pack(BytesView raw);

/// What opens to exactly `size` bytes. The caller has bounded `size`. Throws ErrorKind::corrupt.
Bytes unpack(BytesView packed, std::size_t size);

}  // namespace tefter
