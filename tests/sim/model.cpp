#include "tests/sim/model.hpp"

#include <algorithm>

namespace tefter::sim {

std::size_t Model::add_row(std::size_t refers_to) {
    refers_to_.push_back(refers_to);
    by_row_.emplace_back();
    return refers_to_.size() - 1;
}

WriteId Model::add(Knowledge& author, ModelWrite write) {
    write.creates = !heard_of(author, write.row);
    for (const auto& [chain, known] : author) {
        if (chain.first == write.scope) write.causes[chain.second] = known.size();
    }
    return put(author, std::move(write));
}

WriteId Model::add_again(Knowledge& author, WriteId earlier, std::uint32_t device, const Knowledge& common) {
    ModelWrite write = writes_[earlier];
    for (auto& [of, sequence] : write.causes) {
        const auto chain = common.find({write.scope, of});
        sequence = chain == common.end() ? 0 : std::min<std::uint64_t>(sequence, chain->second.size());
    }
    write.causes[device] = author[{write.scope, device}].size();
    write.device = device;
    return put(author, std::move(write));
}

WriteId Model::add_from_rows(Knowledge& author, const Standing& standing, std::uint32_t device, const Knowledge& common,
                             const std::vector<WriteId>& beside) {
    ModelWrite write = writes_[standing.id];
    std::erase_if(write.groups, [&](const auto& group) { return !standing.groups.contains(group.first); });
    write.causes.clear();
    for (const auto& [chain, known] : common) {
        if (chain.first == write.scope) write.causes[chain.second] = known.size();
    }
    write.causes[device] = author[{write.scope, device}].size();
    write.device = device;
    write.beside = {beside.begin(), beside.end()};
    return put(author, std::move(write));
}

WriteId Model::put(Knowledge& author, ModelWrite write) {
    const WriteId id = writes_.size();
    std::vector<WriteId>& own = author[{write.scope, write.device}];
    own.push_back(id);
    write.sequence = own.size();
    write.id = id;
    by_row_[write.row].push_back(id);
    writes_.push_back(std::move(write));
    return id;
}

bool Model::knows(const Knowledge& known, WriteId id) const {
    const ModelWrite& write = writes_[id];
    const auto chain = known.find({write.scope, write.device});
    return chain != known.end() && chain->second.size() >= write.sequence && chain->second[write.sequence - 1] == id;
}

bool Model::had_seen(const ModelWrite& later, const ModelWrite& earlier) const {
    if (later.beside.contains(earlier.id)) return false;
    const auto cause = later.causes.find(earlier.device);
    return cause != later.causes.end() && cause->second >= earlier.sequence;
}

std::vector<Standing> Model::standing(const Knowledge& known, std::size_t row) const {
    std::vector<Standing> out;
    std::vector<WriteId> all;
    for (const WriteId id : by_row_[row]) {
        if (knows(known, id) && writes_[id].deed != Deed::erase) all.push_back(id);
    }
    for (const WriteId id : all) {
        const ModelWrite& write = writes_[id];
        bool replaced = false;  // as a deletion
        Standing standing{id, {}};
        for (const auto& [group, text] : write.groups) standing.groups.insert(group);
        for (const WriteId other : all) {
            const ModelWrite& later = writes_[other];
            if (other == id || !had_seen(later, write)) continue;
            replaced = true;
            std::erase_if(standing.groups, [&](std::uint32_t group) { return later.deed == Deed::remove || later.groups.contains(group); });
        }
        if (write.deed == Deed::remove ? !replaced : !standing.groups.empty()) out.push_back(std::move(standing));
    }
    return out;
}

ModelRow Model::row(const Knowledge& known, std::size_t row) const {
    ModelRow out;
    for (const Standing& one : standing(known, row)) {
        if (one.groups.empty()) ++out.deletions;
        for (const std::uint32_t group : one.groups) out.leaves[group].insert(writes_[one.id].groups.at(group));
    }
    out.erased = std::any_of(by_row_[row].begin(), by_row_[row].end(),
                             [&](WriteId id) { return writes_[id].deed == Deed::erase && knows(known, id); });
    return out;
}

bool Model::lives(const Knowledge& known, std::size_t row) const {
    if (this->row(known, row).stands()) return true;
    for (std::size_t other = 0; other < refers_to_.size(); ++other) {
        if (refers_to_[other] == row && lives(known, other)) return true;
    }
    return false;
}

bool Model::was_erased(std::size_t row) const {
    return std::any_of(by_row_[row].begin(), by_row_[row].end(), [&](WriteId id) { return writes_[id].deed == Deed::erase; });
}

bool Model::heard_of(const Knowledge& known, std::size_t row) const {
    return std::any_of(by_row_[row].begin(), by_row_[row].end(), [&](WriteId id) { return knows(known, id); });
}

std::string Model::causality(const Knowledge& known) const {
    for (const auto& [chain, ids] : known) {
        for (const WriteId id : ids) {
            for (const auto& [device, sequence] : writes_[id].causes) {
                const auto cause = known.find({chain.first, device});
                if (sequence == 0 || (cause != known.end() && cause->second.size() >= sequence)) continue;
                return "changeset " + std::to_string(writes_[id].sequence) + " of device " + std::to_string(chain.second) + " in scope " +
                       std::to_string(chain.first) + " is here without changeset " + std::to_string(sequence) + " of device " +
                       std::to_string(device) + ", which its author had seen";
            }
        }
    }
    return {};
}

}  // namespace tefter::sim
