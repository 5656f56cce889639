#pragma once
// How fresh each office's rows are, by what the server saw and what the device said of itself at its last sync.

#include <string>
#include <vector>

#include "engine/store/ledger.hpp"
#include "server/web/visit.hpp"

namespace tefter::web {

struct Freshness {
    Device device;
    Contact contact;  ///< synced at 0: never
};
std::vector<Freshness> freshness(Database& reader, const Catalog& catalog);

/// Older than this and figures of its scopes may still change.
inline constexpr std::int64_t stale_after_ms = 7LL * 24 * 3600 * 1000;

/// A scope that offices are chosen for: not one that belongs to every office.
bool is_chosen(const Scope& scope);
/// The names of those that it holds, for people.
std::string scopes_of(const Visit& visit, const Device& device);

Markup freshness_card(const Visit& visit);
/// "Last synced 3 h ago" as a mark: good, or a warning.
Markup freshness_mark(const Visit& visit, const Freshness& one);

}  // namespace tefter::web
