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

    /// The state of a row; empty when it was never created. Values belong to `arena`.
    std::optional<RowState> load(TableNumber table, Cells key, Arena& arena);

    /// After the catalog has learnt something new of the table: what lay whole for want of it goes where it belongs.
    void place_again(const Table& table);
    /// Replaces `before` (null: there was none) by `after`, settles what the row refers to, and counts the digest.
    void store(TableNumber table, Cells key, const RowState* before, const RowState& after);

    /// What the digests of the scopes have changed by, and the tables that changed, since the last call.
    std::map<ScopeNumber, Digest> take_digests();
    std::set<TableNumber> take_changed_tables();

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

    /// Every row of every scope, shown or not; values live until the callback returns.
    void scan(const std::function<void(TableNumber table, Cells key, const RowState& state)>& visit);

private:
    const TableSql& sql(const Table& table);
    std::vector<Bytes> candidates(const Table& table, const Value& owner);
    RowState read_simple(const Table& table, Statement& row, Arena& arena);
    std::optional<RowState> load_whole(TableNumber table, Cells key, Arena& arena);
    void write_row(const Table& table, Cells key, const RowState& state, bool simple, bool present);
    void write_whole(TableNumber table, Cells key, const RowState& state);
    void write_conflicts(TableNumber table, Cells key, const Table* known, const RowState& state, bool is_shown);
    /// Brings table, tefter_state and tefter_conflict in line with the state. Returns whether the row is shown.
    bool place(TableNumber number, Cells key, const RowState* before, const RowState& after);
    void settle_targets(const Table& table, Cells key, const RowState* state);
    void settle(const Table& table, const Value& key);

    Database& database_;
    const Catalog& catalog_;
    std::map<TableNumber, TableSql> sql_;
    std::map<ScopeNumber, Digest> digests_;
    std::set<TableNumber> changed_;
};

/// The key as a blob: the key of tefter_state and tefter_conflict.
Bytes encode_key(Cells key);
/// The reverse; the values belong to `arena`.
std::vector<Value> decode_key(BytesView bytes, Arena& arena);

}  // namespace tefter
