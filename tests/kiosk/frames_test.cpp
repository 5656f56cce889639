// Every screen in every language at several sizes, drawn without a window: nothing is cut, no letter is missing.

#include <imgui_internal.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/kiosk/frames.hpp"

using namespace tefter;
using namespace tefter::kiosk;
using namespace tefter::test;

TEST_CASE("every letter of every text can be drawn") {
    Canvas canvas;
    canvas.resize(1280, 800, 1, Look::light);
    const Texts texts;
    const auto check = [&](const ImFont* font, const std::string& words) {
        const char* at = words.c_str();
        while (*at != 0) {
            unsigned int letter = 0;
            at += ImTextCharFromUtf8(&letter, at, nullptr);
            INFO(words << ": U+" << std::hex << letter);
            CHECK(font->FindGlyphNoFallback(static_cast<ImWchar>(letter)) != nullptr);
        }
    };
    // What the views write between the texts: each letter of a string that is not ASCII.
    std::string written;
    for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(TEFTER_SOURCE_DIR) / "kiosk/view")) {
        std::ifstream in(file.path());
        for (std::string line; std::getline(in, line);) {
            const std::string code = line.substr(0, line.find("//"));
            std::copy_if(code.begin(), code.end(), std::back_inserter(written),
                         [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
        }
    }
    REQUIRE(written.find("·") != std::string::npos);
    for (const ImFont* font : {canvas.fonts().small, canvas.fonts().body, canvas.fonts().strong, canvas.fonts().title}) {
        for (const auto& [key, words] : texts.all()) {
            for (const std::string& one : words) check(font, one);
        }
        check(font, written);
        check(font, "ÁáĆćČčĐđĖëŠšŽžЃѓЅѕЈјЉљЊњЌќЏџЀѐЍѝЄє ÇçËë „“”’–—… ·");
        for (const char* symbol : {icon::home, icon::check, icon::badge, icon::undo}) check(font, symbol);
    }
}

TEST_CASE("every screen fits in every language and size, in every look") {
    Room room;
    Canvas canvas;
    Kiosk& kiosk = room.kiosk();
    room.unlock();
    const auto prepare = [&](Screen screen) {
        if (screen == Screen::activity || screen == Screen::check_in || screen == Screen::course || screen == Screen::internship ||
            screen == Screen::study_tour) {
            kiosk.activity.open("TR-90");
            kiosk.screen = screen;
            room.until([&] { return kiosk.activity.loaded && !kiosk.activities.lines.empty(); });
            room.settle();
            kiosk.course.editing = screen == Screen::course && !kiosk.course.editing;  // one time the form, one time the list
            if (screen == Screen::internship && !kiosk.internship.editing) kiosk.internship.begin(room.ids[0], "Šukalović Ana");
            else kiosk.internship.editing = false;
            if (screen == Screen::study_tour && !kiosk.study_tour.editing) kiosk.study_tour.edit(kiosk.study_tour.days.front());
            else kiosk.study_tour.editing = false;
        } else if (screen == Screen::activity_form) {
            kiosk.activity_form.begin(*kiosk.desk, "2026-03-16");
            kiosk.screen = screen;
        } else if (screen == Screen::person) {
            kiosk.open_person(room.ids[1]);
            room.until([&] { return kiosk.person.loaded; });
        } else {
            kiosk.screen = screen;
        }
        room.settle();
    };
    const Screen screens[] = {Screen::today,  Screen::activities, Screen::activity,      Screen::check_in,   Screen::course,
                              Screen::course, Screen::internship, Screen::internship,    Screen::study_tour, Screen::study_tour,
                              Screen::people, Screen::person,     Screen::activity_form, Screen::registers,  Screen::review,
                              Screen::send,   Screen::settings};
    check_frames(canvas, kiosk, screens, prepare);
    kiosk.pins.keep("Tirana", hash_of_pin("2468"));
    kiosk.pins.keep("Mirjana Šukalović-Petrović", hash_of_pin("1357"));
    check_frames(canvas, kiosk, std::array{Screen::people}, [&](Screen) {
        kiosk.cover();
        kiosk.covering.problem = kiosk.texts("cover.wrong", {"Mirjana Šukalović-Petrović", "4"});
    });
    kiosk.lock();
    room.unlock();
    check_frames(canvas, kiosk, std::array{Screen::settings}, [&](Screen screen) {
        kiosk.screen = screen;
        kiosk.officers.begin(OfficersModel::Form::pin, kiosk.officer);
    });
    kiosk.lock();
    CHECK(canvas.draw(kiosk).empty());
    kiosk.unlocking.first_start = true;
    for (std::size_t i = 0; i < languages; ++i) {
        kiosk.texts.choose(static_cast<Language>(i));
        CHECK(canvas.draw(kiosk) == std::vector<std::string>{});
    }
}
