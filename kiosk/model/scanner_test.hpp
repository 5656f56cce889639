#pragma once
// What a scanner sends, to see in Settings: the letters, how long they took, and whether Enter came at the end.

#include <cstdint>
#include <string>

namespace tefter::kiosk {

struct ScannerTest {
    std::string typed;     ///< in the field now
    std::string sent;      ///< what came last
    bool entered = false;  ///< it ended with Enter

    /// Once a frame: `enter` came in it.
    void heard(std::int64_t now_ms, bool enter);
    std::int64_t took_ms() const { return last_ms_ - first_ms_; }
    std::size_t letters() const;

private:
    std::string before_;
    std::int64_t first_ms_ = 0, last_ms_ = 0;
};

}  // namespace tefter::kiosk
