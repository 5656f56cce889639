#pragma once
// The log of who looked at what: a chain, in which each entry holds the hash of the one before. Its head goes into the synced rows
// from time to time, signed by the server's own device and carried away by every office; so what was altered, taken out or cut off
// before that moment shows, even to who holds the server.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/crypto.hpp"
#include "engine/store/database.hpp"

namespace tefter::web {

struct Access {
    std::int64_t at_ms = 0, user = 0;
    std::string name;     ///< of the user, as it was then
    std::string kind;     ///< view, export, sign_in, refused, restored, …
    std::string what;     ///< the table and key, or the format: never a personal value
    std::string address;  ///< of the client
    std::int64_t rows = 0;
};

struct NotedAccess {
    std::int64_t id = 0;  ///< its place: the first is 1, and none is left out
    Access access;
};

/// Where the log ends. `life`: another one after each restore from a backup, which may lack the last entries.
struct AccessHead {
    std::int64_t life = 0, id = 0;
    Hash hash{};
};
std::string to_text(const AccessHead& head);
/// None for a text that is no head.
std::optional<AccessHead> access_head_from_text(std::string_view text);

/// In a database that its caller locks.
class AccessLog {
public:
    /// Makes the table where there is none; entries from before the chain are chained as they stand.
    explicit AccessLog(Database& database);

    void add(const Access& access);
    /// The entry that would be the next one, as take() reads it.
    Bytes next(const Access& access);
    /// The next entry as another server wrote it; one that is here already is left. Throws ErrorKind::corrupt for one that does not follow
    /// from those before it, or is not the last one that is here.
    void take(BytesView entry);
    /// Each entry after that one, as take() reads it.
    void each_after(std::int64_t id, const std::function<void(std::int64_t id, BytesView entry)>& visit);
    /// Newest first, older than the entry with `before` when that is not 0.
    std::vector<NotedAccess> list(std::int64_t before, std::size_t at_most);
    AccessHead head();
    /// When the first entry after `id` was written; nothing: there is none.
    std::optional<std::int64_t> time_after(std::int64_t id);
    /// After a restore; the log says so.
    void begin_life(std::int64_t life, std::int64_t at_ms);

    /// Sentences that name the first entry that does not fit, and each anchor that the log does not lead through.
    std::vector<std::string> faults(std::span<const AccessHead> anchors);

private:
    void insert(const AccessHead& at, const Access& access);
    Database& database_;
};

}  // namespace tefter::web
