#include "engine/store/only_rows.hpp"

#include <algorithm>

namespace tefter {

namespace {

template <class Entries>
bool holds_version(const Entries& entries, Version version) {
    return std::any_of(entries.begin(), entries.end(), [version](const auto& entry) { return entry.version == version; });
}

bool stands_deleted(const RowState& state, Version version) {
    return std::find(state.deletes.begin(), state.deletes.end(), version) != state.deletes.end();
}

template <class Versions>
std::span<const Version> spanned(const Versions& versions, Arena& arena) {
    const std::span<Version> out = arena.array<Version>(versions.size());
    std::copy(versions.begin(), versions.end(), out.begin());
    return out;
}

/// Some leaf says the same.
bool says(const std::optional<RowState>& state, const GroupValues& written) {
    const GroupState* group = state ? state->find(written.group) : nullptr;
    return group != nullptr && std::any_of(group->leaves.begin(), group->leaves.end(), [&](const Leaf& leaf) {
               return std::equal(leaf.values.begin(), leaf.values.end(), written.values.begin(), written.values.end());
           });
}

std::string lost_versions_of(ScopeNumber scope) { return "lost_versions:" + std::to_string(scope.value); }

}  // namespace

LostVersions lost_versions(Meta& meta, ScopeNumber scope) {
    LostVersions out;
    const Bytes bytes = meta.blob(lost_versions_of(scope)).value_or(Bytes());
    for (Reader in(bytes); !in.done();) {
        const DeviceNumber device{in.varint32()};
        const Version after{in.signed_varint()};
        out[device] = {after, Version{in.signed_varint()}};
    }
    return out;
}

void set_lost_versions(Meta& meta, ScopeNumber scope, const LostVersions& lost) {
    if (lost.empty()) return meta.remove(lost_versions_of(scope));
    Writer out;
    for (const auto& [device, range] : lost) {
        out.varint(device.value);
        out.signed_varint(range.after.value);
        out.signed_varint(range.until.value);
    }
    meta.set(lost_versions_of(scope), out.view());
}

OnlyRows::OnlyRows(Replica& from, Replica& to, const Chains& chains, const Parted& parted, const std::vector<DueChangeset>& own)
    : from_(from), to_(to), chains_(chains), parted_(parted) {
    if (chains.empty()) return;
    for (const auto& [scope, changeset] : own) {
        for (const Change& change : changeset.changes) own_[{change.table, encode_key(change.key)}].insert(changeset.version);
    }
    std::set<ScopeNumber> scopes;
    for (const auto& [chain, range] : chains) scopes.insert(chain.first);
    from.store().applier.rows().scan(scopes, [this](TableNumber table, Cells key, const RowState& state) {
        look_at(table, key, state);
        return true;
    });
    for (const auto& [place, changes] : changes_) {
        const auto& [version, scope] = place;
        changesets_.push_back({scope, {version, author_of(from.store().database, scope, version), changes}});
    }
}

bool OnlyRows::is_lost(ScopeNumber scope, Version version) const {
    const auto lost = chains_.find({scope, version.device()});
    return lost != chains_.end() && lost->second.contains(version);
}

/// Of what `from` knows of a row in `to`, that in whose place the change stands: all that does not stand in `from` itself, beside it.
std::vector<Version> OnlyRows::replaced_by(const Change& change, const RowState& here, const std::set<Version>& known) {
    const auto stands = [&](Version version) {
        return std::any_of(here.groups.begin(), here.groups.end(), [&](const GroupState& group) {
            if (change.op == Op::remove) return holds_version(group.leaves, version);
            const bool writes = std::any_of(change.groups.begin(), change.groups.end(),
                                            [&](const GroupValues& written) { return written.group == group.number; });
            return writes && (holds_version(group.leaves, version) || holds_version(group.buried, version));
        });
    };
    std::vector<Version> out;
    std::copy_if(known.begin(), known.end(), std::back_inserter(out),
                 [&](Version version) { return !stands_deleted(here, version) && !stands(version); });
    return out;
}

std::span<const Version> OnlyRows::seen_by(ScopeNumber scope, Version version, const Change& change, Arena& arena) {
    if (std::none_of(change.seen.begin(), change.seen.end(), [&](Version seen) { return is_lost(scope, seen); })) return change.seen;
    Arena rows;
    const std::optional<RowState> here = from_.store().applier.rows().load(change.table, change.key, rows);
    if (!here) return change.seen;
    std::set<Version> seen(change.seen.begin(), change.seen.end());
    for (const Version one : replaced_by(
             change, *here, known_in(change.table, change.key, scope, to_.store().applier.rows().load(change.table, change.key, rows)))) {
        if (one < version) seen.insert(one);
    }
    return spanned(seen, arena);
}

std::span<const Version> OnlyRows::without_lost(ScopeNumber scope, std::span<const Version> seen, Arena& arena) const {
    std::vector<Version> out(seen.begin(), seen.end());
    std::erase_if(out, [&](Version version) { return is_lost(scope, version); });
    return spanned(out, arena);
}

std::set<Version> OnlyRows::known_in(TableNumber table, Cells key, ScopeNumber scope, const std::optional<RowState>& there) {
    std::set<Version> out;
    const auto own = own_.find({table, encode_key(key)});
    if (own != own_.end()) out = own->second;
    const auto add = [&](Version version) {
        const bool is_known = version <= from_.head(scope, version.device()).version && !parted_.contains({scope, version.device()});
        if (is_known) out.insert(version);
    };
    if (!there) return out;
    for (const GroupState& group : there->groups) {
        for (const Leaf& leaf : group.leaves) add(leaf.version);
        for (const Buried& buried : group.buried) add(buried.version);
    }
    for (const Version version : there->deletes) add(version);
    return out;
}

Cells OnlyRows::keep(Cells cells) {
    Writer out;
    for (const Value& value : cells) encode_value(out, value);
    Reader in(bytes_.emplace_back(out.take()));
    const std::span<Value> kept = arena_.array<Value>(cells.size());
    for (Value& value : kept) value = decode_value(in);
    return kept;
}

void OnlyRows::look_at(TableNumber table, Cells key, const RowState& state) {
    // Who is registered the server says alone.
    if (const Table* known = from_.catalog().find(table); known != nullptr && known->write_role == Role::server) return;
    std::map<Version, std::vector<GroupValues>> written;
    std::vector<Version> deleted;
    for (const GroupState& group : state.groups) {
        for (const Leaf& leaf : group.leaves) {
            if (is_lost(state.scope, leaf.version)) written[leaf.version].push_back({group.number, leaf.values});
        }
    }
    for (const Version version : state.deletes) {
        if (is_lost(state.scope, version)) deleted.push_back(version);
    }
    if (written.empty() && deleted.empty()) return;
    const Cells name = keep(key);
    if (state.erased) {
        erased_.insert(erased_.end(), written.size() + deleted.size(), {table, name});
        return;
    }
    Arena arena;
    const std::optional<RowState> there = to_.store().applier.rows().load(table, key, arena);
    const std::set<Version> known = known_in(table, key, state.scope, there);
    for (auto& [version, groups] : written) {
        if (!there || !there->erased) std::erase_if(groups, [&](const GroupValues& group) { return says(there, group); });
        if (groups.empty()) continue;
        Change change;
        change.table = table;
        change.op = Op::create;
        change.key = name;
        const std::span<GroupValues> values = arena_.array<GroupValues>(groups.size());
        std::transform(groups.begin(), groups.end(), values.begin(), [this](const GroupValues& group) {
            return GroupValues{group.group, keep(group.values)};
        });
        change.groups = values;
        change.seen = spanned(replaced_by(change, state, known), arena_);
        changes_[{version, state.scope}].push_back(change);
    }
    for (const Version version : deleted) {
        Change change;
        change.table = table;
        change.op = Op::remove;
        change.key = name;
        change.seen = spanned(replaced_by(change, state, known), arena_);
        changes_[{version, state.scope}].push_back(change);
    }
}

}  // namespace tefter
