#include "kiosk/model/settings.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/file.hpp"

namespace tefter::kiosk {

Settings Settings::load(const std::string& path) {
    Settings out;
    std::ifstream in(path);
    const nlohmann::json read = nlohmann::json::parse(in, nullptr, false);
    if (!read.is_object()) return out;
    const std::string code = read.value("language", "en");
    for (std::size_t i = 0; i < languages; ++i) {
        if (code_of(static_cast<Language>(i)) == code) out.language = static_cast<Language>(i);
    }
    const std::string look = read.value("look", "light");
    out.look = look == "dark" ? Look::dark : look == "high_contrast" ? Look::high_contrast : Look::light;
    out.text_size = std::clamp(read.value("text_size", 1.0), 0.8, 1.6);
    out.signs = read.value("signs", false);
    out.lock_minutes = std::clamp(read.value("lock_minutes", 5), 0, 120);
    out.keyboard = read.value("keyboard", false);
    out.officer = read.value("officer", "");
    return out;
}

void Settings::save(const std::string& path) const {
    const char* looks[] = {"light", "dark", "high_contrast"};
    const nlohmann::json out{{"language", std::string(code_of(language))},
                             {"look", looks[static_cast<int>(look)]},
                             {"text_size", text_size},
                             {"keyboard", keyboard},
                             {"officer", officer},
                             {"signs", signs},
                             {"lock_minutes", lock_minutes}};
    NewFile file(path);
    file.write(as_bytes(out.dump(1)));
    file.commit();
}

}  // namespace tefter::kiosk
