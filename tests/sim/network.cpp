// The line between devices and server, sticks that people carry, and what each side has learnt from the other.

#include <algorithm>
#include <optional>
#include <sstream>

#include "engine/sync/bundle.hpp"
#include "tests/sim/world.hpp"

namespace tefter::sim {

namespace {
constexpr int most_round_trips = 20, most_on_poor_lines = 200;
constexpr const char* poor_line_bytes = "600";
constexpr int most_refusals = 100;  ///< a restored device needs as many as its earlier life had requests in a row without an answer

std::optional<WriteId> at(const Knowledge& source, const Chain& chain, std::size_t index) {
    const auto found = source.find(chain);
    if (found == source.end() || found->second.size() <= index) return std::nullopt;
    return found->second[index];
}
}  // namespace

/// The next write of a chain that has come as far as this head. Sticks may bring another life of a device than the server has.
std::optional<WriteId> World::told(const Device& device, const Knowledge& source, const Chain& chain, const Head& head) const {
    const std::size_t next = device.knows.at(chain).size(), last = static_cast<std::size_t>(head.sequence.value) - 1;
    const std::optional<WriteId> first = at(source, chain, next), second = at(device.carried, chain, next);
    if (!first || !second || *first == *second) return first ? first : second;
    const std::optional<WriteId> end = at(device.carried, chain, last);
    const auto version = end ? versions_.find(*end) : versions_.end();
    return version != versions_.end() && version->second == head.version ? second : first;
}

void World::learn(Device& device, const Knowledge& source, const char* how) {
    Replica& replica = open(device);
    for (const ScopeState& scope : replica.scopes()) {
        auto heads = replica.heads(scope.scope);
        // What it writes by itself it writes of what it has got.
        std::stable_partition(heads.begin(), heads.end(), [&](const auto& head) { return head.first.value != device.number; });
        for (const auto& [number, head] : heads) {
            const Chain chain{scope.scope.value, number.value};
            std::vector<WriteId>& known = device.knows[chain];
            const bool own = number.value == device.number;
            const std::size_t length = own ? own_length(device, scope.scope.value) : static_cast<std::size_t>(head.sequence.value);
            if (known.size() > length) violated(device, "what was there is there no more");
            while (known.size() < length) {
                const std::optional<WriteId> next = told(device, source, chain, head);
                if (!next && chain == Chain{scope.scope.value, server_device.value} && own) {
                    learn_erasures(chain.first);
                    continue;
                }
                if (!next) violated(device, std::string("knows a changeset that nobody gave it (") + how + ")");
                known.push_back(*next);
            }
        }
    }
    const std::string missing = model_.causality(device.knows);
    if (!missing.empty()) violated(device, missing);
}

/// What a restored server writes of its own: it erases again whose values it has got back without the erasure.
void World::learn_erasures(std::uint32_t scope) {
    Device& server = devices_.at(server_device.value);
    Replica& replica = open(server);
    std::vector<std::size_t> rows;
    for (const Person& person : persons_) {
        Arena arena;
        const Value key = Value::integer(person.id);
        const auto state = replica.state(replica.catalog().table("person"), {&key, 1}, arena);
        const bool news = person.scope == scope && state && state->erased && !model_.row(server.knows, person.row).erased;
        if (news && !model_.was_erased(person.row)) violated(server, "erased by itself whom nobody had erased");
        if (news && model_.heard_of(server.knows, person.row)) rows.push_back(person.row);
    }
    if (rows.empty()) violated(server, "wrote by itself something else than an erasure");
    ModelWrite write;
    write.deed = Deed::erase;
    write.scope = scope;
    write.device = server.number;
    write.row = rows.front();
    const WriteId id = model_.add(server.knows, std::move(write));
    for (std::size_t i = 1; i < rows.size(); ++i) model_.erases_also(id, rows[i]);
    ++counters_["erasure that was lost made again"];
}

void World::carry(Device& device, const Knowledge& source) {
    for (const auto& [chain, known] : source) {
        std::vector<WriteId>& carried = device.carried[chain];
        if (known.size() > carried.size()) carried = known;
    }
}

std::optional<Bytes> World::deliver(const Mail& mail, const std::string& path) {
    const ServerSession::Answer answer = path == file_path   ? server_.session->accept_file(mail.body)
                                         : path == sync_path ? server_.session->accept(mail.body, now_ms_)
                                                             : server_.session->accept_snapshot(mail.body, now_ms_);
    ++counters_["answer " + std::to_string(answer.status)];
    if (answer.behind && server_lives_ == 0 && !devices_.at(mail.from).was_misled)
        violated(devices_.at(server_device.value), "took itself for put back to an older copy");
    if (answer.behind && servers_ == Servers::put_back && awaited_.empty() && !was_shown_) {
        put_back_ = was_shown_ = true;  // which may come to light once more behind the end of waiting
        ++counters_["server put back by hand, and shown so by a device"];
    }
    if (answer.status != 200) return std::nullopt;
    if (path == file_path) return answer.head;
    Bytes bytes;
    const auto sink = [&](BytesView piece) {
        bytes.insert(bytes.end(), piece.begin(), piece.end());
        return true;
    };
    Replica& server = open(devices_.at(1));
    if (path == sync_path) ServerSession::stream(answer, ledger(), server_.frames.get(), sink);
    else ServerSession::stream_snapshot(answer, server.store().database, server, sink);
    return bytes;
}

/// A request to a server whose power, disk, or line to the ledgers of its set, may fail at any call. Whatever it has taken in, it may
/// say so or not.
std::optional<Bytes> World::answer(const Mail& mail, const std::string& path, Line line, Chance& chance) {
    Device& server = devices_.at(1);
    if (shared_ && chance.one_in(5)) other_server_answers();
    const bool dies = line == Line::server_dies, fails = line == Line::server_disk_fails;
    const bool is_cut_off = shared_ && fails && chance.one_in(2);
    if (is_cut_off) shared_->break_line(chance.one_in(3) ? 0 : 1 + chance.below(12), chance.one_in(2));
    else if (dies || fails) arm(server, chance, dies ? 24 : 20, dies);
    std::optional<Bytes> bytes;
    try {
        bytes = deliver(mail, path);
    } catch (const Error& error) {
        if (!dies && !fails) violated(server, std::string("a request was not answered: ") + error.what() + " " + error.detail());
        ++counters_[dies ? "request cut by the server's power" : "request failed by the server's disk"];
    }
    if (dies || fails) disk_.disarm();
    if (is_cut_off) {
        shared_->mend_line();
        if (shared_->broke()) ++counters_["line to shared ledgers broke"];
        if (shared_->stood()) ++counters_["commit of shared ledgers stood though the line broke"];
    }
    if (dies || (fails && chance.one_in(2))) {
        server_close();
        if (dies) crash(server, chance);
        server_open();
    }
    if (fails && !bytes)
        carry(server, mail.knows);  // what its log had when the disk failed comes to light when it is opened again, or never
    if (shared_) server_.mirrored->follow();
    std::set<std::uint32_t> unknown;
    for (const auto& [number, device] : devices_) {
        if (device.registered_by && !model_.knows(server.knows, *device.registered_by)) unknown.insert(number);
    }
    learn(server, mail.knows, "by a request");
    for (const std::uint32_t number : unknown) {  // it waits for whom it has been told of as well
        const Device& device = devices_.at(number);
        if (!awaited_.empty() && !device.away && model_.knows(server.knows, *device.registered_by)) awaited_.insert(number);
    }
    look_at_files(server);
    if (bytes) trace(*bytes);
    if (bytes && path == sync_path) renew(mail.from);
    return bytes;
}

void World::sync(Device& device, Line line, Chance& chance) {
    if (device.number == server_device.value) return;
    over(device, line, chance, [&] { exchange(device, line, chance); });
}

/// An exchange during which the device's power, or its disk, may fail at any call.
void World::over(Device& device, Line line, Chance& chance, const std::function<void()>& exchange) {
    const bool dies = line == Line::power_cut, fails = line == Line::disk_fails;
    if (dies || fails) arm(device, chance, 40, dies);
    try {
        exchange();
    } catch (const Error& error) {
        if (!dies && !fails) violated(device, std::string("a sync failed: ") + error.what() + " " + error.detail());
        ++counters_[dies ? "sync cut by the device's power" : "sync failed by the device's disk"];
    }
    if (!dies && !fails) return;
    disk_.disarm();
    if (dies || chance.one_in(2)) close(device);
    if (dies) crash(device, chance);
    if (!device.away) learn(device, devices_.at(1).knows, "before its disk failed");
}

void World::exchange(Device& device, Line line, Chance& chance) {
    const bool server_fails = line == Line::server_dies || line == Line::server_disk_fails;
    Replica& replica = open(device);
    if (lines_ == Lines::poor && replica.fact("line_bytes") != poor_line_bytes) replica.set_fact("line_bytes", poor_line_bytes);
    const std::size_t scopes = replica.scopes().size();
    std::optional<Syncing> open_sync(std::in_place, replica);  // ends before the replica does
    Syncing& syncing = *open_sync;
    int tried_again = 0;
    for (int round = 1;; ++round) {
        if (round - tried_again > (lines_ == Lines::poor ? most_on_poor_lines : most_round_trips))
            violated(device, "a sync over a good line does not end");
        const Syncing::Request request = syncing.request();
        const Mail mail{request.body, device.knows, device.number, server_lives_};
        trace(request.body);
        if (line == Line::request_lost) return;
        if (line == Line::request_late) return late_.push_back(mail);
        std::optional<Bytes> bytes = answer(mail, request.path, line, chance);
        if (!bytes && server_fails) return;
        if (!bytes && !is_registered(device)) {  // it was restored from before; others may still tell it
            ++counters_["device that a restored server does not know"];
            open_sync.reset();
            return waits() ? void() : fork(device);
        }
        if (!bytes && device.was_restored && tried_again < most_refusals) {  // its earlier life has asked with a higher number
            ++tried_again;
            ++counters_["request older than one of an earlier life"];
            continue;
        }
        if (!bytes) violated(device, "the server refused a good request");
        if (line == Line::request_doubled && answer(mail, request.path, Line::good, chance)) violated(device, "a request was taken twice");
        if (line == Line::answer_lost) return;
        bool damaged = false;
        if (line == Line::cut) {
            const std::size_t size = chance.below(bytes->size() + 1);
            damaged = size < bytes->size();
            bytes->resize(size);
        } else if (line == Line::flipped) {
            (*bytes)[chance.below(bytes->size())] ^= static_cast<std::uint8_t>(1U << chance.below(8));
            damaged = device.was_misled = true;
        }
        try {
            syncing.feed(*bytes);
            const bool more = syncing.end_answer();
            if (syncing.report().revoked) {
                if (!device.revoked) violated(device, "was told that it is revoked, and is not");
                ++counters_["revoked device told so"];
                open_sync.reset();
                return put_aside(device);
            }
            if (line == Line::flipped) return learn(device, devices_.at(1).knows, "by a damaged answer");
            learn(device, devices_.at(1).knows, "by an answer");
            if (request.path == snapshot_path) {
                ++counters_["device filled anew"];
                device.filled = true;
                device.filled_since_backup = true;
            }
            if (more) continue;
        } catch (const Error& error) {
            if (disk_.failed()) throw;
            if (damaged) {
                ++counters_["answer damaged and noticed"];
                open_sync.reset();  // what it had begun is undone
                return learn(device, devices_.at(1).knows, "by a damaged answer");
            }
            // It has gone another way itself, or a stick has brought it an undone life of another.
            const bool may_fork = std::any_of(devices_.begin(), devices_.end(), [](const auto& one) { return one.second.was_restored; });
            const std::string sentence = error.what();
            const bool forked = sentence.find("enrol it again") != std::string::npos;
            const bool only_rows = sentence.find("as rows alone") != std::string::npos;
            if (only_rows) ++counters_["device told that it has only rows of what the server has lost"];
            const bool bare = server_lives_ != 0 && sentence.find("without what was erased") != std::string::npos;
            if (bare) ++counters_["device told that the server has lost an erasure"];
            // A damaged frame may have named more as lost than was.
            // One that was put back by hand goes on by itself in place of what only some have read.
            const bool went_on = servers_ == Servers::put_back && server_lives_ != 0;
            const bool may_lack = device.has_only_rows || went_on || (only_rows && device.was_misled);
            if (bare || (forked && may_fork) || ((forked || only_rows) && may_lack)) {
                open_sync.reset();
                learn(device, devices_.at(1).knows, "before it was told that it had forked");
                return fork(device);
            }
            violated(device, std::string("a sync over a good line failed: ") + error.what() + " " + error.detail());
        }
        break;
    }
    if (syncing.report().changesets_sent != 0 && syncing.report().round_trips > 1) ++counters_["sync in several requests"];
    if (syncing.report().server_restored) ++counters_["server got back what it had lost"];
    if (syncing.report().restamped != 0) ++counters_["clock put right, changes restamped"];
    for (const RefusedFrame& refused : syncing.report().refused) ++counters_["segment refused: " + to_sentence(refused.refusal)];
    if (line != Line::good) return;
    device.must_sync = false;
    awaited_.erase(device.number);
    end_waiting_for_the_gone();
    ++counters_["sync done"];
    if (replica.scopes().size() > scopes) ++counters_["granted scope filled"];
    open_sync.reset();
    send_files(device, Line::good, chance);
}

void World::bundle_out(Device& device) {
    if (device.must_sync) return;
    Replica& replica = open(device);
    std::vector<DeviceNumber> to;
    for (const DeviceNumber number : usual_recipients(replica)) {
        if (number.value != device.number && number != server_device) to.push_back(number);
    }
    if (to.empty()) return;
    Stick stick;
    stick.from = device.number;
    export_bundle(replica, to, false, [&](BytesView bytes) { stick.bytes.append(as_text(bytes)); }, {});
    stick.knows = device.knows;
    sticks_.push_back(std::move(stick));
    device.exported = true;
}

void World::bundle_in(Device& device, Chance& chance, bool damaged) {
    if (sticks_.empty() || device.must_sync || device.number == 1) return;
    const Stick& stick = sticks_[chance.below(sticks_.size())];
    if (stick.from == device.number) return;
    std::string bytes = stick.bytes;
    if (damaged) bytes[chance.below(bytes.size())] ^= static_cast<char>(1U << chance.below(8));
    std::istringstream file(bytes);
    try {
        const BundleReport report = import_bundle(open(device), file, {});
        counters_["segment from a bundle"] += report.segments;
        counters_["segment held"] += report.held;
    } catch (const Error& error) {
        const bool foreign = error.kind() == ErrorKind::wrong_key;
        if (!damaged && !foreign) violated(device, std::string("a good bundle was refused: ") + error.what());
        ++counters_[damaged ? "bundle damaged and noticed" : "bundle for others"];
    }
    carry(device, stick.knows);
    learn(device, stick.knows, "by a bundle");
}

}  // namespace tefter::sim
