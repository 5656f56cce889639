#include "tools/benchmarks/server_process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/error.hpp"

namespace tefter::bench {

namespace {

std::string program(const char* name) { return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string(); }

struct Child {
    pid_t process = 0;
    int output = -1;
};

Child start(std::string name, const std::vector<std::string>& arguments, bool one_processor) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw Error(ErrorKind::internal, "There are no more pipes.");
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
        if (one_processor) ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);  // its log
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
    const Child child = start(program("tefter-server"), arguments, false);
    std::string out = read_until(child.output, "");
    ::close(child.output);
    int status = 0;
    ::waitpid(child.process, &status, 0);
    if (status != 0) throw Error(ErrorKind::internal, "tefter-server " + arguments.front() + " failed.");
    return out;
}

ServerProcess::ServerProcess(const std::string& data) {
    const Child child = start(program("tefter-server"), {"serve", "--data", data, "--listen", "127.0.0.1:0"}, true);
    process_ = child.process;
    const std::string line = read_until(child.output, "\n");
    ::close(child.output);
    const std::size_t at = line.find("https://");
    if (at == std::string::npos) throw Error(ErrorKind::internal, "tefter-server did not start.");
    address_ = line.substr(at + 8, line.size() - at - 9);
}

namespace {

void end(pid_t process) {
    ::kill(process, SIGTERM);
    ::waitpid(process, nullptr, 0);
}

double status_mb(pid_t process, std::string_view name) {
    std::ifstream in("/proc/" + std::to_string(process) + "/status");
    for (std::string word; in >> word;) {
        double kilobytes = 0;
        if (word == name && in >> kilobytes) return kilobytes / 1024;
    }
    return 0;
}

}  // namespace

ServerProcess::~ServerProcess() { end(process_); }

double ServerProcess::peak_mb() const { return status_mb(process_, "VmHWM:"); }

double ServerProcess::resident_mb() const { return status_mb(process_, "VmRSS:"); }

void ServerProcess::forget_peak() const { std::ofstream("/proc/" + std::to_string(process_) + "/clear_refs") << 5; }

PlainServer::PlainServer(const std::string& file) {
    const Child child = start(program("tefter-bench"), {"plain", "--file", file}, true);
    process_ = child.process;
    std::istringstream line(read_until(child.output, "\n"));
    ::close(child.output);
    std::string pin, authority;
    if (!(line >> address_.address >> pin >> authority)) throw Error(ErrorKind::internal, "The plain server did not start.");
    sodium_hex2bin(address_.pins.emplace_back().data(), sizeof(Pin), pin.data(), pin.size(), nullptr, nullptr, nullptr);
    std::ifstream in(authority);
    address_.authority.assign(std::istreambuf_iterator<char>(in), {});
}

PlainServer::~PlainServer() { end(process_); }

}  // namespace tefter::bench
