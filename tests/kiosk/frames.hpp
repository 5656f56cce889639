#pragma once
// Every screen, in every language and size.

#include <catch2/catch_test_macros.hpp>

#include "tests/kiosk/canvas.hpp"
#include "tests/kiosk/room.hpp"

namespace tefter::test {

/// A window's size in pixels, and the pixels of one unit.
struct Size {
    float width, height, measure;
};
inline constexpr Size sizes[] = {{1280, 800, 1}, {800, 480, 1}, {480, 854, 1}, {3840, 2160, 2}, {1280, 800, 1.45F}};

/// Draws every screen that `prepare` opens, in every language at every size, in changing looks: nothing is cut.
template <class Screens, class Prepare>
void check_frames(Canvas& canvas, kiosk::Kiosk& kiosk, const Screens& screens, Prepare prepare) {
    for (const Size& size : sizes) {
        for (std::size_t i = 0; i < languages; ++i) {
            kiosk::Settings settings = kiosk.settings;
            settings.language = static_cast<Language>(i);
            settings.look = static_cast<kiosk::Look>(i % 3);
            kiosk.change_settings(settings);
            canvas.resize(size.width, size.height, size.measure, settings.look);
            for (const auto& screen : screens) {
                prepare(screen);
                for (const std::string& words : canvas.draw(kiosk)) {
                    FAIL_CHECK("\"" << words << "\" is cut at " << size.width << "x" << size.height << " measure " << size.measure << ", "
                                    << code_of(settings.language) << ", screen " << static_cast<int>(kiosk.screen));
                }
            }
        }
    }
}

}  // namespace tefter::test
