#include "engine/store/access.hpp"

namespace tefter {

namespace {

Denial forbidden(std::string reason) { return {false, std::move(reason)}; }

Role needed(const Table* table, Op op) {
    if (op == Op::erase) return Role::server;
    return table == nullptr ? Role::officer : table->write_role;  // a newer catalog's table: its own rule is not known here
}

}  // namespace

bool is_common(const Catalog& catalog, ScopeNumber scope) {
    const Scope* regional = catalog.find_scope("regional");
    return scope == shared_scope || (regional != nullptr && scope == regional->number);
}

std::optional<Denial> AccessCheck::look(const Segment& segment, const Device& author) {
    const ScopeNumber scope = segment.header.scope;
    for (const Changeset& changeset : segment.changesets) {
        for (const Change& change : changeset.changes) {
            const Table* table = catalog_.find(change.table);
            const Role role = needed(table, change.op);
            if (author.role < role) {
                return forbidden((change.op == Op::erase ? "erasing in " : "writing ") +
                                 (table == nullptr ? "table " + std::to_string(change.table.value) : table->name) + " needs the role " +
                                 std::string(to_text(role)));
            }
            if (table == nullptr) continue;
            if (std::optional<Denial> denial = look(scope, *table, change)) return denial;
            if (change.op == Op::create && is_named(*table)) scopes_.try_emplace({change.table, encode_key(change.key)}, scope);
        }
    }
    return std::nullopt;
}

std::optional<Denial> AccessCheck::look(ScopeNumber scope, const Table& table, const Change& change) {
    if (change.key.size() != table.key.size()) return std::nullopt;  // quarantined when it is applied
    if (table.scope_rule == Table::ScopeRule::fixed && table.fixed_scope != scope) {
        return forbidden(table.name + " does not lie in this scope");
    }
    const std::optional<ScopeNumber> there = scope_of(table, change.key);
    if (there && *there != scope) return forbidden("a row of " + table.name + " belongs to another scope");
    for (std::size_t i = 0; i < change.key.size(); ++i) {
        if (std::optional<Denial> denial = look_at_value(scope, table, table.key[i], change.key[i])) return denial;
    }
    for (const GroupValues& written : change.groups) {
        const Group* group = table.find_group(written.group);
        if (group == nullptr || written.values.size() != group->columns.size()) continue;
        for (std::size_t i = 0; i < written.values.size(); ++i) {
            if (std::optional<Denial> denial = look_at_value(scope, table, group->columns[i], written.values[i])) return denial;
        }
    }
    return std::nullopt;
}

std::optional<Denial> AccessCheck::look_at_value(ScopeNumber scope, const Table& table, const Column& column, const Value& value) {
    const auto name = [&] { return table.name + "." + column.name; };
    if (column.personal && !value.is_null() && !value.personal())
        return forbidden("a personal value of " + name() + " is not marked as one");
    if (column.type != ColumnType::reference || column.weak || value.is_null()) return std::nullopt;
    const Table& target = *catalog_.find(column.target);
    const Value key[] = {value};
    const std::optional<ScopeNumber> found = scope_of(target, key);
    if (!found) {
        if (known_ == Known::some_targets) return std::nullopt;
        return Denial{true, name() + " names no " + target.name + " that is here"};
    }
    const bool belongs = table.scope_rule == Table::ScopeRule::of_reference && table.scope_column == column.name;
    if (*found == scope) return std::nullopt;
    if (belongs) return forbidden(table.name + " lies in the scope of its " + target.name + ", which is another one");
    if (is_common(catalog_, *found)) return std::nullopt;
    return forbidden(name() + " names a " + target.name + " of another scope");
}

bool AccessCheck::is_named(const Table& table) const { return !catalog_.strong_referrers(table.number).empty(); }

std::optional<ScopeNumber> AccessCheck::scope_of(const Table& table, Cells key) {
    if (!is_named(table)) return rows_.scope_of(table, key);
    const RowName name(table.number, encode_key(key));
    const auto known = scopes_.find(name);
    if (known != scopes_.end()) return known->second;
    const std::optional<ScopeNumber> scope = rows_.scope_of(table, key);
    if (scope) scopes_.emplace(name, *scope);
    return scope;
}

}  // namespace tefter
