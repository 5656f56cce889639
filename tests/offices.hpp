#pragma once
// Offices for scenario tests: real replicas in real encrypted files, a clock that the test moves, and segments carried
// by hand.

#include <sodium.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "engine/store/replica.hpp"
#include "engine/store/verify.hpp"

namespace tefter::test {

inline constexpr const char* test_catalog = R"({
 "name": "test", "number": 1,
 "scopes": [{"number": 1, "name": "shared"}, {"number": 2, "name": "regional"}, {"number": 3, "name": "AL"}, {"number": 4, "name": "BA"}],
 "enumerations": {"mark": {"number": 1, "values": [
    {"number": 1, "name": "absent"}, {"number": 2, "name": "excused"}, {"number": 3, "name": "late"}, {"number": 4, "name": "present"}]}},
 "tables": [
  {"number": 16, "name": "topic", "scope": "shared", "write": "staff", "key": [{"name": "code", "type": "text"}], "groups": [
    {"number": 1, "name": "name", "columns": [{"name": "name", "type": "text", "required": true}]}]},
  {"number": 17, "name": "person", "scope": "chosen", "key": "id", "groups": [
    {"number": 1, "name": "name", "columns": [{"name": "family", "type": "text", "required": true, "personal": true},
                                              {"name": "given", "type": "text", "personal": true}]},
    {"number": 2, "name": "birth", "columns": [{"name": "birth_date", "type": "date", "personal": true}]},
    {"number": 3, "name": "work", "columns": [{"name": "position", "type": "text"}, {"name": "grade", "type": "int", "min": 1, "max": 9}]},
    {"number": 4, "name": "languages", "rule": "set", "columns": [{"name": "languages", "type": "set"}]},
    {"number": 5, "name": "first_seen", "rule": "min", "columns": [{"name": "first_seen", "type": "int"}]}]},
  {"number": 18, "name": "course", "scope": "chosen", "key": "id", "groups": [
    {"number": 1, "name": "title", "columns": [{"name": "title", "type": "text", "required": true}, {"name": "topic", "type": "ref", "table": "topic"}]},
    {"number": 2, "name": "dates", "columns": [{"name": "starts_on", "type": "date"}, {"name": "ends_on", "type": "date"}]}]},
  {"number": 19, "name": "attendance", "scope": "of:person",
   "key": [{"name": "person", "type": "ref", "table": "person"}, {"name": "course", "type": "ref", "table": "course"}, {"name": "number", "type": "int"}],
   "groups": [{"number": 1, "name": "mark", "rule": "max", "columns": [{"name": "status", "type": "enum", "enum": "mark", "required": true},
                                                                      {"name": "marked_at", "type": "time"}]},
              {"number": 2, "name": "signature", "columns": [{"name": "signature", "type": "text", "personal": true}]}]},
  {"number": 20, "name": "paper", "scope": "of:person", "key": "id", "groups": [
    {"number": 1, "name": "paper", "columns": [{"name": "person", "type": "ref", "table": "person", "required": true},
                                               {"name": "content", "type": "blob", "file": true, "required": true}]}]},
  {"number": 21, "name": "remark", "scope": "of:paper", "key": "id", "groups": [
    {"number": 1, "name": "remark", "columns": [{"name": "paper", "type": "ref", "table": "paper", "required": true},
                                                {"name": "remark", "type": "text", "personal": true}]}]}
 ]})";

/// A folder that goes with its owner.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "tefter-test-XXXXXX").string();
        ensure(::mkdtemp(name.data()) != nullptr, "a folder for a test can be made");
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

class Offices;

class Office {
public:
    Office(Offices& all, const Identity& identity, const std::string& path);

    Replica& replica() { return *replica_; }
    std::int64_t now_ms;
    Written put(const std::string& table, std::vector<OwnedValue> key, std::vector<std::pair<std::string, OwnedValue>> values,
                std::optional<std::string> scope = std::nullopt);
    void remove(const std::string& table, std::vector<OwnedValue> key);
    void erase(const std::string& table, std::vector<OwnedValue> key);
    /// A person in a scope; returns the id.
    std::int64_t person(const std::string& family, const std::string& given, const std::string& scope = "AL");
    /// Everything that this office has and `other` may lack, in order. Returns what came of each segment.
    std::vector<Received> give(Office& other);
    /// One value, as text; "-" for null, "none" when there is no row.
    std::string get(const std::string& sql);
    std::int64_t conflicts() { return std::stoll(get("SELECT count(*) FROM tefter_conflict")); }
    std::string digest(const std::string& scope = "AL");
    /// Rows, conflicts and digests, to compare offices.
    std::string dump();
    void reopen();
    const DatabaseKey& key() const;
    void close() { replica_.reset(); }
    std::string path;

private:
    Offices& all_;
    std::unique_ptr<Replica> replica_;
};

/// The server's device and any number of offices that it has registered. All clocks start at the same moment.
class Offices {
public:
    Offices() : catalog_(Catalog::parse(test_catalog, "test.json")) { add("server", "shared regional AL BA", Role::server); }

    enum class Filled { by_hand, not_yet };
    Office& add(const std::string& name, const std::string& scopes, Role role = Role::officer, Filled filled = Filled::by_hand);
    Office& operator[](const std::string& name) { return *offices_.at(name); }
    const Catalog& catalog() const { return catalog_; }
    const DatabaseKey& key() const { return key_; }
    /// Everybody gives to everybody until nothing moves.
    void settle();
    const Folder& folder() const { return folder_; }

    static constexpr std::int64_t start_ms = 1'770'000'000'000;

private:
    Folder folder_;
    Catalog catalog_;
    DatabaseKey key_{7, 7, 7};
    PublicKey server_key_{};
    std::map<std::string, std::unique_ptr<Office>> offices_;
};

inline Office::Office(Offices& all, const Identity& identity, const std::string& file) : now_ms(Offices::start_ms), path(file), all_(all) {
    Replica::create(path, all.key(), all.catalog(), identity, JournalMode::rollback);
    reopen();
}

inline const DatabaseKey& Office::key() const { return all_.key(); }

inline void Office::reopen() {
    replica_.reset();
    Environment environment = system_environment();
    environment.now_ms = [this] { return now_ms; };
    replica_ = std::make_unique<Replica>(path, all_.key(), all_.catalog(), environment, JournalMode::rollback);
    replica_->store().database.execute("PRAGMA synchronous=OFF");  // tests lose nothing when the power fails
}

inline Written Office::put(const std::string& table, std::vector<OwnedValue> key, std::vector<std::pair<std::string, OwnedValue>> values,
                           std::optional<std::string> scope) {
    Edit edit;
    edit.table = table;
    edit.key = std::move(key);
    edit.values = std::move(values);
    if (scope) edit.scope = all_.catalog().find_scope(*scope)->number;
    return replica_->write(0, {&edit, 1});
}

inline void Office::remove(const std::string& table, std::vector<OwnedValue> key) {
    Edit edit;
    edit.kind = EditKind::remove;
    edit.table = table;
    edit.key = std::move(key);
    replica_->write(0, {&edit, 1});
}

inline void Office::erase(const std::string& table, std::vector<OwnedValue> key) {
    Edit edit;
    edit.kind = EditKind::erase;
    edit.table = table;
    edit.key = std::move(key);
    replica_->write(0, {&edit, 1});
}

inline std::int64_t Office::person(const std::string& family, const std::string& given, const std::string& scope) {
    const std::int64_t id = replica_->new_id();
    put("person", {id}, {{"family", family}, {"given", given}}, scope);
    return id;
}

inline std::vector<Received> Office::give(Office& other) {
    std::vector<Received> out;
    for (const ScopeState& scope : replica_->scopes()) {
        replica_->segments_to_send(scope.scope);
        replica_->mark_exported(scope.scope);
        for (const auto& [device, head] : replica_->heads(scope.scope)) {
            for (const StoredSegment& segment :
                 replica_->store().log.kept(scope.scope, device, other.replica().head(scope.scope, device).sequence)) {
                out.push_back(other.replica().receive(segment.bytes, Carrier::peer, other.now_ms));
            }
        }
    }
    return out;
}

inline std::string Office::get(const std::string& sql) {
    Statement row = replica_->store().database.prepare_once(sql);
    if (!row.step()) return "none";
    return row.is_null(0) ? "-" : std::string(row.text(0));
}

inline std::string Office::digest(const std::string& scope) {
    for (const ScopeState& state : replica_->scopes()) {
        if (state.scope == all_.catalog().find_scope(scope)->number) return state.digest.hexadecimal();
    }
    return "not held";
}

inline std::string Office::dump() {
    std::string out;
    const auto add = [&](const std::string& sql) {
        Statement rows = replica_->store().database.prepare_once(sql);
        while (rows.step()) {
            for (int i = 0; i < rows.columns(); ++i) out += (rows.is_null(i) ? "-" : std::string(rows.text(i))) + "|";
            out += "\n";
        }
    };
    for (const char* table : {"topic", "person", "course", "attendance"}) add("SELECT * FROM " + std::string(table) + " ORDER BY 1, 2");
    add("SELECT table_number, hex(ordered_key), group_number FROM tefter_conflict ORDER BY 1, 2, 3");
    add("SELECT hex(ordered_key), dead, hex(bytes) FROM tefter_state ORDER BY table_number, ordered_key");
    add("SELECT scope, hex(digest) FROM tefter_scope ORDER BY 1");
    return out;
}

inline Office& Offices::add(const std::string& name, const std::string& scopes, Role role, Filled filled) {
    Identity identity;
    PublicKey key{};
    crypto_sign_keypair(key.data(), identity.secret.data());
    if (role == Role::server) server_key_ = key;
    identity.device = DeviceNumber{static_cast<std::uint32_t>(offices_.size() + 1)};
    identity.server_key = server_key_;
    identity.office = name;
    identity.role = role;
    identity.scopes = parse_scopes(catalog_, scopes);
    if (role != Role::server) {
        offices_.at("server")->put(
            "device", {std::int64_t{identity.device.value}},
            {{"public_key", Bytes(key.begin(), key.end())}, {"office", name}, {"role", std::string(to_text(role))}, {"scopes", scopes}});
    }
    auto& office = offices_[name] = std::make_unique<Office>(*this, identity, folder_.file(name + ".db"));
    for (auto& [other_name, other] : offices_) {
        if (other == office && filled == Filled::not_yet) continue;
        if (role != Role::server && other_name != "server") offices_.at("server")->give(*other);
    }
    return *office;
}

inline void Offices::settle() {
    for (int round = 0; round < 3; ++round) {
        for (auto& [from_name, from] : offices_) {
            for (auto& [to_name, to] : offices_) {
                if (from != to) from->give(*to);
            }
        }
    }
}

}  // namespace tefter::test
