#include "kiosk/model/review_model.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace tefter::kiosk {

namespace {

std::string text_of(const Value& value, const Column& column) {
    switch (value.kind()) {
        case ValueKind::integer:
            if (column.enumeration != nullptr) {
                const Enumerator* found = column.enumeration->find(value.integer());
                if (found != nullptr) return found->name;
            }
            if (column.type == ColumnType::time) return time_text(value.integer());
            return std::to_string(value.integer());
        case ValueKind::real: return std::to_string(value.real());
        case ValueKind::text: return std::string(value.text());
        default: return {};
    }
}

/// The name of a person, or what its key says.
std::string subject_of(Database& reader, const Conflict& conflict) {
    std::string out;
    for (std::size_t i = 0; i < conflict.key.size() && i < conflict.table->key.size(); ++i) {
        const Column& column = conflict.table->key[i];
        const Value part = conflict.key[i].view();
        std::string words = text_of(part, column);
        if (conflict.table->name == "person" || column.name == "person") {
            Statement row = reader.prepare_once("SELECT family_name || ' ' || given_name FROM person WHERE id = ?1");
            row.with(part.integer());
            if (row.step() && !row.is_null(0)) words = row.text(0);
        }
        out += (out.empty() ? "" : "  ·  ") + words;
    }
    return out;
}

ReviewItem item_of(Database& reader, Conflict conflict) {
    ReviewItem item;
    item.subject = subject_of(reader, conflict);
    for (const ConflictLeaf& leaf : conflict.leaves) {
        ReviewSide side;
        side.office = leaf.office;
        side.at_ms = leaf.version.unix_ms();
        for (std::size_t i = 0; i < leaf.values.size() && conflict.group != nullptr && i < conflict.group->columns.size(); ++i) {
            const Column& column = conflict.group->columns[i];
            if (column.type == ColumnType::blob) continue;
            ReviewValue value{column.name, text_of(leaf.values[i].view(), column), column.enumeration, false};
            for (const ConflictLeaf& other : conflict.leaves)
                value.differs |= i >= other.values.size() || !(other.values[i] == leaf.values[i]);
            side.values.push_back(std::move(value));
        }
        item.sides.push_back(std::move(side));
    }
    item.conflict = std::move(conflict);
    return item;
}

}  // namespace

void ReviewModel::refresh(Desk& desk) {
    if (seen == desk.revision()) return;
    seen = desk.revision();
    desk.work([this](Replica& replica) -> Shown {
        auto found = std::make_shared<std::vector<ReviewItem>>();
        for (Conflict& conflict : open_conflicts(replica)) found->push_back(item_of(replica.store().database, std::move(conflict)));
        std::vector<std::string> reasons;
        for (const HeldSegment& one : replica.held()) reasons.push_back(one.reason);
        return [this, found, reasons] {
            items = std::move(*found);
            held = reasons;
            loaded = true;
        };
    });
}

void ReviewModel::keep_side(Desk& desk, std::size_t item, std::size_t side) {
    desk.write({keep(items[item].conflict, side)}, [this](const std::string& failed) { problem = failed; });
}

void ReviewModel::keep_row(Desk& desk, std::size_t item) {
    desk.write([conflict = items[item].conflict](Replica& replica) { return std::vector<Edit>{keep_after_all(replica, conflict)}; },
               [this](const std::string& failed) { problem = failed; });
}

void ReviewModel::delete_row(Desk& desk, std::size_t item) {
    desk.write({delete_after_all(items[item].conflict)}, [this](const std::string& failed) { problem = failed; });
}

}  // namespace tefter::kiosk
