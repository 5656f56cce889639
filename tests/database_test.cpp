// The encrypted file, and what is said where it does not do what was asked.

#include "engine/store/database.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <thread>

#include "engine/base/file.hpp"
#include "engine/store/plain_file.hpp"
#include "tests/offices.hpp"
#include "tests/sentence.hpp"

using namespace tefter;
using namespace tefter::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const DatabaseKey database_key{3, 1, 4};

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Numbers {
    Folder folder;
    std::string path = folder.file("numbers");
    Database database{path, database_key, OpenMode::create, JournalMode::rollback};

    Numbers() { database.execute("CREATE TABLE number (n INTEGER PRIMARY KEY, name); INSERT INTO number VALUES (1, 'one'), (2, 'two')"); }

    std::string name_of(std::int64_t number) {
        Statement row = database.prepare("SELECT name FROM number WHERE n = ?1");
        row.bind(1, number);
        return row.step() ? std::string(row.text(0)) : "none";
    }
};

}  // namespace

TEST_CASE("a file that is there is never made anew, and one that is not there never opened") {
    const Folder folder;
    const auto make = [&](const std::string& path) { Database(path, database_key, OpenMode::create, JournalMode::rollback); };
    std::ofstream(folder.file("letter")) << "Dear Arta";
    CHECK(sentence_of([&] { make(folder.file("letter")); }, ErrorKind::usage) ==
          folder.file("letter") + " exists already; choose another place.");
    CHECK(contents(folder.file("letter")) == "Dear Arta");
    CHECK(sentence_of([&] { make(folder.file("none/such")); }, ErrorKind::disk) ==
          folder.file("none/such") + " cannot be created; check the folder and its permissions.");
    CHECK(sentence_of([&] { Database(folder.file("x"), database_key, OpenMode::read_only, JournalMode::rollback); }, ErrorKind::usage) ==
          "There is no replica at " + folder.file("x") + "; enrol this device first.");
    const auto open = [&] { Database(folder.file("letter"), database_key, OpenMode::read_write, JournalMode::rollback); };
    CHECK_THAT(sentence_of(open, ErrorKind::wrong_key), ContainsSubstring("it was left alone"));
    CHECK(contents(folder.file("letter")) == "Dear Arta");
}

TEST_CASE("a copy is whole, opens with its own key, and takes the place of nothing") {
    Numbers numbers;
    const DatabaseKey other{2, 7, 1};
    numbers.database.copy_to(numbers.folder.file("copy"), other);
    Database copy(numbers.folder.file("copy"), other, OpenMode::read_only, JournalMode::rollback);
    Statement row = copy.prepare("SELECT count(*) FROM number");
    REQUIRE(row.step());
    CHECK(row.integer(0) == 2);
    std::ofstream(numbers.folder.file("letter")) << "Dear Arta";
    sentence_of([&] { numbers.database.copy_to(numbers.folder.file("letter"), other); }, ErrorKind::usage);
    CHECK(contents(numbers.folder.file("letter")) == "Dear Arta");
}

TEST_CASE("a query that is wrong is told why, and what is bound must have a place") {
    Numbers numbers;
    CHECK(sentence_of([&] { numbers.database.execute("SELECT m FROM number"); }, ErrorKind::usage) ==
          "The query is wrong: no such column: m.");
    Statement row = numbers.database.prepare_once("SELECT ?1 AS given");
    sentence_of([&] { row.bind(2, std::int64_t{1}); }, ErrorKind::usage);
    sentence_of([&] { row.bind(2, std::string_view("two")); }, ErrorKind::usage);
    sentence_of([&] { row.bind(2, BytesView()); }, ErrorKind::usage);
    sentence_of([&] { row.bind(2, Value::real(0.5)); }, ErrorKind::usage);
    sentence_of([&] { row.bind_null(2); }, ErrorKind::usage);
    const auto given = [&](const Value& value) {
        row.reset();
        row.bind(1, value);
        REQUIRE(row.step());
        return row.value(0).kind();
    };
    CHECK(given(Value::redacted()) == ValueKind::null);
    CHECK(given(Value{}) == ValueKind::null);
    CHECK(given(Value::real(0.5)) == ValueKind::real);
    CHECK(given(Value::blob({})) == ValueKind::blob);
    row.reset();
    row.bind(1, std::string_view());
    REQUIRE(row.step());
    CHECK(row.value(0).kind() == ValueKind::text);
    const Statement moved = std::move(row);
    CHECK(moved.column_name(0) == "given");
    numbers.database.prepare_once("SELECT n FROM number").run();
    Statement wide = numbers.database.prepare_once("SELECT zeroblob(2000000000)");
    CHECK_THAT(sentence_of([&] { wide.step(); }, ErrorKind::usage), ContainsSubstring("too big"));
}

TEST_CASE("who may only read writes nothing") {
    Numbers numbers;
    Database reader(numbers.path, database_key, OpenMode::read_only, JournalMode::rollback);
    CHECK(sentence_of([&] { reader.execute("DELETE FROM number"); }, ErrorKind::disk) ==
          numbers.path + " or its folder is read-only; nothing was changed.");
    CHECK(numbers.name_of(2) == "two");
}

TEST_CASE("while another program writes nothing is written, and the file is not written anew") {
    Numbers numbers;
    Database other(numbers.path, database_key, OpenMode::read_write, JournalMode::rollback);
    Transaction theirs(other);
    other.execute("DELETE FROM number WHERE n = 1");
    CHECK(sentence_of([&] { numbers.database.execute("DELETE FROM number"); }, ErrorKind::busy) ==
          "Another program is using " + numbers.path + "; nothing was changed. Try again when it is done.");
    CHECK_FALSE(numbers.database.rewrite());
    theirs.commit();
    CHECK(numbers.name_of(1) == "none");
    CHECK(numbers.name_of(2) == "two");
    CHECK(numbers.database.rewrite());
}

TEST_CASE("a log is emptied when nobody reads what is old") {
    const Folder folder;
    Database writer(folder.file("server"), database_key, OpenMode::create, JournalMode::wal);
    writer.execute("CREATE TABLE number (n); INSERT INTO number VALUES (1)");
    Database reader(folder.file("server"), database_key, OpenMode::read_only, JournalMode::wal);
    {
        Statement reading = reader.prepare("SELECT n FROM number");
        REQUIRE(reading.step());
        writer.execute("INSERT INTO number VALUES (2)");
        CHECK_FALSE(writer.empty_log());
    }
    CHECK(writer.empty_log());
    CHECK(std::filesystem::file_size(folder.file("server-wal")) == 0);
}

TEST_CASE("a query that takes too long is cancelled from another thread, and a file that is written anew then stays as it was") {
    Numbers numbers;
    std::atomic<bool> done = false;
    std::thread impatient([&] {
        while (!done) {
            numbers.database.interrupt();
            std::this_thread::yield();
        }
    });
    const std::string endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";
    CHECK(sentence_of([&] { numbers.database.prepare_once(endless).step(); }, ErrorKind::cancelled) == "Cancelled; nothing was changed.");
    done = true;
    impatient.join();
    CHECK(numbers.name_of(1) == "one");
}

TEST_CASE("a plain file has each kind of cell, is its owner's alone, and is there when it is finished") {
    const Folder folder;
    const std::string path = folder.file("plain.db");
    {
        PlainFile file(path);
        file.begin_table("cell", {"what", "a \"name\""});
    }
    CHECK(std::filesystem::is_empty(folder.path()));
    PlainFile file(path);
    file.begin_table("cell", {"what", "a \"name\""});
    const Bytes blob{1, 2};
    for (const Value& cell : {Value::integer(7), Value::real(0.5), Value::text("ë"), Value::blob(blob), Value{}}) {
        const std::array row{cell, Value::text("x")};
        file.add(row);
    }
    file.begin_table("empty", {"nothing"});
    CHECK_FALSE(std::filesystem::exists(path));
    file.finish();
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(contents(path).starts_with("SQLite format 3"));
    CHECK(contents(path).find("ë") != std::string::npos);
    CHECK_THAT(sentence_of([&] { PlainFile(folder.file("none/such")); }, ErrorKind::disk), ContainsSubstring("cannot be written: "));
    const auto twice = [&] {
        PlainFile other(folder.file("other"));
        other.begin_table("cell", {"x"});
        other.begin_table("cell", {"x"});
    };
    CHECK_THAT(sentence_of(twice, ErrorKind::disk), ContainsSubstring("already exists"));
    CHECK_FALSE(std::filesystem::exists(folder.file("other")));
}

TEST_CASE("a file that cannot be written or read is named, and what was there stays") {
    const Folder folder;
    const Bytes bytes{1, 2, 3};
    const auto write = [&](const std::string& path) {
        NewFile file(path);
        file.write(bytes);
        file.commit();
    };
    write(folder.file("small"));
    CHECK(read_file(folder.file("small"), 3) == bytes);
    CHECK_THAT(sentence_of([&] { write(folder.file("none/such")); }, ErrorKind::disk), ContainsSubstring("cannot be made: No such"));
    std::filesystem::create_directory(folder.file("taken"));
    CHECK_THAT(sentence_of([&] { write(folder.file("taken")); }, ErrorKind::disk), ContainsSubstring("cannot be put in its place"));
    std::filesystem::create_symlink("/dev/full", folder.file("small.new"));
    CHECK(sentence_of([&] { write(folder.file("small")); }, ErrorKind::disk) ==
          "The file " + folder.file("small") + " cannot be written: No space left on device.");
    std::filesystem::create_symlink("/dev/full", folder.file("small.new"));
    CHECK_THAT(sentence_of([&] { NewFile(folder.file("small")).commit(); }, ErrorKind::disk), ContainsSubstring("cannot be written"));
    CHECK(read_file(folder.file("small"), 3) == bytes);
    CHECK_THAT(sentence_of([&] { read_file(folder.file("none"), 3); }, ErrorKind::disk), ContainsSubstring("cannot be read"));
    CHECK_THAT(sentence_of([&] { read_file(folder.file("small"), 2); }, ErrorKind::disk), ContainsSubstring("too large"));
    CHECK_THAT(sentence_of([&] { FileLock(folder.file("none/such"), "in use"); }, ErrorKind::disk), ContainsSubstring("none/such"));
    const FileLock held(folder.file("lock"), "in use");
    CHECK(sentence_of([&] { FileLock(folder.file("lock"), "in use"); }, ErrorKind::busy) == "in use");
}
