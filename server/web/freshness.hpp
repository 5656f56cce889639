#pragma once
// How fresh each office's rows are, by what the server saw and what the device said of itself at its last sync.

#include <string>
#include <vector>

#include "server/web/visit.hpp"

namespace tefter::web {

struct Freshness {
    Device device;
    std::int64_t synced_ms = 0;           ///< 0: never
    std::int64_t held_back = 0;           ///< changesets that the device had and the server did not take or get, by its own account
    std::optional<std::int64_t> catalog;  ///< the number of the device's catalog
};
std::vector<Freshness> freshness(Database& reader, const Catalog& catalog);

/// Older than this and figures of its scopes may still change.
inline constexpr std::int64_t stale_after_ms = 7LL * 24 * 3600 * 1000;

Markup freshness_card(const Visit& visit);
/// "Last synced 3 h ago" as a mark: good, or a warning.
Markup freshness_mark(const Visit& visit, const Freshness& one);

}  // namespace tefter::web
