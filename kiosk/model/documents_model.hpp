#pragma once
// Documents on paper or as a file. What leaves the replica so is noted in the access log first.

#include "kiosk/model/desk.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::kiosk {

enum class Document { attendance_list, badges, certificates, activity_report, person_data };
enum class Target { file, printer };

struct DocumentsModel {
    std::string folder;  ///< where files go
    bool working = false;
    std::string written;   ///< the path of the last file
    bool printed = false;  ///< the last one went to the printer
    std::string problem;

    /// Of an activity, by its code, or of a person, by the id. Badges are given to those who have none.
    void make(Desk& desk, Document document, const std::string& of, Language language, Target target);
    /// What became of the last one.
    void forget();
};

}  // namespace tefter::kiosk
