// What devices bring, at replicas that hold something already: real encrypted files, made anew after some inputs.

#include <sodium.h>

#include <limits>
#include <sstream>

#include "engine/base/sealed_box.hpp"
#include "engine/codec/columns.hpp"
#include "engine/store/devices.hpp"
#include "engine/sync/bundle.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/offices.hpp"

namespace tefter::fuzz {

namespace {

constexpr std::size_t inputs_a_world = 300, most_changesets = 40;

/// A server and two offices, with a person, a course and a mark.
class World {
public:
    World() {
        offices_.add("tirana", "shared regional AL");
        offices_.add("shkoder", "shared regional AL", Role::staff);
        person = office().person("Hoxha", "Arta");
        course = office().replica().new_id();
        office().put("course", {course}, {{"title", "Evidence"}}, "AL");
        office().put("attendance", {person, course, std::int64_t{1}}, {{"status", "present"}});
        offices_.settle();
    }
    test::Office& office() { return offices_["tirana"]; }
    test::Office& other() { return offices_["shkoder"]; }
    test::Office& server() { return offices_["server"]; }
    const Catalog& catalog() const { return offices_.catalog(); }
    void require_sound() {
        const Verification checked = verify_replica(other().replica(), {});
        for (const std::string& fault : checked.faults) std::fprintf(stderr, "%s\n", fault.c_str());
        require(checked.faults.empty());
    }
    std::int64_t person = 0, course = 0;

private:
    test::Offices offices_;
};

World& world() {
    static std::optional<World> made;
    static std::size_t inputs = 0;
    if (inputs++ % inputs_a_world == 0) made.emplace();
    return *made;
}

/// The messages are pieces of `bytes` behind their lengths, two bytes each.
std::string sealed_for(test::Office& office, BytesView bytes) {
    std::array<std::uint8_t, crypto_secretstream_xchacha20poly1305_KEYBYTES> key{};
    Writer out;
    const auto u32 = [&](std::uint32_t v) {
        for (unsigned i = 0; i < 4; ++i) out.u8(static_cast<std::uint8_t>(v >> (8 * i)));
    };
    const Identity& identity = office.replica().identity();
    out.raw(as_bytes("tefter bundle 1\n"));
    u32(1);
    u32(identity.device.value);
    PublicKey own{};
    crypto_sign_ed25519_sk_to_pk(own.data(), identity.secret.data());
    out.raw(seal_for(own, key));
    crypto_secretstream_xchacha20poly1305_state state{};
    std::array<std::uint8_t, crypto_secretstream_xchacha20poly1305_HEADERBYTES> header{};
    crypto_secretstream_xchacha20poly1305_init_push(&state, header.data(), key.data());
    out.raw(header);
    for (bool last = false; !last;) {
        std::size_t size = bytes.size() >= 2 ? bytes[0] + 256U * bytes[1] : 0;
        bytes = bytes.subspan(std::min<std::size_t>(2, bytes.size()));
        size = std::min(size, bytes.size());
        last = size == bytes.size();
        Bytes message(size + crypto_secretstream_xchacha20poly1305_ABYTES);
        crypto_secretstream_xchacha20poly1305_push(
            &state, message.data(), nullptr, bytes.data(), size, nullptr, 0,
            last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
        u32(static_cast<std::uint32_t>(message.size()));
        out.raw(message);
        bytes = bytes.subspan(size);
    }
    return std::string(as_text(out.view()));
}

}  // namespace

/// The first byte says whether the rest is the file, or what is sealed in one.
void bundle(BytesView bytes) {
    if (bytes.empty()) return;
    World& here = world();
    std::istringstream file(bytes[0] % 4 == 0 ? std::string(as_text(bytes.subspan(1))) : sealed_for(here.other(), bytes.subspan(1)));
    const BundleReport report = import_bundle(here.other().replica(), file, {});
    require(report.segments == 0);  // nobody signed anything of it
}

namespace {

/// Makes changes out of bytes: of tables, rows and columns that there are, with values that are right, or not at all.
class Maker {
public:
    Maker(World& world, BytesView bytes, Arena& arena) : world_(world), bytes_(bytes), arena_(arena) {}

    std::span<const Changeset> changesets() {
        std::vector<Changeset> out;
        while (!bytes_.empty() && out.size() < most_changesets) out.push_back(changeset());
        const std::span<Changeset> kept = arena_.array<Changeset>(out.size());
        std::copy(out.begin(), out.end(), kept.begin());
        return kept;
    }

private:
    std::uint8_t next() {
        if (bytes_.empty()) return 0;
        const std::uint8_t byte = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return byte;
    }
    Changeset changeset() {
        const Identity& author = world_.office().replica().identity();
        const std::uint8_t how = next();
        if (how % 4 != 0) world_.office().now_ms += how;
        const DeviceNumber device = how == 255 ? DeviceNumber{1} : author.device;
        const Version version = Version::from_tick(HybridClock::wall_tick(world_.office().now_ms), device);
        last_ = version > last_ ? version : last_;
        const std::size_t count = 1 + how / 64U;
        const std::span<Change> changes = arena_.array<Change>(count);
        for (Change& change : changes) make(change);
        return {version, 0, changes};
    }
    void make(Change& out) {
        const std::uint8_t what = next();
        const Table& table = *world_.catalog().find(TableNumber{16U + what % 5U});
        out.table = table.number;
        out.op = static_cast<Op>(1 + what / 8U % 4U);
        const std::span<Value> key = arena_.array<Value>(table.key.size());
        for (std::size_t i = 0; i < key.size(); ++i) key[i] = value_for(table.key[i]);
        out.key = key;
        if (what >= 128) {
            const std::span<Version> seen = arena_.array<Version>(1);
            seen[0] = last_;
            out.seen = seen;
        }
        if (out.op != Op::create && out.op != Op::put) return;
        const std::uint8_t which = next();
        std::vector<GroupValues> groups;
        for (const Group& group : table.groups) {
            if ((which >> groups.size() & 1U) == 0) continue;
            const std::span<Value> values = arena_.array<Value>(which == 255 ? next() % 9U : group.columns.size());
            for (std::size_t i = 0; i < values.size(); ++i) values[i] = value_for(group.columns[std::min(i, group.columns.size() - 1)]);
            groups.push_back({group.number, values});
        }
        const std::span<GroupValues> kept = arena_.array<GroupValues>(groups.size());
        std::copy(groups.begin(), groups.end(), kept.begin());
        out.groups = kept;
    }
    Value value_for(const Column& column) {
        const std::uint8_t how = next();
        const Value value = how >= 0xF0 ? anything(how) : fitting(column, how);
        return column.personal != (how == 0xEF) ? value.as_personal() : value;
    }
    Value fitting(const Column& column, std::uint8_t how) {
        const std::uint32_t mine = world_.office().replica().identity().device.value;
        const Value own = Value::integer((std::int64_t{mine} << row_counter_bits) | (1'000'000 + how / 4));
        if (how == 1 && !column.required) return {};
        switch (column.type) {
            case ColumnType::reference:
                if (column.name == "topic") return Value::text("x");
                if (how % 4 == 0) return own;
                return Value::integer(column.name == "course" ? world_.course : world_.person);
            case ColumnType::integer:
                if (column.name == "id") return how % 4 == 0 ? own : Value::integer(how % 4 == 1 ? world_.course : world_.person);
                return Value::integer(how);
            case ColumnType::enumeration: return Value::integer(how % 6);
            case ColumnType::text: return Value::text(how % 2 == 0 ? "Arta" : "Шукаловић");
            case ColumnType::date: return Value::text("2026-03-16");
            case ColumnType::time: return Value::integer(test::Offices::start_ms + how);
            default: return anything(how);
        }
    }
    Value anything(std::uint8_t how) {
        const std::size_t size = std::min<std::size_t>(next(), bytes_.size());
        const BytesView piece = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        switch (how % 6) {
            case 0: return {};
            case 1: return Value::integer(static_cast<std::int64_t>(how) << 56U);
            case 2: return Value::real(how % 4 == 0 ? 0.5 : std::numeric_limits<double>::quiet_NaN());
            case 3: return Value::text(as_text(piece));
            case 4: return Value::blob(piece);
            default: return Value::redacted();
        }
    }

    World& world_;
    BytesView bytes_;
    Arena& arena_;
    Version last_;
};

}  // namespace

/// The first byte chooses a scope, and whether changes are made of the rest or decoded from it.
void received(BytesView bytes) {
    if (bytes.size() < 2) return;
    World& here = world();
    const char* const scopes[] = {"AL", "shared", "AL", "BA"};
    const ScopeNumber scope = here.catalog().find_scope(scopes[bytes[0] % 4])->number;
    Arena arena;
    const std::span<const Changeset> changesets = bytes[0] < 128 ? Maker(here, bytes.subspan(1), arena).changesets()
                                                                 : decode_columns(bytes.subspan(2), bytes[1] % most_changesets, arena);
    if (changesets.empty()) return;
    Replica& author = here.office().replica();
    SealInput input;
    input.header.scope = scope;
    input.header.device = author.identity().device;
    const Head head = here.server().replica().head(scope, author.identity().device);
    input.header.first = Sequence{head.sequence.value + 1};
    input.header.catalog = 1;
    input.previous = head.hash;
    input.changesets = changesets;
    const Sealed sealed = seal_segment(input, author.identity().secret);
    here.server().now_ms = here.other().now_ms = here.office().now_ms;
    const Received at_server = here.server().replica().receive(sealed.bytes, Carrier::device, here.server().now_ms);
    const Received at_other = here.other().replica().receive(sealed.bytes, Carrier::peer, here.other().now_ms);
    // What the server refuses nobody takes from a stick either, and what it takes means the same everywhere.
    require((at_server.outcome == Outcome::applied) == (at_other.outcome == Outcome::applied));
    if (at_server.outcome != Outcome::applied) return;
    require(scope != here.catalog().find_scope("BA")->number);
    for (const Changeset& changeset : changesets) {
        for (const Change& change : changeset.changes)
            require(change.op != Op::erase && change.table != here.catalog().table("topic").number);
    }
    require(here.server().digest() == here.other().digest());
    here.require_sound();
}

}  // namespace tefter::fuzz
