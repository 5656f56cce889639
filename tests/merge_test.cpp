#include "engine/merge/merge.hpp"

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
