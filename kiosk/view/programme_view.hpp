#pragma once
// What the screens of courses, internships and study tours share.

#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

/// The way back, the activity's title, and its attendance one tap away. False when the screen was left.
bool draw_programme_top(Ui& ui);
/// A field in which an institution of the register is found and chosen. `fault`: a sentence, or empty.
void institution_field(Ui& ui, const char* id, const std::string& label, InstitutionPick& pick, const Institutions* known,
                       const std::string& fault);
/// Three fields of a date under a label.
void labelled_date(Ui& ui, const char* id, const std::string& label, std::array<std::string, 3>& parts, const std::string& fault);

}  // namespace tefter::kiosk
