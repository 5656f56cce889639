#include "kiosk/model/media.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/error.hpp"
#include "engine/base/file.hpp"
#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_files = 50;
constexpr std::size_t invitation_bytes = 4096;

/// Blanks are written as \040 in the system's list of mounts.
std::string unescaped(const std::string& path) {
    std::string out;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '\\' && i + 3 < path.size()) {
            out += static_cast<char>(std::stoi(path.substr(i + 1, 3), nullptr, 8));
            i += 3;
        } else {
            out += path[i];
        }
    }
    return out;
}

std::int64_t written_at(const fs::directory_entry& entry) {
    const auto at = std::chrono::file_clock::to_sys(entry.last_write_time());
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

Medium look_at(const std::string& path) {
    Medium out;
    out.path = path;
    out.name = fs::path(path).filename().string();
    std::error_code failed;
    out.free_bytes = fs::space(path, failed).available;
    for (fs::directory_iterator at(path, failed), end; !failed && at != end; at.increment(failed)) {
        std::error_code gone;
        if (!at->is_regular_file(gone) || gone) continue;
        MediumFile file{at->path().string(), at->path().filename().string(), at->file_size(gone), 0};
        if (gone) continue;
        file.at_ms = written_at(*at);
        if (file.name.ends_with(bundle_ending)) out.bundles.push_back(file);
        else if (file.name.ends_with(invitation_ending)) out.invitations.push_back(file);
    }
    for (std::vector<MediumFile>* files : {&out.bundles, &out.invitations}) {
        std::sort(files->begin(), files->end(),
                  [](const MediumFile& a, const MediumFile& b) { return std::pair(b.at_ms, a.name) < std::pair(a.at_ms, b.name); });
        if (files->size() > most_files) files->resize(most_files);
    }
    return out;
}

}  // namespace

std::vector<Medium> plugged_in(const std::string& more, const std::string& mounts) {
    std::vector<Medium> out;
    std::error_code failed;
    if (!more.empty() && fs::is_directory(more, failed)) out.push_back(look_at(more));
    std::ifstream in(mounts);
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields(line);
        std::string device, path;
        fields >> device >> path;
        path = unescaped(path);
        const bool by_hand = path.starts_with("/mnt/") && path.find('/', 5) == std::string::npos;
        const bool of_a_person = by_hand || path.starts_with("/media/") || path.starts_with("/run/media/");
        if (of_a_person) out.push_back(look_at(path));
    }
    return out;
}

std::string code_in(const std::string& invitation_file) {
    const Bytes bytes = read_file(invitation_file, invitation_bytes);
    std::istringstream words{std::string(as_text(bytes))};
    for (std::string word; words >> word;) {
        if (word.starts_with("TEFTER1-")) return word;
    }
    throw Error(ErrorKind::usage, "The file " + fs::path(invitation_file).filename().string() +
                                      " holds no enrolment code; ask the administrator for another one.");
}

std::string bundle_name(const std::string& office, const std::string& day, const std::string& clock) {
    std::string out = sort_key(office) + "-" + day + "-" + clock;
    std::replace_if(
        out.begin(), out.end(), [](char c) { return std::string_view(" :/\\").find(c) != std::string_view::npos; }, '-');
    return out + bundle_ending;
}

}  // namespace tefter::kiosk
