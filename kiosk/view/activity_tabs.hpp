#pragma once
// The tabs of the activity screen, each in a file of its own, and what they share with the check-in.

#include "kiosk/view/ui.hpp"

namespace tefter::kiosk {

/// The way back, the title, and what can be done with the whole activity.
void draw_activity_top(Ui& ui, const ActivityModel& model, bool at_the_door);

void draw_grid(Ui& ui);
void draw_enrolments(Ui& ui);
void draw_results(Ui& ui);
void draw_evaluation(Ui& ui);
void draw_documents(Ui& ui);
/// What became of the document that was asked for last.
void draw_document_outcome(Ui& ui);

}  // namespace tefter::kiosk
