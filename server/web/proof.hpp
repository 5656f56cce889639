#pragma once
// The signed changes behind a row: found in the ledgers, with their place in their author's chain, and checked.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/ledger.hpp"
#include "engine/store/rows.hpp"

namespace tefter::web {

struct SignedChange {
    Version version;
    std::int64_t actor = 0;  ///< row id of the person who acted
    Op op = Op::put;
    struct Values {
        GroupNumber group;
        std::vector<OwnedValue> values;
    };
    std::vector<Values> groups;
    std::size_t replaces = 0;  ///< leaves that its author had seen and replaced
    bool stands = false;       ///< nobody has replaced it
    ScopeNumber scope;
    Sequence sequence;
    Position position;  ///< of its segment in the ledger
    Hash head{};        ///< of the chain behind the segment: what the device signed
    std::string fault;  ///< empty: the chain from its beginning to here is whole, and the device signed it
};

struct Behind {
    std::vector<SignedChange> changes;
    bool compacted = false;  ///< there were others
};

/// Where each device's chain goes through the ledgers, checked once from its beginning and then only onwards. Thread-safe.
class Chains {
public:
    /// All changes of a row that its leaves lead back to, newest first, 200 at most, as far as the ledger has not been compacted. `reader`
    /// must be of the server.
    Behind behind(Database& reader, const Catalog& catalog, const Table& table, Cells key);

private:
    struct Link {
        Position position;
        Sequence first;
        Version first_version;
        Hash before{}, after{};
        std::string fault;
    };
    struct Walked {
        Position position;
        std::map<DeviceNumber, std::vector<Link>> links;
    };
    void walk(Database& reader, const Catalog& catalog, ScopeNumber scope);
    std::optional<Link> find(ScopeNumber scope, Version version);

    std::mutex mutex_;
    std::map<ScopeNumber, Walked> scopes_;
};

}  // namespace tefter::web
