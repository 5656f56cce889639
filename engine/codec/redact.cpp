#include "engine/codec/redact.hpp"

#include <algorithm>

namespace tefter {

namespace {

bool has_values_to_lose(const Change& change) {
    return std::any_of(change.groups.begin(), change.groups.end(), [](const GroupValues& group) {
        return std::any_of(group.values.begin(), group.values.end(),
                           [](const Value& value) { return value.personal() && value.kind() != ValueKind::redacted; });
    });
}

template <class T>
const T* keep(const T& value, Arena& arena) {
    const std::span<T> kept = arena.array<T>(1);
    kept[0] = value;
    return kept.data();
}

/// Puts what the seed gave to each change into the change itself, and takes out what is erased.
std::span<const Changeset> redacted(const Segment& segment, const IsErased& erased, Arena& arena) {
    const Salt* seed = segment.has_seed ? &segment.seed : nullptr;
    const std::span<Changeset> changesets = arena.array<Changeset>(segment.changesets.size());
    Sequence sequence = segment.header.first;
    for (std::size_t i = 0; i < changesets.size(); ++i, ++sequence.value) {
        changesets[i] = segment.changesets[i];
        const std::span<Change> changes = arena.array<Change>(changesets[i].changes.size());
        for (std::size_t c = 0; c < changes.size(); ++c) {
            const Change& old = segment.changesets[i].changes[c];
            changes[c] = old;
            if (!has_personal_values(old) || old.commitment != nullptr) continue;
            if (holds_erased_values(old, erased)) {
                changes[c] = without_personal_values(old, arena);
                changes[c].commitment = keep(commitment_to(old, sequence, c, seed), arena);
            } else if (old.salt == nullptr && seed != nullptr) {
                changes[c].salt = keep(derive_salt(*seed, sequence, c), arena);
            }
        }
        changesets[i].changes = changes;
    }
    return changesets;
}

}  // namespace

bool holds_erased_values(const Change& change, const IsErased& erased) {
    return has_values_to_lose(change) && erased(change.table, change.key);
}

Change without_personal_values(const Change& change, Arena& arena) {
    Change out = change;
    const std::span<GroupValues> groups = arena.array<GroupValues>(change.groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const std::span<Value> values = arena.array<Value>(change.groups[g].values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const Value& old = change.groups[g].values[i];
            values[i] = old.personal() ? Value::redacted().as_personal() : old;
        }
        groups[g] = {change.groups[g].group, values};
    }
    out.groups = groups;
    out.commitment = nullptr;
    out.salt = nullptr;
    return out;
}

std::optional<Bytes> redact_changeset(BytesView bytes, const IsErased& erased) {
    Arena arena;
    Reader in(bytes);
    Changeset changeset = decode_changeset(in, arena);
    const std::span<Change> changes = arena.array<Change>(changeset.changes.size());
    bool any = false;
    for (std::size_t c = 0; c < changes.size(); ++c) {
        const bool lose = holds_erased_values(changeset.changes[c], erased);
        changes[c] = lose ? without_personal_values(changeset.changes[c], arena) : changeset.changes[c];
        any = any || lose;
    }
    if (!any) return std::nullopt;
    changeset.changes = changes;
    Writer out;
    encode_changeset(out, changeset);
    return out.take();
}

std::optional<Bytes> redact_segment(BytesView bytes, const IsErased& erased) {
    Segment segment;
    decode_segment(bytes, segment);
    const bool any = std::any_of(segment.changesets.begin(), segment.changesets.end(), [&](const Changeset& changeset) {
        return std::any_of(changeset.changes.begin(), changeset.changes.end(),
                           [&](const Change& change) { return holds_erased_values(change, erased); });
    });
    if (!any) return std::nullopt;
    Arena arena;
    Bytes out = encode_redacted(segment, redacted(segment, erased, arena));
    Segment again;
    decode_segment(out, again);
    ensure(chain_through(Hash{}, again) == chain_through(Hash{}, segment), "taking values out leaves the chain as it was");
    return out;
}

}  // namespace tefter
