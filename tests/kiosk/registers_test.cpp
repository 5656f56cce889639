// The registers on the kiosk: shelf, list, row and form of any table of the catalog.

#include "engine/base/file.hpp"
#include "tests/kiosk/frames.hpp"

using namespace tefter;
using namespace tefter::kiosk;
using namespace tefter::test;

namespace {

RowField& field(Kiosk& kiosk, const std::string& name) {
    for (RowField& one : kiosk.registers.form.fields) {
        if (one.column->name == name) return one;
    }
    throw Error(ErrorKind::internal, "the form has no field " + name);
}

void open_form(Room& room, const char* table) {
    room.kiosk().new_row(room.catalog.table(table));
    room.until([&] { return room.kiosk().registers.form.loaded; });
}

/// Until it is saved, or a fault stands.
void save(Room& room) {
    Kiosk& kiosk = room.kiosk();
    kiosk.registers.save(*kiosk.desk, kiosk.settings.language);
    room.until([&] { return !kiosk.registers.form.saving; });
}

/// Saved without a fault, and the form left.
void save_and_leave(Room& room) {
    save(room);
    REQUIRE(room.kiosk().registers.form.saved);
    room.kiosk().registers.form.saved = false;
    room.kiosk().row_saved();
}

/// A case in Albania, saved, and its row open.
void open_case(Room& room) {
    Kiosk& kiosk = room.kiosk();
    kiosk.open_register(room.catalog.table("supported_case"));
    open_form(room, "supported_case");
    field(kiosk, "reference").typed = "JC-7";
    field(kiosk, "opened_on").typed = "1.2.2026";
    field(kiosk, "beneficiary").typed = "AL";
    field(kiosk, "state").typed = "open";
    save_and_leave(room);
    room.until([&] { return kiosk.registers.row.has_value(); });
}

}  // namespace

TEST_CASE("every register of the catalog opens, as a list and as a form, and fits") {
    Room room;
    Canvas canvas;
    Kiosk& kiosk = room.kiosk();
    room.unlock();
    canvas.resize(800, 480, 1, Look::light);
    kiosk.go(Screen::registers);
    room.until([&] { return !kiosk.registers.shelf.empty(); });
    CHECK(canvas.draw(kiosk).empty());
    std::size_t opened = 0;
    for (const ShelfArea& area : kiosk.registers.shelf) {
        for (const ShelfLine& line : area.lines) {
            INFO(line.table->name);
            kiosk.open_register(*line.table);
            room.until([&] { return kiosk.registers.listed; });
            CHECK(static_cast<std::int64_t>(kiosk.registers.list.total) == line.rows);
            CHECK(canvas.draw(kiosk).empty());
            if (line.table->name == "person" || line.table->name == "activity") continue;
            open_form(room, line.table->name.c_str());
            CHECK(canvas.draw(kiosk).empty());
            kiosk.back();
            ++opened;
        }
    }
    CHECK(opened > 20);
}

TEST_CASE("a case and a meeting about it are written down, and found again in any script") {
    Room room;
    Kiosk& kiosk = room.kiosk();
    room.unlock();
    open_case(room);
    CHECK(kiosk.screen == Screen::row);
    CHECK(kiosk.registers.row->title.find("JC-7") != std::string::npos);

    // A meeting of this case: what it belongs to is filled in.
    const Table& meeting = room.catalog.table("meeting");
    kiosk.new_row(meeting, kiosk.registers.parent_by(*meeting.find_column("supported_case").second));
    room.until([&] { return kiosk.registers.form.loaded; });
    CHECK(field(kiosk, "supported_case").chosen == kiosk.registers.row->title);
    save(room);
    CHECK(!kiosk.registers.form.saved);
    CHECK(!field(kiosk, "held_on").fault.empty());
    field(kiosk, "held_on").typed = "31.2.2026";
    save(room);
    CHECK(field(kiosk, "held_on").fault.find("31.2.2026") != std::string::npos);
    field(kiosk, "held_on").typed = "16.3.2026";
    field(kiosk, "kind").typed = "coordination";
    save_and_leave(room);
    CHECK(kiosk.screen == Screen::row);
    room.until([&] { return kiosk.registers.row && !kiosk.registers.row->children.empty(); });
    CHECK(kiosk.registers.row->children.front().list.total == 1);
    CHECK(kiosk.registers.steps.size() == 1);

    kiosk.back();
    CHECK(kiosk.screen == Screen::register_list);
    kiosk.registers.at.typed = "јц";
    room.until([&] { return kiosk.registers.listed && kiosk.registers.list.total == 1; });
    kiosk.registers.at.typed = "no such case";
    room.until([&] { return kiosk.registers.list.total == 0; });
}

TEST_CASE("from row to row and back again") {
    Room room;
    Kiosk& kiosk = room.kiosk();
    room.unlock();
    kiosk.open_activity("TR-90", Screen::activity);
    kiosk.open_whole_row(room.catalog.table("activity"), {OwnedValue("TR-90")});
    room.until([&] { return kiosk.registers.row.has_value(); });
    const auto enrolments = std::find_if(kiosk.registers.row->children.begin(), kiosk.registers.row->children.end(),
                                         [](const RowChildren& one) { return one.by.table->name == "enrolment"; });
    REQUIRE(enrolments != kiosk.registers.row->children.end());
    const Referrer by = enrolments->by;
    kiosk.open_children(by);
    room.until([&] { return kiosk.registers.listed; });
    REQUIRE(kiosk.registers.list.total == 4);
    kiosk.open_row(*by.table, kiosk.registers.list.lines.front().key);
    room.until([&] { return kiosk.registers.row && kiosk.registers.row->key.size() == 2; });
    kiosk.back();
    CHECK(kiosk.screen == Screen::register_list);
    room.until([&] { return kiosk.registers.listed && kiosk.registers.list.total == 4; });
    kiosk.back();
    CHECK(kiosk.screen == Screen::row);
    room.until([&] { return kiosk.registers.row && kiosk.registers.row->title.starts_with("TR-90"); });
    kiosk.back();
    CHECK(kiosk.screen == Screen::activity);
}

TEST_CASE("what is typed in a row's form survives a lock, and is thrown away on request alone") {
    Room room;
    Kiosk& kiosk = room.kiosk();
    room.unlock();
    open_case(room);
    kiosk.edit_row();
    room.until([&] { return kiosk.registers.form.loaded; });
    field(kiosk, "reference").typed = "JC-8";
    room.settle();
    kiosk.lock();
    room.unlock();
    CHECK(kiosk.screen == Screen::row_form);
    room.until([&] { return kiosk.registers.form.loaded; });
    CHECK(field(kiosk, "reference").typed == "JC-8");
    kiosk.discard_row();
    CHECK(kiosk.screen == Screen::row);
    kiosk.edit_row();
    room.until([&] { return kiosk.registers.form.loaded; });
    CHECK(field(kiosk, "reference").typed == "JC-7");
}

TEST_CASE("an edit replaces what its author saw, and stands beside what he did not see") {
    Room room;
    Kiosk& kiosk = room.kiosk();
    room.unlock();
    open_case(room);
    kiosk.edit_row();
    room.until([&] { return kiosk.registers.form.loaded; });
    const RowKey key = kiosk.registers.form.key;
    bool written = false;
    Edit other;
    other.table = "supported_case";
    other.key = key;
    other.values = {{"reference", "JC-9"}, {"opened_on", "2026-02-01"}, {"beneficiary", "AL"}};
    kiosk.desk->write({other}, [&](const std::string& problem) { written = problem.empty(); });
    room.until([&] { return written; });
    field(kiosk, "reference").typed = "JC-10";
    save(room);
    REQUIRE(kiosk.registers.form.saved);
    room.until([&] { return kiosk.review.items.size() == 1; });
}

TEST_CASE("a file of a row is saved where documents go") {
    Room room;
    Canvas canvas;
    Kiosk& kiosk = room.kiosk();
    room.unlock();
    open_case(room);
    kiosk.documents.folder = room.folder.file("documents");
    const RowKey key = kiosk.registers.at.row_key;
    bool written = false;
    kiosk.desk->write(
        [&](Replica& replica) {
            return std::vector<Edit>{attach(replica, room.catalog.table("supported_case"), std::vector{key.front().view()},
                                            "Nacrt zahtjeva.pdf", as_bytes("A draft."))};
        },
        [&](const std::string& problem) { written = problem.empty(); });
    room.until([&] { return written && kiosk.registers.files.size() == 1; });
    kiosk.registers.save_file(*kiosk.desk, kiosk.registers.files.front(), kiosk.documents.folder);
    room.until([&] { return !kiosk.desk->fetching(); });
    CHECK(kiosk.registers.row_problem.empty());
    CHECK(read_file(kiosk.registers.file_saved, 100) == Bytes{'A', ' ', 'd', 'r', 'a', 'f', 't', '.'});
    canvas.resize(1280, 800, 1, Look::light);
    CHECK(canvas.draw(kiosk).empty());
}

TEST_CASE("a row that was written by mistake is deleted, and said to be gone") {
    Room room;
    Canvas canvas;
    Kiosk& kiosk = room.kiosk();
    room.unlock();
    open_case(room);
    kiosk.registers.remove(*kiosk.desk);
    room.until([&] { return kiosk.registers.row_loaded && !kiosk.registers.row; });
    canvas.resize(1280, 800, 1, Look::light);
    CHECK(canvas.draw(kiosk).empty());
    kiosk.back();
    room.until([&] { return kiosk.registers.listed && kiosk.registers.list.total == 0; });
}

TEST_CASE("members of a set are put in and taken out by themselves") {
    RowField field;
    field.put("mutual_assistance", true);
    field.put("training", true);
    field.put("training", true);
    CHECK(field.typed == "mutual_assistance; training");
    CHECK(!field.has("train"));
    field.put("mutual_assistance", false);
    CHECK(field.typed == "training");
    field.put("training", false);
    CHECK(field.typed.empty());
}
