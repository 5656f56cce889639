// tefter-kiosk: the window, the loop, and nothing else. It draws when something has happened, and sleeps otherwise.

#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>

#include <CLI/CLI.hpp>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "kiosk/view/ui.hpp"
#include "schema/domain/catalog_text.hpp"
#include "tools/program/program.hpp"

using namespace tefter;
using namespace tefter::kiosk;

namespace {

constexpr int settling_frames = 6;            // Dear ImGui needs some to come to rest after an event: a new child, its size, its focus
constexpr double longest_sleep_seconds = 30;  // to look at the clock for the lock
constexpr float reference_dpi = 96;

struct Window {
    GLFWwindow* handle = nullptr;
    ~Window() {
        if (handle != nullptr) glfwDestroyWindow(handle);
        glfwTerminate();
    }
};

/// Pixels of one unit of the design: what the system says, at least so large that 44 units are 9 mm of a screen that tells its size.
float measure_of(GLFWwindow* window, double text_size) {
    float scale = 1, ignored = 1;
    glfwGetWindowContentScale(window, &scale, &ignored);
    int width_mm = 0, height_mm = 0;
    GLFWmonitor* monitor = glfwGetPrimaryMonitor();
    const GLFWvidmode* mode = monitor != nullptr ? glfwGetVideoMode(monitor) : nullptr;
    if (monitor != nullptr) glfwGetMonitorPhysicalSize(monitor, &width_mm, &height_mm);
    const float dots_a_mm =
        mode != nullptr && width_mm > 100 ? static_cast<float>(mode->width) / static_cast<float>(width_mm) : scale * reference_dpi / 25.4F;
    return std::max(scale, 9 * std::min(dots_a_mm, 20.0F) / 44) * static_cast<float>(text_size);
}

class App {
public:
    App(const std::string& folder, const Catalog& catalog, int width, int height, bool full_screen, const std::string& frames_file,
        const std::string& sticks) {
        if (!frames_file.empty()) frames_.open(frames_file);
        if (glfwInit() != GLFW_TRUE)
            throw Error(ErrorKind::refused, "There is no display to open a window on; start the kiosk in a graphical session.");
        glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
        glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
        for (const int unused : {GLFW_DEPTH_BITS, GLFW_STENCIL_BITS, GLFW_ALPHA_BITS}) glfwWindowHint(unused, 0);
        GLFWmonitor* monitor = full_screen ? glfwGetPrimaryMonitor() : nullptr;
        window_.handle = glfwCreateWindow(width, height, "Tefter", monitor, nullptr);
        if (window_.handle == nullptr)
            throw Error(ErrorKind::refused, "This display cannot draw with OpenGL 3; install the system's graphics driver.");
        glfwSetWindowSizeLimits(window_.handle, 480, 400, GLFW_DONT_CARE, GLFW_DONT_CARE);
        glfwMakeContextCurrent(window_.handle);
        glfwSwapInterval(1);
        ImGui::CreateContext();
        ImGuiIO& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
        io.ConfigInputTextCursorBlink = false;  // at rest it rests
        ImGui_ImplGlfw_InitForOpenGL(window_.handle, true);
        ImGui_ImplOpenGL3_Init();
        kiosk_ = std::make_unique<Kiosk>(
            folder, catalog, [] { glfwPostEmptyEvent(); }, sticks);
    }
    ~App() {
        kiosk_.reset();
        if (ImGui::GetCurrentContext() == nullptr) return;
        ImGui_ImplOpenGL3_Shutdown();
        ImGui_ImplGlfw_Shutdown();
        ImGui::DestroyContext();
    }
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    void run() {
        int frames_left = settling_frames;
        while (glfwWindowShouldClose(window_.handle) == GLFW_FALSE) {
            if (frames_left > 0) glfwPollEvents();
            else glfwWaitEventsTimeout(sleep_seconds());
            const bool delivered = kiosk_->deliver();
            kiosk_->lock_if_idle(kiosk_->now_ms());
            const bool happened = something_happened();
            if (delivered || happened) frames_left = settling_frames;
            if (frames_left-- <= 0) continue;
            frame();
        }
    }

private:
    double sleep_seconds() const {
        double seconds = longest_sleep_seconds;
        const auto sooner = [&](std::int64_t at_ms) {
            if (at_ms != 0) seconds = std::clamp(static_cast<double>(at_ms - kiosk_->now_ms()) / 1000, 0.05, seconds);
        };
        sooner(kiosk_->idle_at_ms());
        if (kiosk_->patience.wait_until_ms() > kiosk_->now_ms()) seconds = std::min(seconds, 0.5);
        return seconds;
    }

    /// Input that waits in Dear ImGui's queue, or a window that was uncovered or resized.
    bool something_happened() {
        int width = 0, height = 0;
        glfwGetFramebufferSize(window_.handle, &width, &height);
        const bool resized = width != width_ || height != height_;
        width_ = width;
        height_ = height;
        const bool waits = kiosk_->patience.wait_until_ms() > kiosk_->now_ms();
        const int events = ImGui::GetCurrentContext()->InputEventsQueue.Size;
        if (events > 0) kiosk_->touched(kiosk_->now_ms());
        return events > 0 || resized || waits;
    }

    void frame() {
        const double began = glfwGetTime();
        const float measure = measure_of(window_.handle, kiosk_->settings.text_size);
        if (std::abs(measure - measure_) > 0.01F || kiosk_->settings.look != look_) {
            if (std::abs(measure - measure_) > 0.01F) {
                ImGui_ImplOpenGL3_DestroyFontsTexture();
                fonts_ = load_fonts(*ImGui::GetIO().Fonts, measure);
                ImGui_ImplOpenGL3_CreateFontsTexture();
                ImGui::GetIO().Fonts->ClearTexData();  // it is on the graphics card now
            }
            measure_ = measure;
            look_ = kiosk_->settings.look;
            apply_style(Theme::of(look_), measure);
        }
        kiosk_->refresh();
        ImGui_ImplOpenGL3_NewFrame();
        ImGui_ImplGlfw_NewFrame();
        ImGui::GetIO().DeltaTime = std::max(ImGui::GetIO().DeltaTime, 1e-4F);  // a clock that stands still
        ImGui::NewFrame();
        Ui ui(*kiosk_, fonts_, measure);
        draw(ui);
        ImGui::Render();
        const ImVec4 page = ImGui::ColorConvertU32ToFloat4(Theme::of(look_).page);
        glViewport(0, 0, width_, height_);
        glClearColor(page.x, page.y, page.z, 1);
        glClear(GL_COLOR_BUFFER_BIT);
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        glfwSwapBuffers(window_.handle);
        if (!frames_.is_open()) return;
        glFinish();
        frames_ << (glfwGetTime() - began) * 1000 << std::endl;
    }

    Window window_;
    std::unique_ptr<Kiosk> kiosk_;
    std::ofstream frames_;  ///< milliseconds of each, where they are asked for
    Fonts fonts_;
    float measure_ = 0;
    Look look_ = Look::light;
    int width_ = 0, height_ = 0;
};

/// Where programs of this user keep what is theirs (XDG base directories).
std::string users_folder() {
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') return std::string(data) + "/tefter";
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home != '/') throw Error(ErrorKind::usage, "The device's folder is not known; give it with --replica DIR.");
    return std::string(home) + "/.local/share/tefter";
}

}  // namespace

int main(int argc, char** argv) {
    close_to_others();
    std::string folder, frames_file, sticks;
    int width = 1280, height = 800;
    bool full_screen = false;
    CLI::App app{"The kiosk: register and check in people, offline."};
    app.add_option("--replica", folder, "the device's folder; by default tefter in the user's data");
    app.add_option("--width", width, "of the window")->capture_default_str()->check(CLI::Range(480, 8000));
    app.add_option("--height", height, "of the window")->capture_default_str()->check(CLI::Range(400, 8000));
    app.add_flag("--full-screen", full_screen, "covers the whole screen");
    app.add_option("--sticks", sticks, "a folder that is offered like a USB stick that is plugged in");
    app.add_option("--frames", frames_file, "a file that gets the milliseconds of each frame that is drawn");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        if (folder.empty()) folder = users_folder();
        std::setlocale(LC_CTYPE, "");  // the keyboard's letters; numbers stay as programs read them
        const Catalog catalog = load_built_in_catalog();
        App(folder, catalog, width, height, full_screen, frames_file, sticks).run();
        return 0;
    } catch (...) {
        return report_failure("tefter-kiosk");
    }
}
