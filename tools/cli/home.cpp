#include "tools/cli/home.hpp"

#include <termios.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

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

std::string Home::passphrase(bool twice) const {
    std::string out;
    if (!passphrase_file.empty()) {
        std::ifstream in(passphrase_file);
        if (!std::getline(in, out)) throw Error(ErrorKind::usage, "The passphrase file " + passphrase_file + " cannot be read or is empty.");
    } else {
        if (::isatty(STDIN_FILENO) == 0) {
            throw Error(ErrorKind::usage, "A passphrase is needed and there is no terminal to ask at; give --passphrase-file FILE.");
        }
        out = ask("Passphrase: ");
        if (twice && ask("Again: ") != out) throw Error(ErrorKind::usage, "The two passphrases differ; try again.");
    }
    if (out.empty()) throw Error(ErrorKind::usage, "The passphrase is empty; give one.");
    return out;
}

std::unique_ptr<Replica> Home::open(const Catalog& catalog) const {
    if (!std::filesystem::exists(database())) {
        throw Error(ErrorKind::not_replica, "There is no replica in " + folder + "; enrol this device with tefter --replica " + folder + " enrol CODE.");
    }
    const LockedKey key = KeyFile::load(keys()).open(passphrase(false));
    return std::make_unique<Replica>(database(), key, catalog, system_environment(), JournalMode::rollback);
}

void Home::destroy() const {
    namespace fs = std::filesystem;
    const auto size = fs::file_size(keys());
    {
        std::ofstream out(keys(), std::ios::binary | std::ios::in);
        for (std::uintmax_t i = 0; i < size; ++i) out.put('\0');
    }
    for (const std::string& file : {keys(), database(), database() + "-journal"}) fs::remove(file);
}

}  // namespace tefter
