#include "kiosk/model/review_model.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "schema/domain/staff.hpp"

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
        side.office = office_and_name(reader, leaf.office, leaf.actor);
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

HeldBack::Why why_of(std::string_view reason) {
    const auto says = [&](Refusal refusal) { return reason.starts_with(to_sentence(refusal)); };
    if (says(Refusal::gap) || says(Refusal::missing)) return HeldBack::Why::order;
    if (says(Refusal::future)) return HeldBack::Why::clock;
    if (says(Refusal::device)) return HeldBack::Why::device;
    if (says(Refusal::rights)) return HeldBack::Why::rights;
    if (says(Refusal::scope)) return HeldBack::Why::scope;
    return HeldBack::Why::other;
}

std::string office_of(Replica& replica, DeviceNumber number) {
    const std::optional<Device> device = replica.device(number);
    return device ? device->office : std::string();
}

std::vector<HeldBack> held_back(Replica& replica) {
    std::vector<HeldBack> out;
    for (const HeldSegment& one : replica.held()) out.push_back({why_of(one.reason), true, office_of(replica, one.device), one.reason});
    Statement row = replica.store().database.prepare_once("SELECT device, reason FROM tefter_quarantine ORDER BY id DESC LIMIT 100");
    while (row.step()) {
        const DeviceNumber device{static_cast<std::uint32_t>(row.integer(0))};
        out.push_back({HeldBack::Why::value, false, office_of(replica, device), std::string(row.text(1))});
    }
    return out;
}

bool can_be_typed(const Column& column) {
    return column.type != ColumnType::blob && column.type != ColumnType::reference && column.type != ColumnType::time &&
           column.type != ColumnType::set && column.type != ColumnType::boolean;
}

/// Throws ErrorKind::refused for a number that is none.
OwnedValue value_of(const Column& column, const std::string& typed) {
    if (typed.empty()) return {};
    if (column.enumeration != nullptr || column.type == ColumnType::text || column.type == ColumnType::date) return OwnedValue(typed);
    try {
        std::size_t end = 0;
        if (column.type == ColumnType::real) {
            const double number = std::stod(typed, &end);
            if (end == typed.size()) return OwnedValue(number);
        } else {
            const std::int64_t number = std::stoll(typed, &end);
            if (end == typed.size()) return OwnedValue(number);
        }
    } catch (const std::logic_error&) {
        // told below
    }
    throw Error(ErrorKind::refused, "\"" + typed + "\" is no number.");
}

}  // namespace

void ReviewModel::refresh(Desk& desk) {
    if (seen == desk.revision()) return;
    seen = desk.revision();
    desk.work([this](Replica& replica) -> Shown {
        auto found = std::make_shared<std::vector<ReviewItem>>();
        for (Conflict& conflict : open_conflicts(replica)) found->push_back(item_of(replica.store().database, std::move(conflict)));
        return [this, found, back = held_back(replica)] {
            items = std::move(*found);
            held = back;
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

void ReviewModel::type_third(std::size_t item) {
    opening = Opening();
    third.emplace();
    third->item = items[item];
    const Group& group = *third->item.conflict.group;
    const std::vector<OwnedValue>& shown = third->item.conflict.leaves.front().values;
    for (std::size_t i = 0; i < group.columns.size(); ++i) {
        if (!can_be_typed(group.columns[i])) continue;
        third->fields.push_back({&group.columns[i], i < shown.size() ? text_of(shown[i].view(), group.columns[i]) : std::string()});
    }
}

void ReviewModel::keep_third(Desk& desk) {
    if (!third) return;
    try {
        Edit edit = keep(third->item.conflict, 0);
        for (const ThirdValue::Field& field : third->fields) {
            for (auto& [name, value] : edit.values) {
                if (name == field.column->name) value = value_of(*field.column, field.typed);
            }
        }
        desk.write_form(opening, "", {std::move(edit)}, [this](const std::string& failed) {
            problem = failed;
            if (failed.empty()) third.reset();
        });
    } catch (const Error& error) {
        problem = error.what();
    }
}

}  // namespace tefter::kiosk
