#include "engine/store/forget.hpp"

#include <vector>

namespace tefter {

namespace {

using Redact = std::optional<Bytes> (*)(BytesView, const IsErased&);

std::optional<Bytes> redact_change(BytesView bytes, const IsErased& erased) {
    // A change in quarantine is written as it stands in a changeset: it is read as one of a changeset that has nothing else.
    Writer whole;
    encode_changeset(whole, {});
    Bytes head = whole.take();
    head.back() = 1;  // one change
    const std::size_t before = head.size();
    head.insert(head.end(), bytes.begin(), bytes.end());
    std::optional<Bytes> out = redact_changeset(head, erased);
    if (out) out->erase(out->begin(), out->begin() + static_cast<std::ptrdiff_t>(before));
    return out;
}

/// A table of the log, and two columns that name its rows.
struct Place {
    std::string table, first, second;
};

void redact_rows(Database& database, const Place& place, const IsErased& erased, Redact redact) {
    std::vector<std::pair<std::int64_t, std::int64_t>> names;
    {
        Statement row = database.prepare_once("SELECT " + place.first + ", " + place.second + " FROM " + place.table + " ORDER BY 1, 2");
        while (row.step()) names.emplace_back(row.integer(0), row.integer(1));
    }
    const std::string where = " WHERE " + place.first + " = ?1 AND " + place.second + " = ?2";
    Statement read = database.prepare_once("SELECT bytes FROM " + place.table + where);
    Statement write = database.prepare_once("UPDATE " + place.table + " SET bytes = ?3" + where);
    for (const auto& [first, second] : names) {
        read.reset();
        read.with(first, second);
        if (!read.step()) continue;
        const std::optional<Bytes> clean = redact(read.blob(0), erased);
        if (!clean) continue;
        read.reset();
        write.reset();
        write.with(first, second, BytesView(*clean)).run();
    }
}

/// What a program keeps about a row (Replica::set_fact).
void forget_facts(Database& database, const std::set<RowName>& erased) {
    std::vector<std::string> names;
    {
        Statement about = database.prepare_once("SELECT substr(name, 7), value FROM tefter_meta WHERE name LIKE 'about:%'");
        while (about.step()) {
            Reader row(about.blob(1));
            if (erased.contains(decode_row_name(row))) names.emplace_back(about.text(0));
        }
    }
    for (const std::string& name : names) {
        database.prepare_once("DELETE FROM tefter_meta WHERE name IN ('about:' || ?1, 'fact:' || ?1)").with(std::string_view(name)).run();
    }
}

}  // namespace

std::set<RowName> erased_by(const Segment& segment) {
    std::set<RowName> rows;
    for (const Changeset& changeset : segment.changesets) {
        for (const Change& change : changeset.changes) {
            if (change.op == Op::erase) rows.emplace(change.table, encode_key(change.key));
        }
    }
    return rows;
}

IsErased in(const std::set<RowName>& erased) {
    return [&erased](TableNumber table, std::span<const Value> key) { return erased.contains({table, encode_key(key)}); };
}

void forget(Database& database, const std::set<RowName>& erased) {
    const IsErased is_erased = in(erased);
    redact_rows(database, {"tefter_segment", "id", "id"}, is_erased, redact_segment);
    redact_rows(database, {"tefter_held", "rowid", "rowid"}, is_erased, redact_segment);
    redact_rows(database, {"tefter_unsent", "scope", "sequence"}, is_erased, redact_changeset);
    redact_rows(database, {"tefter_quarantine", "id", "id"}, is_erased, redact_change);
    forget_facts(database, erased);
}

}  // namespace tefter
