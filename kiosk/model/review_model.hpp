#pragma once
// What waits for people: values that stand against each other, rows that one office deleted and another kept, and changes
// that are held back.

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
    std::string office;
    std::int64_t at_ms = 0;
    std::vector<ReviewValue> values;  ///< empty: this one deleted the row
};

struct ReviewItem {
    Conflict conflict;
    std::string subject;  ///< whom or what it is about
    std::vector<ReviewSide> sides;
    bool deleted() const { return conflict.group == nullptr; }
};

struct ReviewModel {
    std::vector<ReviewItem> items;
    std::vector<std::string> held;  ///< sentences: why a segment waits
    std::uint64_t seen = 0;
    bool loaded = false;
    std::string problem;

    void refresh(Desk& desk);
    void keep_side(Desk& desk, std::size_t item, std::size_t side);
    void keep_row(Desk& desk, std::size_t item);
    void delete_row(Desk& desk, std::size_t item);
};

}  // namespace tefter::kiosk
