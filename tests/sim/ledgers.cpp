#include "tests/sim/ledgers.hpp"

#include <algorithm>

namespace tefter::sim {

Ledgers::Ledgers(Replica& server, SqliteLedger& here, const std::set<std::uint32_t>& devices) {
    for (const ScopeState& scope : server.scopes()) {
        std::vector<Kept>& ledger = kept_[scope.scope];
        const Position end = here.head(scope.scope).position;
        for (Position at{0}; at < end;) {
            for (LedgerEntry& entry : here.read(scope.scope, at, end, ledger_batch_bytes)) {
                at = entry.position;
                ledger.push_back({std::move(entry), *here.hash_at(scope.scope, at)});
            }
        }
    }
    for (const std::uint32_t number : devices) {
        const DeviceNumber device{number};
        contacts_[device] = {here.counter(device), contact_of(server.store().database, device)};
    }
}

void Ledgers::break_line(std::uint64_t calls, bool commit_stands) {
    breaks_ = true;
    calls_left_ = calls;
    commit_stands_ = commit_stands;
    broke_ = stood_ = false;
}

void Ledgers::call() {
    if (!breaks_ || calls_left_ == 0 || --calls_left_ != 0) return;
    breaks_ = false;
    broke_ = true;
    throw Error(ErrorKind::network, "The line to the ledgers broke.");
}

LedgerHead Ledgers::end_of(const std::vector<Kept>& ledger) {
    return ledger.empty() ? LedgerHead{} : LedgerHead{ledger.back().entry.position, ledger.back().hash};
}

std::map<ScopeNumber, SharedHead> Ledgers::heads() {
    call();
    std::map<ScopeNumber, SharedHead> out;
    for (const auto& [scope, ledger] : kept_) out[scope] = {end_of(ledger), bases_[scope]};
    return out;
}

std::map<DeviceNumber, std::pair<std::uint64_t, Contact>> Ledgers::contacts_since(std::int64_t synced_ms) {
    call();
    auto out = contacts_;
    std::erase_if(out, [&](const auto& one) { return one.second.second.synced_ms < synced_ms; });
    return out;
}

void Ledgers::note_copied(const std::string& server, const std::map<ScopeNumber, Position>& to, std::int64_t now_ms) {
    call();
    copied_[server] = {now_ms, to};
}

std::map<std::string, std::map<ScopeNumber, Position>> Ledgers::copied_since(std::int64_t ms) {
    call();
    std::map<std::string, std::map<ScopeNumber, Position>> out;
    for (const auto& [server, said] : copied_) {
        if (said.first >= ms) out[server] = said.second;
    }
    return out;
}

void Ledgers::begin(const std::set<ScopeNumber>& scopes) {
    call();
    ensure(held_.empty() && undo_.empty(), "one transaction at a time");
    held_ = scopes;
}

bool Ledgers::holds_all() {
    call();
    return held_.size() == kept_.size();
}

void Ledgers::commit() {
    if (breaks_ && calls_left_ == 0) calls_left_ = 1;
    try {
        call();
    } catch (const Error&) {
        stood_ = commit_stands_ && !undo_.empty();
        if (commit_stands_) undo_.clear();
        throw;
    }
    undo_.clear();
    held_.clear();
}

void Ledgers::abandon() noexcept {
    for (; !undo_.empty(); undo_.pop_back()) undo_.back()();
    held_.clear();
}

bool Ledgers::take_counter(DeviceNumber device, std::uint64_t counter) {
    call();
    std::uint64_t& last = contacts_[device].first;
    if (counter <= last) return false;
    undo_.emplace_back([&last, before = last] { last = before; });
    last = counter;
    return true;
}

void Ledgers::note_contact(DeviceNumber device, const Contact& contact) {
    call();
    Contact& last = contacts_[device].second;
    const std::map<ScopeNumber, Position> read = last.read;
    undo_.emplace_back([&last, before = last] { last = before; });
    last = contact;
    if (contact.read.empty()) last.read = read;
}

LedgerHead Ledgers::head(ScopeNumber scope) { return heads().at(scope).end; }

Position Ledgers::base(ScopeNumber scope) { return heads().at(scope).base; }

void Ledgers::compact(ScopeNumber scope, Position until) {
    call();
    ensure(held_.contains(scope), "a ledger is compacted by who holds its head");
    std::vector<Kept>& ledger = kept_.at(scope);
    Position& base = bases_[scope];
    for (; base < until; ++base.value) {
        undo_.emplace_back([&ledger, &base, bytes = ledger.at(base.value).entry.bytes] { ledger.at(--base.value).entry.bytes = bytes; });
        ledger.at(base.value).entry.bytes.clear();
    }
}

LedgerHead Ledgers::append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) {
    call();
    ensure(held_.contains(header.scope), "a ledger is appended to by who holds its head");
    std::vector<Kept>& ledger = kept_.at(header.scope);
    const Hash before = end_of(ledger).hash;
    undo_.emplace_back([&ledger] { ledger.pop_back(); });
    ledger.push_back({{Position{ledger.size() + 1}, header.device, header.first, header.last(), Bytes(bytes.begin(), bytes.end())},
                      ledger_next(before, segment_id)});
    return end_of(ledger);
}

std::vector<LedgerEntry> Ledgers::read(ScopeNumber scope, Position after, Position until, std::size_t max_bytes) {
    call();
    const std::vector<Kept>& ledger = kept_.at(scope);
    std::vector<LedgerEntry> out;
    std::size_t size = 0;
    for (std::size_t at = after.value; at < std::min<std::size_t>(until.value, ledger.size()); ++at) {
        size += ledger[at].entry.bytes.size();
        if (!out.empty() && size > max_bytes) break;
        if (at < bases_[scope].value) throw Error(ErrorKind::refused, "The ledger has been compacted; ask for the rows as they are.");
        out.push_back(ledger[at].entry);
    }
    return out;
}

std::optional<Hash> Ledgers::hash_at(ScopeNumber scope, Position position) {
    call();
    if (position.value == 0) return Hash{};
    const std::vector<Kept>& ledger = kept_.at(scope);
    return position.value <= ledger.size() ? std::optional(ledger[position.value - 1].hash) : std::nullopt;
}

std::optional<Position> Ledgers::position_of(ScopeNumber scope, DeviceNumber device, Sequence last) {
    call();
    for (const Kept& kept : kept_.at(scope)) {
        if (kept.entry.device == device && kept.entry.last == last) return kept.entry.position;
    }
    return std::nullopt;
}

void Ledgers::redact(ScopeNumber scope, const IsErased& erased) {
    call();
    std::vector<Kept>& ledger = kept_.at(scope);
    for (std::size_t i = bases_[scope].value; i < ledger.size(); ++i) {
        std::optional<Bytes> clean = redact_segment(ledger[i].entry.bytes, erased);
        if (!clean) continue;
        undo_.emplace_back([&ledger, i, before = ledger[i].entry.bytes] { ledger[i].entry.bytes = before; });
        ledger[i].entry.bytes = std::move(*clean);
    }
}

}  // namespace tefter::sim
