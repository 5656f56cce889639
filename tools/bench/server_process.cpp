#include "tools/bench/server_process.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "engine/base/error.hpp"

namespace tefter::bench {

namespace {

std::string program() { return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "tefter-server").string(); }

struct Child {
    pid_t process = 0;
    int output = -1;
};

Child start(const std::vector<std::string>& arguments, bool one_processor) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw Error(ErrorKind::internal, "There are no more pipes.");
    std::string name = program();
    std::vector<std::string> words = arguments;
    std::vector<char*> list{name.data()};
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        if (one_processor) {
            cpu_set_t first;
            CPU_ZERO(&first);
            CPU_SET(0, &first);
            ::sched_setaffinity(0, sizeof first, &first);
        }
        ::dup2(pipe[1], STDOUT_FILENO);
        ::close(pipe[0]);
        ::close(pipe[1]);
        ::execv(name.c_str(), list.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    return {child, pipe[0]};
}

/// Until `end` has come, or the program has ended.
std::string read_until(int output, std::string_view end) {
    std::string out;
    char letter = 0;
    while (!out.ends_with(end) || end.empty()) {
        if (::read(output, &letter, 1) != 1) break;
        out += letter;
    }
    return out;
}

}  // namespace

std::string run_server(const std::vector<std::string>& arguments) {
    const Child child = start(arguments, false);
    std::string out = read_until(child.output, "");
    ::close(child.output);
    int status = 0;
    ::waitpid(child.process, &status, 0);
    if (status != 0) throw Error(ErrorKind::internal, "tefter-server " + arguments.front() + " failed.");
    return out;
}

ServerProcess::ServerProcess(const std::string& data) {
    const Child child = start({"serve", "--data", data, "--listen", "127.0.0.1:0"}, true);
    process_ = child.process;
    const std::string line = read_until(child.output, "\n");
    ::close(child.output);
    const std::size_t at = line.find("https://");
    if (at == std::string::npos) throw Error(ErrorKind::internal, "tefter-server did not start.");
    address_ = line.substr(at + 8, line.size() - at - 9);
}

ServerProcess::~ServerProcess() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
}

double ServerProcess::peak_mb() const {
    std::ifstream in("/proc/" + std::to_string(process_) + "/status");
    for (std::string word; in >> word;) {
        double kilobytes = 0;
        if (word == "VmHWM:" && in >> kilobytes) return kilobytes / 1024;
    }
    return 0;
}

}  // namespace tefter::bench
