#pragma once
// The registration form of a person, and what is known of one who is registered.

#include <array>

#include "kiosk/model/activities_model.hpp"
#include "kiosk/model/people.hpp"

namespace tefter::kiosk {

struct ConsentText {
    std::int64_t id = 0;
    std::string language, words;
};

struct HistoryLine {
    std::string code, title, starts_on;
    std::int64_t attended = 0, sessions = 0;
};

/// What is typed; empty: not said. Enumerators by their names in the catalog.
struct PersonForm {
    std::string family, given, gender, birth_day, birth_month, birth_year, institution, category, position, email, telephone, needs, notes;
    bool consent = false;
    friend bool operator==(const PersonForm&, const PersonForm&) = default;

    /// ISO 8601, a year alone, or empty; nothing where what is typed is no date.
    std::optional<std::string> birth() const;
    std::string to_draft() const;
    static PersonForm from_draft(const std::string& text);
};

/// A stroke is a run of points, 0 to 1000 each way; strokes follow one another with a pair of `pen_up` between.
inline constexpr std::uint16_t pen_up = 65535;
using Strokes = std::vector<std::pair<std::uint16_t, std::uint16_t>>;
Bytes pack(const Strokes& strokes);

struct PersonModel {
    std::int64_t id = 0;           ///< 0: a new person
    std::string scope;             ///< of a new person
    std::string enrol_in;          ///< an activity that a new person is enrolled in, and checked in to
    std::int64_t check_in_to = 0;  ///< session, 0: none
    PersonForm form, stored;
    Strokes signature;
    bool wants_focus = false;  ///< the first field
    bool loaded = true, consented = false, saving = false;
    std::int64_t saved = 0;  ///< the id once it is durable
    std::string problem;
    std::map<std::string, std::string> faults;  ///< by field, a key of the texts
    std::vector<ConsentText> consents;
    std::vector<HistoryLine> history;
    std::vector<const PersonLine*> likely;  ///< who it may be already, while a new one is typed
    std::shared_ptr<const People> people_index;
    std::string compared;
    std::uint64_t seen = 0;

    /// A new person; what was typed before and never saved is there again.
    void begin(Desk& desk, const std::string& in_scope);
    void open(std::int64_t person);
    void refresh(Desk& desk, Language language);
    void compare(const std::shared_ptr<const People>& index);
    bool check();
    void save(Desk& desk, Language language);
    void withdraw_consent(Desk& desk);
    bool changed() const { return !(form == stored); }
};

}  // namespace tefter::kiosk
