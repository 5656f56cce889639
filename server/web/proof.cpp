#include "server/web/proof.hpp"

#include <algorithm>
#include <set>

#include "engine/store/devices.hpp"
#include "engine/store/meta.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t most_changes = 200;
constexpr std::size_t batch_bytes = 1U << 20U;

std::optional<PublicKey> key_of(Database& reader, const Catalog& catalog, DeviceNumber device) {
    if (device != server_device) {
        const std::optional<Device> known = find_device(reader, catalog, device);
        return known ? std::optional(known->key) : std::nullopt;
    }
    const std::optional<Bytes> key = Meta(reader).blob("server_key");
    if (!key) return std::nullopt;
    Reader in(*key);
    return in.fixed<32>();
}

/// Adds to `queue` the versions that the change replaced.
void read_change(const Changeset& changeset, const Change& change, SignedChange& out, std::vector<Version>& queue) {
    out.version = changeset.version;
    out.actor = changeset.actor;
    out.op = change.op;
    out.replaces = change.seen.size();
    for (const GroupValues& group : change.groups) {
        out.groups.push_back({group.group, {}});
        for (const Value& value : group.values) out.groups.back().values.emplace_back(value.is_null() ? OwnedValue() : OwnedValue(value));
    }
    queue.insert(queue.end(), change.seen.begin(), change.seen.end());
}

}  // namespace

void Chains::walk(Database& reader, const Catalog& catalog, ScopeNumber scope) {
    SqliteLedger ledger(reader);
    Walked& walked = scopes_[scope];
    const Position end = ledger.head(scope).position;
    walked.position = std::max(walked.position, ledger.base(scope));
    while (walked.position < end) {
        for (const LedgerEntry& entry : ledger.read(scope, walked.position, end, batch_bytes)) {
            std::vector<Link>& links = walked.links[entry.device];
            Segment segment;
            decode_segment(entry.bytes, segment);
            Link link;
            link.position = entry.position;
            link.first = entry.first;
            link.first_version = segment.changesets.front().version;
            link.before = links.empty() ? ledger.chain_at_base(scope, entry.device) : links.back().after;
            link.after = chain_through(link.before, segment);
            const std::optional<PublicKey> key = key_of(reader, catalog, entry.device);
            if (!links.empty() && !links.back().fault.empty()) link.fault = links.back().fault;
            else if (!key || !verify_segment(segment, link.after, *key))
                link.fault = "device " + std::to_string(entry.device.value) + ", changeset " + std::to_string(entry.first.value);
            links.push_back(std::move(link));
            walked.position = entry.position;
        }
    }
}

std::optional<Chains::Link> Chains::find(ScopeNumber scope, Version version) {
    const std::vector<Link>& links = scopes_[scope].links[version.device()];
    const auto after = std::upper_bound(links.begin(), links.end(), version,
                                        [](const Version& wanted, const Link& link) { return wanted < link.first_version; });
    if (after == links.begin()) return std::nullopt;
    return *std::prev(after);
}

Behind Chains::behind(Database& reader, const Catalog& catalog, const Table& table, Cells key) {
    Arena arena;
    const std::optional<RowState> state = Rows(reader, catalog).load(table.number, key, arena);
    if (!state) return {};
    std::vector<Version> queue = state->deletes;
    for (const GroupState& group : state->groups) {
        for (const Leaf& leaf : group.leaves) queue.push_back(leaf.version);
    }
    const std::set<Version> standing(queue.begin(), queue.end());
    const Bytes wanted = encode_key(key);
    std::set<Version> done;
    Behind behind;
    std::vector<SignedChange>& out = behind.changes;
    const std::lock_guard lock(mutex_);
    walk(reader, catalog, state->scope);
    SqliteLedger ledger(reader);
    const Position base = ledger.base(state->scope);
    for (std::size_t at = 0; at < queue.size() && out.size() < most_changes; ++at) {
        const Version version = queue[at];
        if (!done.insert(version).second) continue;
        const std::optional<Link> link = find(state->scope, version);
        if (!link || link->position <= base) {
            behind.compacted = behind.compacted || base.value != 0;
            continue;
        }
        const std::vector<LedgerEntry> entries = ledger.read(state->scope, Position{link->position.value - 1}, link->position, 1);
        if (entries.empty()) continue;
        Segment segment;
        decode_segment(entries.front().bytes, segment);
        Sequence sequence = segment.header.first;
        for (const Changeset& changeset : segment.changesets) {
            for (const Change& change : changeset.changes) {
                if (changeset.version != version || change.table != table.number || encode_key(change.key) != wanted) continue;
                SignedChange found;
                read_change(changeset, change, found, queue);
                found.stands = standing.contains(version);
                found.scope = state->scope;
                found.sequence = sequence;
                found.position = link->position;
                found.head = link->after;
                found.fault = link->fault;
                out.push_back(std::move(found));
            }
            ++sequence.value;
        }
    }
    std::sort(out.begin(), out.end(), [](const SignedChange& a, const SignedChange& b) { return b.version < a.version; });
    return behind;
}

}  // namespace tefter::web
