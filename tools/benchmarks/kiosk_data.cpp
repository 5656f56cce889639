#include <sodium.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "engine/keys/key_file.hpp"
#include "engine/store/replica.hpp"
#include "kiosk/model/activity_model.hpp"
#include "schema/domain/reference.hpp"
#include "tools/benchmarks/kiosk.hpp"

namespace tefter::bench {

namespace {

constexpr std::int64_t people_in_activity = 50, sessions_in_activity = 8;
constexpr std::int64_t attendances_a_person = 10;

/// Names that are as many, and as alike, as those of a region.
class Names {
public:
    explicit Names(std::uint64_t seed) : random_(seed) {}
    std::string family() { return word(2, {"ić", "ović", "ski", "i", "aj", "oska", "ević", "u"}); }
    std::string given() { return word(1, {"a", "an", "ir", "ana", "en", "im", "ela", "on"}); }
    std::size_t below(std::size_t end) { return random_() % end; }

private:
    std::string word(int syllables, const std::vector<std::string>& ends) {
        static constexpr std::array first{"B", "Č", "D", "Dž", "F", "G", "H", "K", "L",  "M",
                                          "N", "P", "R", "S",  "Š", "T", "V", "Z", "Gj", "Xh"};
        static constexpr std::array middle{"ar", "el", "im", "or", "uk", "et", "an", "iš", "ov", "ad", "er", "ul", "in", "ak", "es"};
        std::string out = first[below(first.size())];
        for (int i = 0; i < syllables; ++i) out += middle[below(middle.size())];
        return out + ends[below(ends.size())];
    }
    std::mt19937_64 random_;
};

class Writer {
public:
    Writer(Replica& replica, ScopeNumber scope) : replica_(replica), scope_(scope) {}

    void add(Edit edit, bool chooses_scope) {
        if (chooses_scope) edit.scope = scope_;
        edits_.push_back(std::move(edit));
        if (edits_.size() == 5000) flush();
    }
    void flush() {
        replica_.write(0, edits_);
        edits_.clear();
    }

private:
    Replica& replica_;
    ScopeNumber scope_;
    std::vector<Edit> edits_;
};

Edit row(const char* table, std::vector<OwnedValue> key, std::vector<std::pair<std::string, OwnedValue>> values) {
    Edit edit;
    edit.table = table;
    edit.key = std::move(key);
    edit.values = std::move(values);
    return edit;
}

void fill(Replica& replica, const KioskOptions& options, ScopeNumber scope) {
    Names names(options.seed);
    Writer writer(replica, scope);
    std::vector<std::int64_t> ids;
    for (std::int64_t i = 0; i < options.people; ++i) {
        ids.push_back(replica.new_id());
        writer.add(row("person", {ids.back()},
                       {{"family_name", names.family()},
                        {"given_name", names.given()},
                        {"badge", "B-" + std::to_string(100'000 + i)},
                        {"institution_text", "Prosecution Office " + std::to_string(names.below(300))},
                        {"birth_date", std::to_string(1955 + names.below(45))}}),
                   true);
    }
    const std::int64_t activities = options.people * attendances_a_person / (people_in_activity * sessions_in_activity);
    const std::string today = local_day(replica.environment().now_ms());
    for (std::int64_t a = 0; a < activities; ++a) {
        const std::string code = "TR-" + std::to_string(1000 + a);
        const std::string day = a < 3 ? today : kiosk::days_after(today, static_cast<int>(-(a % 2000)));
        writer.add(row("activity", {code},
                       {{"kind", "training"},
                        {"title", "Training " + std::to_string(a)},
                        {"starts_on", day},
                        {"ends_on", day},
                        {"place", "Tirana"}}),
                   true);
        for (std::int64_t s = 1; s <= sessions_in_activity; ++s)
            writer.add(row("session", {code, s}, {{"half_days", std::int64_t{1}}}), false);
        for (std::int64_t p = 0; p < people_in_activity; ++p) {
            const std::int64_t person = ids[static_cast<std::size_t>((a * 37 + p * 211) % options.people)];
            writer.add(kiosk::enrolling(code, person), false);
            for (std::int64_t s = 1; s <= sessions_in_activity; ++s)
                writer.add(kiosk::marking(code, person, s, kiosk::Mark::present, replica.environment().now_ms(), "list"), false);
        }
        if (a % 50 == 0) std::cerr << "\rMaking the replica: " << 100 * a / activities << " %" << std::flush;
    }
    writer.flush();
    std::cerr << "\rMade the replica.            \n";
}

}  // namespace

void make_kiosk_data(const KioskOptions& options, const Catalog& catalog) {
    namespace fs = std::filesystem;
    const std::string whole = options.folder + "/made";
    const std::string wanted = std::to_string(options.people) + " people, seed " + std::to_string(options.seed) + ", catalog " +
                               std::to_string(catalog.number()) + "\n";
    std::ifstream in(whole);
    if (std::string((std::istreambuf_iterator<char>(in)), {}) == wanted) return;
    if (fs::exists(options.folder) && !fs::is_empty(options.folder) && !fs::exists(options.folder + "/replica.db"))
        throw Error(ErrorKind::usage, "The folder " + options.folder + " holds other things; name an empty one.");
    fs::create_directories(options.folder);
    for (const char* name : {"/made", "/replica.db", "/replica.db-journal", "/replica.db.writer", "/keys"})
        fs::remove(options.folder + name);

    DatabaseKey key{};
    randombytes_buf(key.data(), key.size());
    KeyFile slots;
    slots.lock("Officer", kiosk_passphrase, key, slot_floor);
    slots.save(options.folder + "/keys");
    Identity identity;
    identity.device = server_device;  // who may write reference data
    crypto_sign_keypair(identity.server_key.data(), identity.secret.data());
    identity.office = "Tirana";
    identity.role = Role::server;
    for (const char* scope : {"shared", "regional", "AL"}) identity.scopes.push_back(catalog.find_scope(scope)->number);
    const std::string path = options.folder + "/replica.db";
    Replica::create(path, key, catalog, identity, JournalMode::rollback);
    Replica replica(path, key, catalog, system_environment(), JournalMode::rollback);
    replica.write(0, reference_data(replica));
    fill(replica, options, identity.scopes.back());
    // Sealed, as after a sync that was carried away: unsent bytes of a million rows are not what an office has.
    for (const ScopeNumber scope : identity.scopes) replica.segments_to_send(scope);
    std::ofstream(whole) << wanted;
}

}  // namespace tefter::bench
