#include "engine/store/restamp.hpp"

#include <algorithm>
#include <map>

#include "engine/base/limits.hpp"

namespace tefter {

namespace {

using Versions = std::map<Version, Version>;  ///< old to new

class Restamper {
public:
    Restamper(const Catalog& catalog, Rows& rows, Versions versions) : catalog_(catalog), rows_(rows), versions_(std::move(versions)) {}

    Version renew(Version old) const {
        const auto found = versions_.find(old);
        return found == versions_.end() ? old : found->second;
    }

    Changeset renew(const Changeset& old, Arena& arena) const {
        const std::span<Change> changes = arena.array<Change>(old.changes.size());
        for (std::size_t i = 0; i < changes.size(); ++i) {
            changes[i] = old.changes[i];
            changes[i].seen = renew(old.changes[i].seen, arena);
            const std::span<GroupValues> groups = arena.array<GroupValues>(old.changes[i].groups.size());
            for (std::size_t g = 0; g < groups.size(); ++g) {
                const GroupValues& group = old.changes[i].groups[g];
                groups[g] = {group.group, renew(old.changes[i].table, group.group, group.values, arena)};
            }
            changes[i].groups = groups;
        }
        return {renew(old.version), old.actor, changes};
    }

    void renew_row(TableNumber table, Cells key) {
        if (!done_.emplace(table, encode_key(key)).second) return;
        Arena arena;
        const std::optional<RowState> before = rows_.load(table, key, arena);
        if (!before) return;
        RowState after = *before;
        renew(after.deletes);
        for (GroupState& group : after.groups) {
            for (Leaf& leaf : group.leaves) {
                leaf.version = renew(leaf.version);
                leaf.values = renew(table, group.number, leaf.values, arena);
            }
            for (Buried& buried : group.buried) {
                buried.version = renew(buried.version);
                buried.values = renew(table, group.number, buried.values, arena);
                renew(buried.by);
            }
            std::sort(group.leaves.begin(), group.leaves.end(), [](const Leaf& a, const Leaf& b) { return a.version < b.version; });
            std::sort(group.buried.begin(), group.buried.end(), [](const Buried& a, const Buried& b) { return a.version < b.version; });
        }
        rows_.store(table, key, &*before, after);
    }

private:
    void renew(std::vector<Version>& versions) const {
        for (Version& version : versions) version = renew(version);
        std::sort(versions.begin(), versions.end());
    }

    std::span<const Version> renew(std::span<const Version> old, Arena& arena) const {
        const std::span<Version> out = arena.array<Version>(old.size());
        std::transform(old.begin(), old.end(), out.begin(), [&](Version version) { return renew(version); });
        std::sort(out.begin(), out.end());
        return out;
    }

    /// The elements of a set carry versions too.
    Cells renew(TableNumber number, GroupNumber group, Cells values, Arena& arena) const {
        const Table* table = catalog_.find(number);
        const Group* declared = table == nullptr ? nullptr : table->find_group(group);
        if (declared == nullptr || declared->rule != MergeRule::set || values.empty() || values[0].kind() != ValueKind::blob) return values;
        SetValue set = SetValue::decode(values[0].blob());
        for (std::vector<SetElement>* elements : {&set.held, &set.removed}) {
            for (SetElement& element : *elements) element.added = renew(element.added);
            std::sort(elements->begin(), elements->end());
        }
        const std::span<Value> out = arena.array<Value>(1);
        out[0] = Value::blob(arena.keep(set.encode()));
        return out;
    }

    const Catalog& catalog_;
    Rows& rows_;
    Versions versions_;
    std::set<std::pair<TableNumber, Bytes>> done_;
};

/// New versions for those ahead of `now_ms`, above everything that keeps its own.
Versions plan(Database& database, DeviceNumber own, std::int64_t now_ms) {
    const Version limit = Version::from_tick(HybridClock::wall_tick(now_ms), own);
    Version floor;
    {
        Statement heads = database.prepare_once("SELECT coalesce(max(version), 0) FROM tefter_head");
        heads.step();
        floor = Version{heads.integer(0)};
    }
    Versions versions;
    Statement unsent = database.prepare_once("SELECT DISTINCT version FROM tefter_unsent ORDER BY version");
    while (unsent.step()) {
        const Version version{unsent.integer(0)};
        if (version > limit) {
            versions[version] = version;
        } else {
            floor = std::max(floor, version);
        }
    }
    HybridClock clock(own, floor);
    for (auto& [old, renewed] : versions) renewed = clock.next(now_ms);
    // A clock that is held up by what others wrote does not go down.
    if (!versions.empty() && versions.rbegin()->second >= versions.rbegin()->first) versions.clear();
    return versions;
}

}  // namespace

RestampResult restamp_unsent(Database& database, const Catalog& catalog, Rows& rows, Log& log, Meta& meta, DeviceNumber own,
                             std::int64_t now_ms) {
    RestampResult result;
    // What is not further ahead than this may have been taken in an exchange whose answer was lost: it stays as it is.
    const Version acceptable = Version::from_tick(HybridClock::wall_tick(now_ms + limits::future_ms), own);
    for (const ScopeState& scope : meta.scopes()) log.reopen(scope.scope, acceptable);
    const Versions versions = plan(database, own, now_ms);
    if (versions.empty()) return result;
    Restamper restamper(catalog, rows, versions);
    struct Unsent {
        std::int64_t scope, sequence;
        Bytes bytes;
    };
    std::vector<Unsent> unsent;
    {
        Statement row =
            database.prepare_once("SELECT scope, sequence, bytes FROM tefter_unsent WHERE version >= ?1 ORDER BY scope, sequence");
        row.with(versions.begin()->first.value);
        while (row.step()) unsent.push_back({row.integer(0), row.integer(1), Bytes(row.blob(2).begin(), row.blob(2).end())});
    }
    for (const Unsent& entry : unsent) {
        Arena arena;
        Reader in(entry.bytes);
        const Changeset old = decode_changeset(in, arena);
        for (const Change& change : old.changes) restamper.renew_row(change.table, change.key);
        const Changeset renewed = restamper.renew(old, arena);
        tefter::Writer bytes;
        encode_changeset(bytes, renewed);
        database.prepare("UPDATE tefter_unsent SET version = ?1, bytes = ?2 WHERE scope = ?3 AND sequence = ?4")
            .with(renewed.version.value, bytes.view(), entry.scope, entry.sequence)
            .run();
        database.prepare("UPDATE OR REPLACE tefter_author SET version = ?1 WHERE scope = ?2 AND device = ?3 AND version = ?4")
            .with(renewed.version.value, entry.scope, std::int64_t{own.value}, old.version.value)
            .run();
        ++result.changesets;
    }
    return result;
}

}  // namespace tefter
