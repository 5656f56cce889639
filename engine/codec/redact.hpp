#pragma once
// Takes personal values out of what is stored, and leaves what proves the rest: a change that loses its values keeps the
// commitment to them, and changes beside it keep their salts, since the seed goes. Chains, signatures and names of
// segments stay as they were.

#include <functional>
#include <optional>

#include "engine/codec/segment.hpp"

namespace tefter {

/// Whether a row has been erased.
using IsErased = std::function<bool(TableNumber table, std::span<const Value> key)>;

/// The change holds values that are to be taken out.
bool holds_erased_values(const Change& change, const IsErased& erased);

/// The same change without its personal values, which belong to `arena`; no commitment yet.
Change without_personal_values(const Change& change, Arena& arena);

/// The same changeset, with nothing left of erased rows; for what no segment holds yet. Nothing when nothing was there.
std::optional<Bytes> redact_changeset(BytesView bytes, const IsErased& erased);

/// The same segment, likewise. Throws ErrorKind::corrupt for what is no segment.
std::optional<Bytes> redact_segment(BytesView bytes, const IsErased& erased);

}  // namespace tefter
