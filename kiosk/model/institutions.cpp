#include "kiosk/model/institutions.hpp"

#include <algorithm>
#include <sstream>

#include "schema/domain/names.hpp"

namespace tefter::kiosk {

std::shared_ptr<const Institutions> Institutions::load(Database& reader) {
    auto out = std::make_shared<Institutions>();
    Statement row = reader.prepare_once("SELECT id, name, name_en, place FROM institution");
    while (row.step()) {
        InstitutionLine line{row.integer(0), std::string(row.text(1)), std::string(row.text(3)), {}};
        line.key = name_key(line.name + " " + std::string(row.text(2)) + " " + line.place);
        out->lines_.push_back(std::move(line));
    }
    std::sort(out->lines_.begin(), out->lines_.end(), [](const InstitutionLine& a, const InstitutionLine& b) {
        return std::pair(sort_key(a.name), a.id) < std::pair(sort_key(b.name), b.id);
    });
    return out;
}

const InstitutionLine* Institutions::find(std::int64_t id) const {
    const auto at = std::find_if(lines_.begin(), lines_.end(), [&](const InstitutionLine& line) { return line.id == id; });
    return at == lines_.end() ? nullptr : &*at;
}

std::vector<const InstitutionLine*> Institutions::search(std::string_view typed, std::size_t most) const {
    std::vector<std::string> words;
    std::istringstream in{std::string(typed)};
    for (std::string word; in >> word;) words.push_back(name_key(word));
    std::vector<const InstitutionLine*> out;
    for (const InstitutionLine& line : lines_) {
        if (out.size() == most) break;
        const auto has = [&](const std::string& word) { return line.key.find(word) != std::string::npos; };
        if (std::all_of(words.begin(), words.end(), has)) out.push_back(&line);
    }
    return out;
}

void InstitutionPick::choose(const InstitutionLine& line) {
    id = line.id;
    typed = chosen_name = line.name;
}

}  // namespace tefter::kiosk
