#pragma once
// Strong integer types: a device number cannot be passed where a position is meant.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>

namespace tefter {

/// An integer that only compares and copies with its own kind. `value` is public: codecs read and write it.
template <class Tag, class Representation>
struct Strong {
    Representation value{};
    constexpr Strong() = default;
    constexpr explicit Strong(Representation v) : value(v) {}
    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

using DeviceNumber = Strong<struct DeviceTag, std::uint32_t>;  ///< 1 … 2^18 - 1; never reused
using ScopeNumber = Strong<struct ScopeTag, std::uint32_t>;    ///< from the catalog; 1 is `shared`
using TableNumber = Strong<struct TableTag, std::uint32_t>;    ///< from the catalog; below 16 the engine's own
using GroupNumber = Strong<struct GroupTag, std::uint32_t>;    ///< within its table, from 1
using Sequence = Strong<struct SequenceTag, std::uint64_t>;    ///< of a changeset in a device's chain of one scope, from 1
using Position = Strong<struct PositionTag, std::uint64_t>;    ///< in a scope's ledger: 1, 2, 3, …
/// Tables that changed, with how many more rows each shows.
using Changed = std::map<TableNumber, std::int64_t>;
using RowId = Strong<struct RowIdTag, std::int64_t>;

inline constexpr unsigned device_bits = 18;
inline constexpr std::uint32_t max_device_number = (1U << device_bits) - 1;
/// A row id is the device that drew it, then a counter.
inline constexpr unsigned row_counter_bits = 45;
inline constexpr std::int64_t row_counter_mask = (std::int64_t{1} << row_counter_bits) - 1;
inline constexpr DeviceNumber server_device{1};  ///< the server writes the register of devices
inline constexpr ScopeNumber shared_scope{1};

}  // namespace tefter

template <class Tag, class Representation>
struct std::hash<tefter::Strong<Tag, Representation>> {
    std::size_t operator()(const tefter::Strong<Tag, Representation>& strong) const noexcept {
        return std::hash<Representation>{}(strong.value);
    }
};
