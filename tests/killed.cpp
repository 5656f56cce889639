// tefter-killed FOLDER PASSPHRASE-FILE KILLS: an office's programs, killed one after the other with SIGKILL at a random moment while they
// write and sync over the network: every second one at any moment from its start on, every other after its first acknowledged write. Prints
// every person whose writing was acknowledged to the program before it died, an id a line: KILLS / 2 at least, however slow the machine is.
// The key is derived once: a program that is killed is a child that has it.

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "engine/client/home.hpp"
#include "engine/keys/key_file.hpp"
#include "schema/domain/catalog_text.hpp"

using namespace tefter;

namespace {

constexpr int longest_life_ms = 60;

/// Until it is killed: people, one a changeset, and now and then a sync.
[[noreturn]] void work(const Home& home, const DatabaseKey& key, const Catalog& catalog, int acknowledge) {
    try {
        const std::unique_ptr<Replica> replica = home.open_with(key, catalog, system_environment());
        for (int turn = 0;; ++turn) {
            if (turn % 4 == 1) {
                try {
                    home.sync(*replica);
                } catch (const Error& error) {
                    if (error.kind() != ErrorKind::network) throw;  // the server is killed as well
                }
                continue;
            }
            const std::int64_t id = replica->new_id();
            Edit edit;
            edit.table = "person";
            edit.key = {id};
            edit.scope = catalog.find_scope("AL")->number;
            edit.values = {{"family_name", "Nr. " + std::to_string(turn)}, {"given_name", "K"}};
            replica->write(0, {&edit, 1});
            const std::string line = std::to_string(id) + "\n";
            if (::write(acknowledge, line.data(), line.size()) < 0) ::_exit(3);
        }
    } catch (const std::exception& error) {
        std::cerr << "a program that was to be killed ended by itself: " << error.what() << std::endl;
        ::_exit(3);
    }
}

int run(const std::string& folder, const std::string& passphrase_file, int kills) {
    const Home home(folder);
    const Catalog catalog = load_built_in_catalog();
    std::string passphrase;
    std::getline(std::ifstream(passphrase_file) >> std::ws, passphrase);
    const LockedKey key = KeyFile::load(home.keys()).open(passphrase);
    std::mt19937 chance{std::random_device{}()};
    std::uniform_int_distribution<int> life(0, longest_life_ms * 1000);
    for (int i = 0; i < kills; ++i) {
        int ends[2];
        if (::pipe(ends) != 0) return 1;
        const pid_t child = ::fork();
        if (child == 0) work(home, key, catalog, ends[1]);
        ::close(ends[1]);
        pollfd first_word{.fd = ends[0], .events = POLLIN, .revents = 0};
        if (i % 2 == 1) ::poll(&first_word, 1, -1);
        std::this_thread::sleep_for(std::chrono::microseconds(life(chance)));  // when it dies is chance; nothing waits for this
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) return 1;
        char piece[4096];
        for (ssize_t size = 0; (size = ::read(ends[0], piece, sizeof piece)) > 0;) std::cout.write(piece, size);
        ::close(ends[0]);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    try {
        return run(argv[1], argv[2], std::stoi(argv[3]));
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
