#include "schema/domain/known.hpp"

#include <sodium.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/sealed_box.hpp"
#include "engine/base/text.hpp"
#include "schema/domain/disclosure.hpp"
#include "schema/domain/names.hpp"

namespace tefter {

namespace {

constexpr std::size_t key_bytes = 32, mac_bytes = 32;
constexpr std::size_t sealed_key_bytes = 4 + key_bytes + sealing_bytes;  ///< whose, and the key
constexpr std::int64_t day_ms = 86'400'000;
/// Answered questions are looked at so long, lest somebody else's answer stands where the server's should.
constexpr std::int64_t watched_ms = 31 * day_ms;

using Key = Secret<key_bytes>;

/// Words of the whole name, folded across scripts and spellings, in an order that does not depend on which is the family's.
std::string folded_name(const std::string& family, const std::string& given) {
    std::string whole = family + " " + given;
    std::replace(whole.begin(), whole.end(), '-', ' ');
    std::istringstream in(whole);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(name_key(word));
    std::sort(words.begin(), words.end());
    std::string out;
    for (const std::string& word : words) out += word + " ";
    return out;
}

Bytes mac(const Key& key, const std::string& text) {
    Bytes out(mac_bytes);
    crypto_generichash(out.data(), out.size(), as_bytes(text).data(), text.size(), key.data(), key.size());
    return out;
}

/// Two codes: with the whole date, and for records that have the year alone.
Bytes token_of(const Key& key, const std::string& name, const std::string& birth) {
    Bytes out = mac(key, name + "|" + birth);
    const Bytes year = mac(key, name + "|" + birth.substr(0, 4));
    out.insert(out.end(), year.begin(), year.end());
    return out;
}

struct Candidate {
    std::int64_t id = 0;
    std::string name, birth;
};

std::vector<Candidate> people_of(Replica& replica, ScopeNumber scope) {
    std::vector<Candidate> out;
    Statement row = replica.store().database.prepare_once(
        "SELECT id, family_name, given_name, birth_date FROM person WHERE _scope = ?1 AND family_name IS NOT NULL AND birth_date IS NOT NULL "
        "ORDER BY id");
    row.with(std::int64_t{scope.value});
    while (row.step())
        out.push_back({row.integer(0), folded_name(std::string(row.text(1)), std::string(row.text(2))), std::string(row.text(3))});
    return out;
}

bool is_about(const Key& key, BytesView token, const Candidate& person) {
    const bool whole = person.birth.size() > 4;
    const Bytes made = mac(key, person.name + "|" + person.birth);
    return sodium_memcmp(made.data(), token.data() + (whole ? 0 : mac_bytes), mac_bytes) == 0;
}

Bytes seal_keys(Replica& replica, ScopeNumber scope, const Key& key) {
    Bytes out;
    const auto add = [&](DeviceNumber device, const PublicKey& recipient) {
        for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(device.value >> (8 * i)));
        const Bytes sealed = seal_for(recipient, key);
        out.insert(out.end(), sealed.begin(), sealed.end());
    };
    add(server_device, replica.identity().server_key);
    for (const Device& device : list_devices(replica.store().database, replica.catalog())) {
        if (device.number != server_device && !device.revoked && device.role >= Role::staff && device.holds(scope))
            add(device.number, device.key);
    }
    return out;
}

std::optional<Key> open_key(const Identity& identity, BytesView sealed_keys) {
    for (; sealed_keys.size() >= sealed_key_bytes; sealed_keys = sealed_keys.subspan(sealed_key_bytes)) {
        std::uint32_t device = 0;
        for (unsigned i = 0; i < 4; ++i) device |= std::uint32_t{sealed_keys[i]} << (8 * i);
        if (device != identity.device.value) continue;
        const std::optional<Bytes> opened = open_sealed(identity.secret, sealed_keys.subspan(4, key_bytes + sealing_bytes));
        if (!opened) continue;
        Key key{};
        std::copy(opened->begin(), opened->end(), key.begin());
        return key;
    }
    return std::nullopt;
}

struct Asked {
    std::int64_t id = 0;
    const Scope* scope = nullptr;
    Bytes token, sealed_keys;
    DeviceNumber by;
};

Asked asked_at(const Statement& row, const Catalog& catalog) {
    const auto bytes = [&](int at) { return Bytes(row.blob(at).begin(), row.blob(at).end()); };
    return {row.integer(0), catalog.find_scope(row.text(1)), bytes(2), bytes(3), Version{row.integer(4)}.device()};
}
constexpr const char* asked_columns = "SELECT id, asked_scope, token, sealed_keys, _version FROM known_question ";

Asked find_asked(Replica& replica, std::int64_t id) {
    Statement row = replica.store().database.prepare_once(std::string(asked_columns) + "WHERE id = ?1");
    row.with(id);
    if (!row.step()) throw Error(ErrorKind::refused, "There is no such question here; tefter known list shows those that there are.");
    return asked_at(row, replica.catalog());
}

/// Whether the answer that the row shows is the server's: its group 1 has one leaf, of device 1.
bool answered_by_server(Replica& replica, std::int64_t question) {
    Arena arena;
    const Value key[] = {Value::integer(question)};
    const std::optional<RowState> state = replica.state(replica.catalog().table("known_answer"), key, arena);
    const GroupState* group = state ? state->find(GroupNumber{1}) : nullptr;
    return group != nullptr && group->leaves.size() == 1 && group->leaves.front().version.device() == server_device;
}

/// How often a device was answered in the last 24 hours. It lies beside the rows, where no device can write.
class Quota {
public:
    Quota(Replica& server, DeviceNumber device) : server_(server), name_("known:" + std::to_string(device.value)) {
        std::istringstream in(server.fact(name_).value_or(""));
        for (std::int64_t at = 0; in >> at;) {
            if (at > now() - day_ms) times_.push_back(at);
        }
    }
    bool take() {
        if (times_.size() >= known_questions_a_day) return false;
        times_.push_back(now());
        std::string text;
        for (const std::int64_t at : times_) text += std::to_string(at) + " ";
        server_.set_fact(name_, text);
        return true;
    }

private:
    std::int64_t now() const { return server_.environment().now_ms(); }
    Replica& server_;
    std::string name_;
    std::vector<std::int64_t> times_;
};

/// Tells nothing, and can be said on the telephone.
std::string new_reference(Replica& server, const std::string& scope) {
    static constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    std::array<std::uint8_t, 7> chance{};
    server.environment().random(chance);
    std::string out = scope + "-";
    for (const std::uint8_t byte : chance) out += letters[byte % letters.size()];
    return out;
}

std::vector<Asked> unanswered(Replica& server) {
    std::vector<Asked> all, out;
    const Version since = Version::from_tick(HybridClock::wall_tick(server.environment().now_ms() - watched_ms), DeviceNumber{});
    Statement row = server.store().database.prepare_once(
        std::string(asked_columns) + "WHERE _version > ?1 OR id NOT IN (SELECT known_question FROM known_answer) ORDER BY _version");
    row.with(since.value);
    while (row.step()) all.push_back(asked_at(row, server.catalog()));
    for (Asked& asked : all) {
        if (asked.scope != nullptr && asked.token.size() == 2 * mac_bytes && !answered_by_server(server, asked.id))
            out.push_back(std::move(asked));
    }
    return out;
}

bool holds(const Identity& identity, ScopeNumber scope) {
    return std::find(identity.scopes.begin(), identity.scopes.end(), scope) != identity.scopes.end();
}

constexpr const char* released_columns =
    "SELECT p.family_name, p.given_name, p.birth_date, coalesce(i.name, p.institution_text), p.position, p.email, p.telephone FROM person p "
    "LEFT JOIN institution i ON i.id = p.institution WHERE p.id = ?1";
constexpr std::pair<const char*, std::string KnownPerson::*> released_fields[] = {
    {"family_name", &KnownPerson::family_name}, {"given_name", &KnownPerson::given_name}, {"birth_date", &KnownPerson::birth_date},
    {"institution", &KnownPerson::institution}, {"position", &KnownPerson::position},     {"email", &KnownPerson::email},
    {"telephone", &KnownPerson::telephone}};

}  // namespace

Edit ask_known(Replica& replica, const KnownQuestion& question) {
    const Scope* scope = replica.catalog().find_scope(question.scope);
    if (scope == nullptr || scope->number == shared_scope || scope->name == "regional")
        throw Error(ErrorKind::usage, "\"" + question.scope + "\" is no beneficiary's scope; ask one of AL, BA, XK, ME, MK and RS.");
    if (holds(replica.identity(), scope->number))
        throw Error(ErrorKind::refused, "This device holds the people of " + scope->name + " itself; search there.");
    const std::string name = folded_name(question.family, question.given);
    if (question.family.empty() || question.given.empty() || name.find(' ') == std::string::npos)
        throw Error(ErrorKind::usage, "A question needs the family name and the given name.");
    if (question.birth.size() != 10 || !is_date(question.birth))
        throw Error(ErrorKind::usage, "A question needs the whole date of birth, as 1984-05-12: a name alone would point at too many.");
    Key key{};
    replica.environment().random(key);
    Edit edit;
    edit.table = "known_question";
    edit.key = {replica.new_id()};
    edit.values = {{"asked_scope", scope->name},
                   {"asked_at", replica.environment().now_ms()},
                   {"token", token_of(key, name, question.birth)},
                   {"sealed_keys", seal_keys(replica, scope->number, key)}};
    return edit;
}

std::vector<Edit> answer_known(Replica& server) {
    if (server.catalog().find("known_question") == nullptr) return {};  // another application's catalog
    std::vector<Edit> edits;
    std::map<ScopeNumber, std::vector<Candidate>> people;
    for (const Asked& asked : unanswered(server)) {
        const std::optional<Key> key = open_key(server.identity(), asked.sealed_keys);
        if (!key || !Quota(server, asked.by).take()) continue;
        auto found = people.find(asked.scope->number);
        if (found == people.end()) found = people.emplace(asked.scope->number, people_of(server, asked.scope->number)).first;
        const bool hit = std::any_of(found->second.begin(), found->second.end(),
                                     [&](const Candidate& person) { return is_about(*key, asked.token, person); });
        Edit& edit = edits.emplace_back();
        edit.table = "known_answer";
        edit.key = {asked.id};
        edit.values = {{"result", hit ? "hit" : "no_hit"},
                       {"reference", hit ? OwnedValue(new_reference(server, asked.scope->name)) : OwnedValue()},
                       {"answered_at", server.environment().now_ms()}};
    }
    return edits;
}

std::vector<KnownLine> known_questions(Replica& replica) {
    std::vector<KnownLine> out;
    Statement row = replica.store().database.prepare_once(
        "SELECT q.id, q.asked_scope, q.asked_at, q._version, a.result, a.reference, a.answered_at, a.released_at FROM known_question q "
        "LEFT JOIN known_answer a ON a.known_question = q.id ORDER BY q.asked_at DESC, q.id DESC");
    while (row.step()) {
        KnownLine line;
        line.id = row.integer(0);
        line.scope = row.text(1);
        line.asked_at = row.integer(2);
        const DeviceNumber by = Version{row.integer(3)}.device();
        line.own = by == replica.identity().device;
        if (const std::optional<Device> device = replica.device(by)) line.office = device->office;
        const Scope* scope = replica.catalog().find_scope(line.scope);
        line.ours = scope != nullptr && holds(replica.identity(), scope->number);
        if (!row.is_null(4) && answered_by_server(replica, line.id)) {
            const Enumerator* result = replica.catalog().enumerations().at("hit").find(row.integer(4));
            if (result != nullptr) line.result = result->name;
            line.reference = row.text(5);
            line.answered_at = row.integer(6);
            line.released_at = row.integer(7);
        }
        out.push_back(std::move(line));
    }
    return out;
}

KnownLine known_question(Replica& replica, std::int64_t id) {
    for (KnownLine& line : known_questions(replica)) {
        if (line.id == id) return std::move(line);
    }
    throw Error(ErrorKind::refused, "There is no such question here; tefter known list shows those that there are.");
}

std::vector<std::int64_t> known_people(Replica& replica, std::int64_t question) {
    const Asked asked = find_asked(replica, question);
    if (asked.scope == nullptr || asked.token.size() != 2 * mac_bytes || !holds(replica.identity(), asked.scope->number))
        throw Error(ErrorKind::refused, "Whom the question is about is for those who hold the scope that was asked.");
    const std::optional<Key> key = open_key(replica.identity(), asked.sealed_keys);
    if (!key)
        throw Error(ErrorKind::refused, "The question was sealed for staff of " + asked.scope->name +
                                            " whose devices were enrolled when it was asked; this is none of them.");
    std::vector<std::int64_t> out;
    for (const Candidate& person : people_of(replica, asked.scope->number)) {
        if (is_about(*key, asked.token, person)) out.push_back(person.id);
    }
    return out;
}

std::vector<Edit> release_known(Replica& replica, std::int64_t question) {
    const KnownLine line = known_question(replica, question);
    if (line.result != "hit") throw Error(ErrorKind::refused, "There was no hit, so there is nothing to release.");
    const Asked asked = find_asked(replica, question);
    const std::vector<std::int64_t> people = known_people(replica, question);
    if (people.empty()) throw Error(ErrorKind::refused, "The person is not in the register any more.");
    const std::optional<Device> device = replica.device(asked.by);
    if (!device || device->revoked) throw Error(ErrorKind::refused, "The device that asked has been revoked; nothing is released to it.");
    Statement row = replica.store().database.prepare_once(released_columns);
    row.with(people.front());
    row.step();
    nlohmann::json data;
    int at = 0;
    for (const auto& [name, field] : released_fields) data[name] = std::string(row.text(at++));
    const std::string text = data.dump();
    // The data under a key of their own: erasing them leaves nothing that the sealed key could open.
    Key key{};
    replica.environment().random(key);
    Bytes box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size());
    replica.environment().random(std::span(box).first(crypto_secretbox_NONCEBYTES));
    crypto_secretbox_easy(box.data() + crypto_secretbox_NONCEBYTES, as_bytes(text).data(), text.size(), box.data(), key.data());
    std::vector<Edit> edits(1);
    edits[0].table = "known_answer";
    edits[0].key = {question};
    edits[0].values = {
        {"released_at", replica.environment().now_ms()}, {"sealed_data", seal_for(device->key, key)}, {"released_data", std::move(box)}};
    edits.push_back(note_export(replica, asked.scope->number, "person released to " + device->office + " after " + line.reference, 1));
    return edits;
}

KnownPerson released_person(Replica& replica, std::int64_t question) {
    Statement row = replica.store().database.prepare_once(
        "SELECT sealed_data, released_data FROM known_answer WHERE known_question = ?1 AND released_at IS NOT NULL");
    row.with(question);
    if (!row.step()) throw Error(ErrorKind::refused, "Nothing has been released for this question.");
    if (row.is_null(1)) throw Error(ErrorKind::refused, "What was released has been erased since.");
    const std::optional<Bytes> key = open_sealed(replica.identity().secret, row.blob(0));
    const BytesView box = row.blob(1);
    constexpr std::size_t around = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (!key || key->size() != key_bytes || box.size() < around)
        throw Error(ErrorKind::refused, "What was released is sealed for the device that asked, and this is another one.");
    std::string text(box.size() - around, '\0');
    const int opened = crypto_secretbox_open_easy(reinterpret_cast<std::uint8_t*>(text.data()), box.data() + crypto_secretbox_NONCEBYTES,
                                                  box.size() - crypto_secretbox_NONCEBYTES, box.data(), key->data());
    const nlohmann::json data = opened == 0 ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json();
    if (!data.is_object()) throw Error(ErrorKind::corrupt, "What was released for this question is damaged.");
    KnownPerson out;
    for (const auto& [name, field] : released_fields) out.*field = data.value(name, "");
    return out;
}

std::vector<std::int64_t> released_about(Replica& replica, std::int64_t person) {
    std::vector<std::int64_t> answers, out;
    Statement row =
        replica.store().database.prepare_once("SELECT known_question FROM known_answer WHERE released_data IS NOT NULL ORDER BY 1");
    while (row.step()) answers.push_back(row.integer(0));
    for (const std::int64_t answer : answers) {
        const Asked asked = find_asked(replica, answer);
        if (asked.scope == nullptr || asked.token.size() != 2 * mac_bytes || !open_key(replica.identity(), asked.sealed_keys)) continue;
        const std::vector<std::int64_t> people = known_people(replica, answer);
        if (std::find(people.begin(), people.end(), person) != people.end()) out.push_back(answer);
    }
    return out;
}

}  // namespace tefter
