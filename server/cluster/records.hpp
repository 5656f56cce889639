#pragma once
// What the servers of one set agree on beside the ledgers: invitations, secrets of those who sign in, facts of the set; each a sealed
// record with a name. A log that they write together. And numbers that are given out once.

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
    std::map<std::string, Bytes> all(const std::string& prefix);
    /// `work` gets what the record holds, and returns what it shall hold; nobody else changes it meanwhile. It may be called again
    /// when another server was faster; what it throws changes nothing.
    void change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work);
    void put(const std::string& name, BytesView value);

    /// The log: each entry from that place on, which must be there, goes to `take`, in order; what `next` returns then, with its place, is
    /// appended, and nobody else appends meanwhile. Both may be called again, from the same place on. Without `next`: what is there just now.
    void go_on(std::int64_t known, const std::function<void(BytesView)>& take, const std::function<std::pair<std::int64_t, Bytes>()>& next);
    using EachEntry = std::function<void(std::int64_t place, BytesView entry)>;
    /// The log from its beginning, as `entries` gives it.
    void begin_log(const std::function<void(const EachEntry&)>& entries);

    enum class Numbers { row_blocks, devices, invitations };
    /// From this one on.
    void begin(Numbers which, std::int64_t first);
    /// Given once, whatever becomes of it.
    std::int64_t next(Numbers which);
    void destroy();

private:
    /// In a transaction, again where another server was faster. What `work` throws changes nothing.
    void within(const std::function<void()>& work);
    void append(std::int64_t place, BytesView entry);
    void read_from(std::int64_t place, const std::function<void(BytesView)>& take);
    /// Holds the row of that name, which is made where there is none, until the transaction ends; and what it holds.
    std::optional<Bytes> hold(const std::string& name);
    std::recursive_mutex mutex_;  // the work of change() may draw a number
    Postgres database_;
    Sealing sealing_;
};

}  // namespace tefter
