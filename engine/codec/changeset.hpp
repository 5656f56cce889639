#pragma once
// A changeset and its canonical bytes: what the log holds, what the hash chain covers. One way to write each thing:
// decoding and encoding again gives the same bytes.
//
//     changeset = version varint, actor zigzag, count varint, change*
//     change    = table varint, op u8, keys u8, value*, seen varint, version*, groups varint, group*
//     group     = number varint, columns varint, value*
//     value     = tag u8 (ValueKind, + 0x80 personal), then: integer zigzag | real 8 bytes | text, blob: length, bytes
//
// What the hash covers is the public form: a personal value is its tag alone (0x85), and behind a change with personal
// values stands the commitment BLAKE2b-256(salt, personal values in order). An erased change keeps its public form and
// its commitment, so the chain still verifies and nobody can guess what was there.

#include <memory_resource>
#include <optional>
#include <span>

#include "engine/base/value.hpp"
#include "engine/base/version.hpp"

namespace tefter {

enum class Op : std::uint8_t {  // written to disk and to the wire: frozen
    create = 1,                 ///< a write of every group of the table, those that are not listed are null
    put = 2,                    ///< a write of the groups listed
    remove = 3,                 ///< a delete: replaces every leaf that its author saw
    erase = 4,                  ///< takes the personal values out, for ever
};

struct GroupValues {
    GroupNumber group;
    std::span<const Value> values;  ///< the group's columns in order
};

/// Views: everything belongs to the arena of the segment, or to the caller.
struct Change {
    TableNumber table;
    Op op = Op::put;
    std::span<const Value> key;
    std::span<const Version> seen;  ///< the leaves that its author had before him, over all its groups; ascending
    std::span<const GroupValues> groups;
    const Hash* commitment = nullptr;  ///< of a change whose personal values were erased
    const Salt* salt = nullptr;        ///< of a change beside an erased one, whose salt can no longer be derived
};

struct Changeset {
    Version version;
    std::int64_t actor = 0;  ///< row id of the person who acted, 0 when nobody did (the engine, a script)
    std::span<const Change> changes;
};

inline constexpr std::uint8_t personal_bit = 0x80;  ///< in the tag of a personal value

void encode_value(Writer& out, const Value& value);
Value decode_value(Reader& in);
void encode_change(Writer& out, const Change& change);
void encode_changeset(Writer& out, const Changeset& changeset);

/// Owns what decoded changesets point to. Text and blobs point into the bytes that were decoded.
class Arena {
public:
    template <class T>
    std::span<T> array(std::size_t count) {
        if (count == 0) return {};
        T* first = static_cast<T*>(memory_.allocate(count * sizeof(T), alignof(T)));
        std::uninitialized_value_construct_n(first, count);
        return {first, count};
    }
    BytesView keep(Bytes bytes) { return kept_.emplace_back(std::move(bytes)); }
    BytesView copy(BytesView bytes) {
        const std::span<std::uint8_t> out = array<std::uint8_t>(bytes.size());
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }

private:
    std::pmr::monotonic_buffer_resource memory_{2 * 1024};
    std::vector<Bytes> kept_;
};

/// Views into `in` and `arena`. Throws ErrorKind::corrupt.
Changeset decode_changeset(Reader& in, Arena& arena);

bool has_personal_values(const Change& change);

/// The salt of change number `index` of the changeset at `sequence`, derived from its segment's seed.
Salt derive_salt(const Salt& seed, Sequence sequence, std::size_t index);

/// What the chain covers of a change's personal values. `index` is the change's in the changeset at `sequence`; `seed` as
/// in chain_next.
Hash commitment_to(const Change& change, Sequence sequence, std::size_t index, const Salt* seed);

/// The first link of a chain.
Hash chain_start(ScopeNumber scope, DeviceNumber device);

/// The next link: BLAKE2b-256(previous, public form). `seed` is the segment's, null where nothing in it needs one.
Hash chain_next(const Hash& previous, Sequence sequence, const Changeset& changeset, const Salt* seed);

}  // namespace tefter
