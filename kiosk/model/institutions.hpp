#pragma once
// Choosing an institution of the register by a few letters.

#include <memory>
#include <string>
#include <vector>

#include "engine/store/database.hpp"

namespace tefter::kiosk {

struct InstitutionLine {
    std::int64_t id = 0;
    std::string name, place, key;  ///< key: folded, for search
};

class Institutions {
public:
    static std::shared_ptr<const Institutions> load(Database& reader);
    const InstitutionLine* find(std::int64_t id) const;
    /// Those whose name, English name or place has every word of `typed`; by name, at most `most`.
    std::vector<const InstitutionLine*> search(std::string_view typed, std::size_t most) const;

private:
    std::vector<InstitutionLine> lines_;  ///< by name
};

/// What is typed and what was chosen; typing on takes the choice back.
struct InstitutionPick {
    std::int64_t id = 0;
    std::string typed, chosen_name;

    void choose(const InstitutionLine& line);
    /// The id while what is typed is still the chosen name, else 0.
    std::int64_t chosen() const { return id != 0 && typed == chosen_name ? id : 0; }
    friend bool operator==(const InstitutionPick&, const InstitutionPick&) = default;
};

}  // namespace tefter::kiosk
