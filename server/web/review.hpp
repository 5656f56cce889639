#pragma once
// What waits for a person's decision.

#include <mutex>
#include <vector>

#include "engine/store/database.hpp"
#include "schema/domain/duplicates.hpp"
#include "server/web/visit.hpp"

namespace tefter::web {

/// People who may be the same, proposed anew after a commit only: comparing all names takes longer than a page may. Thread-safe.
class Pairs {
public:
    std::vector<Pair> now(Database& reader, std::uint64_t commit);

private:
    std::mutex mutex_;
    std::vector<Pair> pairs_;
    std::uint64_t as_of_ = UINT64_MAX;
};

/// One of the pages under "To decide", by its address; `words` is the key of the sentence over it.
Response review(const Visit& visit, std::string_view address, std::string_view words, const Markup& inside, int status = 200);

}  // namespace tefter::web
