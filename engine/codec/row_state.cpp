#include "engine/codec/row_state.hpp"

#include <sodium.h>

#include <algorithm>

#include "engine/base/crypto.hpp"
#include "engine/base/limits.hpp"

namespace tefter {

namespace {

constexpr std::uint8_t flag_erased = 1;

void write_version(Writer& out, Version version) { out.varint(static_cast<std::uint64_t>(version.value)); }

Version read_version(Reader& in) {
    const std::uint64_t raw = in.varint();
    if (raw == 0 || raw >> 63U != 0) Reader::fail("a version is out of range");
    return Version{static_cast<std::int64_t>(raw)};
}

void write_versions(Writer& out, const std::vector<Version>& versions) {
    out.varint(versions.size());
    for (const Version version : versions) write_version(out, version);
}

std::vector<Version> read_versions(Reader& in) {
    std::vector<Version> versions(in.count());
    for (Version& version : versions) version = read_version(in);
    if (!std::is_sorted(versions.begin(), versions.end())) Reader::fail("versions are out of order");
    return versions;
}

void write_cells(Writer& out, Cells cells) {
    for (const Value& value : cells) encode_value(out, value);
}

Cells read_cells(Reader& in, std::size_t columns, Arena& arena) {
    const std::span<Value> cells = arena.array<Value>(columns);
    for (Value& value : cells) value = decode_value(in);
    return cells;
}

std::size_t columns_of(const GroupState& group) {
    if (!group.leaves.empty()) return group.leaves.front().values.size();
    return group.buried.empty() ? 0 : group.buried.front().values.size();
}

}  // namespace

Bytes encode_row_state(const RowState& state) {
    Writer out;
    out.varint(state.scope.value);
    out.u8(state.erased ? flag_erased : 0);
    write_versions(out, state.deletes);
    out.varint(state.groups.size());
    for (const GroupState& group : state.groups) {
        out.varint(group.number.value);
        out.varint(columns_of(group));
        out.varint(group.leaves.size());
        for (const Leaf& leaf : group.leaves) {
            write_version(out, leaf.version);
            write_cells(out, leaf.values);
        }
        out.varint(group.buried.size());
        for (const Buried& buried : group.buried) {
            write_version(out, buried.version);
            write_cells(out, buried.values);
            write_versions(out, buried.by);
        }
    }
    return out.take();
}

RowState decode_row_state(BytesView bytes, Arena& arena) {
    Reader in(bytes);
    RowState state;
    state.scope = ScopeNumber{in.varint32()};
    state.erased = (in.u8() & flag_erased) != 0;
    state.deletes = read_versions(in);
    state.groups.resize(in.count(limits::change_groups));
    for (GroupState& group : state.groups) {
        group.number = GroupNumber{in.varint32()};
        const std::size_t columns = in.count(limits::group_columns);
        group.leaves.resize(in.count());
        for (Leaf& leaf : group.leaves) {
            leaf.version = read_version(in);
            leaf.values = read_cells(in, columns, arena);
        }
        group.buried.resize(in.count());
        for (Buried& buried : group.buried) {
            buried.version = read_version(in);
            buried.values = read_cells(in, columns, arena);
            buried.by = read_versions(in);
        }
    }
    if (!in.done()) Reader::fail("a row is longer than it says");
    return state;
}

bool is_erased_state(BytesView bytes) {
    Reader in(bytes);
    in.varint32();
    return (in.u8() & flag_erased) != 0;
}

Digest& Digest::operator+=(const Digest& other) {
    low += other.low;
    high += other.high;
    return *this;
}

Digest& Digest::operator-=(const Digest& other) {
    low -= other.low;
    high -= other.high;
    return *this;
}

std::array<std::uint8_t, 16> Digest::bytes() const {
    std::array<std::uint8_t, 16> out{};
    for (unsigned i = 0; i < 8; ++i) {
        out[i] = static_cast<std::uint8_t>(low >> (8 * i));
        out[8 + i] = static_cast<std::uint8_t>(high >> (8 * i));
    }
    return out;
}

Digest Digest::from(BytesView bytes) {
    Reader in(bytes);
    Digest digest;
    digest.low = in.u64();
    digest.high = in.u64();
    return digest;
}

std::string Digest::hexadecimal() const { return tefter::hexadecimal(bytes()); }

namespace {

enum class Term : std::uint8_t { leaf = 1, buried = 2, removal = 3, erasure = 4 };  // hashed: frozen

class Fingerprint {
public:
    Fingerprint(TableNumber table, Cells key) {
        prefix_.varint(table.value);
        for (const Value& value : key) encode_value(prefix_, value.without_mark());
    }
    void add(Term kind, GroupNumber group, Version version, Cells values, std::span<const Version> by) {
        term_.clear();
        term_.raw(prefix_.view());
        term_.u8(static_cast<std::uint8_t>(kind));
        term_.varint(group.value);
        term_.varint(static_cast<std::uint64_t>(version.value));
        for (const Value& value : values) {
            if (value.is_null()) {
                term_.u8(0);
            } else {
                encode_value(term_, value.without_mark());
            }
        }
        for (const Version delete_version : by) term_.varint(static_cast<std::uint64_t>(delete_version.value));
        static constexpr std::array<std::uint8_t, crypto_shorthash_siphashx24_KEYBYTES> key{'t', 'e', 'f', 't', 'e', 'r', ' ', 'd',
                                                                                            'i', 'g', 'e', 's', 't', ' ', '1', 0};
        std::array<std::uint8_t, crypto_shorthash_siphashx24_BYTES> hash{};
        crypto_shorthash_siphashx24(hash.data(), term_.view().data(), term_.size(), key.data());
        sum_ += Digest::from(hash);
    }
    const Digest& sum() const { return sum_; }

private:
    Writer prefix_;
    Writer term_;
    Digest sum_;
};

bool same_cells(Cells a, Cells b) { return a.data() == b.data() && a.size() == b.size(); }

bool shared(const GroupState& group, const GroupState* other) {
    return other != nullptr &&
           std::equal(group.leaves.begin(), group.leaves.end(), other->leaves.begin(), other->leaves.end(),
                      [](const Leaf& a, const Leaf& b) { return a.version == b.version && same_cells(a.values, b.values); }) &&
           std::equal(
               group.buried.begin(), group.buried.end(), other->buried.begin(), other->buried.end(),
               [](const Buried& a, const Buried& b) { return a.version == b.version && same_cells(a.values, b.values) && a.by == b.by; });
}

/// The terms of a row, without those of the groups that it has in common with `other`.
Digest terms(TableNumber table, Cells key, const RowState& state, const RowState* other) {
    Fingerprint print(table, key);
    for (const GroupState& group : state.groups) {
        if (other != nullptr && shared(group, other->find(group.number))) continue;
        for (const Leaf& leaf : group.leaves) print.add(Term::leaf, group.number, leaf.version, leaf.values, {});
        for (const Buried& buried : group.buried) {
            print.add(Term::buried, group.number, buried.version, buried.values, buried.by);
        }
    }
    for (const Version removal : state.deletes) print.add(Term::removal, GroupNumber{0}, removal, {}, {});
    if (state.erased) print.add(Term::erasure, GroupNumber{0}, Version{0}, {}, {});
    return print.sum();
}

}  // namespace

Digest fingerprint(TableNumber table, Cells key, const RowState& state) { return terms(table, key, state, nullptr); }

Digest fingerprint_change(TableNumber table, Cells key, const RowState& before, const RowState& after) {
    Digest change = terms(table, key, after, &before);
    return change -= terms(table, key, before, &after);
}

}  // namespace tefter
