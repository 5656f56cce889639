#pragma once
// What waits for people: values that stand against each other, rows that one office deleted and another kept, and changes
// that are held back or set aside.

#include "engine/store/conflicts.hpp"
#include "kiosk/model/desk.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::kiosk {

struct ReviewValue {
    std::string column;  ///< its name in the catalog
    std::string value;   ///< an enumerator's name where it is one
    const Enumeration* enumeration = nullptr;
    bool differs = false;  ///< from one of the others
};

struct ReviewSide {
    std::string office;  ///< and, where it is known, who acted there
    std::int64_t at_ms = 0;
    std::vector<ReviewValue> values;  ///< empty: this one deleted the row
};

struct ReviewItem {
    Conflict conflict;
    std::string subject;  ///< whom or what it is about
    std::vector<ReviewSide> sides;
    bool deleted() const { return conflict.group == nullptr; }
    bool same_as(const ReviewItem& other) const {
        return conflict.table == other.conflict.table && conflict.group == other.conflict.group && conflict.key == other.conflict.key;
    }
};

/// What was sent and is not shown: a segment that waits, or a change that breaks a rule.
struct HeldBack {
    enum class Why { order, clock, device, rights, scope, value, other };
    Why why = Why::other;
    bool waits = false;  ///< and may still be taken in by itself
    std::string office;
    std::string detail;  ///< the engine's sentence, for whoever is asked for help
};

/// A value that nobody wrote yet, typed by the one who decides.
struct ThirdValue {
    struct Field {
        const Column* column = nullptr;
        std::string typed;
    };
    ReviewItem item;
    std::vector<Field> fields;  ///< of the group's columns that a person can type
};

struct ReviewModel {
    std::vector<ReviewItem> items;
    std::vector<HeldBack> held;
    std::uint64_t seen = 0;
    bool loaded = false;
    std::string problem;
    Opening opening;  ///< of `third`
    std::optional<ThirdValue> third;
    bool people = false;  ///< the other side of the screen: who may be the same

    void refresh(Desk& desk);
    void keep_side(Desk& desk, std::size_t item, std::size_t side);
    void keep_row(Desk& desk, std::size_t item);
    void delete_row(Desk& desk, std::size_t item);
    /// Starts from what is shown now.
    void type_third(std::size_t item);
    void keep_third(Desk& desk);
};

}  // namespace tefter::kiosk
