#pragma once
// The registration form of a person, and what is known of one who is registered.

#include <array>

#include "kiosk/model/activities_model.hpp"
#include "kiosk/model/desk.hpp"
#include "kiosk/model/institutions.hpp"
#include "kiosk/model/people.hpp"
#include "kiosk/model/strokes.hpp"

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
    std::string institution_id;  ///< of the register; empty: `institution` is free text
    std::string spoken;          ///< languages with their levels: en:B2 mk:C1, in order
    bool consent = false;
    friend bool operator==(const PersonForm&, const PersonForm&) = default;

    /// ISO 8601, a year alone, or empty; nothing where what is typed is no date.
    std::optional<std::string> birth() const;
    /// Typing on takes the choice from the register back.
    void choose(const InstitutionLine& line);
    void type_institution(const std::string& text);
    /// An empty level takes the language away.
    void speak(const std::string& language, const std::string& level);
    std::string to_draft() const;
    static PersonForm from_draft(const std::string& text);
};

struct PersonModel {
    Opening opening;
    std::int64_t id = 0;           ///< 0: a new person
    std::string scope;             ///< of a new person
    std::string enrol_in;          ///< an activity that a new person is enrolled in, and checked in to
    std::int64_t check_in_to = 0;  ///< session, 0: none
    PersonForm form, stored;
    Strokes signature;
    std::string asked_level;   ///< the language whose level is asked for
    bool wants_focus = false;  ///< the first field
    bool loaded = true, consented = false, saving = false;
    std::int64_t saved = 0;  ///< the id once it is durable
    std::string problem;
    std::map<std::string, std::string> faults;  ///< by field, a key of the texts
    std::vector<ConsentText> consents;          ///< newest edition first
    std::string consent_language;               ///< that the person reads; empty: the kiosk's
    std::vector<HistoryLine> history;
    std::shared_ptr<const Institutions> institutions;
    std::vector<const PersonLine*> likely;  ///< who it may be already, while a new one is typed
    std::shared_ptr<const People> people_index;
    std::string compared;
    std::uint64_t seen = 0;

    /// A new person; what was typed before and never saved is there again.
    void begin(Desk& desk, const std::string& in_scope);
    void open(std::int64_t person);
    /// Nothing that was read or typed stays in memory; refresh() brings it back.
    void forget();
    void refresh(Desk& desk, Language language);
    /// What is typed and not saved.
    void keep_draft(Desk& desk) const;
    void discard(Desk& desk);
    void compare(const std::shared_ptr<const People>& index);
    bool check();
    void save(Desk& desk, Language language);
    /// What the person agrees to; null: nothing has been written yet.
    const ConsentText* consent_text(Language kiosk) const;
    void withdraw_consent(Desk& desk);
    bool changed() const { return !(form == stored); }
};

}  // namespace tefter::kiosk
