#pragma once
// Figures of one state of the facts, kept while it is the newest: many look at the same page, and each filter is computed once.

#include <map>
#include <memory>
#include <mutex>

#include "schema/domain/indicators.hpp"

namespace tefter::web {

/// Thread-safe.
class Computed {
public:
    using Overview = std::shared_ptr<const std::vector<IndicatorFigures>>;
    using Slices = std::shared_ptr<const std::vector<Slice>>;

    explicit Computed(std::shared_ptr<const Facts> facts) : facts_(std::move(facts)) {}
    const std::shared_ptr<const Facts>& facts() const { return facts_; }

    /// As the functions of the same names.
    Overview overview(const Filter& filter, Cut cut = Cut::none);
    Slices figures_of(const Indicator& indicator, const Filter& filter, Cut cut);

private:
    template <class Key, class Kept, class Compute>
    Kept kept(std::map<Key, Kept>& all, const Key& key, const Compute& compute);

    std::shared_ptr<const Facts> facts_;
    std::mutex mutex_;
    std::map<std::pair<Filter, Cut>, Overview> overviews_;
    std::map<std::tuple<std::string_view, Filter, Cut>, Slices> slices_;
};

}  // namespace tefter::web
