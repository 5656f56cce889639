#include "server/phone.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/base/crypto.hpp"
#include "engine/base/file.hpp"
#include "schema/domain/catalog_text.hpp"
#include "schema/texts/texts.hpp"

namespace tefter {

namespace {

constexpr std::size_t most_file_bytes = 16U << 20U;

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> types = {{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".wasm", "application/wasm"},
}};

/// The kiosk's words that the page shows; the page has no others.
constexpr std::array<std::string_view, 15> shown = {"activities.",   "activity.nobody", "back",   "door.",  "gender.",
                                                    "grid.session",  "half_day.",       "kosovo", "month.", "nav.",
                                                    "nothing.found", "person.",         "phone.", "send.",  "settings.language"};
constexpr std::array<std::string_view, 3> shown_too = {"today.", "undo", "unlock."};

std::string words() {
    const auto is_shown = [](const std::string& key) {
        const auto begins = [&](std::string_view prefix) { return key.starts_with(prefix); };
        return std::any_of(shown.begin(), shown.end(), begins) || std::any_of(shown_too.begin(), shown_too.end(), begins);
    };
    const Texts texts;
    nlohmann::json out;
    for (const auto& [key, in_language] : texts.all()) {
        if (!is_shown(key)) continue;
        for (std::size_t i = 0; i < languages; ++i) out[std::string(code_of(static_cast<Language>(i)))][key] = in_language[i];
    }
    return out.dump();
}

}  // namespace

PhonePage::PhonePage(const std::string& folder) {
    if (folder.empty() || !std::filesystem::exists(folder)) return;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string extension = entry.path().extension().string();
        const auto type = std::find_if(types.begin(), types.end(), [&](const auto& each) { return each.first == extension; });
        if (type == types.end()) continue;
        const Bytes bytes = read_file(entry.path().string(), most_file_bytes);
        files_[entry.path().filename().string()] = {std::string(type->second), std::string(as_text(bytes))};
    }
    files_["catalog.json"] = {"application/json", std::string(catalog_text())};
    files_["texts.json"] = {"application/json", words()};
    if (const auto page = files_.find("index.html"); page != files_.end()) files_[""] = page->second;
    // A page that was kept asks for this, and fetches everything anew when it has changed.
    std::string all;
    for (const auto& [name, file] : files_) all += name + '\0' + file.content + '\0';
    files_["version"] = {"text/plain; charset=utf-8", hexadecimal(BytesView(blake2b(as_bytes(all))).first(16))};
}

const PhonePage::File* PhonePage::find(std::string_view name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : &found->second;
}

std::string_view PhonePage::content_security_policy() {
    return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
           "manifest-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
}

}  // namespace tefter
