#include "engine/store/restamp.hpp"

#include <algorithm>
#include <map>

#include "engine/base/limits.hpp"
#include "engine/store/renewal.hpp"

namespace tefter {

namespace {

using Versions = std::map<Version, Version>;  ///< old to new

/// Rows under the versions that their changesets get.
class Restamper {
public:
    Restamper(Rows& rows, const Renewal& renewal) : rows_(rows), renewal_(renewal) {}

    void renew_row(TableNumber table, Cells key) {
        if (!done_.emplace(table, encode_key(key)).second) return;
        Arena arena;
        const std::optional<RowState> before = rows_.load(table, key, arena);
        if (!before) return;
        RowState after = *before;
        renewal_.renew(after.deletes);
        for (GroupState& group : after.groups) {
            for (Leaf& leaf : group.leaves) {
                leaf.version = renewal_.renewed(leaf.version);
                leaf.values = renewal_.renewed(table, group.number, leaf.values, arena);
            }
            for (Buried& buried : group.buried) {
                buried.version = renewal_.renewed(buried.version);
                buried.values = renewal_.renewed(table, group.number, buried.values, arena);
                renewal_.renew(buried.by);
            }
            std::sort(group.leaves.begin(), group.leaves.end(), [](const Leaf& a, const Leaf& b) { return a.version < b.version; });
            std::sort(group.buried.begin(), group.buried.end(), [](const Buried& a, const Buried& b) { return a.version < b.version; });
        }
        rows_.store(table, key, &*before, after);
    }

private:
    Rows& rows_;
    const Renewal& renewal_;
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
    Renewal renewal(catalog);
    for (const auto& [old, renewed] : versions) renewal.add(old, renewed);
    Restamper restamper(rows, renewal);
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
        const Changeset renewed = renewal.renewed(old, arena);
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
