#include "engine/store/meta.hpp"

namespace tefter {

std::optional<std::int64_t> Meta::integer(std::string_view name) {
    Statement row = database_.prepare("SELECT value FROM tefter_meta WHERE name = ?1");
    row.with(name);
    if (!row.step() || row.is_null(0)) return std::nullopt;
    return row.integer(0);
}

std::optional<Bytes> Meta::blob(std::string_view name) {
    Statement row = database_.prepare("SELECT value FROM tefter_meta WHERE name = ?1");
    row.with(name);
    if (!row.step() || row.is_null(0)) return std::nullopt;
    return Bytes(row.blob(0).begin(), row.blob(0).end());
}

std::optional<std::string> Meta::text(std::string_view name) {
    Statement row = database_.prepare("SELECT value FROM tefter_meta WHERE name = ?1");
    row.with(name);
    if (!row.step() || row.is_null(0)) return std::nullopt;
    return std::string(row.text(0));
}

void Meta::set(std::string_view name, std::int64_t value) {
    database_.prepare("INSERT OR REPLACE INTO tefter_meta (name, value) VALUES (?1, ?2)").with(name, value).run();
}

void Meta::set(std::string_view name, BytesView value) {
    database_.prepare("INSERT OR REPLACE INTO tefter_meta (name, value) VALUES (?1, ?2)").with(name, value).run();
}

void Meta::set(std::string_view name, std::string_view value) {
    database_.prepare("INSERT OR REPLACE INTO tefter_meta (name, value) VALUES (?1, ?2)").with(name, value).run();
}

void Meta::remove(std::string_view name) { database_.prepare("DELETE FROM tefter_meta WHERE name = ?1").with(name).run(); }

namespace {
ScopeState read_scope(const Statement& row) {
    Reader hash(row.blob(2));
    return {ScopeNumber{static_cast<std::uint32_t>(row.integer(0))}, Position{static_cast<std::uint64_t>(row.integer(1))}, hash.fixed<32>(),
            Digest::from(row.blob(3))};
}
}  // namespace

std::vector<ScopeState> Meta::scopes() {
    std::vector<ScopeState> out;
    Statement row = database_.prepare("SELECT scope, position, ledger_hash, digest FROM tefter_scope ORDER BY scope");
    while (row.step()) out.push_back(read_scope(row));
    return out;
}

std::optional<ScopeState> Meta::scope(ScopeNumber scope) {
    Statement row = database_.prepare("SELECT scope, position, ledger_hash, digest FROM tefter_scope WHERE scope = ?1");
    row.with(std::int64_t{scope.value});
    if (!row.step()) return std::nullopt;
    return read_scope(row);
}

void Meta::grant(ScopeNumber scope) {
    const Hash hash{};
    const auto digest = Digest{}.bytes();
    database_.prepare("INSERT INTO tefter_scope (scope, position, ledger_hash, digest) VALUES (?1, 0, ?2, ?3) ON CONFLICT DO NOTHING")
        .with(std::int64_t{scope.value}, BytesView(hash), BytesView(digest))
        .run();
}

void Meta::set_cursor(ScopeNumber scope, Position position, const Hash& ledger_hash) {
    database_.prepare("UPDATE tefter_scope SET position = ?1, ledger_hash = ?2 WHERE scope = ?3")
        .with(static_cast<std::int64_t>(position.value), BytesView(ledger_hash), std::int64_t{scope.value})
        .run();
}

void Meta::set_digest(ScopeNumber scope, const Digest& digest) {
    const auto bytes = digest.bytes();
    database_.prepare("UPDATE tefter_scope SET digest = ?1 WHERE scope = ?2").with(BytesView(bytes), std::int64_t{scope.value}).run();
}

}  // namespace tefter
