#include "schema/domain/erasure.hpp"

#include <algorithm>

#include "schema/domain/known.hpp"

namespace tefter {

namespace {

Database& database_of(Replica& replica) { return replica.store().database; }

std::int64_t role_number(Replica& replica, const char* name) { return replica.catalog().enumerations().at("user_role").find(name)->number; }

void ensure_staff(Replica& replica, std::int64_t user) {
    Statement row = database_of(replica).prepare_once("SELECT role, active FROM staff_user WHERE id = ?1");
    row.with(user);
    if (row.step() && row.integer(1) != 0 && row.integer(0) >= role_number(replica, "staff")) return;
    throw Error(ErrorKind::refused, "Only staff who are active may ask for an erasure or approve one.");
}

/// People who are linked to this one, whichever way, and those linked to them.
std::set<std::int64_t> same_people(Replica& replica, std::int64_t person) {
    std::set<std::int64_t> people;
    Statement row = database_of(replica).prepare_once(R"(
        WITH RECURSIVE one(id) AS (SELECT ?1
            UNION SELECT canonical FROM same_person JOIN one ON duplicate = one.id
            UNION SELECT duplicate FROM same_person JOIN one ON canonical = one.id)
        SELECT id FROM one)");
    row.with(person);
    while (row.step()) people.insert(row.integer(0));
    return people;
}

/// Everything that is to lose its personal values with one row.
class Reach {
public:
    explicit Reach(Replica& replica) : replica_(replica) {}

    void add(const Table& table, const std::vector<Value>& key) {
        if (table.name == "person") {
            for (const std::int64_t person : same_people(replica_, key[0].integer())) {
                add_one(table, {Value::integer(person)});
                for (const std::int64_t answer : released_about(replica_, person))
                    add_one(replica_.catalog().table("known_answer"), {Value::integer(answer)});
            }
        } else {
            add_one(table, key);
        }
    }
    std::vector<Edit> edits() const {
        std::vector<Edit> out;
        for (const auto& [table, name] : rows_) {
            Arena arena;
            Edit& edit = out.emplace_back();
            edit.kind = EditKind::erase;
            edit.table = replica_.catalog().find(table)->name;
            for (const Value& part : decode_key(name, arena)) edit.key.emplace_back(part);
        }
        return out;
    }

private:
    void add_one(const Table& table, const std::vector<Value>& key) {
        Rows& rows = replica_.store().applier.rows();
        Arena arena;
        if (!rows.load(table.number, key, arena)) return;
        std::vector<RowName> with = rows.belongings(table, key);
        with.emplace_back(table.number, encode_key(key));
        for (const RowName& row : with) {
            rows_.insert(row);
            Statement file = database_of(replica_).prepare_once("SELECT id FROM attachment WHERE table_number = ?1 AND row_key = ?2");
            file.with(std::int64_t{row.first.value}, BytesView(row.second));
            while (file.step()) {
                const Value id[] = {Value::integer(file.integer(0))};
                rows_.emplace(replica_.catalog().table("attachment").number, encode_key(id));
            }
        }
    }

    Replica& replica_;
    std::set<RowName> rows_;
};

std::string key_text(std::span<const Value> key) {
    std::string out;
    for (const Value& part : key) {
        out += out.empty() ? "" : "/";
        out += part.kind() == ValueKind::integer ? std::to_string(part.integer()) : std::string(part.text());
    }
    return out;
}

}  // namespace

Edit request_erasure(Replica& replica, const ErasureRequest& request) {
    ensure_staff(replica, request.by);
    const Table& table = replica.catalog().table(request.table);
    if (!table.has_personal_data()) throw Error(ErrorKind::usage, "The table " + table.name + " holds no personal data.");
    Arena arena;
    const std::span<const Value> key = coerce_key(replica.catalog(), table, request.key, arena);
    const std::optional<RowState> state = replica.state(table, key, arena);
    if (!state) throw Error(ErrorKind::usage, "There is no " + table.name + " " + key_text(key) + ".");
    if (state->erased) throw Error(ErrorKind::refused, table.name + " " + key_text(key) + " has been erased already.");
    Edit edit;
    edit.table = "erasure";
    edit.key = {replica.new_id()};
    edit.scope = state->scope;
    edit.values = {{"table_name", table.name},
                   {"row_key", encode_key(key)},
                   {"reason", request.reason},
                   {"asked_by", request.by},
                   {"asked_at", replica.environment().now_ms()}};
    return edit;
}

std::vector<OpenErasure> open_erasures(Database& reader, const Catalog& catalog) {
    std::vector<OpenErasure> out;
    Statement row = reader.prepare_once(
        "SELECT e.id, e.table_name, e.row_key, e.reason, e.asked_at, u.name, e.asked_by FROM erasure e "
        "LEFT JOIN staff_user u ON u.id = e.asked_by WHERE e.approved_at IS NULL ORDER BY e.asked_at, e.id");
    while (row.step()) {
        Arena arena;
        const Enumerator* reason = catalog.enumerations().at("erasure_reason").find(row.integer(3));
        out.push_back({row.integer(0), std::string(row.text(1)), key_text(decode_key(row.blob(2), arena)),
                       reason == nullptr ? "" : reason->name, std::string(row.text(5)), row.integer(6), row.integer(4)});
    }
    return out;
}

std::vector<Edit> approve_erasure(Replica& replica, std::int64_t id, std::int64_t by) {
    ensure_staff(replica, by);
    Statement row =
        database_of(replica).prepare_once("SELECT table_name, row_key, asked_by, approved_at IS NOT NULL FROM erasure WHERE id = ?1");
    row.with(id);
    if (!row.step()) throw Error(ErrorKind::usage, "There is no request " + std::to_string(id) + "; tefter-server erasures lists them.");
    if (row.integer(3) != 0) throw Error(ErrorKind::refused, "The request " + std::to_string(id) + " has been approved already.");
    if (row.integer(2) == by) throw Error(ErrorKind::refused, "Whoever asked for an erasure cannot approve it; a second person must.");
    Arena arena;
    Reach reach(replica);
    reach.add(replica.catalog().table(row.text(0)), decode_key(row.blob(1), arena));
    std::vector<Edit> edits = reach.edits();
    const auto rows = static_cast<std::int64_t>(edits.size());
    Edit& approval = edits.emplace_back();
    approval.table = "erasure";
    approval.key = {id};
    approval.values = {{"approved_by", by}, {"approved_at", replica.environment().now_ms()}, {"rows", rows}};
    return edits;
}

}  // namespace tefter
