// Files of rows: papers that people put with persons, how they travel, and that none goes that somebody may still ask for.

#include <algorithm>

#include "engine/base/limits.hpp"
#include "engine/sync/file_transfer.hpp"
#include "engine/sync/protocol.hpp"
#include "tests/sim/world.hpp"

namespace tefter::sim {

namespace {

/// For so long a file stays that nothing names any more: whoever has not heard of a deletion may still name it.
constexpr std::int64_t stays_ms = std::int64_t{180} * 24 * 3600 * 1000;

FileStore files_of(Replica& replica) { return FileStore(replica.store().database); }

Bytes content_of(Chance& chance) {
    Bytes out(chance.one_in(6) ? limits::file_piece_bytes + 100 : 20 + chance.below(300));
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(chance.next());
    return out;
}

/// What the device's own tables name.
std::optional<Hash> shown_file(Replica& replica, std::int64_t person) {
    Statement row = replica.store().database.prepare("SELECT content FROM paper WHERE person = ?1");
    row.with(person);
    if (!row.step() || row.is_null(0)) return std::nullopt;
    Hash hash{};
    const BytesView bytes = row.blob(0);
    ensure(bytes.size() == hash.size(), "a paper names a hash");
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

}  // namespace

/// Somebody puts a file with a person, gives the one that is there another title, or takes it away.
World::Plan World::plan_paper(Device& device, std::size_t which, Chance& chance) {
    Person& person = persons_[which];
    Replica& replica = open(device);
    Plan plan;
    plan.edit.table = "paper";
    plan.edit.key = {person.id, std::int64_t{1}};
    plan.write.scope = person.scope;
    plan.write.row = person.paper;
    const bool stands = person.paper != SIZE_MAX && model_.row(device.knows, person.paper).stands();
    if (stands && chance.one_in(4)) {
        plan.edit.kind = EditKind::remove;
        plan.write.deed = Deed::remove;
        return plan;
    }
    const std::string title = "w" + std::to_string(++texts_);
    plan.write.groups[1] = title;
    plan.edit.values = {{"title", title}};
    if (person.paper == SIZE_MAX) plan.new_paper_of = which;
    if (const std::optional<Hash> shown = shown_file(replica, person.id); shown && chance.one_in(2)) {
        papers_[title] = *shown;
        return plan;
    }
    Transaction transaction(replica.store().database);
    const Hash hash = files_of(replica).put(content_of(chance));
    transaction.commit();
    plan.edit.values.emplace_back("content", Bytes(hash.begin(), hash.end()));
    plan.attached = papers_[title] = hash;
    return plan;
}

World::Told World::ask_for_piece(Device& device, const Bytes& request, Line line, Chance& chance) {
    const Mail mail{request, device.knows, device.number, server_lives_};
    const std::string path(file_path);
    trace(request);
    if (line == Line::request_lost) return {};
    std::optional<Bytes> bytes = answer(mail, path, line, chance);
    if (line == Line::request_doubled && answer(mail, path, Line::good, chance)) violated(device, "a piece of a file was taken twice");
    const bool server_fails = !bytes && (line == Line::server_dies || line == Line::server_disk_fails);
    if (line == Line::answer_lost || server_fails) return {};
    return {true, std::move(bytes)};
}

bool World::has_file(Device& device, const Hash& hash) {
    const std::optional<FileStore::State> state = files_of(open(device)).find(hash);
    return state && state->whole();
}

void World::send_files(Device& device, Line line, Chance& chance) {
    Device& server = devices_.at(server_device.value);
    Replica& replica = open(device);
    FileSending sending(replica);
    const std::vector<Hash> unsent = files_of(replica).whole_and_unsent();
    std::uint64_t before_mishap = chance.below(3);
    while (const std::optional<Bytes> request = sending.request()) {
        const Told told = ask_for_piece(device, *request, before_mishap-- == 0 ? line : Line::good, chance);
        if (!told.answered) break;
        if (told.bytes) sending.answer(*told.bytes);
        else sending.skip();
    }
    for (const Hash& hash : unsent) {
        const FileStore::State state = *files_of(replica).find(hash);
        if (!state.sent) continue;
        if (!has_file(server, hash)) violated(device, "was told that the server has a file that it does not have");
        ++counters_["file sent"];
        if (state.size > static_cast<std::int64_t>(limits::file_piece_bytes)) ++counters_["file of several pieces sent"];
        const bool news = server.files.emplace(hash, std::nullopt).second;
        if (news && !ever_sent_.insert(hash).second) ++counters_["file sent again to a restored server"];
    }
}

void World::fetch_file(Device& device, Line line, Chance& chance) {
    Replica& replica = open(device);
    std::vector<Hash> missing;
    for (const Person& person : persons_) {
        const std::optional<Hash> shown = shown_file(replica, person.id);
        if (shown && !has_file(device, *shown)) missing.push_back(*shown);
    }
    if (missing.empty()) return;
    const Hash hash = missing[chance.below(missing.size())];
    FileFetching fetching(replica, hash);
    std::uint64_t pieces = 0;
    while (const std::optional<Bytes> request = fetching.request()) {
        const Told told = ask_for_piece(device, *request, pieces++ == 0 ? Line::good : line, chance);
        if (!told.bytes) return;
        fetching.answer(*told.bytes);
    }
    device.files[hash] = std::nullopt;
    ++counters_["file fetched"];
}

void World::files(Device& device, Chance& chance) {
    if (device.number == server_device.value || !papers()) return;
    constexpr Line lines[] = {Line::good,      Line::request_lost, Line::answer_lost, Line::request_doubled,
                              Line::power_cut, Line::disk_fails,   Line::server_dies, Line::server_disk_fails};
    const Line line = lines[chance.below(std::size(lines))];
    over(device, line, chance, [&] {
        send_files(device, line, chance);
        fetch_file(device, line, chance);
    });
}

/// What rows name that are not erased: each leaf, whether it shows or lies in a conflict.
std::set<Hash> World::named_files(const Knowledge& known) const {
    std::set<Hash> out;
    for (const Person& person : persons_) {
        if (person.paper == SIZE_MAX) continue;
        const ModelRow row = model_.row(known, person.paper);
        for (const auto& [group, titles] : row.leaves) {
            for (const std::string& title : titles) out.insert(papers_.at(title));
        }
    }
    return out;
}

/// A file that was there is there while a row names it; afterwards for as long as somebody may not have heard of that, or until an
/// erasure, which takes with it whatever nothing names then.
void World::look_at_files(Device& device) {
    if (device.files.empty() || device.away) return;
    const std::set<Hash> named = named_files(device.knows);
    const bool erasures =
        std::any_of(persons_.begin(), persons_.end(), [&](const Person& person) { return model_.row(device.knows, person.row).erased; });
    for (auto at = device.files.begin(); at != device.files.end();) {
        auto& [hash, unnamed_since] = *at;
        const bool is_named = named.contains(hash);
        if (!is_named && !unnamed_since) unnamed_since = now(device);
        // It may have gone before what names it now was heard of: a replica that is filled anew forgets first.
        const bool was_unnamed = unnamed_since || device.filled;
        const bool long_ago = unnamed_since && now(device) - *unnamed_since >= stays_ms;
        const bool may_go = was_unnamed && (erasures || device.clock_jumped || long_ago);
        const bool there = has_file(device, hash);
        if (!there && !may_go)
            violated(device, is_named ? "a file is gone that a row names" : "a file is gone that a row named until lately");
        if (there && is_named && unnamed_since) ++counters_["file stayed that was named again"];
        if (is_named) unnamed_since.reset();
        if (there) {
            ++at;
            continue;
        }
        ++counters_["file gone that nothing had named for long"];
        if (device.number == server_device.value) forgotten_.insert(hash);
        at = device.files.erase(at);
    }
    device.filled = false;
}

/// At the end the server has each file that a row names and that anybody has. Not one that it has forgotten with an erasure, or after
/// long, before it heard of a change that names it again: whoever has that one still does not send it a second time.
void World::check_files() {
    Device& server = devices_.at(server_device.value);
    for (const Hash& hash : named_files(server.knows)) {
        const bool somewhere = std::any_of(devices_.begin(), devices_.end(),
                                           [&](const auto& one) { return !one.second.away && one.second.files.contains(hash); });
        if (somewhere && !forgotten_.contains(hash) && !has_file(server, hash))
            violated(server, "it does not have a file that a device has and a row names");
    }
}

}  // namespace tefter::sim
