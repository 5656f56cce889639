#include "schema/domain/disclosure.hpp"

namespace tefter {

namespace {

ScopeNumber scope_of(Statement& row) { return ScopeNumber{static_cast<std::uint32_t>(row.integer(0))}; }

}  // namespace

Edit note_export(Replica& replica, ScopeNumber scope, const std::string& what, std::int64_t rows) {
    Edit out;
    out.table = "access";
    out.key = {replica.new_id()};
    out.scope = scope;
    out.values = {
        {"kind", "export"}, {"at", replica.environment().now_ms()}, {"what", what + ", by " + replica.identity().office}, {"rows", rows}};
    return out;
}

Edit note_document_of_person(Replica& replica, std::string_view document, std::int64_t person) {
    Statement row = replica.store().database.prepare_once("SELECT _scope FROM person WHERE id = ?1");
    row.with(person);
    if (!row.step()) throw Error(ErrorKind::refused, "There is no person " + std::to_string(person) + " here.");
    return note_export(replica, scope_of(row), std::string(document) + " of " + std::to_string(person), 1);
}

Edit note_document_of_activity(Replica& replica, std::string_view document, const std::string& code) {
    Statement row = replica.store().database.prepare_once(
        "SELECT _scope, (SELECT count(*) FROM enrolment WHERE activity = ?1) FROM activity WHERE code = ?1");
    row.with(std::string_view(code));
    if (!row.step()) throw Error(ErrorKind::refused, "There is no activity \"" + code + "\" here.");
    return note_export(replica, scope_of(row), std::string(document) + " of " + code, row.integer(1));
}

}  // namespace tefter
