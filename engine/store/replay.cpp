#include "engine/store/replay.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "engine/base/crypto.hpp"

namespace tefter {

namespace {

/// What a ledger should come to.
struct Expected {
    ScopeNumber scope;
    LedgerHead end;
    Digest digest;
    std::vector<std::pair<DeviceNumber, Head>> heads;
};

std::vector<Expected> expected(Replica& server, Ledger& ledger) {
    std::vector<Expected> out;
    for (const ScopeState& state : server.scopes()) {
        out.push_back({state.scope, ledger.head(state.scope), state.digest, server.heads(state.scope)});
    }
    return out;
}

/// A device that nobody has: it only reads.
Identity reader_of(Replica& server) {
    Identity identity;
    identity.device = DeviceNumber{max_device_number};
    identity.server_key = server.identity().server_key;
    identity.office = "verification";
    for (const ScopeState& state : server.scopes()) identity.scopes.push_back(state.scope);
    return identity;
}

class Replay {
public:
    Replay(Replica& copy, Ledger& ledger) : copy_(copy), ledger_(ledger) {}

    void scope(const Expected& expected) {
        const std::string name = "The ledger of the scope " + copy_.catalog().scope_name(expected.scope);
        if (!read(expected, name)) return;
        const std::vector<ScopeState> states = copy_.scopes();
        const auto state = std::find_if(states.begin(), states.end(), [&](const ScopeState& s) { return s.scope == expected.scope; });
        if (state->ledger_hash != expected.end.hash) fault(name + " does not end in the hash that is stored.");
        if (state->digest != expected.digest) fault(name + " comes to other rows than the server has.");
        const auto heads = copy_.heads(expected.scope);
        const bool same =
            std::equal(heads.begin(), heads.end(), expected.heads.begin(), expected.heads.end(), [](const auto& a, const auto& b) {
                return a.first == b.first && a.second.sequence == b.second.sequence && a.second.hash == b.second.hash;
            });
        if (!same) fault(name + " comes to other chains than the server has.");
    }

    Verification result;

private:
    void fault(const std::string& sentence) { result.faults.push_back(sentence); }

    bool read(const Expected& expected, const std::string& name) {
        for (Position at{0}; at < expected.end.position;) {
            const std::vector<LedgerEntry> entries = ledger_.read(expected.scope, at, expected.end.position, ledger_batch_bytes);
            for (const LedgerEntry& entry : entries) {
                ++at.value;
                const std::string place = name + ", position " + std::to_string(at.value);
                if (entry.position != at) return fault(place + ", is missing."), false;
                const Received received = copy_.receive(entry.bytes, Carrier::server, copy_.environment().now_ms(), at);
                if (received.outcome != Outcome::applied) return fault(place + ", cannot be taken: " + received.reason), false;
                ++result.segments;
                result.changesets += received.changesets;
            }
            if (entries.empty()) return fault(name + " ends too early, at position " + std::to_string(at.value) + "."), false;
        }
        return true;
    }

    Replica& copy_;
    Ledger& ledger_;
};

/// What is left of a compacted ledger, link by link.
class Links {
public:
    Links(Replica& server, Ledger& ledger) : server_(server), ledger_(ledger) {}

    void scope(const Expected& expected) {
        const std::string name = "The ledger of the scope " + server_.catalog().scope_name(expected.scope);
        Position at = ledger_.base(expected.scope);
        const std::optional<Hash> begin = ledger_.hash_at(expected.scope, at);
        if (!begin) return fault(name + " does not begin where it was compacted.");
        Hash hash = *begin;
        std::map<DeviceNumber, Hash> chains;
        while (at < expected.end.position) {
            const std::vector<LedgerEntry> entries = ledger_.read(expected.scope, at, expected.end.position, ledger_batch_bytes);
            if (entries.empty()) return fault(name + " ends too early, at position " + std::to_string(at.value) + ".");
            for (const LedgerEntry& entry : entries) {
                ++at.value;
                const std::string place = name + ", position " + std::to_string(at.value);
                if (entry.position != at) return fault(place + ", is missing.");
                Segment segment;
                decode_segment(entry.bytes, segment);
                hash = ledger_next(hash, segment_id(segment.header, segment.signature));
                if (ledger_.hash_at(expected.scope, at) != hash) return fault(place + ", is not hashed with what is before it.");
                auto chain = chains.find(entry.device);
                if (chain == chains.end()) chain = chains.emplace(entry.device, ledger_.chain_at_base(expected.scope, entry.device)).first;
                chain->second = chain_through(chain->second, segment);
                const std::optional<PublicKey> key = key_of(entry.device);
                if (!key || !verify_segment(segment, chain->second, *key))
                    return fault(place + ", was not signed by its device in its chain.");
                ++result.segments;
                result.changesets += segment.changesets.size();
            }
        }
        for (const auto& [device, head] : expected.heads) {
            const auto chain = chains.find(device);
            const Hash end = chain == chains.end() ? ledger_.chain_at_base(expected.scope, device) : chain->second;
            if (end != head.hash) return fault(name + " comes to another chain of device " + std::to_string(device.value) + ".");
        }
    }

    Verification result;

private:
    void fault(const std::string& sentence) { result.faults.push_back(sentence); }

    std::optional<PublicKey> key_of(DeviceNumber number) {
        if (number == server_device) return server_.identity().server_key;
        const std::optional<Device> device = server_.device(number);
        return device ? std::optional(device->key) : std::nullopt;
    }

    Replica& server_;
    Ledger& ledger_;
};

}  // namespace

Verification verify_ledgers(Replica& server, Ledger& ledger, const std::string& folder) {
    const std::vector<Expected> all = expected(server, ledger);
    if (std::any_of(all.begin(), all.end(), [&](const Expected& one) { return ledger.base(one.scope).value != 0; })) {
        Links links(server, ledger);
        for (const Expected& scope : all) links.scope(scope);
        return std::move(links.result);
    }
    DatabaseKey key{};
    server.environment().random(key);
    const std::string path = folder + "/verify-" + hexadecimal(BytesView(blake2b(key)).first(8)) + ".db";
    Replica::create(path, key, server.catalog(), reader_of(server), JournalMode::rollback);
    struct Remove {
        const std::string& path;
        ~Remove() {
            std::error_code ignored;
            for (const char* suffix : {"", "-journal", ".writer"}) std::filesystem::remove(path + suffix, ignored);
        }
    } const remove{path};
    Replica copy(path, key, server.catalog(), server.environment(), JournalMode::rollback);
    copy.store().database.execute("PRAGMA synchronous=OFF");  // it is thrown away
    Replay replay(copy, ledger);
    for (const Expected& scope : all) replay.scope(scope);  // shared is the first: it holds the keys of devices
    return std::move(replay.result);
}

}  // namespace tefter
