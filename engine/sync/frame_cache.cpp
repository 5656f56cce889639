#include "engine/sync/frame_cache.hpp"

#include <sodium.h>

namespace tefter {

namespace {

std::size_t size_of(const FrameCache::Frame& frame) {
    constexpr std::size_t around = 192;  // the nodes of the map and of the queue
    return frame.bytes.size() + around;
}

}  // namespace

FrameCache::Frame::~Frame() { sodium_memzero(bytes.data(), bytes.size()); }

bool FrameCache::is_of_now(std::uint64_t rewritten) {
    if (rewritten > rewritten_) {
        frames_.clear();
        order_.clear();
        bytes_ = 0;
        rewritten_ = rewritten;
    }
    return rewritten == rewritten_;
}

std::shared_ptr<const FrameCache::Frame> FrameCache::find(std::uint64_t rewritten, ScopeNumber scope, Position position) {
    const std::lock_guard lock(mutex_);
    if (!is_of_now(rewritten)) return nullptr;
    const auto found = frames_.find({scope, position});
    return found == frames_.end() ? nullptr : found->second;
}

void FrameCache::keep(std::uint64_t rewritten, ScopeNumber scope, Position position, std::shared_ptr<const Frame> frame) {
    const std::lock_guard lock(mutex_);
    const std::size_t size = size_of(*frame);
    if (!is_of_now(rewritten) || size > max_bytes_) return;
    const auto [place, is_new] = frames_.try_emplace({scope, position}, std::move(frame));
    if (!is_new) return;
    order_.push_back(place->first);
    bytes_ += size;
    while (bytes_ > max_bytes_) {
        const auto first = frames_.find(order_.front());
        bytes_ -= size_of(*first->second);
        frames_.erase(first);
        order_.pop_front();
    }
}

std::size_t FrameCache::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

}  // namespace tefter
