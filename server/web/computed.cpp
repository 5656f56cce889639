#include "server/web/computed.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t most = 256;  // of each; who asks for more pays for each time

}  // namespace

template <class Key, class Kept, class Compute>
Kept Computed::kept(std::map<Key, Kept>& all, const Key& key, const Compute& compute) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = all.find(key); found != all.end()) return found->second;
    }
    const Kept made = compute();  // without the lock: two who ask at once compute it twice rather than wait
    const std::lock_guard lock(mutex_);
    if (all.size() < most) all.emplace(key, made);
    return made;
}

Computed::Overview Computed::overview(const Filter& filter, Cut cut) {
    return kept(overviews_, {filter, cut},
                [&] { return std::make_shared<const std::vector<IndicatorFigures>>(tefter::overview(*facts_, filter, cut)); });
}

Computed::Slices Computed::figures_of(const Indicator& indicator, const Filter& filter, Cut cut) {
    return kept(slices_, {indicator.code, filter, cut},
                [&] { return std::make_shared<const std::vector<Slice>>(tefter::figures_of(*facts_, indicator, filter, cut)); });
}

}  // namespace tefter::web
