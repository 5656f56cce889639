#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "engine/base/error.hpp"
#include "tools/benchmarks/kiosk.hpp"

namespace tefter::bench {

namespace {

using Clock = std::chrono::steady_clock;

/// A program that ends with its owner.
class Child {
public:
    Child(std::vector<std::string> words, int kept = -1) {
        id_ = ::fork();
        if (id_ < 0) throw Error(ErrorKind::refused, "No further program can be started on this machine.");
        if (id_ > 0) return;
        if (kept >= 0) ::fcntl(kept, F_SETFD, 0);
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    ~Child() {
        if (id_ <= 0) return;
        ::kill(id_, SIGTERM);
        ::waitpid(id_, nullptr, 0);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    pid_t id() const { return id_; }
    bool over() {
        if (id_ > 0 && ::waitpid(id_, nullptr, WNOHANG) == id_) id_ = 0;
        return id_ == 0;
    }

private:
    pid_t id_ = 0;
};

bool installed(const char* program) { return std::system((std::string("command -v ") + program + " >/dev/null 2>&1").c_str()) == 0; }

void hands(const std::string& words) {
    if (std::system(("xdotool " + words + " >/dev/null").c_str()) != 0) throw Error(ErrorKind::refused, "xdotool cannot drive the window.");
}

/// Ticks of the processor that a process has used.
long ticks_of(pid_t id) {
    std::ifstream in("/proc/" + std::to_string(id) + "/stat");
    std::string all((std::istreambuf_iterator<char>(in)), {});
    std::istringstream fields(all.substr(all.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    long user = 0, system = 0;
    fields >> user >> system;
    return user + system;
}

double resident_mb(pid_t id) {
    std::ifstream in("/proc/" + std::to_string(id) + "/status");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
    }
    return 0;
}

/// Of that, the files of the driver that draws by the processor, and of the compiler that it needs: a graphics card has none.
double renderer_mb(pid_t id) {
    std::ifstream in("/proc/" + std::to_string(id) + "/smaps");
    double kilobytes = 0;
    bool of_renderer = false;
    for (std::string line; std::getline(in, line);) {
        if (line.find(" /") != std::string::npos || line.find("00:00 0") != std::string::npos) {
            of_renderer = line.find("libLLVM") != std::string::npos || line.find("_dri.so") != std::string::npos;
        } else if (of_renderer && line.starts_with("Rss:")) {
            kilobytes += std::stod(line.substr(4));
        }
    }
    return kilobytes / 1024;
}

/// What the kiosk wrote of its frames: a line each, `MS SCREEN`.
std::vector<double> frames_of(const std::string& file, std::size_t from = 0) {
    std::ifstream in(file);
    std::vector<double> out;
    for (std::string line; std::getline(in, line);) out.push_back(std::stod(line));
    if (from >= out.size()) return {};
    return {out.begin() + static_cast<std::ptrdiff_t>(from), out.end()};
}

/// Waits until the kiosk has drawn, and then drawn nothing for a while. False when it ended or never came to rest.
bool wait_for_rest(Child& kiosk, const std::string& file, std::size_t from) {
    std::size_t before = 0;
    for (int i = 0, still = 0; i < 1200; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        const std::size_t now = frames_of(file).size();
        still = now > from && now == before ? still + 1 : 0;
        before = now;
        if (still == 8) return true;
        if (kiosk.over()) return false;
    }
    return false;
}

}  // namespace

std::vector<Figure> measure_window(const KioskOptions& options) {
    if (!installed("Xvfb") || !installed("xdotool")) {
        std::cerr << "Xvfb and xdotool are not installed: what needs a window is not measured.\n";
        return {};
    }
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(ErrorKind::refused, "No pipe can be opened on this machine.");
    Child display({"Xvfb", "-displayfd", std::to_string(ends[1]), "-screen", "0", "1280x800x24", "-noreset"}, ends[1]);
    ::close(ends[1]);
    std::string number;
    for (char letter = 0; ::read(ends[0], &letter, 1) == 1 && letter != '\n';) number += letter;
    ::close(ends[0]);
    ::setenv("DISPLAY", (":" + number).c_str(), 1);
    ::setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1);
    ::setenv("LP_NUM_THREADS", "0", 1);  // one core draws

    const std::string kiosk_program = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "tefter-kiosk").string();
    const std::string frames = options.folder + "/frames";
    std::filesystem::remove(frames);
    std::vector<Figure> out;
    const auto began = Clock::now();
    Child kiosk({kiosk_program, "--replica", options.folder, "--frames", frames});
    while (frames_of(frames).empty() && !kiosk.over()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    out.push_back({"start to unlock screen", "s", std::chrono::duration<double>(Clock::now() - began).count(), 0.5});
    wait_for_rest(kiosk, frames, 0);
    hands("search --sync --onlyvisible --name '^Tefter$' windowfocus");
    std::size_t drawn = frames_of(frames).size();
    hands(std::string("type --delay 12 '") + kiosk_passphrase + "'");
    hands("key Return");
    wait_for_rest(kiosk, frames, drawn);
    // Every place on the rail, twice: frames that change everything.
    drawn = frames_of(frames).size();
    for (int round = 0; round < 2; ++round) {
        for (const int y : {48, 126, 204, 282, 360}) {
            const std::size_t before = frames_of(frames).size();
            hands("mousemove 52 " + std::to_string(y) + " click 1");
            wait_for_rest(kiosk, frames, before);
        }
    }
    std::vector<double> times = frames_of(frames, drawn);
    out.push_back(
        {"a frame that changes, median (llvmpipe, one core, " + std::to_string(times.size()) + " frames)", "ms", quantile(times, 0.5), 12});
    out.push_back({"a frame that changes, p95", "ms", quantile(times, 0.95), 0});
    const long before = ticks_of(kiosk.id());
    const int rest_seconds = 20;
    std::this_thread::sleep_for(std::chrono::seconds(rest_seconds));
    const double used = static_cast<double>(ticks_of(kiosk.id()) - before) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    out.push_back({"processor at rest, of a core", "%", 100 * used / rest_seconds, 0.2});
    out.push_back({"memory, resident", "MB", resident_mb(kiosk.id()), 120});
    out.push_back({"of it, the files of the driver that draws by the processor", "MB", renderer_mb(kiosk.id()), 0});
    return out;
}

}  // namespace tefter::bench
