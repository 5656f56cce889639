// Hit / no hit between three replicas: the server, staff of XK who ask, staff of RS who hold the person.

#include <catch2/catch_test_macros.hpp>

#include "schema/domain/catalog_text.hpp"
#include "schema/domain/erasure.hpp"
#include "schema/domain/known.hpp"
#include "schema/domain/reference.hpp"
#include "tests/offices.hpp"

using namespace tefter;

namespace {

struct Parties {
    test::Folder folder;
    Catalog catalog = load_built_in_catalog();
    PublicKey server_key{};
    std::int64_t now_ms = test::Offices::start_ms;
    std::unique_ptr<Replica> server = make("server", 1, Role::server, "shared regional AL BA XK ME MK RS");
    std::unique_ptr<Replica> rs = make("beograd", 2, Role::staff, "shared regional RS");
    std::unique_ptr<Replica> xk = make("prishtine", 3, Role::staff, "shared regional XK");

    Parties() {
        server->write(0, reference_data(*server));
        settle();
    }

    std::unique_ptr<Replica> make(const std::string& office, std::uint32_t number, Role role, const std::string& scopes) {
        Identity identity;
        PublicKey key{};
        crypto_sign_keypair(key.data(), identity.secret.data());
        if (role == Role::server) server_key = key;
        identity.device = DeviceNumber{number};
        identity.server_key = server_key;
        identity.office = office;
        identity.role = role;
        identity.scopes = parse_scopes(catalog, scopes);
        const std::string path = folder.file(office);
        Replica::create(path, DatabaseKey{7}, catalog, identity, JournalMode::rollback);
        Environment environment = system_environment();
        environment.now_ms = [this] { return now_ms; };
        auto out = std::make_unique<Replica>(path, DatabaseKey{7}, catalog, environment, JournalMode::rollback);
        out->store().database.execute("PRAGMA synchronous=OFF");
        if (role != Role::server)
            put(*server, "device", {std::int64_t{number}},
                {{"public_key", Bytes(key.begin(), key.end())},
                 {"office", office},
                 {"role", std::string(to_text(role))},
                 {"scopes", scopes},
                 {"enrolled_at", now_ms}});
        return out;
    }
    static void put(Replica& replica, const std::string& table, std::vector<OwnedValue> key,
                    std::vector<std::pair<std::string, OwnedValue>> values, std::optional<ScopeNumber> scope = std::nullopt) {
        Edit edit;
        edit.table = table;
        edit.key = std::move(key);
        edit.values = std::move(values);
        edit.scope = scope;
        replica.write(0, {&edit, 1});
    }
    std::int64_t person(const std::string& family, const std::string& given, const std::string& birth) {
        const std::int64_t id = rs->new_id();
        put(*rs, "person", {id},
            {{"family_name", family}, {"given_name", given}, {"birth_date", birth}, {"email", "sample@example.invalid"}},
            catalog.find_scope("RS")->number);
        return id;
    }
    /// Everybody gives to the server, the server answers, and gives to everybody.
    void settle() {
        for (int round = 0; round < 2; ++round) {
            for (Replica* device : {rs.get(), xk.get()}) {
                give(*device, *server);
                give(*server, *device);
            }
            if (const std::vector<Edit> answers = answer_known(*server); !answers.empty()) server->write(0, answers);
        }
    }
    void give(Replica& from, Replica& to) {
        for (const ScopeState& scope : from.scopes()) {
            from.segments_to_send(scope.scope);
            from.mark_exported(scope.scope);
            for (const auto& [device, head] : from.heads(scope.scope)) {
                for (const StoredSegment& segment : from.store().log.kept(scope.scope, device, to.head(scope.scope, device).sequence))
                    to.receive(segment.bytes, Carrier::peer, now_ms);
            }
        }
    }
    std::int64_t ask(const std::string& family, const std::string& given, const std::string& birth) {
        const Edit edit = ask_known(*xk, {"RS", family, given, birth});
        xk->write(0, {&edit, 1});
        return edit.key.front().view().integer();
    }
    /// Empty: it waits, or is gone.
    std::string result(std::int64_t question) {
        for (const KnownLine& line : known_questions(*xk)) {
            if (line.id == question) return line.result;
        }
        return "";
    }
    static std::int64_t count(Replica& replica, const std::string& sql) {
        Statement row = replica.store().database.prepare_once(sql);
        row.step();
        return row.integer(0);
    }
};

}  // namespace

TEST_CASE("hit / no hit: the answer is hit or no hit, whatever the script, and neither side sees the other's data") {
    Parties parties;
    const std::int64_t zoran = parties.person("Петровић", "Зоран", "1984-05-12");
    parties.person("Јовић", "Ана", "1979");
    const std::int64_t hit = parties.ask("Petrović", "Zoran", "1984-05-12"), exchanged = parties.ask("Zoran", "Petrovic", "1984-05-12"),
                       year = parties.ask("Jović", "Ana", "1979-03-01"), other_day = parties.ask("Petrović", "Zoran", "1984-05-13"),
                       nobody = parties.ask("Petrović", "Goran", "1984-05-12");
    CHECK(parties.result(hit).empty());
    parties.settle();
    CHECK(parties.result(hit) == "hit");
    CHECK(parties.result(exchanged) == "hit");
    CHECK(parties.result(year) == "hit");
    CHECK(parties.result(other_day) == "no_hit");
    CHECK(parties.result(nobody) == "no_hit");
    CHECK(known_question(*parties.xk, hit).reference.starts_with("RS-"));
    CHECK(known_question(*parties.xk, nobody).reference.empty());
    CHECK(Parties::count(*parties.xk, "SELECT count(*) FROM person") == 0);
    // Two questions about one person have nothing in common that a third could see.
    CHECK(Parties::count(*parties.rs, "SELECT count(DISTINCT token) FROM known_question") == 5);
    // Whom it is about is for those who were asked, and not for those who asked.
    CHECK(known_people(*parties.rs, hit) == std::vector<std::int64_t>{zoran});
    CHECK(known_people(*parties.rs, nobody).empty());
    CHECK_THROWS_AS(known_people(*parties.xk, hit), Error);
    CHECK_THROWS_AS(ask_known(*parties.rs, {"RS", "A", "B", "1984-05-12"}), Error);
    CHECK_THROWS_AS(ask_known(*parties.xk, {"RS", "A", "B", "1984"}), Error);
    CHECK_THROWS_AS(ask_known(*parties.xk, {"regional", "A", "B", "1984-05-12"}), Error);
}

TEST_CASE("hit / no hit: a dictionary is slowed to twenty names a day, and taking questions away does not help") {
    Parties parties;
    parties.person("Петровић", "Зоран", "1984-05-12");
    std::vector<std::int64_t> asked;
    for (std::size_t i = 0; i < known_questions_a_day + 5; ++i)
        asked.push_back(parties.ask("Petrović", "Zoran", "1984-05-" + std::to_string(10 + i % 19)));
    parties.settle();
    const auto answered = [&] {
        return std::count_if(asked.begin(), asked.end(), [&](std::int64_t one) { return !parties.result(one).empty(); });
    };
    CHECK(answered() == known_questions_a_day);
    // The answers are deleted by who asked, so that it looks as if nothing had been asked yet.
    std::vector<Edit> gone(2);
    gone[0].kind = gone[1].kind = EditKind::remove;
    gone[0].table = "known_answer";
    gone[1].table = "known_question";
    gone[0].key = gone[1].key = {asked.front()};
    parties.xk->write(0, gone);
    const std::int64_t more = parties.ask("Petrović", "Zoran", "1984-05-12");
    parties.settle();
    CHECK(parties.result(more).empty());
    parties.now_ms += day_ms + 1000;
    parties.settle();
    CHECK(answered() == known_questions_a_day + 4);  // all but the one that was deleted
    CHECK_FALSE(parties.result(more).empty());
}

TEST_CASE("hit / no hit: an answer that is not the server's is none, and the server gives its own") {
    Parties parties;
    const std::int64_t question = parties.ask("Petrović", "Zoran", "1984-05-12");
    Parties::put(*parties.xk, "known_answer", {question}, {{"result", "hit"}, {"reference", "RS-FORGED"}, {"answered_at", parties.now_ms}});
    CHECK(parties.result(question).empty());
    parties.settle();
    CHECK(parties.result(question) == "no_hit");
}

TEST_CASE("hit / no hit: data follow when the other side releases them, are logged, sealed for who asked, and go with an erasure") {
    Parties parties;
    const std::int64_t zoran = parties.person("Петровић", "Зоран", "1984-05-12");
    const std::int64_t hit = parties.ask("Petrović", "Zoran", "1984-05-12"), miss = parties.ask("Petrović", "Goran", "1984-05-12");
    parties.settle();
    CHECK_THROWS_AS(released_person(*parties.xk, hit), Error);
    CHECK_THROWS_AS(release_known(*parties.xk, hit), Error);
    CHECK_THROWS_AS(release_known(*parties.rs, miss), Error);
    const std::vector<Edit> release = release_known(*parties.rs, hit);
    parties.rs->write(0, release);
    parties.settle();
    CHECK(known_question(*parties.xk, hit).released_at != 0);
    const KnownPerson person = released_person(*parties.xk, hit);
    CHECK(person.family_name == "Петровић");
    CHECK(person.email == "sample@example.invalid");
    CHECK_THROWS_AS(released_person(*parties.server, hit), Error);  // not even the server can open it
    CHECK(Parties::count(*parties.rs, "SELECT count(*) FROM access WHERE what LIKE 'person released to prishtine%'") == 1);

    std::vector<Edit> users(2);
    for (Edit& user : users) {
        user.table = "staff_user";
        user.key = {parties.server->new_id()};
        user.values = {{"name", "Sample"}, {"role", "staff"}, {"active", 1}};
    }
    parties.server->write(0, users);
    const std::int64_t one = users[0].key.front().view().integer(), two = users[1].key.front().view().integer();
    const Edit request = request_erasure(*parties.server, {"person", {zoran}, "asked_by_person", one});
    parties.server->write(one, {&request, 1});
    parties.server->write(two, approve_erasure(*parties.server, request.key.front().view().integer(), two));
    parties.settle();
    CHECK_THROWS_AS(released_person(*parties.xk, hit), Error);
    CHECK(Parties::count(*parties.xk, "SELECT count(*) FROM known_answer WHERE released_data IS NOT NULL") == 0);
    CHECK(parties.result(hit) == "hit");  // the log stays
}
