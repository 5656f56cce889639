// The bytes of a segment are frozen: what was sealed by the first release opens for ever, and what is sealed today is the
// same to the byte. The compressed part alone may differ between versions of zstd; it is compared as it was before.
#include "engine/codec/segment.hpp"

#include <sodium.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "engine/base/crypto.hpp"
#include "engine/base/error.hpp"
#include "engine/base/limits.hpp"
#include "engine/codec/columns.hpp"
#include "engine/codec/row_state.hpp"

using namespace tefter;

namespace {

struct Signer {
    PublicKey key{};
    std::array<std::uint8_t, 64> secret{};
    Signer() {
        std::array<std::uint8_t, 32> seed{};
        for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
        crypto_sign_seed_keypair(key.data(), secret.data(), seed.data());
    }
};

Version at(std::int64_t ms, std::uint32_t device) { return HybridClock(DeviceNumber{device}, Version{}).next(version_epoch_ms + ms); }

/// One of each: every operation, every kind of value, personal and not, a date, replaced leaves, both proofs.
struct Example {
    std::array<std::uint8_t, 3> picture{0x00, 0xff, 0x80};
    Hash commitment{};
    Salt salt{};
    std::vector<Value> key_one{Value::integer(0x300000001)}, key_two{Value::integer(0x300000001), Value::integer(7)},
        key_three{Value::text("LE2")};
    std::vector<Value> name{Value::text("Šabanović").as_personal(), Value::text("Лејла").as_personal(), Value{}.as_personal()};
    std::vector<Value> birth{Value::text("1984-02-29").as_personal()};
    std::vector<Value> score{Value::real(-0.5), Value::blob(picture), Value::integer(-3), Value::text("1984-02-30")};
    std::vector<Value> gone{Value::redacted().as_personal()};
    std::vector<GroupValues> made{{GroupNumber{1}, name}, {GroupNumber{2}, birth}}, changed{{GroupNumber{1}, score}},
        again{{GroupNumber{2}, gone}}, beside{{GroupNumber{2}, birth}};
    std::vector<Version> seen{at(10, 3), at(20, 4)};
    std::vector<std::vector<Change>> changes;
    std::vector<Changeset> changesets;

    Example() {
        commitment.fill(0xc0);
        salt.fill(0x5a);
        const TableNumber person{17}, mark{19}, topic{16};
        changes.push_back({Change{person, Op::create, key_one, {}, made, nullptr, nullptr},
                           Change{mark, Op::put, key_two, seen, changed, nullptr, nullptr}});
        changes.push_back({Change{topic, Op::remove, key_three, seen, {}, nullptr, nullptr},
                           Change{person, Op::erase, key_one, {}, {}, nullptr, nullptr}});
        changes.push_back({Change{person, Op::put, key_one, {}, again, &commitment, nullptr},
                           Change{person, Op::put, key_one, {}, beside, nullptr, &salt}});
        const std::int64_t actors[] = {0x100000001, 0, 0x100000001};
        for (std::size_t i = 0; i < changes.size(); ++i) {
            changesets.push_back({at(1000 + 100 * static_cast<std::int64_t>(i), 5), actors[i], changes[i]});
        }
    }
};

Sealed seal(const Example& example, const Signer& signer) {
    SealInput input;
    input.header.scope = ScopeNumber{3};
    input.header.device = DeviceNumber{5};
    input.header.first = Sequence{12};
    input.header.catalog = 1;
    input.header.seen = {{DeviceNumber{3}, Sequence{9}}, {DeviceNumber{4}, Sequence{300}}};
    input.previous.fill(0xab);
    input.changesets = example.changesets;
    input.seed.fill(0x77);
    return seal_segment(input, signer.secret);
}

Bytes from_hex(std::string_view text) {
    Bytes out(text.size() / 2);
    std::size_t size = 0;
    REQUIRE(sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), "\n", &size, nullptr) == 0);
    out.resize(size);
    return out;
}

/// A file of lines "name: hexadecimal".
std::map<std::string, Bytes> golden() {
    std::ifstream file(TEFTER_SOURCE_DIR "/tests/data/segment-1.txt");
    std::map<std::string, Bytes> out;
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos) out[line.substr(0, colon)] = from_hex(std::string_view(line).substr(colon + 2));
    }
    return out;
}

Bytes canonical(std::span<const Changeset> changesets) {
    Writer out;
    for (const Changeset& changeset : changesets) encode_changeset(out, changeset);
    return out.take();
}

}  // namespace

TEST_CASE("the bytes of the segment format are what they were when it was released") {
    const Signer signer;
    const Example example;
    const Sealed sealed = seal(example, signer);
    Segment now;
    decode_segment(sealed.bytes, now);
    const Hash id = segment_id(now.header, now.signature);
    const std::map<std::string, Bytes> fresh{{"segment", sealed.bytes},
                                             {"id", Bytes(id.begin(), id.end())},
                                             {"body", encode_columns(example.changesets)},
                                             {"changesets", canonical(example.changesets)},
                                             {"head", Bytes(sealed.head.begin(), sealed.head.end())}};
    if (std::getenv("TEFTER_PRINT_GOLDEN") != nullptr) {
        for (const auto& [name, bytes] : fresh) std::cout << name << ": " << hexadecimal(bytes) << "\n";
    }
    const auto released = golden();
    REQUIRE(released.size() == fresh.size());
    for (const char* part : {"id", "body", "changesets", "head"}) {
        CAPTURE(part);
        CHECK(hexadecimal(fresh.at(part)) == hexadecimal(released.at(part)));
    }

    Segment old;
    decode_segment(released.at("segment"), old);
    CHECK(old.header.seen == now.header.seen);
    CHECK(hexadecimal(old.signature) == hexadecimal(now.signature));
    CHECK(segment_id(old.header, old.signature) == id);
    CHECK(hexadecimal(canonical(old.changesets)) == hexadecimal(released.at("changesets")));
    Hash before{};
    before.fill(0xab);
    const Hash head = chain_through(before, old);
    CHECK(hexadecimal(head) == hexadecimal(released.at("head")));
    CHECK(verify_segment(old, head, signer.key));
}

TEST_CASE("the first and the last date that can be written come back to the letter, and what is no date comes back as text") {
    const Signer signer;
    for (const char* text : {"0000-01-01", "9999-12-31", "1970-01-01", "1969-12-31", "2024-02-29", "2023-02-29", "0000-00-00", "9999-12-32",
                             "19:0-01-01", "19/0-01-01", "2024-0:-01", "2024-02-2 "}) {
        const std::vector<Value> key{Value::integer(1)}, values{Value::text(text)};
        const std::vector<GroupValues> groups{{GroupNumber{2}, values}};
        const std::vector<Change> changes{Change{TableNumber{17}, Op::create, key, {}, groups, nullptr, nullptr}};
        const Changeset changeset{at(1, 2), 0, changes};
        SealInput input;
        input.header.scope = ScopeNumber{3};
        input.header.device = DeviceNumber{2};
        input.header.first = Sequence{1};
        input.changesets = {&changeset, 1};
        Segment segment;
        decode_segment(seal_segment(input, signer.secret).bytes, segment);
        CHECK(segment.changesets.front().changes.front().groups.front().values.front().text() == text);
    }
}

TEST_CASE("a segment that is cut anywhere, or has any byte changed, is refused or no longer signed") {
    const Signer signer;
    const Bytes whole = seal(Example(), signer).bytes;
    Hash before{};
    before.fill(0xab);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        Segment segment;
        CHECK_THROWS_AS(decode_segment(BytesView(whole).first(size), segment), Error);
    }
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const unsigned flip : {0x01U, 0x80U}) {
            Bytes bytes = whole;
            bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ flip);
            Segment segment;
            try {
                decode_segment(bytes, segment);
            } catch (const Error& error) {
                CHECK(error.kind() == ErrorKind::corrupt);
                continue;
            }
            CAPTURE(i);
            const Hash head = chain_through(before, segment);
            // Some changes of the packed bytes open to the very same changesets: then nothing was changed.
            if (canonical(segment.changesets) != canonical(Example().changesets) || segment.header.seen.size() != 2) {
                CHECK_FALSE(verify_segment(segment, head, signer.key));
            }
        }
    }
}

TEST_CASE("a writer keeps what is written, few bytes or many, taken, begun anew or moved") {
    Bytes expected;
    Writer out;
    const auto write = [&](Writer& to, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i) {
            expected.push_back(static_cast<std::uint8_t>(expected.size() * 7));
            to.u8(expected.back());
        }
    };
    for (const std::size_t size : {0U, 1U, 255U, 256U, 257U, 300U, 5000U}) {
        CAPTURE(size);
        for (int round = 0; round < 2; ++round) {
            expected.clear();
            write(out, size);
            CHECK(out.size() == size);
            CHECK(std::equal(out.view().begin(), out.view().end(), expected.begin(), expected.end()));
            Writer moved = std::move(out);
            write(moved, 3);
            CHECK(moved.take() == expected);
            CHECK(moved.size() == 0);
            expected.clear();
            out.u8(9);  // one that was moved from is empty and can be written to
            CHECK(out.take() == Bytes{9});
        }
        write(out, size);
        out.clear();
        expected.clear();
    }
    const Bytes block(700, 3);
    out.raw(block);
    out.sized(BytesView(block));
    CHECK(out.size() == 1402);
    CHECK(out.view()[699] == 3);
    CHECK(out.view()[1401] == 3);
}

TEST_CASE("a segment holds as many cells as it may, and not one more, also where they take no bytes") {
    // A change spends its key's and its groups' cells, and one for each of these lists: 2 + 63 + 63.
    constexpr std::size_t in_a_group = 62, in_a_change = 128, changes = limits::segment_cells / in_a_change;
    static_assert(changes < limits::segment_changes && in_a_group < limits::group_columns);
    const Value key[] = {Value::integer(1)};
    const auto encoded = [&](std::size_t in_the_last) {
        const std::vector<Value> nothing(in_a_group), last(in_the_last);
        const GroupValues usual[] = {{GroupNumber{1}, nothing}, {GroupNumber{2}, nothing}},
                          other[] = {{GroupNumber{1}, nothing}, {GroupNumber{2}, last}};
        std::vector<Change> all(changes);
        for (Change& change : all) {
            change.table = TableNumber{17};
            change.key = key;
            change.groups = &change == &all.back() ? other : usual;
        }
        const Changeset one{Version{1 << 20}, 0, all};
        return encode_columns({&one, 1});
    };
    Arena arena;
    CHECK(decode_columns(encoded(in_a_group), 1, arena).front().changes.size() == changes);
    CHECK_THROWS_AS(decode_columns(encoded(in_a_group + 1), 1, arena), Error);
}

namespace {

/// Of a segment with one change that writes one text.
Bytes body_with(std::string_view text) {
    const Value key[] = {Value::integer(1)}, values[] = {Value::text(text)};
    const GroupValues groups[] = {{GroupNumber{2}, values}};
    Change change;
    change.table = TableNumber{17};
    change.key = key;
    change.groups = groups;
    const Changeset one{Version{1 << 20}, 0, {&change, 1}};
    return encode_columns({&one, 1});
}

}  // namespace

TEST_CASE("the first day and the last that a date can have come back, and those beside them are refused") {
    const auto bytes_of = [](std::uint64_t number) {
        Writer out;
        out.varint(number);
        return out.take();
    };
    struct Edge {
        const char* date;
        std::uint64_t there, beside;  ///< days since 1970, zigzag: as the first of a column stands
    };
    for (const Edge& edge : {Edge{"0000-01-01", 2 * 719'528 - 1, 2 * 719'529 - 1}, Edge{"9999-12-31", 2 * 2'932'896, 2 * 2'932'897}}) {
        Bytes body = body_with(edge.date);
        Arena arena;
        CHECK(decode_columns(body, 1, arena).front().changes[0].groups[0].values[0].text() == edge.date);
        const Bytes there = bytes_of(edge.there), beside = bytes_of(edge.beside);
        REQUIRE(there.size() == beside.size());
        const auto at = std::search(body.begin(), body.end(), there.begin(), there.end());
        REQUIRE(at != body.end());
        std::copy(beside.begin(), beside.end(), at);
        CHECK_THROWS_AS(decode_columns(body, 1, arena), Error);
    }
}

TEST_CASE("an operation that is none is refused in what is not sealed yet as well") {
    Change change;
    change.table = TableNumber{17};
    const Value key = Value::integer(1);
    change.key = {&key, 1};
    for (const int none : {0, 5}) {
        change.op = static_cast<Op>(none);
        Writer out;
        encode_changeset(out, {Version{1}, 0, {&change, 1}});
        Arena arena;
        Reader in(out.view());
        CHECK_THROWS_WITH(decode_changeset(in, arena), Catch::Matchers::ContainsSubstring("there is no such operation"));
    }
}

TEST_CASE("an operation that is none is refused, below the first as above the last") {
    const Bytes body = body_with("Judge");
    for (const std::uint8_t none : Bytes{0, 5}) {
        bool said = false;
        for (std::size_t at = 0; at < body.size(); ++at) {
            Bytes other = body;
            other[at] = none;
            Arena arena;
            try {
                decode_columns(other, 1, arena);
            } catch (const Error& error) {
                said = said || std::string(error.what()).find("there is no such operation") != std::string::npos;
            }
        }
        CHECK(said);
    }
}

TEST_CASE("a row's fingerprint never changes: replicas of all releases compare it, and keep sums of it") {
    const Value key = Value::integer(7), stands[] = {Value::text("Hoxha"), Value{}}, gone[] = {Value::real(2.5)};
    RowState row;
    row.scope = ScopeNumber{3};
    const Digest nothing = fingerprint(TableNumber{17}, {&key, 1}, row);
    row.group(GroupNumber{1}).leaves = {{Version{1 << 20}, stands}};
    row.group(GroupNumber{3}).buried = {{Version{2 << 20}, gone, {Version{3 << 20}}}};
    row.deletes = {Version{3 << 20}};
    const Digest whole = fingerprint(TableNumber{17}, {&key, 1}, row);
    CHECK(nothing == Digest{});
    CHECK(whole.hexadecimal() == "521e9a93318d6cbac34d1b45ad2116a2");
    row.erased = true;
    CHECK(fingerprint(TableNumber{17}, {&key, 1}, row).hexadecimal() == "ec1dc04af70e6be98309c995086621bf");
}

TEST_CASE("what the chain covers of a change's personal values are all of them, also behind one that is not personal") {
    const std::vector<Value> key{Value::integer(1)}, some{Value::text("clerk"), Value::text("Arta").as_personal()},
        others{Value::text("clerk"), Value::text("Era").as_personal()},
        public_ones{Value::text("judge"), Value::text("Arta").as_personal()};
    const Salt seed{};
    const auto commitment = [&](const std::vector<Value>& values) {
        const GroupValues group{GroupNumber{1}, values};
        const Change change{TableNumber{17}, Op::put, key, {}, {&group, 1}, nullptr, nullptr};
        return commitment_to(change, Sequence{3}, 0, &seed);
    };
    CHECK(commitment(some) != commitment(others));
    CHECK(commitment(some) == commitment(public_ones));
}
