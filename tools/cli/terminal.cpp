#include "tools/cli/terminal.hpp"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iostream>

#include "schema/domain/passphrase.hpp"

namespace tefter {

namespace {

/// Echo off for as long as it lives.
class Quiet {
public:
    Quiet() {
        ::tcgetattr(STDIN_FILENO, &before_);
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Quiet() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

private:
    termios before_{};
};

std::string ask(const char* question) {
    std::cerr << question << std::flush;
    std::string line;
    {
        const Quiet quiet;
        std::getline(std::cin, line);
    }
    std::cerr << "\n";
    return line;
}

}  // namespace

Home Access::home() const {
    if (folder.empty()) throw Error(ErrorKind::usage, "The device's folder is not named; give it with --replica DIR.");
    return Home(folder);
}

std::string Access::passphrase(bool fresh) const {
    std::string out;
    if (!passphrase_file.empty()) {
        std::ifstream in(passphrase_file);
        if (!std::getline(in, out))
            throw Error(ErrorKind::usage, "The passphrase file " + passphrase_file + " cannot be read or is empty.");
    } else {
        if (::isatty(STDIN_FILENO) == 0) {
            throw Error(ErrorKind::usage, "A passphrase is needed and there is no terminal to ask at; give --passphrase-file FILE.");
        }
        out = ask("Passphrase: ");
        if (fresh && ask("Again: ") != out) throw Error(ErrorKind::usage, "The two passphrases differ; try again.");
    }
    if (out.empty()) throw Error(ErrorKind::usage, "The passphrase is empty; give one.");
    if (fresh) check_new_passphrase(out, least_on_devices);
    return out;
}

std::unique_ptr<Replica> Access::open(const Catalog& catalog, Opening opening) const {
    if (!home().has_replica()) {
        throw Error(ErrorKind::not_replica,
                    "There is no replica in " + folder + "; enrol this device with tefter --replica " + folder + " enrol CODE.");
    }
    return home().open(passphrase(false), catalog, system_environment(), opening);
}

namespace {

volatile std::sig_atomic_t interrupted = 0;  // the one thing that a signal may touch

void set_handler(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, nullptr);
}

}  // namespace

Progress::Progress() {
    interrupted = 0;
    set_handler([](int) { interrupted = 1; });
}

Progress::~Progress() {
    set_handler(SIG_DFL);
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
}

bool Progress::show(const std::string& line) {
    if (::isatty(STDERR_FILENO) != 0) {
        std::cerr << "\r\x1b[K" << line << std::flush;
        shown_ = true;
    }
    return interrupted == 0;
}

}  // namespace tefter
