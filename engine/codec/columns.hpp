#pragma once
// The body of a segment: changesets turned on their side. Changes of one shape (table, operation, groups, kinds of
// values) name it by a number; their cells lie column by column, integers as differences to the one before.
// Pure; shared by writer and reader. The specification is docs/segment-format.md.

#include <vector>

#include "engine/codec/changeset.hpp"

namespace tefter {

/// The body before compression.
Bytes encode_columns(std::span<const Changeset> changesets);

/// `count` changesets out of a body. Text and blobs are views into `body`. Throws ErrorKind::corrupt.
std::span<const Changeset> decode_columns(BytesView body, std::size_t count, Arena& arena);

}  // namespace tefter
