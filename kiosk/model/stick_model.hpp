#pragma once
// Send and receive by a USB stick: what the office wrote goes into a sealed file, and what others wrote comes out of one.

#include <atomic>
#include <memory>

#include "kiosk/model/desk.hpp"
#include "kiosk/model/media.hpp"

namespace tefter::kiosk {

/// In the history of syncs: how it went.
inline constexpr const char* by_stick = "stick";

struct StickModel {
    enum class Work { none, writing, reading };
    struct Progress {
        std::size_t changes = 0, bytes = 0, known = 0, held = 0, refused = 0;
        std::int64_t people = 0;  ///< new ones
    };
    std::vector<Medium> media;
    std::size_t chosen = 0;
    bool looked = false;
    Work work = Work::none, last = Work::none;  ///< what runs, and what ran before
    int works = 0;                              ///< that are over
    Progress progress;
    std::string file;     ///< that is written or read
    std::string problem;  ///< of the last work; empty when it went well
    std::shared_ptr<std::atomic<bool>> cancelled;

    void look(const std::string& more);
    const Medium* medium() const { return chosen < media.size() ? &media[chosen] : nullptr; }
    /// All that the server has not confirmed, for the server and for staff.
    void write_to(Desk& desk, const std::string& folder);
    void read_from(Desk& desk, const std::string& path);
    void cancel() const {
        if (cancelled) *cancelled = true;
    }

private:
    void start(Work what, const std::string& path);
    void ended(const std::string& sentence);
};

}  // namespace tefter::kiosk
