#pragma once
// USB sticks and cards that are plugged in, and what lies on them for this program.

#include <cstdint>
#include <string>
#include <vector>

namespace tefter::kiosk {

inline constexpr const char* bundle_ending = ".tefter";
inline constexpr const char* invitation_ending = ".tefter-invitation";

struct MediumFile {
    std::string path, name;
    std::uint64_t bytes = 0;
    std::int64_t at_ms = 0;  ///< when it was written
};

struct Medium {
    std::string path, name;
    std::uint64_t free_bytes = 0;
    std::vector<MediumFile> bundles, invitations;  ///< latest first
};

/// Everything that is mounted where desktops mount what is plugged in, and `more`, a folder that is offered like a stick.
/// `mounts` is the system's list, as in /proc/self/mounts.
std::vector<Medium> plugged_in(const std::string& more, const std::string& mounts = "/proc/self/mounts");

/// The enrolment code in an invitation's file. Throws ErrorKind::usage when there is none.
std::string code_in(const std::string& invitation_file);

/// A name that no other file of that folder has, of letters that every file system takes.
std::string bundle_name(const std::string& office, const std::string& day, const std::string& clock);

}  // namespace tefter::kiosk
