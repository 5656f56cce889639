// The signed changes behind a row, as the pages show them, before and after the ledger was compacted.

#include <catch2/catch_test_macros.hpp>

#include "engine/sync/compaction.hpp"
#include "server/web/proof.hpp"
#include "tests/central.hpp"

using namespace tefter;
using namespace tefter::test;

TEST_CASE("the changes behind a row are signed ones of the ledger; what has been compacted is said to be missing") {
    Central central;
    Office& tirana = central.office("tirana", "shared regional AL");
    const std::int64_t changed = tirana.person("Hoxha", "Arta"), older = tirana.person("Duka", "Era");
    for (int i = 0; i < 2; ++i) central.sync(tirana);
    Replica& server = central.offices["server"].replica();
    const Table& people = central.offices.catalog().table("person");
    const auto behind = [&](web::Chains& chains, std::int64_t id) {
        const Value key[] = {Value::integer(id)};
        return chains.behind(server.store().database, central.offices.catalog(), people, key);
    };
    web::Chains walked, fresh;
    CHECK(behind(walked, changed).changes.size() == 1);
    CHECK_FALSE(behind(walked, changed).compacted);
    SqliteLedger ledger(server.store().database);
    compact(server, ledger, central.offices["server"].now_ms, 0);
    tirana.put("person", {changed}, {{"family", "Basha"}});
    central.sync(tirana);
    for (web::Chains* chains : {&walked, &fresh}) {
        const web::Behind now = behind(*chains, changed);
        CHECK(now.compacted);
        REQUIRE(now.changes.size() == 1);
        CHECK(now.changes.front().fault.empty());
        CHECK(now.changes.front().position == Position{2});
        CHECK(behind(*chains, older).changes.empty());
        CHECK(behind(*chains, older).compacted);
    }
    server.store().database.execute("UPDATE tefter_ledger_base SET hash = zeroblob(32)");
    web::Chains suspicious;
    CHECK_FALSE(behind(suspicious, changed).changes.front().fault.empty());
}
