#include "engine/sync/mirrored_ledger.hpp"

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/store/forget.hpp"

namespace tefter {

namespace {

constexpr std::int64_t clocks_differ_ms = 5 * 60'000;  // by which the servers' may
constexpr std::int64_t say_again_ms = 60 * 60'000;     // so that a quiet server is not taken for one that is lost

}  // namespace

void MirroredLedger::begin(const std::set<ScopeNumber>& scopes) {
    shared_.begin(scopes);
    try {
        catch_up();
    } catch (...) {
        shared_.abandon();
        throw;
    }
}

void MirroredLedger::follow() {
    catch_up();
    note_contacts();
    say_how_far();
}

void MirroredLedger::note_contacts() {
    const auto contacts = shared_.contacts_since(contacts_to_ms_ - clocks_differ_ms);
    if (contacts.empty()) return;
    bool news = false;
    std::int64_t to_ms = contacts_to_ms_;
    Transaction transaction(replica_.store().database);
    for (const auto& [device, known] : contacts) {
        to_ms = std::max(to_ms, known.second.synced_ms);
        if (!here_.take_counter(device, known.first)) continue;  // it has not been anywhere since
        here_.note_contact(device, known.second);
        news = true;
    }
    if (news) transaction.commit();
    contacts_to_ms_ = to_ms;
}

void MirroredLedger::say_how_far() {
    const std::int64_t now_ms = replica_.environment().now_ms();
    std::map<ScopeNumber, Position> to;
    for (const ScopeState& state : replica_.scopes()) to[state.scope] = here_.head(state.scope).position;
    if (to == said_ && std::abs(now_ms - said_ms_) < say_again_ms) return;
    shared_.note_copied(server_, to, now_ms);
    said_ = std::move(to);
    said_ms_ = now_ms;
}

Position MirroredLedger::copied_to(ScopeNumber scope) {
    Position to = head(scope).position;
    for (const auto& [server, copied] : shared_.copied_since(replica_.environment().now_ms() - limits::server_silence_ms)) {
        if (server == server_) continue;  // it has caught up
        const auto found = copied.find(scope);
        to = std::min(to, found == copied.end() ? Position{} : found->second);
    }
    return to;
}

void MirroredLedger::compact(ScopeNumber scope, Position until) {
    shared_.compact(scope, until);
    here_.compact(scope, until);
}

void MirroredLedger::catch_up() {
    // As of one moment, and the register of devices, whose scope has the lowest number, first: whose segments follow is known then.
    const std::map<ScopeNumber, SharedHead> heads = shared_.heads();
    if (heads.empty())
        throw Error(ErrorKind::refused, "The ledgers are no longer in this database; ask who moved them where they are now.");
    for (const auto& [scope, shared] : heads) {
        const LedgerHead& end = shared.end;
        LedgerHead at = here_.head(scope);
        if (at.position < shared.base) {
            throw Error(ErrorKind::refused, "The shared ledger of " + replica_.catalog().scope_name(scope) + " has been compacted up to " +
                                                std::to_string(shared.base.value) + ", and this server has followed it to " +
                                                std::to_string(at.position.value) +
                                                "; make it again from a newer backup of any server of the set.");
        }
        while (at.position < end.position) {
            const std::vector<LedgerEntry> entries = shared_.read(scope, at.position, end.position, ledger_batch_bytes);
            ensure(!entries.empty(), "a ledger has every position up to its head");
            apply(scope, entries);
            at = here_.head(scope);
        }
        if (at.position == end.position && at.hash == end.hash) {
            follow_base(scope, shared.base);
            continue;
        }
        throw Error(ErrorKind::corrupt, "The shared ledger of " + replica_.catalog().scope_name(scope) + " ends at " +
                                            std::to_string(end.position.value) + ", and is another one than this server has followed to " +
                                            std::to_string(at.position.value) +
                                            ": its database was restored from an older copy, or is another set's.");
    }
}

void MirroredLedger::follow_base(ScopeNumber scope, Position base) {
    if (here_.base(scope) >= base) return;
    Transaction transaction(replica_.store().database);
    here_.compact(scope, base);
    transaction.commit();
}

void MirroredLedger::apply(ScopeNumber scope, const std::vector<LedgerEntry>& entries) {
    try {
        Transaction transaction(replica_.store().database);
        for (const LedgerEntry& entry : entries) {
            const Received got = replica_.store().receiver.receive(entry.bytes, Carrier::ledger, replica_.environment().now_ms());
            if (got.outcome != Outcome::applied) {
                throw Error(ErrorKind::corrupt, "Entry " + std::to_string(entry.position.value) + " of the shared ledger of " +
                                                    replica_.catalog().scope_name(scope) +
                                                    " does not follow from those before it: " + got.reason);
            }
            here_.append(got.header, got.id, got.redacted ? BytesView(*got.redacted) : BytesView(entry.bytes));
        }
        const std::set<RowName> erased = replica_.store().applier.erasing().begun;
        if (!erased.empty()) {
            for (const ScopeState& held : replica_.scopes()) here_.redact(held.scope, in(erased));
        }
        replica_.commit(transaction);
    } catch (...) {
        replica_.abandon();
        throw;
    }
}

bool MirroredLedger::take_counter(DeviceNumber device, std::uint64_t counter) {
    if (!shared_.take_counter(device, counter)) return false;
    here_.take_counter(device, counter);
    return true;
}

void MirroredLedger::note_contact(DeviceNumber device, const Contact& contact) {
    shared_.note_contact(device, contact);
    here_.note_contact(device, contact);
}

LedgerHead MirroredLedger::append(const SegmentHeader& header, const Hash& segment_id, BytesView bytes) {
    const LedgerHead head = shared_.append(header, segment_id, bytes);
    const LedgerHead copied = here_.append(header, segment_id, bytes);
    ensure(copied.position == head.position && copied.hash == head.hash, "a server has caught up before it appends");
    return copied;
}

void MirroredLedger::redact(ScopeNumber scope, const IsErased& erased) {
    erased_ = true;
    shared_.redact(scope, erased);
    here_.redact(scope, erased);
}

}  // namespace tefter
