#pragma once
// What the kiosk remembers of how it is used, in plain text beside the replica, since it is needed before the unlocking.

#include <string>

#include "schema/texts/texts.hpp"

namespace tefter::kiosk {

enum class Look { light, dark, high_contrast };

struct Settings {
    Language language = Language::en;
    Look look = Look::light;
    double text_size = 1.0;  ///< 0.8 to 1.6
    bool keyboard = false;   ///< on the screen
    std::string officer;     ///< who unlocked last
    bool signs = false;      ///< people sign when they are checked in
    int lock_minutes = 5;    ///< without a touch; 0: never

    /// The defaults where there is no file, or it cannot be understood.
    static Settings load(const std::string& path);
    void save(const std::string& path) const;
    friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace tefter::kiosk
