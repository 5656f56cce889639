#include "engine/store/carry_over.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "engine/store/files.hpp"
#include "engine/store/only_rows.hpp"
#include "engine/store/renewal.hpp"

namespace tefter {

namespace {

using Ends = std::map<ScopeNumber, Sequence>;

/// Others' changes that do not come: who had seen one of them had seen what it replaced.
class LeftBehind {
public:
    void add(const Segment& segment) {
        for (const Changeset& changeset : segment.changesets) {
            for (const Change& change : changeset.changes)
                replaced_[{changeset.version, change.table, encode_key(change.key)}] = {change.seen.begin(), change.seen.end()};
        }
    }
    std::span<const Version> seen_by(const Change& change, Arena& arena) const {
        std::set<Version> seen(change.seen.begin(), change.seen.end());
        const Bytes key = encode_key(change.key);
        for (std::vector<Version> due(seen.begin(), seen.end()); !due.empty();) {
            const auto replaced = replaced_.find({due.back(), change.table, key});
            due.pop_back();
            if (replaced == replaced_.end()) continue;
            for (const Version version : replaced->second) {
                if (seen.insert(version).second) due.push_back(version);
            }
        }
        const std::span<Version> out = arena.array<Version>(seen.size());
        std::copy(seen.begin(), seen.end(), out.begin());
        return out;
    }

private:
    std::map<std::tuple<Version, TableNumber, Bytes>, std::vector<Version>> replaced_;
};

struct Brought {
    std::size_t segments = 0;
    Ends own;  ///< how far this device's own chain came over as it is
    LeftBehind left;
    std::vector<std::string> sentences;  ///< of it
    OnlyRows::Chains as_rows_alone;      ///< of which `from` has more, and not all of it as it was signed
    OnlyRows::Parted parted;             ///< of these
};

/// Whether what `replica` keeps of the chain there is the same. Nothing where it keeps nothing.
std::optional<bool> keeps(Replica& replica, const Segment& segment) {
    const SegmentHeader& header = segment.header;
    const std::optional<KeptSegment> kept = replica.store().log.holding(header.scope, header.device, header.last());
    if (!kept) return std::nullopt;
    Segment here;
    decode_segment(kept->bytes, here);
    return stands_for(here, segment);
}

bool stands_on(const std::map<DeviceNumber, Sequence>& chains, const Segment& segment) {
    return chains.contains(segment.header.device) ||
           std::any_of(chains.begin(), chains.end(), [&](const auto& chain) { return segment.header.states(chain.first, chain.second); });
}

/// Another life of the device that has `here`, which ended before: the versions of a chain ascend.
bool is_earlier_life(const Head& there, const Head& here) { return there.sequence >= here.sequence && there.version < here.version; }

/// Others of whom not all that the server has lost is kept, and where that begins: what the earlier folder was filled with is rows.
struct LostThere {
    std::map<DeviceNumber, Sequence> as_rows_alone;
    std::set<DeviceNumber> parted;  ///< of them: the server has got back another life, which ended before
};

/// A server that was restored may never have told this device what it has lost: `to`, which it has filled, ends there.
LostThere mark_lost(Replica& from, Replica& to, ScopeNumber scope) {
    LostThere out;
    for (const auto& [device, head] : from.heads(scope)) {
        const Head there = to.head(scope, device);
        if (there.sequence < head.sequence) from.mark_untaken(scope, device, there.sequence);
        if (device == from.identity().device) continue;
        const bool parts = is_earlier_life(there, head);
        if (parts) out.parted.insert(device);
        if (parts || !from.store().log.keeps_all(scope, device, there.sequence))
            out.as_rows_alone.emplace(device, Sequence{there.sequence.value + 1});
    }
    return out;
}

/// Whether what was lost of a chain stands in `to` again, as far as that can tell: it may have been filled with what goes on behind. Of others'
/// chains it is taken to, since they give back what they have; a server that nobody gave back what it had lost goes on another way.
bool is_back(Replica& from, Replica& to, ScopeNumber scope, DeviceNumber device) {
    const Head here = from.head(scope, device), there = to.head(scope, device);
    if (there.sequence <= here.sequence) return there.sequence == here.sequence && there.hash == here.hash;
    if (is_earlier_life(there, here)) return false;
    const std::optional<KeptSegment> kept = to.store().log.holding(scope, device, here.sequence);
    if (!kept) return device != server_device;
    Segment segment;
    decode_segment(kept->bytes, segment);
    return segment.changesets[static_cast<std::size_t>(here.sequence.value - segment.header.first.value)].version == here.version;
}

/// Whether this device's own chain is the same as in `to`, as far as it goes there.
bool is_same_so_far(Replica& from, Replica& to, ScopeNumber scope) {
    const DeviceNumber device = from.identity().device;
    if (to.identity().device == device) return false;
    const Head here = from.head(scope, device), there = to.head(scope, device);
    if (here.sequence <= there.sequence) return here.sequence == there.sequence && here.hash == there.hash;
    const Sequence next{there.sequence.value + 1};
    const std::optional<KeptSegment> kept = from.store().log.holding(scope, device, next);
    return kept && decode_segment_header(kept->bytes).first == next && kept->previous == there.hash;
}

/// Of what was lost of another's chain, the beginning may stand in `to` again: others gave back what they had of it.
VersionRange without_given_back(VersionRange lost, const Head& there, DeviceNumber device) {
    if (device == server_device) return lost;
    return {std::max(lost.after, std::min(there.version, lost.until)), lost.until};
}

/// What comes along of one scope as it was signed.
class BringingScope {
public:
    BringingScope(Replica& from, Replica& to, ScopeNumber scope, Brought& out)
        : from_(from), to_(to), scope_(scope), old_(from.identity().device), out_(out) {}

    void run(const std::vector<Bytes>& waiting) {
        LostThere lost = mark_lost(from_, to_, scope_);
        as_rows_alone_ = std::move(lost.as_rows_alone);
        own_is_same_ = is_same_so_far(from_, to_, scope_);
        for (const DeviceNumber device : lost.parted) out_.parted.emplace(scope_, device);
        const std::optional<Device> author = old_ == to_.identity().device ? std::nullopt : to_.device(old_);
        if (!author || author->revoked) left_.emplace(old_, Sequence{to_.head(scope_, old_).sequence.value + 1});
        for (const StoredSegment& stored : from_.store().log.untaken(scope_)) bring(stored);
        name_rows();
        for (const Bytes& bytes : waiting) bring_waiting(bytes);
        name_left(name_noted_rows());
    }

private:
    void bring(const StoredSegment& stored) {
        Segment segment;
        decode_segment(stored.bytes, segment);
        const bool own = stored.device == old_;
        // The server would not take it.
        const bool is_bare = to_.head(scope_, stored.device).sequence < stored.last && to_.store().applier.lacks_values(segment);
        if ((own && is_bare) || stands_on(left_, segment) || (own && stands_on(unsure_, segment))) {
            left_.emplace(stored.device, stored.first);
            if (!own) out_.left.add(segment);
            return;
        }
        if (is_bare) {
            as_rows_alone_.emplace(stored.device, stored.first);
            out_.left.add(segment);
            return;
        }
        const Received received = to_.receive(stored.bytes, Carrier::waited, to_.environment().now_ms());
        const bool news = received.outcome == Outcome::applied, known = received.outcome == Outcome::known;
        // It would wait for good, as for an author whom the server has forgotten; what it has changed is in the rows.
        const bool is_stuck = own || received.refusal == Refusal::device || stands_on(as_rows_alone_, segment);
        const bool gives_up = received.outcome == Outcome::held && is_stuck;
        if (gives_up) to_.store().receiver.let_go(segment.header);
        if (gives_up && !own) as_rows_alone_.emplace(stored.device, stored.first);
        const std::optional<bool> same = !known ? std::nullopt : own && own_is_same_ ? true : keeps(to_, segment);
        out_.segments += news ? 1 : 0;
        if (own && (news || same == true)) {
            out_.own[scope_] = stored.last;
        } else if (own || same == false || received.outcome == Outcome::refused) {
            left_.emplace(stored.device, stored.first);
        } else if (known && !same) {
            unsure_.emplace(stored.device, stored.first);
        }
        if (!own && !news && same != true) out_.left.add(segment);
    }

    void bring_waiting(const Bytes& bytes) {
        Segment segment;
        decode_segment(bytes, segment);
        const SegmentHeader& held = segment.header;
        if (held.scope != scope_ || held.device == old_ || left_.contains(held.device)) return;
        bool stays = to_.store().applier.lacks_values(segment);
        if (!stays) {
            const Received received = to_.receive(bytes, Carrier::waited, to_.environment().now_ms());
            out_.segments += (received.outcome == Outcome::applied ? 1 : 0) + received.released;
            stays = received.outcome == Outcome::refused;
        }
        if (stays) left_.emplace(held.device, held.first);
    }

    void name_rows() {
        for (const auto& [device, first] : as_rows_alone_) {
            const VersionRange range{to_.head(scope_, device).version, from_.head(scope_, device).version};
            if (!left_.contains(device)) out_.as_rows_alone.emplace(std::pair(scope_, device), range);
        }
    }

    /// What was noted at a sync says more exactly what is lost. Returns it.
    LostVersions name_noted_rows() {
        LostVersions noted = lost_versions(from_.store().meta, scope_);
        std::erase_if(noted, [&](const auto& lost) { return is_back(from_, to_, scope_, lost.first); });
        for (const auto& [device, range] : noted)
            out_.as_rows_alone[{scope_, device}] = without_given_back(range, to_.head(scope_, device), device);
        return noted;
    }

    void name_left(const LostVersions& noted) {
        for (const auto& [device, first] : left_) {
            if (device == old_ || noted.contains(device)) continue;
            out_.sentences.push_back("What the earlier folder has of device " + std::to_string(device.value) + " in the scope " +
                                     to_.catalog().scope_name(scope_) + " from its changeset " + std::to_string(first.value) +
                                     " on is not what the server has; it stays there.");
        }
    }

    Replica& from_;
    Replica& to_;
    ScopeNumber scope_;
    DeviceNumber old_;
    bool own_is_same_ = false;
    Brought& out_;
    std::map<DeviceNumber, Sequence> left_;           ///< from where on a chain does not come as it is
    std::map<DeviceNumber, Sequence> unsure_;         ///< where `to`, which was filled with rows, cannot say whether it does
    std::map<DeviceNumber, Sequence> as_rows_alone_;  ///< from where on it comes as rows
};

/// Segments that the server has lost, or that a stick had brought, also those that still wait for what comes before them, with their
/// signatures; of devices that were revoked since, as well. This device's own too, where they continue what the server has of it, and
/// stand on nothing else: what others wrote upon them stands on them. Who has been erased where the server does not know it comes as
/// rows, with what else is in that segment: the server takes nothing without its values.
Brought bring(Replica& from, Replica& to) {
    std::vector<Bytes> waiting;
    for (auto& [place, bytes] : from.store().receiver.waiting()) waiting.push_back(std::move(bytes));
    Brought out;
    for (const ScopeState& scope : to.scopes()) BringingScope(from, to, scope.scope, out).run(waiting);
    return out;
}

/// Own changesets that the server does not have, in the order in which they were written: what it has not taken, and what it took and
/// has lost, as far as `to`, which it has filled, can tell.
class Lacking {
public:
    /// `brought`: so far they have come over as they are.
    Lacking(Replica& from, Replica& to, const Ends& brought) {
        const DeviceNumber device = from.identity().device;
        for (const ScopeState& scope : from.scopes()) {
            // The register may have forgotten this device, and have given its number again: then nothing of its chain is there.
            const Sequence there = to.identity().device == device ? Sequence{0} : to.head(scope.scope, device).sequence;
            // Both lives share what was written before they parted.
            const std::optional<std::int64_t> told = from.store().meta.integer(common_until(scope.scope));
            const auto as_it_is = brought.find(scope.scope);
            Sequence common = std::min(there, Sequence{static_cast<std::uint64_t>(told.value_or(0))});
            if (as_it_is != brought.end()) common = as_it_is->second;
            if (is_same_so_far(from, to, scope.scope)) common = std::max(common, there);
            Log& log = from.store().log;
            std::map<Sequence, Bytes> segments;  // by their beginning
            for (StoredSegment& segment : log.untaken(scope.scope)) {
                if (segment.device == device) segments.emplace(segment.first, std::move(segment.bytes));
            }
            for (StoredSegment& segment : log.kept(scope.scope, device, told ? common : there))
                segments.emplace(segment.first, std::move(segment.bytes));
            for (auto& [first, bytes] : segments) add(scope.scope, std::move(bytes), common);
            for (const auto& [sequence, bytes] : log.unsealed(scope.scope)) {
                if (sequence <= common) continue;
                Reader in(bytes_.emplace_back(bytes));
                changesets_.push_back({scope.scope, decode_changeset(in, arena_)});
            }
        }
    }

    const std::vector<DueChangeset>& changesets() const { return changesets_; }

private:
    void add(ScopeNumber scope, Bytes bytes, Sequence common) {
        Segment& segment = segments_.emplace_back();
        decode_segment(bytes_.emplace_back(std::move(bytes)), segment);
        Sequence sequence = segment.header.first;
        for (const Changeset& changeset : segment.changesets) {
            if (sequence > common) changesets_.push_back({scope, changeset});
            ++sequence.value;
        }
    }

    std::deque<Bytes> bytes_;
    std::deque<Segment> segments_;
    Arena arena_;
    std::vector<DueChangeset> changesets_;
};

bool lacks_values(const Change& change) {
    return std::any_of(change.groups.begin(), change.groups.end(), [](const GroupValues& group) {
        return std::any_of(group.values.begin(), group.values.end(),
                           [](const Value& value) { return value.kind() == ValueKind::redacted; });
    });
}

/// Of the key, and of the groups that this program knows.
template <class Visit>
void each_value(const Table& table, const Change& change, const Visit& visit) {
    for (std::size_t i = 0; i < change.key.size() && i < table.key.size(); ++i) visit(table.key[i], change.key[i]);
    for (const GroupValues& written : change.groups) {
        const Group* group = table.find_group(written.group);
        for (std::size_t i = 0; group != nullptr && i < written.values.size() && i < group->columns.size(); ++i)
            visit(group->columns[i], written.values[i]);
    }
}

constexpr const char* erased_meanwhile = "it has been erased meanwhile";

class CarryingOver {
public:
    CarryingOver(Replica& from, Replica& to, const Brought& brought)
        : from_(from),
          to_(to),
          brought_(brought),
          rows_(to.store().applier.rows()),
          lacking_(from, to, brought.own),
          only_rows_(from, to, brought.as_rows_alone, brought.parted, lacking_.changesets()),
          carried_("carried_over_from:" + std::to_string(from.identity().device.value)) {}

    CarriedOver run() {
        const Version last{to_.store().meta.integer(carried_).value_or(0)};
        for (const DueChangeset& due : lacking_.changesets()) entries_.push_back({due});
        for (const DueChangeset& due : only_rows_.changesets()) entries_.push_back({due});
        std::erase_if(entries_, [last](const Entry& entry) { return entry.due.changeset.version <= last; });
        std::stable_sort(entries_.begin(), entries_.end(),
                         [](const Entry& a, const Entry& b) { return a.due.changeset.version < b.due.changeset.version; });
        if (!brought_.as_rows_alone.empty()) {
            for (Entry& entry : entries_)
                for (const Change& change : entry.due.changeset.changes) by_row_[{change.table, encode_key(change.key)}].push_back(&entry);
        }
        for (Entry& entry : entries_) make_again(entry);
        for (const auto& [table, key] : only_rows_.erased()) refuse(table, key, erased_meanwhile);
        name_lost_erasures();
        if (!entries_.empty()) to_.store().meta.set(carried_, entries_.back().due.changeset.version.value);
        carry_files();
        return std::move(out_);
    }

private:
    struct Entry {
        DueChangeset due;
        bool is_made = false;
    };

    void make_again(Entry& entry) {
        if (std::exchange(entry.is_made, true)) return;
        const ScopeNumber scope = entry.due.scope;
        const Changeset& due = entry.due.changeset;
        make_causes(entry);
        Arena arena;
        Renewal& renewal = renewals_.try_emplace(scope, to_.catalog()).first->second;
        renewal.add(due.version, new_version(entry.due));
        std::vector<Change> changes(due.changes.begin(), due.changes.end());
        for (Change& change : changes) {  // as it was written: what is made again has another version
            change.seen = only_rows_.seen_by(scope, due.version, change, arena);
            change.seen = brought_.left.seen_by(change, arena);
        }
        const Changeset changeset = renewal.renewed({due.version, due.actor, changes}, arena);
        Log& log = to_.store().log;
        const DeviceNumber own = to_.identity().device;
        const Sequence sequence = log.next(scope);
        std::vector<Change> kept;
        for (Change change : changeset.changes) {
            change.commitment = nullptr;  // these are its segment's
            change.salt = nullptr;
            change.seen = only_rows_.without_lost(scope, change.seen, arena);
            const std::optional<RowState> now = rows_.load(change.table, change.key, arena);
            // The server had taken it, and its answer was lost. Under the same number a version may be another one's.
            if (now && from_.identity().device != own && now->holds(due.version)) continue;
            // What made it may have been taken the place of altogether, and was another's that is lost.
            const bool is_lost = !now && change.op == Op::put && by_row_.contains({change.table, encode_key(change.key)});
            if (is_lost && from_.store().applier.rows().load(change.table, change.key, arena)) change.op = Op::create;
            std::string reason = objection(scope, change, now);
            if (reason.empty()) {
                const auto quarantined =
                    to_.store().applier.apply({scope, own, sequence}, {changeset.version, changeset.actor, {&change, 1}});
                if (!quarantined.empty()) reason = quarantined.front().reason;
            }
            to_.store().receiver.note_own_row(change.table, change.key);  // a number that was given again does not draw it again
            if (reason.empty()) kept.push_back(change);
            else refuse(change.table, change.key, reason);
        }
        if (kept.empty()) return;
        log.append(scope, sequence, {changeset.version, changeset.actor, kept});
        log.note_author(scope, own, changeset.version, changeset.actor);
        out_.changes += kept.size();
    }

    /// An action of several scopes has one version, unless something else had to come between.
    Version new_version(const DueChangeset& due) {
        Version& last = last_[due.scope];
        const auto [at, news] = renewed_.try_emplace(due.changeset.version);
        if (news || at->second <= last) at->second = to_.next_version();
        return last = at->second;
    }

    /// What it has seen of its rows, and what it refers to: of that, what still stands may be younger than itself.
    void make_causes(const Entry& entry) {
        if (by_row_.empty()) return;
        for (const Change& change : entry.due.changeset.changes) {
            // A deletion by another stands beside whatever else stands of the row, and needs a row to stand at.
            const bool is_beside = change.op == Op::remove && entry.due.changeset.version.device() != from_.identity().device;
            make_row({change.table, encode_key(change.key)}, is_beside ? nullptr : &entry);
            const Table* table = to_.catalog().find(change.table);
            if (table != nullptr)
                each_value(*table, change, [this](const Column& column, const Value& value) { make_target(column, value); });
        }
    }

    /// All that is to be made of a row, or what comes before `end`.
    void make_row(const RowName& row, const Entry* end = nullptr) {
        const auto found = by_row_.find(row);
        if (found == by_row_.end()) return;
        for (Entry* entry : found->second) {
            if (entry == end) return;
            make_again(*entry);
        }
    }

    void make_target(const Column& column, const Value& value) {
        if (!dangling(column, value).empty()) make_row({to_.catalog().find(column.target)->number, encode_key({&value, 1})});
    }

    /// Why this device may not make the change now; empty when it may.
    std::string objection(ScopeNumber scope, const Change& change, const std::optional<RowState>& now) {
        const Identity& own = to_.identity();
        const Table* table = to_.catalog().find(change.table);
        if (table == nullptr) return "this program does not know its table";
        if (std::find(own.scopes.begin(), own.scopes.end(), scope) == own.scopes.end())
            return "this device does not hold its scope any more";
        if (own.role < table->write_role) return "writing it needs the role " + std::string(to_text(table->write_role));
        if ((now && now->erased) || lacks_values(change)) return erased_meanwhile;
        if (now && now->scope != scope) return "the row belongs to another scope";
        if (!now && change.op != Op::create) return "the row was never created";
        std::string reason = violation(to_.catalog(), change);
        each_value(*table, change, [&](const Column& column, const Value& value) {
            if (reason.empty()) reason = dangling(column, value);
        });
        return reason;
    }

    std::string dangling(const Column& column, const Value& value) {
        if (column.type != ColumnType::reference || column.weak || value.is_null()) return {};
        const Table& target = *to_.catalog().find(column.target);
        return rows_.scope_of(target, {&value, 1}) ? std::string() : column.name + " names no " + target.name + " that exists here";
    }

    void refuse(TableNumber number, Cells key, const std::string& reason) {
        const Table* table = to_.catalog().find(number);
        out_.refused.push_back((table == nullptr ? "A row of table " + std::to_string(number.value) : describe(*table, key)) + ": " +
                               reason + ".");
    }

    /// Only a server erases, and this one has lost it.
    void name_lost_erasures() {
        for (const auto& [number, name] : from_.store().applier.rows().all_erased()) {
            Arena arena;
            const std::vector<Value> key = decode_key(name, arena);
            const Table* table = to_.catalog().find(number);
            const std::optional<RowState> now = rows_.load(number, key, arena);
            if (table == nullptr || !now || now->erased) continue;
            out_.left.push_back(describe(*table, key) + " had been erased, which the server has lost: it is to be erased again.");
        }
    }

    void carry_files() {
        FileStore there(from_.store().database), here(to_.store().database);
        for (const Hash& hash : there.all()) {
            const std::optional<FileStore::State> known = here.find(hash);
            const bool named = !scopes_naming(to_.store().database, to_.catalog(), rows_, hash).empty();
            if (!named || !there.find(hash)->whole() || (known && known->whole())) continue;
            here.put(there.read_all(hash));
            ++out_.files;
        }
    }

    Replica& from_;
    Replica& to_;
    const Brought& brought_;
    Rows& rows_;
    Lacking lacking_;
    OnlyRows only_rows_;
    std::string carried_;
    std::vector<Entry> entries_;                     ///< in the order in which they were written
    std::map<RowName, std::vector<Entry*>> by_row_;  ///< of them; where something of others is among them
    std::map<ScopeNumber, Renewal> renewals_;
    std::map<Version, Version> renewed_;   ///< by the old ones
    std::map<ScopeNumber, Version> last_;  ///< that was given out
    CarriedOver out_;
};

void check(Replica& from, Replica& to) {
    const Identity &old = from.identity(), &own = to.identity();
    if (old.server_key != own.server_key)
        throw Error(ErrorKind::usage, "The two replicas belong to two servers; what one holds means nothing to the other.");
    if (old.secret == own.secret)
        throw Error(ErrorKind::usage,
                    "Both are device " + std::to_string(own.device.value) + "; changes are carried over to a new enrolment.");
    if (to.is_empty()) throw Error(ErrorKind::usage, "The new replica is empty still; sync it once, then carry over.");
}

}  // namespace

CarriedOver carry_over(Replica& from, Replica& to) {
    check(from, to);
    const Brought brought = bring(from, to);
    to.next_version();  // nobody else writes from here on
    try {
        Transaction transaction(to.store().database);
        CarriedOver out = CarryingOver(from, to, brought).run();
        to.commit(transaction);
        out.segments = brought.segments;
        out.left.insert(out.left.begin(), brought.sentences.begin(), brought.sentences.end());
        return out;
    } catch (...) {
        to.abandon();
        throw;
    }
}

}  // namespace tefter
