// The keyboard on the screen, touched as a finger does it.

#include <imgui_internal.h>

#include <catch2/catch_test_macros.hpp>

#include "kiosk/view/keyboard_view.hpp"
#include "tests/kiosk/canvas.hpp"
#include "tests/kiosk/room.hpp"

using namespace tefter;
using namespace tefter::kiosk;
using namespace tefter::test;

namespace {

constexpr float finger = 44;

void choose(Room& room, Language language) {
    Settings settings = room.kiosk().settings;
    settings.language = language;
    settings.keyboard = true;
    room.kiosk().change_settings(settings);
}

std::vector<PlacedKey> keys_of(Room& room, const Canvas& canvas, float measure) {
    return placed_keys(Ui(room.kiosk(), canvas.fonts(), measure));
}

ImVec2 middle(const PlacedKey& key) { return {(key.from.x + key.to.x) / 2, (key.from.y + key.to.y) / 2}; }

PlacedKey key_of(const std::vector<PlacedKey>& keys, Key::Kind kind) {
    const auto found = std::find_if(keys.begin(), keys.end(), [kind](const PlacedKey& one) { return one.key.kind == kind; });
    REQUIRE(found != keys.end());
    return *found;
}

}  // namespace

TEST_CASE("a passphrase is typed on the screen's keyboard in the letters of each language") {
    Room room;
    Canvas canvas;
    const struct { float width, height, measure; } sizes[] = {{1280, 800, 1}, {800, 480, 1}, {480, 800, 1}, {1280, 800, 1.45F}};
    for (const auto& size : sizes) {
        for (std::size_t i = 0; i < languages; ++i) {
            choose(room, static_cast<Language>(i));
            canvas.resize(size.width, size.height, size.measure, Look::light);
            std::string& typed = room.kiosk().unlocking.passphrase;
            std::vector<PlacedKey> keys = keys_of(room, canvas, size.measure);
            for (int tries = 0; keys.empty() && tries < 10; ++tries) {  // the field takes the focus as it appears
                canvas.frame(room.kiosk());
                keys = keys_of(room, canvas, size.measure);
            }
            INFO(size.width << "x" << size.height << " measure " << size.measure << " " << code_of(static_cast<Language>(i)));
            REQUIRE_FALSE(keys.empty());
            for (const PlacedKey& key : keys) {
                CHECK(key.to.x - key.from.x >= finger * size.measure - 1);
                CHECK(key.to.y - key.from.y >= finger * size.measure - 1);
                CHECK(key.from.x >= 0);
                CHECK(key.to.x <= size.width);
                CHECK(key.to.y <= size.height);
            }
            std::string wanted = typed;
            for (const PlacedKey& key : keys) {
                if (key.key.kind != Key::Kind::text) continue;
                canvas.touch(room.kiosk(), middle(key));
                wanted += key.key.text;
            }
            CHECK(typed == wanted);
            canvas.touch(room.kiosk(), middle(key_of(keys, Key::Kind::erase)));
            CHECK(typed == wanted.substr(0, wanted.size() - 1));  // the last one was a sign
            const float cursor = ImGui::GetCurrentContext()->PlatformImeData.InputPos.y;
            CHECK(cursor < keys.front().from.y);
        }
    }
}

TEST_CASE("capital letters, figures and the other script are a touch away; the keyboard can be put away") {
    Room room;
    Canvas canvas;
    choose(room, Language::sr_latn);
    canvas.resize(1280, 800, 1, Look::light);
    for (int i = 0; i < 6; ++i) canvas.frame(room.kiosk());
    std::string& typed = room.kiosk().unlocking.passphrase;
    const auto press = [&](Key::Kind kind) { canvas.touch(room.kiosk(), middle(key_of(keys_of(room, canvas, 1), kind))); };
    const auto first = [&] { press(Key::Kind::text); };
    first();
    press(Key::Kind::shift);
    first();
    first();
    press(Key::Kind::script);
    first();
    press(Key::Kind::page);
    first();
    press(Key::Kind::space);
    CHECK(typed == "qQqљ1 ");
    press(Key::Kind::hide);
    CHECK(keys_of(room, canvas, 1).empty());
}

TEST_CASE("the keyboard never covers the field that is typed in") {
    Room room;
    Canvas canvas;
    choose(room, Language::sq);
    canvas.resize(800, 480, 1, Look::light);
    room.unlock();
    room.kiosk().new_person();
    room.settle();
    std::size_t typed_in = 0;
    for (int i = 0; i < 40; ++i) {
        ImGui::GetIO().AddKeyEvent(ImGuiKey_Tab, true);
        canvas.frame(room.kiosk());
        ImGui::GetIO().AddKeyEvent(ImGuiKey_Tab, false);
        canvas.draw(room.kiosk());
        const std::vector<PlacedKey> keys = keys_of(room, canvas, 1);
        if (keys.empty()) continue;
        ++typed_in;
        const ImVec2 cursor = ImGui::GetCurrentContext()->PlatformImeData.InputPos;
        CHECK(cursor.y > 0);
        CHECK(cursor.y + 10 < keys.front().from.y);
    }
    CHECK(typed_in > 5);
}
