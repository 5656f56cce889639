#pragma once
// Turns what a person or a program wants into changes: finds the row, completes the groups, names the versions seen,
// and refuses what the catalog forbids before anything is written.

#include <optional>
#include <string>
#include <vector>

#include "engine/store/apply.hpp"
#include "engine/store/devices.hpp"

namespace tefter {

enum class EditKind {
    put,     ///< creates the row or changes the columns named
    remove,  ///< deletes the row
    erase,   ///< takes its personal values out, for ever
};

/// Names are the catalog's. Enumerators may be given by name or number, a set as a JSON array of texts, whatever has a
/// number also as its text.
struct Edit {
    EditKind kind = EditKind::put;
    std::string table;
    std::vector<OwnedValue> key;
    std::vector<std::pair<std::string, OwnedValue>> values;
    std::optional<ScopeNumber> scope;  ///< of a new row, where the catalog lets its author choose
    /// The versions that were on the author's screen; all that are there now when not given. A version that he did not
    /// see is not replaced: it becomes a conflict.
    std::optional<std::vector<Version>> seen;
};

/// Who edits, as far as rules go.
struct Grants {
    Role role = Role::officer;
    std::vector<ScopeNumber> scopes;
};

struct PlannedChange {
    ScopeNumber scope;
    Change change;  ///< views into the edit and the arena
};

/// Not thread-safe; lives inside the writing transaction.
class Editor {
public:
    Editor(Database& database, const Catalog& catalog, Rows& rows, const Grants& grants)
        : database_(database), catalog_(catalog), rows_(rows), grants_(grants) {}

    /// Nothing when the row is so already. Throws ErrorKind::usage for names and types, ErrorKind::refused for rules.
    std::optional<PlannedChange> plan(const Edit& edit, Version version, Arena& arena);

private:
    std::optional<PlannedChange> plan_put(const Table& table, Cells key, const Edit& edit, Version version, Arena& arena);
    std::optional<PlannedChange> plan_remove(const Table& table, Cells key, Arena& arena);
    PlannedChange plan_erase(const Table& table, Cells key, Arena& arena);
    ScopeNumber scope_of_new(const Table& table, Cells key, const Edit& edit);
    std::optional<ScopeNumber> scope_of_shown(const Table& table, const Value& key);
    void check_scope(const Table& table, ScopeNumber scope) const;
    void check_references(const Table& table, ScopeNumber scope, Cells key, std::span<const GroupValues> groups);
    void check_reference(const Table& table, const Column& column, ScopeNumber scope, const Value& value);

    Database& database_;
    const Catalog& catalog_;
    Rows& rows_;
    const Grants& grants_;
};

/// The name of a row for sentences: its table, and its key.
std::string describe(const Table& table, Cells key);

/// A value of the caller as a column holds it; a set stays the text that was given. Throws ErrorKind::usage.
Value coerce(const Catalog& catalog, const Table& table, const Column& column, const OwnedValue& given, Arena& arena);
/// Likewise a whole key, column by column.
std::span<const Value> coerce_key(const Catalog& catalog, const Table& table, std::span<const OwnedValue> given, Arena& arena);

}  // namespace tefter
