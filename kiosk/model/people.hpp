#pragma once
// Everyone whom this replica knows, in memory, to be found in milliseconds: in any script, without diacritics, with a slip.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/store/database.hpp"

namespace tefter::kiosk {

/// A line of the list; its texts belong to the People that it is one of.
struct PersonLine {
    std::int64_t id = 0;
    std::string_view family, given, institution, birth, badge;

    std::string name() const { return std::string(family).append(" ").append(given); }
    /// Where somebody works, and the year of birth: what tells apart those who have one name.
    std::string known_by() const;
};

/// Texts that many have in common, each kept once. A laptop of 4 GB has room for everybody.
class TextPool {
public:
    std::string_view keep(std::string_view text);
    /// No more will come: what was needed to find them again is let go.
    void close() { known_ = {}; }

private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    char* free_ = nullptr;  ///< in the last block
    std::size_t left_ = 0;  ///< of the last block
    std::unordered_set<std::string_view> known_;
};

/// Whether a slip is forgiven.
enum class Spelling { exact, near };

/// Immutable once it is built; shared between threads.
class People {
public:
    /// Reads in short pieces, so that nobody who writes waits for long.
    static std::shared_ptr<const People> load(Database& reader);
    People(std::vector<PersonLine> lines, TextPool texts);

    std::size_t size() const { return lines_.size(); }
    const PersonLine* find(std::int64_t id) const;
    const PersonLine* by_badge(std::string_view badge) const;

    /// By name.
    std::vector<const PersonLine*> first(std::size_t most) const;
    /// Every word of `text` must begin a word of the person's name, institution or year of birth. Where none begins so, and slips are
    /// forgiven, from four letters on it may be one slip
    /// (Damerau–Levenshtein distance 1) away from a beginning. Exact ones first, then by name; at most `most`.
    std::vector<const PersonLine*> search(std::string_view text, std::size_t most, Spelling spelling = Spelling::near) const;

private:
    struct Match {
        std::uint32_t line;
        std::uint32_t cost;
    };
    std::vector<Match> matches(const std::string& word, Spelling spelling) const;

    std::vector<PersonLine> lines_;                             ///< by family and given name, folded
    std::vector<std::pair<std::string, std::uint32_t>> words_;  ///< ascending; and where their lines begin
    std::vector<std::uint32_t> postings_;                       ///< of each word, ascending
    TextPool texts_;
    std::vector<std::pair<std::int64_t, std::uint32_t>> by_id_;         ///< ascending
    std::vector<std::pair<std::string_view, std::uint32_t>> by_badge_;  ///< ascending
};

/// Whether one insertion, deletion, substitution or swap of neighbours turns `typed` into a beginning of `word`.
bool begins_with_a_slip(std::string_view word, std::string_view typed);

}  // namespace tefter::kiosk
