#include "kiosk/model/scanner_test.hpp"

#include <algorithm>

namespace tefter::kiosk {

void ScannerTest::heard(std::int64_t now_ms, bool enter) {
    if (typed != before_ && !typed.empty()) {
        if (before_.empty()) first_ms_ = now_ms;
        last_ms_ = now_ms;
        sent = typed;
        entered = false;
    }
    before_ = typed;
    if (!enter || typed.empty()) return;
    entered = true;
    last_ms_ = now_ms;
    typed.clear();
    before_.clear();
}

std::size_t ScannerTest::letters() const {
    return static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace tefter::kiosk
