#pragma once
// A device's folder with an activity and some people, and a kiosk at it without a window.

#include <sodium.h>

#include <semaphore>

#include "engine/keys/key_file.hpp"
#include "kiosk/model/kiosk.hpp"
#include "schema/domain/catalog_text.hpp"
#include "schema/domain/reference.hpp"
#include "tests/offices.hpp"

namespace tefter::test {

inline constexpr const char* passphrase = "a passphrase for tests";

class Room {
public:
    Room() : catalog(load_built_in_catalog()) {
        DatabaseKey key{1, 2, 3};
        KeyFile slots;
        slots.lock("Tirana", passphrase, key, slot_floor);
        slots.save(folder.file("keys"));
        Identity identity;
        identity.device = server_device;  // who may write reference data
        crypto_sign_keypair(identity.server_key.data(), identity.secret.data());
        identity.office = "Tirana";
        identity.role = Role::server;
        for (const char* scope : {"shared", "regional", "AL"}) identity.scopes.push_back(catalog.find_scope(scope)->number);
        Replica::create(folder.file("replica.db"), key, catalog, identity, JournalMode::rollback);
        Replica replica(folder.file("replica.db"), key, catalog, system_environment(), JournalMode::rollback);
        replica.write(0, reference_data(replica));
        fill(replica);
        kiosk_ = std::make_unique<kiosk::Kiosk>(folder.path().string(), catalog, [this] { woken_.release(); });
    }

    kiosk::Kiosk& kiosk() { return *kiosk_; }
    /// Delivers what workers find until `done`. An event that never comes is the test's time-out.
    void until(const std::function<bool()>& done) {
        kiosk_->refresh();
        while (!done()) {
            woken_.acquire();
            kiosk_->deliver();
            kiosk_->refresh();
        }
    }
    void unlock() {
        kiosk_->unlocking.passphrase = passphrase;
        kiosk_->unlock();
        until([this] { return kiosk_->desk && kiosk_->people; });
    }
    void open_door() {
        kiosk_->open_activity("TR-90", kiosk::Screen::check_in);
        until([this] { return kiosk_->activity.loaded && kiosk_->people; });
    }
    /// All that was asked of the writing thread is done and shown.
    void settle() {
        bool done = false;
        kiosk_->desk->work([&done](Replica&) -> kiosk::Shown { return [&done] { done = true; }; });
        until([&done] { return done; });
        done = false;
        kiosk_->desk->read([](Database&) { return 0; }, [&done](int) { done = true; });
        until([&done] { return done; });
    }

    Catalog catalog;
    Folder folder;

private:
    void fill(Replica& replica) {
        const std::string today = local_day(replica.environment().now_ms());
        std::vector<Edit> edits;
        const auto add = [&](const char* table, std::vector<OwnedValue> key, std::vector<std::pair<std::string, OwnedValue>> values,
                             bool scoped = false) {
            Edit edit;
            edit.table = table;
            edit.key = std::move(key);
            edit.values = std::move(values);
            if (scoped) edit.scope = catalog.find_scope("AL")->number;
            edits.push_back(std::move(edit));
        };
        add("activity", {"TR-90"},
            {{"kind", "training"}, {"title", "Electronic evidence"}, {"starts_on", today}, {"ends_on", today}, {"place", "Tirana"}}, true);
        for (std::int64_t number = 1; number <= 4; ++number) add("session", {"TR-90", number}, {{"half_days", 1}});
        const char* names[][3] = {{"Šukalović", "Ana", "B-1001"},
                                  {"Hoxha", "Arta", "B-1002"},
                                  {"Gjergji", "Shkëlzen", "B-1003"},
                                  {"Петровић", "Зоран", "B-1004"},
                                  {"Basha", "Ilir", "B-1005"}};
        for (std::size_t i = 0; i < std::size(names); ++i) {
            ids.push_back(replica.new_id());
            add("person", {ids[i]},
                {{"family_name", names[i][0]},
                 {"given_name", names[i][1]},
                 {"badge", names[i][2]},
                 {"institution_text", "Court of Durrës"},
                 {"birth_date", "1984"}},
                true);
            if (i < 4) add("enrolment", {ids[i], "TR-90"}, {{"state", "accepted"}, {"role", "participant"}});
        }
        replica.write(0, edits);
    }

    std::counting_semaphore<> woken_{0};
    std::unique_ptr<kiosk::Kiosk> kiosk_;

public:
    std::vector<std::int64_t> ids;  ///< the last of them is not enrolled
};

}  // namespace tefter::test
