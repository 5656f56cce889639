#pragma once
// The catalog: the one list of tables, columns, groups, merge rules, references, scopes and personal data. The engine
// knows nothing of what the tables mean; it reads this. A Catalog is immutable once parsed and may be shared between
// threads.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/types.hpp"

namespace tefter {

enum class ColumnType { text, integer, real, boolean, date, time, enumeration, reference, set, blob };

/// How a group with several leaves shows itself. Numbers are not written anywhere.
enum class MergeRule {
    newest,   ///< the highest version is shown, the others wait in the conflict list
    maximum,  ///< the highest by the declared order of the group's first column
    minimum,  ///< the lowest by it
    set,      ///< the union of what was added and not removed by someone who had seen it (add-wins)
};

enum class Role { officer = 1, staff = 2, manager = 3, administrator = 4, server = 5 };

struct Enumerator {
    std::int64_t number = 0;
    std::string name;
};

struct Enumeration {
    std::uint32_t number = 0;
    std::string name;
    std::vector<Enumerator> values;  ///< in declared order, lowest first

    const Enumerator* find(std::string_view name) const;
    const Enumerator* find(std::int64_t number) const;
    /// Place in the declared order; numbers that this catalog does not know yet rank below all others.
    int rank(std::int64_t number) const;
};

struct Column {
    std::string name;
    ColumnType type = ColumnType::text;
    const Enumeration* enumeration = nullptr;  ///< of an enumeration, or of a set of enumerators
    TableNumber target;                        ///< of a reference
    bool weak = false;                         ///< the reference does not keep its target alive
    bool personal = false;
    bool required = false;
    bool multiline = false;
    bool file = false;             ///< a blob that is the hash of a file's content, see store/files.hpp
    bool translated = false;       ///< text held as {"en": …, "sq": …}
    std::size_t max_length = 500;  ///< of text, in bytes
    std::optional<double> least, most;
    // For those who show and ask for values; nothing to the engine.
    std::string unit;
    std::string suggests;  ///< a table whose keys are choices for a text or a set
    std::string label;
};

struct Group {
    GroupNumber number;
    std::string name;
    MergeRule rule = MergeRule::newest;
    std::vector<Column> columns;  ///< frozen once released: new columns come in new groups
};

struct Table {
    enum class ScopeRule { fixed, chosen, of_reference };
    TableNumber number;
    std::string name, label;
    ScopeRule scope_rule = ScopeRule::chosen;
    ScopeNumber fixed_scope;    ///< with ScopeRule::fixed
    std::string scope_column;   ///< with ScopeRule::of_reference: a column or key column that refers to a row
    bool generated_key = true;  ///< one key column `id`, drawn by the engine
    std::vector<Column> key;    ///< 1 to 3 columns
    std::vector<Group> groups;  ///< ascending numbers
    std::vector<std::vector<std::string>> indexes;
    Role write_role = Role::officer;
    std::optional<int> retention_months;
    // For those who show rows; nothing to the engine.
    std::string area;                ///< where in the work it belongs; empty: nowhere of its own
    std::vector<std::string> title;  ///< columns that name a row

    const Group* find_group(std::string_view name) const;
    const Group* find_group(GroupNumber number) const;
    /// The column and its group (null for a key column); {nullptr, nullptr} when there is none of that name.
    std::pair<const Group*, const Column*> find_column(std::string_view name) const;
    bool has_personal_data() const;
};

struct Scope {
    ScopeNumber number;
    std::string name;
};

/// A column elsewhere that refers to a table: who keeps its rows alive.
struct Referrer {
    const Table* table = nullptr;
    const Column* column = nullptr;
};

class Catalog {
public:
    /// Parses and checks the JSON text. A bad catalog throws ErrorKind::usage naming file, table, column and reason.
    static Catalog parse(std::string_view json, const std::string& file_name);
    static Catalog load(const std::string& path);

    Catalog(Catalog&&) = default;
    Catalog& operator=(Catalog&&) = default;
    Catalog(const Catalog&) = delete;  ///< columns point into it
    Catalog& operator=(const Catalog&) = delete;

    const std::string& name() const { return name_; }
    std::uint32_t number() const { return number_; }
    const std::vector<Scope>& scopes() const { return scopes_; }
    const std::vector<Table>& tables() const { return tables_; }
    const std::map<std::string, Enumeration, std::less<>>& enumerations() const { return enumerations_; }
    const Table* find(std::string_view name) const;
    const Table* find(TableNumber number) const;
    const Table& table(std::string_view name) const;  ///< throws ErrorKind::usage when unknown
    const Scope* find_scope(std::string_view name) const;
    const Scope* find_scope(ScopeNumber number) const;
    std::string scope_name(ScopeNumber number) const;  ///< its number where a newer catalog has added it
    const std::vector<Referrer>& strong_referrers(TableNumber number) const;

private:
    friend class CatalogParser;
    Catalog() = default;
    std::string name_;
    std::uint32_t number_ = 0;
    std::vector<Scope> scopes_;
    std::map<std::string, Enumeration, std::less<>> enumerations_;
    std::vector<Table> tables_;
    std::map<std::uint32_t, std::vector<Referrer>> referrers_;
};

std::string_view to_text(Role role);
std::optional<Role> role_from_text(std::string_view name);

/// The engine's own table in every catalog: who may write what, and the public key to check it with.
inline constexpr TableNumber device_table{1};
inline constexpr std::uint32_t first_catalog_table = 16;

}  // namespace tefter
