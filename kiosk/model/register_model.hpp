#pragma once
// The registers of all the project's work: the shelf of them, one as a list, one row with what refers to it, and its form. All of it
// comes from the catalog: a new register needs nothing here.

#include "kiosk/model/desk.hpp"
#include "schema/domain/attachments.hpp"
#include "schema/domain/register_rows.hpp"

namespace tefter::kiosk {

struct ShelfLine {
    const Table* table = nullptr;
    std::string words;
    std::int64_t rows = 0;
};
struct ShelfArea {
    std::string words;
    std::vector<ShelfLine> lines;
};

/// Another row that can be chosen: its key as read_cell() takes it, and what it is called.
struct RowChoice {
    std::string key, words;
    friend bool operator==(const RowChoice&, const RowChoice&) = default;
};

struct RowField {
    const Column* column = nullptr;
    const Group* group = nullptr;  ///< null: of the key
    OwnedValue stored;             ///< null in a new row
    std::string label;
    std::string typed, was;          ///< as read_cell() takes it: enumerators by name, references by key
    std::string chosen;              ///< of a reference: what the row is called
    std::string search;              ///< of a reference: what is typed to find it
    std::vector<RowChoice> choices;  ///< all that there are, where they are few
    std::string fault;
    bool changed() const { return typed != was; }
    // Of a set: its members.
    bool has(const std::string& member) const;
    void put(const std::string& member, bool in);
};

struct RowForm {
    Opening opening;
    const Table* table = nullptr;
    RowKey key;  ///< empty: a new row
    std::string title;
    std::vector<RowField> fields;
    std::vector<RowChoice> scopes;  ///< of a new row, where its author chooses
    std::string scope;
    std::vector<Version> seen;  ///< what was on the screen when the typing began
    std::vector<RowChoice> found;
    std::size_t found_for = SIZE_MAX;  ///< the field that `found` is for
    std::string found_by;              ///< and what was typed there
    std::string problem;
    bool loaded = false, saving = false, saved = false;

    bool fresh() const { return key.empty(); }
    bool changed() const;
    /// What survives a lock, a crash and a power cut.
    std::string to_draft() const;
    void put_back(const std::string& draft);
};

/// A row that others refer to, and by which of their columns.
struct RowParent {
    const Column* by = nullptr;
    RowKey key;
    std::string title;
    ScopeNumber scope;
};

/// Where one is in the registers, to come back to.
struct RegisterPlace {
    const Table* table = nullptr;     ///< of the list
    std::optional<RowParent> parent;  ///< rows that refer to it alone; none: all
    std::string typed;
    const Table* row_table = nullptr;
    RowKey row_key;
};

class RegisterModel {
public:
    std::vector<ShelfArea> shelf;

    RegisterPlace at;
    RowList list;
    bool listed = false;

    std::optional<RowDetail> row;  ///< none: not loaded, or not there any more
    std::vector<std::string> labels;
    std::vector<std::pair<std::int64_t, std::string>> steps;  ///< Unix ms of each change and who made it, newest first
    std::vector<Attachment> files;                            ///< of the row
    std::vector<Referrer> referrers;                          ///< tables that can refer to it, and by which column
    std::string file_saved;                                   ///< where the one that was asked for last is
    bool row_loaded = false;
    bool deleting = false;    ///< it was asked for, and waits for the second tap
    std::string row_problem;  ///< why it could not be deleted, or a file not be saved

    RowForm form;

    void open_list(const Table& which);
    /// Rows of a table that refer to the row that is open.
    void open_children(const Referrer& by);
    void return_to(const RegisterPlace& place);
    /// The row that is open, as others refer to it by a column.
    RowParent parent_by(const Column& column) const;
    void open_row(const Table& which, const RowKey& key);
    /// Of the row that is open.
    void edit();
    /// A new row; what it refers to is filled in already.
    void begin(const Table& which, std::optional<RowParent> parent = {});

    void refresh_shelf(Desk& desk, Language language);
    void refresh_list(Desk& desk, Language language);
    void refresh_row(Desk& desk, Language language);
    void refresh_form(Desk& desk, Language language);
    /// Whether this device's officer may write rows of it.
    static bool may_write(const Desk& desk, const Table& table) { return desk.enrolled().role >= table.write_role; }
    void choose(RowField& field, const RowChoice& choice);
    void save(Desk& desk, Language language);
    void discard(Desk& desk);
    /// What is shown is read again, as after a change of language.
    void read_again() { shelf_seen_ = list_seen_ = row_seen_ = 0; }
    /// Into `folder`, which is made.
    void save_file(Desk& desk, const Attachment& file, const std::string& folder);
    /// The row that is open; it is gone when `row` is empty.
    void remove(Desk& desk);
    /// The device is locked: what was read is forgotten, where one was is not.
    void forget();

private:
    void look_for(Desk& desk, Language language);
    /// Read once for a language: that takes as long as a search does.
    std::shared_ptr<const Texts> texts_in(Language language);

    std::shared_ptr<const Texts> texts_;
    std::uint64_t shelf_seen_ = 0, list_seen_ = 0, row_seen_ = 0;
    std::string list_typed_;
    bool listing_ = false, asked_ = false, looking_ = false;
    std::optional<RowParent> parent_;  ///< of the new row
};

}  // namespace tefter::kiosk
