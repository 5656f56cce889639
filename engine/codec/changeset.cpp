#include "engine/codec/changeset.hpp"

#include <sodium.h>

#include <algorithm>

#include "engine/base/crypto.hpp"
#include "engine/base/limits.hpp"

namespace tefter {

namespace {

constexpr std::uint8_t personal_placeholder = personal_bit | static_cast<std::uint8_t>(ValueKind::redacted);

void encode_payload(Writer& out, const Value& value) {
    switch (value.kind()) {
        case ValueKind::integer: out.signed_varint(value.integer()); break;
        case ValueKind::real: {
            std::uint64_t bits = 0;
            const double real = value.real();
            std::memcpy(&bits, &real, sizeof bits);
            out.u64(bits);
            break;
        }
        case ValueKind::text: out.sized(value.text()); break;
        case ValueKind::blob: out.sized(value.blob()); break;
        case ValueKind::null:
        case ValueKind::redacted: break;
    }
}

/// Writes a change; `public_form` leaves the personal values out.
template <class EncodeValue>
void encode_change_with(Writer& out, const Change& change, EncodeValue encode) {
    out.varint(change.table.value);
    out.u8(static_cast<std::uint8_t>(change.op));
    out.u8(static_cast<std::uint8_t>(change.key.size()));
    for (const Value& value : change.key) encode_value(out, value);
    out.varint(change.seen.size());
    for (const Version version : change.seen) out.varint(static_cast<std::uint64_t>(version.value));
    out.varint(change.groups.size());
    for (const GroupValues& group : change.groups) {
        out.varint(group.group.value);
        out.varint(group.values.size());
        for (const Value& value : group.values) encode(out, value);
    }
}

void encode_header(Writer& out, const Changeset& changeset) {
    out.varint(static_cast<std::uint64_t>(changeset.version.value));
    out.signed_varint(changeset.actor);
    out.varint(changeset.changes.size());
}

Hash commitment_of(const Change& change, const Salt& salt) {
    Writer personal;
    personal.raw(salt);
    for (const GroupValues& group : change.groups) {
        for (const Value& value : group.values) {
            if (!value.personal()) continue;
            personal.u8(static_cast<std::uint8_t>(value.kind()));
            encode_payload(personal, value);
        }
    }
    return blake2b(personal.view());
}

Op decode_op(std::uint8_t byte) {
    if (byte < 1 || byte > 4) Reader::fail("there is no such operation");
    return static_cast<Op>(byte);
}

}  // namespace

void encode_value(Writer& out, const Value& value) {
    const std::uint8_t mark = value.personal() ? personal_bit : 0;
    out.u8(static_cast<std::uint8_t>(static_cast<std::uint8_t>(value.kind()) | mark));
    encode_payload(out, value);
}

Value decode_value(Reader& in) {
    const std::uint8_t tag = in.u8();
    Value value;
    switch (static_cast<ValueKind>(tag & 0x7F)) {
        case ValueKind::null: break;
        case ValueKind::integer: value = Value::integer(in.signed_varint()); break;
        case ValueKind::real: {
            const std::uint64_t bits = in.u64();
            double real = 0;
            std::memcpy(&real, &bits, sizeof real);
            value = Value::real(real);
            break;
        }
        case ValueKind::text: value = Value::text(as_text(in.sized())); break;
        case ValueKind::blob: value = Value::blob(in.sized()); break;
        case ValueKind::redacted: value = Value::redacted(); break;
        default: Reader::fail("there is no such kind of value");
    }
    if ((tag & personal_bit) != 0) {
        if (value.kind() == ValueKind::null) Reader::fail("an absent value is marked as personal");
        value = value.as_personal();
    }
    return value;
}

void encode_change(Writer& out, const Change& change) { encode_change_with(out, change, encode_value); }

void encode_changeset(Writer& out, const Changeset& changeset) {
    encode_header(out, changeset);
    for (const Change& change : changeset.changes) encode_change(out, change);
}

Changeset decode_changeset(Reader& in, Arena& arena) {
    Changeset changeset;
    changeset.version = Version{static_cast<std::int64_t>(in.varint())};
    changeset.actor = in.signed_varint();
    const std::span<Change> changes = arena.array<Change>(in.count(in.left() / 5));
    for (Change& change : changes) {
        change.table = TableNumber{in.varint32()};
        change.op = decode_op(in.u8());
        const std::size_t keys = in.u8();
        if (keys == 0 || keys > limits::key_columns) Reader::fail("a key has too many columns");
        const std::span<Value> key = arena.array<Value>(keys);
        for (Value& value : key) value = decode_value(in);
        const std::span<Version> seen = arena.array<Version>(in.count(limits::change_seen));
        for (Version& version : seen) version = Version{static_cast<std::int64_t>(in.varint())};
        const std::span<GroupValues> groups = arena.array<GroupValues>(in.count(limits::change_groups));
        for (GroupValues& group : groups) {
            group.group = GroupNumber{in.varint32()};
            const std::span<Value> values = arena.array<Value>(in.count(limits::group_columns));
            for (Value& value : values) value = decode_value(in);
            group.values = values;
        }
        change.key = key;
        change.seen = seen;
        change.groups = groups;
    }
    changeset.changes = changes;
    return changeset;
}

bool has_personal_values(const Change& change) {
    return std::any_of(change.groups.begin(), change.groups.end(), [](const GroupValues& group) {
        return std::any_of(group.values.begin(), group.values.end(), [](const Value& v) { return v.personal(); });
    });
}

Salt derive_salt(const Salt& seed, Sequence sequence, std::size_t index) {
    Writer message;
    message.u64(sequence.value);
    message.u64(index);
    Salt salt{};
    crypto_generichash(salt.data(), salt.size(), message.view().data(), message.size(), seed.data(), seed.size());
    return salt;
}

Hash commitment_to(const Change& change, Sequence sequence, std::size_t index, const Salt* seed) {
    if (change.commitment != nullptr) return *change.commitment;
    if (change.salt == nullptr && seed == nullptr) Reader::fail("personal data without a salt");
    return commitment_of(change, change.salt != nullptr ? *change.salt : derive_salt(*seed, sequence, index));
}

Hash chain_start(ScopeNumber scope, DeviceNumber device) {
    Writer message;
    message.raw(as_bytes("tefter chain 1"));
    message.u64(scope.value);
    message.u64(device.value);
    return blake2b(message.view());
}

Hash chain_next(const Hash& previous, Sequence sequence, const Changeset& changeset, const Salt* seed) {
    Writer form;
    form.raw(previous);
    encode_header(form, changeset);
    for (std::size_t i = 0; i < changeset.changes.size(); ++i) {
        const Change& change = changeset.changes[i];
        encode_change_with(form, change, [](Writer& out, const Value& value) {
            value.personal() ? out.u8(personal_placeholder) : encode_value(out, value);
        });
        if (change.commitment != nullptr || has_personal_values(change)) form.raw(commitment_to(change, sequence, i, seed));
    }
    return blake2b(form.view());
}

}  // namespace tefter
