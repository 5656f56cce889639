#include "engine/catalog/catalog.hpp"

#include <algorithm>

#include "engine/base/error.hpp"

namespace tefter {

namespace {
template <class Range, class Predicate>
auto find_pointer(Range& range, Predicate predicate) -> decltype(&*range.begin()) {
    const auto found = std::find_if(range.begin(), range.end(), predicate);
    return found == range.end() ? nullptr : &*found;
}
}  // namespace

const Enumerator* Enumeration::find(std::string_view wanted) const {
    return find_pointer(values, [&](const Enumerator& e) { return e.name == wanted; });
}

const Enumerator* Enumeration::find(std::int64_t wanted) const {
    return find_pointer(values, [&](const Enumerator& e) { return e.number == wanted; });
}

int Enumeration::rank(std::int64_t wanted) const {
    const Enumerator* found = find(wanted);
    return found == nullptr ? -1 : static_cast<int>(found - values.data());
}

const Group* Table::find_group(std::string_view wanted) const {
    return find_pointer(groups, [&](const Group& g) { return g.name == wanted; });
}

const Group* Table::find_group(GroupNumber wanted) const {
    return find_pointer(groups, [&](const Group& g) { return g.number == wanted; });
}

std::pair<const Group*, const Column*> Table::find_column(std::string_view wanted) const {
    const auto named = [&](const Column& c) { return c.name == wanted; };
    if (const Column* column = find_pointer(key, named)) return {nullptr, column};
    for (const Group& group : groups) {
        if (const Column* column = find_pointer(group.columns, named)) return {&group, column};
    }
    return {nullptr, nullptr};
}

bool Table::has_personal_data() const {
    return std::any_of(groups.begin(), groups.end(), [](const Group& group) {
        return std::any_of(group.columns.begin(), group.columns.end(), [](const Column& c) { return c.personal; });
    });
}

const Table* Catalog::find(std::string_view wanted) const {
    return find_pointer(tables_, [&](const Table& t) { return t.name == wanted; });
}

const Table* Catalog::find(TableNumber wanted) const {
    const auto at =
        std::lower_bound(tables_.begin(), tables_.end(), wanted, [](const Table& t, TableNumber number) { return t.number < number; });
    return at == tables_.end() || at->number != wanted ? nullptr : &*at;
}

const Table& Catalog::table(std::string_view wanted) const {
    const Table* found = find(wanted);
    if (found == nullptr) {
        throw Error(ErrorKind::usage, "There is no table \"" + std::string(wanted) + "\" in the catalog.");
    }
    return *found;
}

const Scope* Catalog::find_scope(std::string_view wanted) const {
    return find_pointer(scopes_, [&](const Scope& s) { return s.name == wanted; });
}

const Scope* Catalog::find_scope(ScopeNumber wanted) const {
    return find_pointer(scopes_, [&](const Scope& s) { return s.number == wanted; });
}

std::string Catalog::scope_name(ScopeNumber wanted) const {
    const Scope* known = find_scope(wanted);
    return known == nullptr ? std::to_string(wanted.value) : known->name;
}

const std::vector<Referrer>& Catalog::strong_referrers(TableNumber number) const {
    static const std::vector<Referrer> none;
    const auto found = referrers_.find(number.value);
    return found == referrers_.end() ? none : found->second;
}

namespace {
constexpr std::pair<Role, std::string_view> role_names[] = {{Role::officer, "officer"},
                                                            {Role::staff, "staff"},
                                                            {Role::manager, "manager"},
                                                            {Role::administrator, "administrator"},
                                                            {Role::server, "server"}};
}

std::string_view to_text(Role role) {
    for (const auto& [candidate, name] : role_names) {
        if (candidate == role) return name;
    }
    return "unknown";
}

std::optional<Role> role_from_text(std::string_view wanted) {
    for (const auto& [candidate, name] : role_names) {
        if (name == wanted) return candidate;
    }
    return std::nullopt;
}

}  // namespace tefter
