#pragma once
// The kiosk drawn without a window.

#include <imgui.h>

#include <catch2/catch_test_macros.hpp>

#include "kiosk/view/ui.hpp"

namespace tefter::test {

using namespace tefter::kiosk;

/// A context of Dear ImGui without a backend.
class Canvas {
public:
    Canvas() {
        IMGUI_CHECKVERSION();
        ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    }
    ~Canvas() { ImGui::DestroyContext(); }
    Canvas(const Canvas&) = delete;
    Canvas& operator=(const Canvas&) = delete;

    void resize(float width, float height, float measure, Look look) {
        ImGui::GetIO().DisplaySize = {width, height};
        if (measure != measure_) {
            fonts_ = load_fonts(*ImGui::GetIO().Fonts, measure);
            unsigned char* pixels = nullptr;
            int x = 0, y = 0;
            ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &x, &y);
        }
        measure_ = measure;
        apply_style(Theme::of(look), measure);
    }
    /// What did not fit in the last of some frames.
    std::vector<std::string> draw(Kiosk& kiosk, int frames = 4) {
        std::vector<std::string> cut;
        for (int i = 0; i < frames; ++i) {
            ImGui::GetIO().DeltaTime = 1.0F / 60;
            ImGui::NewFrame();
            Ui ui(kiosk, fonts_, measure_);
            kiosk::draw(ui);
            ImGui::Render();
            cut = ui.cut;
        }
        CHECK(ImGui::GetDrawData()->TotalVtxCount > 100);
        return cut;
    }
    void frame(Kiosk& kiosk) { draw(kiosk, 1); }
    /// As a finger does it: down, up, and a frame to see what came of it.
    void touch(Kiosk& kiosk, ImVec2 at) {
        ImGui::GetIO().AddMousePosEvent(at.x, at.y);
        ImGui::GetIO().AddMouseButtonEvent(0, true);
        draw(kiosk, 2);
        ImGui::GetIO().AddMouseButtonEvent(0, false);
        draw(kiosk, 2);
    }
    const Fonts& fonts() const { return fonts_; }

private:
    Fonts fonts_;
    float measure_ = 0;
};

}  // namespace tefter::test
