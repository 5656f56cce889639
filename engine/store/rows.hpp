#pragma once
// Row states in the database: how a RowState lies in its table, or in tefter_state where the table cannot describe it.
//
//   1. A simple row has a leaf in its first group, at most one leaf in each, no deletes, nothing buried, no unknown
//      groups, and is not erased. It lies in its table alone. Groups without a leaf are null.
//   2. Any other row lies whole in tefter_state. Its table shows it as well, with a marker in _groups, while a leaf
//      keeps it alive or a shown row refers to it strongly.
//   3. tefter_conflict lists what is left for people to decide, and nothing else.
//   4. The digest of a scope is the sum of the fingerprints of its rows.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>
#include <vector>

#include "engine/codec/row_state.hpp"
#include "engine/store/database.hpp"
#include "engine/store/schema.hpp"

namespace tefter {

using RowName = std::pair<TableNumber, Bytes>;  ///< a table and an encoded key

/// Not thread-safe; lives beside the one writing connection, inside its transactions.
class Rows {
public:
    Rows(Database& database, const Catalog& catalog);

    /// From now on nobody else writes: which rows lie in tefter_state is remembered, and most rows need not be looked for there.
    void write_alone() { alone_ = true; }

    /// The state of a row; empty when it was never created. Values belong to `arena`.
    std::optional<RowState> load(TableNumber table, Cells key, Arena& arena);

    /// After the catalog has learnt something new of the table: what lay whole for want of it goes where it belongs.
    void place_again(const Table& table);
    /// Replaces `before` (null: there was none) by `after`, settles what the row refers to, and counts the digest.
    void store(TableNumber table, Cells key, const RowState* before, const RowState& after);
    /// The same for a row that was never created. False, and nothing was done, where there is one already or that cannot be told at once.
    bool store_new(TableNumber table, Cells key, const RowState& state);

    /// As if it had never been created. Who takes a row out brings it again, or all that refers to it goes as well.
    void take_out(TableNumber table, Cells key, const RowState& state);

    /// What the digests of the scopes have changed by, and the tables that changed, since the last call.
    std::map<ScopeNumber, Digest> take_digests();
    Changed take_changed_tables();

    bool shown(const Table& table, Cells key);
    /// Of a row, shown or not; empty when it was never created.
    std::optional<ScopeNumber> scope_of(const Table& table, Cells key);
    bool erased(TableNumber table, Cells key);
    std::vector<RowName> all_erased();
    /// Whether the row that this one belongs to (its scope is that row's), or one above that, has been erased.
    bool owner_erased(const Table& table, Cells key, const RowState& state);
    /// Rows with personal values that belong to this one, and to them, shown or not.
    std::vector<RowName> belongings(const Table& table, Cells key);
    /// A table with a shown row that refers strongly to this one; null when there is none.
    const Table* referrer(const Table& table, Cells key);

    using Visit = std::function<bool(TableNumber table, Cells key, const RowState& state)>;
    /// Every row, shown or not, until the callback returns false; values live until it returns.
    void scan(const Visit& visit);
    /// Likewise those of some scopes.
    void scan(const std::set<ScopeNumber>& scopes, const Visit& visit);

private:
    TableSql& sql(const Table& table);
    /// False where the row does certainly not lie in tefter_state.
    bool may_lie_whole(TableNumber table, Cells key);
    /// `of_scopes`: the end of a condition, `IN (1, 2)`; empty for all.
    void scan(const std::string& of_scopes, const Visit& visit);
    std::vector<Bytes> candidates(const Table& table, const Value& owner);
    /// `index`: the column of `row` where those of TableSql::select begin.
    RowState read_simple(const Table& table, Statement& row, int index, Arena& arena);
    std::optional<RowState> load_whole(TableNumber table, Cells key, Arena& arena);
    void write_row(const Table& table, Cells key, const RowState& state, bool simple, bool present);
    void hide(const Table& table, Cells key);
    void forget_whole(TableNumber table, Cells key);
    void write_whole(TableNumber table, Cells key, const RowState& state);
    void write_conflicts(TableNumber table, Cells key, const Table* known, const RowState& state, bool is_shown);
    /// Where a row lies: in tefter_state, and in its table.
    struct Lay {
        bool whole = false, shown = false;
    };
    Lay lay_of(const Table* table, Cells key, const RowState* state);
    /// Brings table, tefter_state and tefter_conflict in line with the state. Returns whether the row is shown.
    bool place(TableNumber number, Cells key, Lay before, const RowState& after);
    void settle_targets(const Table& table, Cells key, const RowState* state);
    void settle(const Table& table, const Value& key);

    Database& database_;
    const Catalog& catalog_;
    std::map<TableNumber, TableSql> sql_;
    std::map<ScopeNumber, Digest> digests_;
    Changed changed_;
    bool alone_ = false;
    /// Hashes of the names of all rows that lie in tefter_state, and of some that did: read when first asked for.
    std::optional<std::unordered_set<std::uint64_t>> whole_;
};

/// The key as a blob, in canonical bytes: the name of a row in memory, on the wire and in columns of the catalog.
Bytes encode_key(Cells key);
/// The reverse; the values belong to `arena`.
std::vector<Value> decode_key(BytesView bytes, Arena& arena);

/// The key of tefter_state and tefter_conflict. Numbers are in their order, so that rows that were made one after the other share
/// pages; canonical bytes begin with the lowest bits of a number, and each row has a page to itself.
Bytes encode_ordered_key(Cells key);
std::vector<Value> decode_ordered_key(BytesView bytes, Arena& arena);

/// A row's name among other bytes; reading throws ErrorKind::corrupt.
void encode_row_name(Writer& out, const RowName& row);
RowName decode_row_name(Reader& in);

}  // namespace tefter
