#include "engine/store/renewal.hpp"

#include <algorithm>

namespace tefter {

Version Renewal::renewed(Version old) const {
    const auto found = versions_.find(old);
    return found == versions_.end() ? old : found->second;
}

void Renewal::renew(std::vector<Version>& versions) const {
    for (Version& version : versions) version = renewed(version);
    std::sort(versions.begin(), versions.end());
}

std::span<const Version> Renewal::renewed(std::span<const Version> old, Arena& arena) const {
    const std::span<Version> out = arena.array<Version>(old.size());
    std::transform(old.begin(), old.end(), out.begin(), [&](Version version) { return renewed(version); });
    std::sort(out.begin(), out.end());
    return out;
}

Cells Renewal::renewed(TableNumber number, GroupNumber group, Cells values, Arena& arena) const {
    const Table* table = catalog_.find(number);
    const Group* declared = table == nullptr ? nullptr : table->find_group(group);
    if (declared == nullptr || declared->rule != MergeRule::set || values.empty() || values[0].kind() != ValueKind::blob) return values;
    SetValue set = SetValue::decode(values[0].blob());
    for (std::vector<SetElement>* elements : {&set.held, &set.removed}) {
        for (SetElement& element : *elements) element.added = renewed(element.added);
        std::sort(elements->begin(), elements->end());
    }
    const std::span<Value> out = arena.array<Value>(1);
    out[0] = Value::blob(arena.keep(set.encode()));
    return out;
}

Changeset Renewal::renewed(const Changeset& old, Arena& arena) const {
    const std::span<Change> changes = arena.array<Change>(old.changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        changes[i] = old.changes[i];
        changes[i].seen = renewed(old.changes[i].seen, arena);
        const std::span<GroupValues> groups = arena.array<GroupValues>(old.changes[i].groups.size());
        for (std::size_t g = 0; g < groups.size(); ++g) {
            const GroupValues& group = old.changes[i].groups[g];
            groups[g] = {group.group, renewed(old.changes[i].table, group.group, group.values, arena)};
        }
        changes[i].groups = groups;
    }
    return {renewed(old.version), old.actor, changes};
}

}  // namespace tefter
