#include "engine/merge/merge.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace tefter;

TEST_CASE("a write removes the leaves that it names and becomes a leaf") {
    Leaves leaves;
    merge(leaves, Leaf{Version{10}, LeafKind::value, {}, {Value::integer(1)}}, {});
    const Version seen[] = {Version{10}};
    merge(leaves, Leaf{Version{20}, LeafKind::value, {}, {Value::integer(2)}}, seen);
    REQUIRE(leaves.size() == 1);
    CHECK(leaves[0].version == Version{20});
    merge(leaves, Leaf{Version{15}, LeafKind::value, {}, {Value::integer(3)}}, seen);
    REQUIRE(leaves.size() == 2);  // concurrent with 20: both had seen 10 only
}
