#pragma once
// What the servers of one set agree on beside the ledgers: invitations, secrets of those who sign in, facts of the set; each a sealed
// record with a name. And numbers that are given out once.

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "server/cluster/postgres.hpp"
#include "server/cluster/sealing.hpp"

namespace tefter {

/// Thread-safe; over a connection of its own.
class Records {
public:
    Records(const std::string& url, Sealing sealing) : database_(url), sealing_(std::move(sealing)) {}

    /// Makes the tables, where there are none.
    void create();
    bool any();
    std::optional<Bytes> read(const std::string& name);
    std::vector<std::string> names(const std::string& prefix);
    std::map<std::string, Bytes> all(const std::string& prefix);
    /// `work` gets what the record holds, and returns what it shall hold; nobody else changes it meanwhile. It may be called again
    /// when another server was faster; what it throws changes nothing.
    void change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work);
    void put(const std::string& name, BytesView value);

    enum class Numbers { row_blocks, devices, invitations };
    /// From this one on.
    void begin(Numbers which, std::int64_t first);
    /// Given once, whatever becomes of it.
    std::int64_t next(Numbers which);
    void destroy();

private:
    std::recursive_mutex mutex_;  // the work of change() may draw a number
    Postgres database_;
    Sealing sealing_;
};

}  // namespace tefter
