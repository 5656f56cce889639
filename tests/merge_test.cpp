#include "engine/merge/merge.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace tefter;

namespace {
const Value one[] = {Value::integer(1)};
const Value two[] = {Value::integer(2)};
constexpr GroupNumber g{1};
}  // namespace

TEST_CASE("a write removes the leaves that it names and becomes a leaf") {
    RowState row;
    const GroupWrite first[] = {{g, one}};
    const GroupWrite second[] = {{g, two}};
    merge_put(row, Version{10}, {}, first);
    const Version seen[] = {Version{10}};
    merge_put(row, Version{20}, seen, second);
    REQUIRE(row.group(g).leaves.size() == 1);
    CHECK(row.group(g).leaves[0].version == Version{20});
    merge_put(row, Version{15}, seen, first);
    REQUIRE(row.group(g).leaves.size() == 2);  // concurrent with 20: both had seen 10 only
}

TEST_CASE("a concurrent edit keeps a deleted row alive") {
    const GroupWrite first[] = {{g, one}};
    const GroupWrite second[] = {{g, two}};
    const Version seen[] = {Version{10}};
    RowState row;
    merge_put(row, Version{10}, {}, first);
    merge_delete(row, Version{20}, seen);
    CHECK_FALSE(row.alive());
    REQUIRE(row.group(g).buried.size() == 1);
    merge_put(row, Version{15}, seen, second);
    CHECK(row.alive());
    CHECK(row.deletes.size() == 1);
    CHECK(row.group(g).buried.empty());  // the edit names what was buried
}

TEST_CASE("a set that loses its members one by one, in whatever order, is read again as it was written") {
    const std::vector<std::string> all{"de", "en", "mk", "sq"};
    std::vector<std::string> order = all;
    do {
        std::vector<std::string> wanted = all;
        SetValue now = set_write({}, wanted, Version{10});
        std::int64_t version = 10;
        for (const std::string& gone : order) {
            std::erase(wanted, gone);
            now = set_write(now, wanted, Version{++version});
            CHECK(SetValue::decode(now.encode()).elements() == wanted);
        }
        CHECK(SetValue::decode(now.encode()).removed.size() == all.size());
        const SetValue again = set_write(now, all, Version{++version});  // back, as members of their own
        const SetValue leaves[] = {now, again};
        CHECK(set_union(leaves).elements() == all);
        CHECK(set_union(leaves).removed.size() == all.size());  // what both have stands once
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("under max and min what is recorded is shown before what is not, whichever is newer") {
    const Value nothing[] = {Value{}};
    for (const MergeRule rule : {MergeRule::maximum, MergeRule::minimum}) {
        Group group;
        group.rule = rule;
        group.columns.emplace_back();
        for (const bool recorded_is_newer : {true, false}) {
            GroupState state;
            state.leaves.push_back({Version{10}, recorded_is_newer ? Cells(nothing) : Cells(one)});
            state.leaves.push_back({Version{20}, recorded_is_newer ? Cells(one) : Cells(nothing)});
            CHECK(shown(group, state).front() == Value::integer(1));
        }
        GroupState both;
        both.leaves.push_back({Version{10}, one});
        both.leaves.push_back({Version{20}, two});
        CHECK(shown(group, both).front() == Value::integer(rule == MergeRule::maximum ? 2 : 1));
    }
}

TEST_CASE("under newest the newer is shown, smaller or larger, and of two that rank alike the newer too") {
    Group group;
    group.rule = MergeRule::newest;
    group.columns.emplace_back();
    for (const bool larger_is_newer : {true, false}) {
        GroupState state;
        state.leaves.push_back({Version{10}, larger_is_newer ? one : two});
        state.leaves.push_back({Version{20}, larger_is_newer ? two : one});
        CHECK(shown(group, state).front() == Value::integer(larger_is_newer ? 2 : 1));
    }
    group.rule = MergeRule::maximum;
    group.columns.emplace_back();
    const Value early[] = {Value::integer(1), Value::integer(7)}, late[] = {Value::integer(1), Value::integer(8)};
    GroupState alike;
    alike.leaves.push_back({Version{10}, early});
    alike.leaves.push_back({Version{20}, late});
    CHECK(shown(group, alike).back() == Value::integer(8));
}

TEST_CASE("a set that was never filled shows no members") {
    const Value nothing[] = {Value{}};
    GroupState state;
    state.leaves.push_back({Version{10}, nothing});
    CHECK(set_shown(state).held.empty());
    CHECK(set_shown(GroupState{}).held.empty());
}
