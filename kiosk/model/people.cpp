#include "kiosk/model/people.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "schema/domain/names.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::int64_t rows_at_once = 2000;
constexpr std::size_t letters_for_a_slip = 4;
constexpr std::size_t block_bytes = 64 * 1024;

/// The keys of the words of a text; what joins and separates them is left out.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" -,./()'\"", at), text.size());
        std::string key = name_key(text.substr(at, end - at));
        if (!key.empty()) out.push_back(std::move(key));
        at = end + 1;
    }
    return out;
}

}  // namespace

std::string PersonLine::known_by() const {
    std::string out(institution);
    if (birth.size() >= 4) out.append("  ·  ").append(birth.substr(0, 4));
    return out;
}

std::string_view TextPool::keep(std::string_view text) {
    if (text.empty()) return {};
    const auto known = known_.find(text);
    if (known != known_.end()) return *known;
    if (text.size() > left_) {
        left_ = std::max(block_bytes, text.size());
        free_ = blocks_.emplace_back(std::make_unique<char[]>(left_)).get();
    }
    char* to = std::exchange(free_, free_ + text.size());
    left_ -= text.size();
    std::memcpy(to, text.data(), text.size());
    return *known_.emplace(to, text.size()).first;
}

std::shared_ptr<const People> People::load(Database& reader) {
    std::vector<PersonLine> lines;
    TextPool texts;
    std::int64_t after = INT64_MIN;
    for (bool more = true; more;) {
        more = false;
        Statement row = reader.prepare_once(
            "SELECT person.id, family_name, given_name, coalesce(institution.name, institution_text), birth_date, badge FROM person "
            "LEFT JOIN institution ON institution.id = person.institution WHERE person.id > ?1 ORDER BY person.id LIMIT ?2");
        row.with(after, rows_at_once);
        while (row.step()) {
            lines.push_back({row.integer(0), texts.keep(row.text(1)), texts.keep(row.text(2)), texts.keep(row.text(3)),
                             texts.keep(row.text(4)), texts.keep(row.text(5))});
            after = row.integer(0);
            more = true;
        }
    }
    texts.close();
    auto people = std::make_shared<const People>(std::move(lines), std::move(texts));
    ::malloc_trim(0);  // making it took more than it is
    return people;
}

People::People(std::vector<PersonLine> lines, TextPool texts) : lines_(std::move(lines)), texts_(std::move(texts)) {
    std::vector<std::pair<std::string, std::uint32_t>> order;
    for (std::uint32_t i = 0; i < lines_.size(); ++i) order.emplace_back(sort_key(lines_[i].name()), i);
    std::sort(order.begin(), order.end());
    std::vector<PersonLine> sorted;
    sorted.reserve(lines_.size());
    for (const auto& [key, i] : order) sorted.push_back(lines_[i]);
    lines_ = std::move(sorted);

    std::unordered_map<std::string, std::vector<std::uint32_t>> of_word;
    std::unordered_map<std::string_view, std::vector<std::string>> of_institution;  // few, and long to fold
    for (std::uint32_t i = 0; i < lines_.size(); ++i) {
        const PersonLine& line = lines_[i];
        by_id_.emplace_back(line.id, i);
        if (!line.badge.empty()) by_badge_.emplace_back(line.badge, i);
        const auto add = [&](const std::string& word) {
            std::vector<std::uint32_t>& list = of_word[word];
            if (list.empty() || list.back() != i) list.push_back(i);
        };
        for (const std::string& word : words_of(line.family)) add(word);
        for (const std::string& word : words_of(line.given)) add(word);
        if (line.birth.size() >= 4) add(std::string(line.birth.substr(0, 4)));
        auto known = of_institution.find(line.institution);
        if (known == of_institution.end()) known = of_institution.emplace(line.institution, words_of(line.institution)).first;
        for (const std::string& word : known->second) add(word);
    }
    std::sort(by_id_.begin(), by_id_.end());
    std::sort(by_badge_.begin(), by_badge_.end());
    by_badge_.shrink_to_fit();
    words_.reserve(of_word.size() + 1);
    for (const auto& [word, list] : of_word) words_.emplace_back(word, 0);
    std::sort(words_.begin(), words_.end());
    for (auto& [word, begin] : words_) {
        begin = static_cast<std::uint32_t>(postings_.size());
        const std::vector<std::uint32_t>& list = of_word[word];
        postings_.insert(postings_.end(), list.begin(), list.end());
    }
    words_.emplace_back(std::string(1, '\x7f'), static_cast<std::uint32_t>(postings_.size()));  // after every word
    postings_.shrink_to_fit();
}

namespace {

/// The place of a name in an ascending list; of several, the last, as whoever came later.
template <class Name>
const std::uint32_t* place_of(const std::vector<std::pair<Name, std::uint32_t>>& list, Name name) {
    const auto after =
        std::upper_bound(list.begin(), list.end(), name, [](Name wanted, const auto& entry) { return wanted < entry.first; });
    return after == list.begin() || std::prev(after)->first != name ? nullptr : &std::prev(after)->second;
}

}  // namespace

const PersonLine* People::find(std::int64_t id) const {
    const std::uint32_t* line = place_of(by_id_, id);
    return line == nullptr ? nullptr : &lines_[*line];
}

const PersonLine* People::by_badge(std::string_view badge) const {
    const std::uint32_t* line = place_of(by_badge_, badge);
    return line == nullptr ? nullptr : &lines_[*line];
}

std::vector<const PersonLine*> People::first(std::size_t most) const {
    std::vector<const PersonLine*> out;
    for (std::size_t i = 0; i < std::min(most, lines_.size()); ++i) out.push_back(&lines_[i]);
    return out;
}

bool begins_with_a_slip(std::string_view word, std::string_view typed) {
    std::size_t same = 0;
    while (same < word.size() && same < typed.size() && word[same] == typed[same]) ++same;
    if (same == typed.size()) return true;
    const std::string_view rest = word.substr(same), wanted = typed.substr(same);
    if (rest.starts_with(wanted.substr(1))) return true;  // a letter too many
    if (rest.empty()) return false;
    if (rest.substr(1).starts_with(wanted)) return true;            // a letter missing
    if (rest.substr(1).starts_with(wanted.substr(1))) return true;  // another letter
    return wanted.size() > 1 && rest.size() > 1 && rest[0] == wanted[1] && rest[1] == wanted[0] &&
           rest.substr(2).starts_with(wanted.substr(2));
}

std::vector<People::Match> People::matches(const std::string& word, Spelling spelling) const {
    const std::size_t last = words_.size() - 1;
    std::vector<Match> out;
    const auto take = [&](std::size_t at, std::uint32_t cost) {
        for (std::uint32_t i = words_[at].second; i < words_[at + 1].second; ++i) out.push_back({postings_[i], cost});
    };
    const auto take_beginning_with = [&](std::string_view beginning, std::uint32_t exact, std::uint32_t longer) {
        const auto from = std::lower_bound(words_.begin(), words_.end(), beginning,
                                           [](const auto& entry, std::string_view w) { return entry.first < w; });
        for (auto at = static_cast<std::size_t>(from - words_.begin()); at < last && words_[at].first.starts_with(beginning); ++at) {
            take(at, words_[at].first == beginning ? exact : longer);
        }
    };
    take_beginning_with(word, 0, 1);
    const bool number = word.find_first_of("0123456789") != std::string::npos;
    if (out.empty() && spelling == Spelling::near && !number) {
        // Half of a letter that is written with two: the next keystroke will say.
        if (word.size() > 1) take_beginning_with(std::string_view(word).substr(0, word.size() - 1), 2, 3);
        for (std::size_t i = 0; word.size() >= letters_for_a_slip && i < last; ++i) {
            if (begins_with_a_slip(words_[i].first, word)) take(i, 4);
        }
    }
    std::sort(out.begin(), out.end(), [](const Match& a, const Match& b) { return std::pair(a.line, a.cost) < std::pair(b.line, b.cost); });
    out.erase(std::unique(out.begin(), out.end(), [](const Match& a, const Match& b) { return a.line == b.line; }), out.end());
    return out;
}

std::vector<const PersonLine*> People::search(std::string_view text, std::size_t most, Spelling spelling) const {
    std::vector<Match> found;
    bool first = true;
    for (const std::string& word : words_of(text)) {
        std::vector<Match> matching = matches(word, spelling);
        if (first) {
            found = std::move(matching);
        } else {
            std::vector<Match> both;
            std::size_t j = 0;
            for (const Match& one : found) {
                while (j < matching.size() && matching[j].line < one.line) ++j;
                if (j < matching.size() && matching[j].line == one.line) both.push_back({one.line, one.cost + matching[j].cost});
            }
            found = std::move(both);
        }
        first = false;
    }
    std::stable_sort(found.begin(), found.end(), [](const Match& a, const Match& b) { return a.cost < b.cost; });
    std::vector<const PersonLine*> out;
    for (const Match& one : found) {
        if (out.size() == most) break;
        out.push_back(&lines_[one.line]);
    }
    return out;
}

}  // namespace tefter::kiosk
