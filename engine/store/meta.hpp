#pragma once
// Small facts of a replica by name, and what it knows of each scope.

#include <optional>
#include <string>
#include <vector>

#include "engine/codec/row_state.hpp"
#include "engine/store/database.hpp"

namespace tefter {

/// How far a replica has read a scope's ledger, and what its rows amount to.
struct ScopeState {
    ScopeNumber scope;
    Position position;
    Hash ledger_hash{};  ///< of the ledger's chain at `position`; zero at 0
    Digest digest;
};

/// The name under which a fact is kept: see Replica::fact.
inline std::string fact_name(std::string_view fact) { return "fact:" + std::string(fact); }

/// Not thread-safe; lives beside its connection, inside its transactions.
class Meta {
public:
    explicit Meta(Database& database) : database_(database) {}

    std::optional<std::int64_t> integer(std::string_view name);
    std::optional<Bytes> blob(std::string_view name);
    std::optional<std::string> text(std::string_view name);
    void set(std::string_view name, std::int64_t value);
    void set(std::string_view name, BytesView value);
    void set(std::string_view name, std::string_view value);
    void remove(std::string_view name);

    /// Scopes that this replica holds, ascending.
    std::vector<ScopeState> scopes();
    std::optional<ScopeState> scope(ScopeNumber scope);
    void grant(ScopeNumber scope);
    void set_cursor(ScopeNumber scope, Position position, const Hash& ledger_hash);
    void set_digest(ScopeNumber scope, const Digest& digest);

private:
    Database& database_;
};

}  // namespace tefter
