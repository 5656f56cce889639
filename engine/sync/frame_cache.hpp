#pragma once
// Entries of the ledgers as devices were given them lately: what one office brings is read and decrypted once for all others.

#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "engine/base/bytes.hpp"
#include "engine/base/types.hpp"

namespace tefter {

/// For all threads of a server. `rewritten` is what Ledger::rewritten() said before the entry was read: frames of before an erasure or a
/// compaction are gone as soon as somebody comes who knows of it, and none of them gets in again.
class FrameCache {
public:
    struct Frame {
        Frame(DeviceNumber author, Sequence end, Bytes whole) : device(author), last(end), bytes(std::move(whole)) {}
        ~Frame();  ///< overwrites the bytes
        Frame(const Frame&) = delete;
        Frame& operator=(const Frame&) = delete;

        const DeviceNumber device;
        const Sequence last;
        Bytes bytes;  ///< of a SegmentFrame, as it is sent
    };

    explicit FrameCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Nothing where it is not here.
    std::shared_ptr<const Frame> find(std::uint64_t rewritten, ScopeNumber scope, Position position);
    /// Those that came first make room. One that is larger than all the room is not kept.
    void keep(std::uint64_t rewritten, ScopeNumber scope, Position position, std::shared_ptr<const Frame> frame);
    /// Of the frames and of what holds them; never more than `max_bytes`.
    std::size_t bytes() const;

private:
    using Place = std::pair<ScopeNumber, Position>;
    bool is_of_now(std::uint64_t rewritten);

    const std::size_t max_bytes_;
    mutable std::mutex mutex_;
    std::uint64_t rewritten_ = 0;
    std::size_t bytes_ = 0;
    std::map<Place, std::shared_ptr<const Frame>> frames_;
    std::deque<Place> order_;
};

}  // namespace tefter
