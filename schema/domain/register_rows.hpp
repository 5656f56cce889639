#pragma once
// Rows of any table of the catalog, as people read them: in their words, with the names of what they refer to.

#include <map>
#include <unordered_map>

#include "engine/store/database.hpp"
#include "engine/store/history.hpp"
#include "schema/domain/register.hpp"

namespace tefter {

using RowKey = std::vector<OwnedValue>;

struct RowLine {
    RowKey key;
    std::string title;
    std::vector<std::string> cells;  ///< of the plan's `listed`
    ScopeNumber scope;
};

struct RowList {
    std::vector<RowLine> lines;
    std::size_t total = 0;  ///< that were asked for, on all pages
};

struct RowQuery {
    std::string search;  ///< words, in any script, all of which a row must have
    /// Equal; for a set: holds; for a date: begins with.
    std::vector<std::pair<const Column*, OwnedValue>> where;
    std::size_t skip = 0, take = 200;
};

struct RowCell {
    const Column* column = nullptr;
    OwnedValue value;
    std::string text;
};

struct RowChildren {
    Referrer by;
    RegisterPlan plan;
    RowList list;  ///< the first of them
};

struct RowDetail {
    RowKey key;
    std::string title;
    ScopeNumber scope;
    std::vector<RowCell> cells;         ///< of the plan's `columns`
    std::vector<RowChildren> children;  ///< those that have rows
};

/// Reads for one look at the data: names that were found are not looked up again. One thread at a time.
class RowReader {
public:
    enum class Style {
        screen,  ///< dates in words, money with its sign
        sheet,   ///< what an import in this language takes back: ISO dates, plain numbers
    };
    /// All must outlive it. `texts` says in which language.
    RowReader(Database& database, const Catalog& catalog, const Texts& texts, Style style = Style::screen)
        : database_(database), catalog_(catalog), texts_(texts), style_(style) {}

    std::string text(const Column& column, const Value& value);
    /// What a row is called; its table and number where nothing of it is known.
    std::string title(const Table& table, const RowKey& key);
    RowList list(const RegisterPlan& plan, const RowQuery& query);
    std::optional<RowDetail> detail(const RegisterPlan& plan, const RowKey& key);
    std::vector<RowEvent> history(const Table& table, const RowKey& key);
    /// The rows that are called so, or whose key this is.
    std::vector<RowKey> find(const Table& table, std::string_view typed);

    const Texts& texts() const { return texts_; }
    const Catalog& catalog() const { return catalog_; }
    Database& database() { return database_; }

private:
    std::string set_text(const Column& column, std::string_view json);
    std::string made_title(const RegisterPlan& plan, const RowKey& key, const std::function<std::string(const Column&)>& cell);
    bool matches(const std::string& haystack, const std::vector<std::string>& words) const;
    const RegisterPlan& plan_of(const Table& table);

    Database& database_;
    const Catalog& catalog_;
    const Texts& texts_;
    Style style_;
    std::map<std::uint32_t, RegisterPlan> plans_;
    std::unordered_map<std::string, std::string> titles_;
    std::map<std::uint32_t, std::multimap<std::string, RowKey>> called_;  ///< by table: rows by the folded words of their names
};

/// A drawn key as people can copy it: R3-14 is the fourteenth row of device 3. Others: their parts, divided by /.
std::string key_words(const Table& table, const RowKey& key);
/// The reverse, also of a plain number. Nothing where it is no key of the table.
std::optional<RowKey> key_from_words(const Catalog& catalog, const Table& table, std::string_view words);

/// A key as the engine asks for it: views into it.
std::vector<Value> cells_of(const RowKey& key);
/// Shown rows of a table.
std::int64_t row_count(Database& reader, const Table& table);

/// Words of a search or a name, folded across scripts and spellings.
std::vector<std::string> folded_words(std::string_view text);

}  // namespace tefter
