// A beekeepers' book on the engine, in C++. usage: hives CATALOG FOLDER enrol CODE | add NAME PLACE | inspect NAME DAY QUEEN GRAMS |
// list | sync   (the passphrase is in HIVES_PASSPHRASE)

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "engine/base/file.hpp"
#include "engine/client/home.hpp"

using namespace tefter;

namespace {

constexpr std::int64_t nobody = 0;  // who acted: a row of a table of people, where an application has one

std::int64_t hive_named(Replica& replica, const std::string& name) {
    const auto reader = replica.open_reader();
    Statement row = reader->prepare_once("SELECT id FROM hive WHERE name = ?1");
    row.bind(1, std::string_view(name));
    if (!row.step()) throw Error(ErrorKind::usage, "There is no hive of the name " + name + ".");
    return row.integer(0);
}

void add(Replica& replica, const std::string& name, const std::string& place) {
    Edit edit;
    edit.table = "hive";
    edit.scope = replica.catalog().find_scope("valley")->number;
    edit.key = {replica.new_id()};
    edit.values = {{"name", name}, {"place", place}};
    replica.write(nobody, {&edit, 1});  // durable when it returns
}

void inspect(Replica& replica, const std::string& name, const std::string& day, const std::string& queen, std::int64_t grams) {
    Edit edit;
    edit.table = "inspection";
    edit.key = {hive_named(replica, name), day};
    edit.values = {{"queen", queen}, {"honey_grams", grams}};
    replica.write(nobody, {&edit, 1});
}

void list(Replica& replica) {
    const auto reader = replica.open_reader();
    Statement row = reader->prepare_once(
        "SELECT name, place, day, queen, honey_grams FROM hive LEFT JOIN inspection ON inspection.hive = hive.id ORDER BY name, day");
    while (row.step()) {
        std::cout << row.text(0) << ", " << row.text(1);
        if (!row.is_null(2)) std::cout << ": " << row.text(2) << ", queen " << row.integer(3) << ", " << row.integer(4) << " g";
        std::cout << "\n";
    }
    std::cout << replica.unsent_changesets() << " to send\n";
}

void sync(const Home& home, Replica& replica) {
    const SyncReport report = home.sync(replica);
    std::cout << "sent " << report.changesets_sent << ", received " << report.changesets_received
              << (report.identical() ? "; identical with the server\n" : "\n");
}

int run(const std::vector<std::string>& words) {
    const char* passphrase = std::getenv("HIVES_PASSPHRASE");
    if (words.size() < 3 || passphrase == nullptr) throw Error(ErrorKind::usage, "See the head of hives.cpp.");
    const Catalog catalog = Catalog::parse(as_text(read_file(words[0], 1U << 20U)), words[0]);
    const Home home(words[1]);
    const std::string& what = words[2];
    if (what == "enrol" && words.size() == 4) {
        const auto replica = home.enrol(words[3], passphrase, catalog, system_environment());
        sync(home, *replica);
        return 0;
    }
    const auto replica = home.open(passphrase, catalog, system_environment(), Opening::to_work);
    if (what == "add" && words.size() == 5) add(*replica, words[3], words[4]);
    else if (what == "inspect" && words.size() == 7) inspect(*replica, words[3], words[4], words[5], std::stoll(words[6]));
    else if (what == "list") list(*replica);
    else if (what == "sync") sync(home, *replica);
    else throw Error(ErrorKind::usage, "See the head of hives.cpp.");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
