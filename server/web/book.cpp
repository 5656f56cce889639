#include "server/web/book.hpp"

namespace tefter::web {

std::optional<Bytes> LocalBook::read(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = pages_.find(name);
    return found == pages_.end() ? std::nullopt : std::optional(found->second);
}

void LocalBook::change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work) {
    const std::lock_guard lock(mutex_);
    const auto found = pages_.find(name);
    std::optional<Bytes> page = work(found == pages_.end() ? std::nullopt : std::optional(found->second));
    if (page) pages_.insert_or_assign(name, std::move(*page));
    else if (found != pages_.end()) pages_.erase(found);
}

Book::Pages LocalBook::all(const std::string& prefix) {
    const std::lock_guard lock(mutex_);
    Pages out;
    for (auto at = pages_.lower_bound(prefix); at != pages_.end() && at->first.starts_with(prefix); ++at) out.insert(*at);
    return out;
}

}  // namespace tefter::web
