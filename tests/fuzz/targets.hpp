#pragma once
// Everything that comes from outside, decoded from bytes of the fuzzer's choice. A decoder may refuse with an Error that is not
// ErrorKind::internal; what it takes keeps to what the target requires.

#include <cstdlib>

#include "engine/base/bytes.hpp"

namespace tefter::fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}

/// A line's bytes, through the HTTP library, as the server uses it.
void http(BytesView bytes);
/// A file on a stick: as it is, or with these messages sealed as a device seals them.
void bundle(BytesView bytes);
/// Changes that a device signs which keeps to nothing.
void received(BytesView bytes);

}  // namespace tefter::fuzz
