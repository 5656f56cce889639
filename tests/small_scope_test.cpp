// All of the small: every history of three operations on one row by three replicas, with every way in which they had or had not heard
// of each other, brought to a replica in every order that causes allow; and of four. The state must be
// the one that the model names, whatever the order. The model knows no versions and no states: only who knew what.

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

#include "engine/merge/merge.hpp"

using namespace tefter;

namespace {

constexpr std::size_t replicas = 3;
enum class Deed { first_group, second_group, both_groups, remove };

struct Operation {
    std::size_t replica = 0;
    Deed deed = Deed::first_group;
    unsigned knew = 0;  ///< bits of operations, whatever these knew included
    // As the author's program makes it of the state before him:
    Version version;
    std::vector<Version> seen;
    std::vector<GroupNumber> groups;
    Value value;
};
using History = std::vector<Operation>;

void merge(RowState& row, const Operation& one) {
    if (one.deed == Deed::remove) return merge_delete(row, one.version, one.seen);
    std::vector<GroupWrite> writes;
    for (const GroupNumber group : one.groups) writes.push_back({group, {&one.value, 1}});
    merge_put(row, one.version, one.seen, writes);
}

/// What an author writes who has `before`: see Editor. False where he would write nothing.
bool write(Operation& one, const RowState& before) {
    std::set<Version> seen(before.deletes.begin(), before.deletes.end());
    const auto add = [&](const GroupState& group) {
        for (const Leaf& leaf : group.leaves) seen.insert(leaf.version);
        for (const Buried& buried : group.buried) seen.insert(buried.version);
    };
    std::set<GroupNumber> groups;
    if (one.deed == Deed::remove) {
        if (!before.alive()) return false;
        for (const GroupState& group : before.groups) add(group);
    } else {
        if (one.deed != Deed::second_group) groups.insert(GroupNumber{1});
        if (one.deed != Deed::first_group) groups.insert(GroupNumber{2});
        for (const GroupState& group : before.groups) {
            if (!before.deletes.empty() && group.leaves.empty()) groups.insert(group.number);  // comes back with the row
        }
        for (const GroupNumber group : groups) {
            if (const GroupState* held = before.find(group)) add(*held);
        }
    }
    one.seen.assign(seen.begin(), seen.end());
    one.groups.assign(groups.begin(), groups.end());
    return true;
}

/// Versions of the leaves by group, and of the deletes, as the model has them.
struct Truth {
    std::map<GroupNumber, std::set<Version>> leaves;
    std::set<Version> deletes;
    friend bool operator==(const Truth&, const Truth&) = default;
};

Truth truth_of(const History& history) {
    Truth out;
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Operation& one = history[i];
        bool stands = true;  // as a deletion
        std::set<GroupNumber> left(one.groups.begin(), one.groups.end());
        for (std::size_t j = i + 1; j < history.size(); ++j) {
            if ((history[j].knew >> i & 1U) == 0) continue;
            stands = false;
            if (history[j].deed == Deed::remove) left.clear();
            for (const GroupNumber group : history[j].groups) left.erase(group);
        }
        if (one.deed == Deed::remove && stands) out.deletes.insert(one.version);
        for (const GroupNumber group : left) out.leaves[group].insert(one.version);
    }
    return out;
}

Truth truth_of(const RowState& row) {
    Truth out;
    out.deletes.insert(row.deletes.begin(), row.deletes.end());
    for (const GroupState& group : row.groups) {
        for (const Leaf& leaf : group.leaves) out.leaves[group.number].insert(leaf.version);
    }
    return out;
}

/// Everything that a state holds, what is buried and by what included.
std::string spelt(const RowState& row) {
    std::string out = "deletes";
    for (const Version version : row.deletes) out += " " + std::to_string(version.value);
    for (const GroupState& group : row.groups) {
        out += " group " + std::to_string(group.number.value);
        for (const Leaf& leaf : group.leaves) out += " leaf " + std::to_string(leaf.version.value);
        for (const Buried& buried : group.buried) {
            out += " buried " + std::to_string(buried.version.value) + " by";
            for (const Version by : buried.by) out += " " + std::to_string(by.value);
        }
    }
    return out;
}

class SmallScope {
public:
    SmallScope(std::size_t operations, std::vector<Deed> deeds) : operations_(operations), deeds_(std::move(deeds)) {}
    void explore() { extend({}); }
    std::size_t histories = 0, orders = 0, faults = 0;

private:
    void extend(const History& history) {
        if (history.size() == operations_) return check(history);
        const auto now = static_cast<unsigned>(history.size());
        for (std::size_t replica = 0; replica < replicas; ++replica) {
            for (const Deed deed : deeds_) {
                for (unsigned knew = 0; knew < 1U << now; ++knew) {
                    if (!is_possible(history, replica, knew)) continue;
                    Operation next;
                    next.replica = replica;
                    next.deed = deed;
                    next.knew = knew;
                    next.version = Version{static_cast<std::int64_t>(now) + 1};
                    next.value = Value::integer(now);
                    RowState before;
                    for (unsigned i = 0; i < now; ++i) {
                        if ((knew >> i & 1U) != 0) merge(before, history[i]);
                    }
                    if (!write(next, before)) continue;
                    History longer = history;
                    longer.push_back(std::move(next));
                    extend(longer);
                }
            }
        }
    }
    /// Who knows an operation knows what its author knew; and nobody forgets his own.
    static bool is_possible(const History& history, std::size_t replica, unsigned knew) {
        for (unsigned i = 0; i < history.size(); ++i) {
            const bool known = (knew >> i & 1U) != 0;
            if (history[i].replica == replica && (!known || (history[i].knew & ~knew) != 0)) return false;
            if (known && (history[i].knew & ~knew) != 0) return false;
        }
        return true;
    }
    void check(const History& history) {
        ++histories;
        const Truth wanted = truth_of(history);
        std::string first;
        std::vector<std::size_t> order(history.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        do {
            unsigned taken = 0;
            bool causal = true;
            RowState row;
            for (const std::size_t i : order) {
                causal = causal && (history[i].knew & ~taken) == 0;
                taken |= 1U << i;
                if (causal) merge(row, history[i]);
            }
            if (!causal) continue;
            ++orders;
            if (first.empty()) first = spelt(row);
            if (truth_of(row) != wanted || spelt(row) != first) ++faults;
        } while (std::next_permutation(order.begin(), order.end()));
    }

    std::size_t operations_;
    std::vector<Deed> deeds_;
};

}  // namespace

TEST_CASE("three operations of every kind by three replicas, in every partition and every order, make the state that the model names") {
    SmallScope scope(3, {Deed::first_group, Deed::second_group, Deed::both_groups, Deed::remove});
    scope.explore();
    CHECK(scope.faults == 0);
    CHECK(scope.histories == 4185);
    CHECK(scope.orders >= 5000);
}

TEST_CASE("four operations likewise") {
    SmallScope scope(4, {Deed::first_group, Deed::second_group, Deed::both_groups, Deed::remove});
    scope.explore();
    CHECK(scope.faults == 0);
    CHECK(scope.histories >= 5000);
}
