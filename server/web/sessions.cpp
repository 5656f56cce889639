#include "server/web/sessions.hpp"

#include <algorithm>
#include <array>

#include "engine/base/crypto.hpp"

namespace tefter::web {

namespace {

constexpr std::int64_t idle_ms = 12LL * 3600 * 1000;
constexpr std::int64_t noted_after_ms = 60'000;  // that a session was used: not at each page
constexpr std::size_t most_sessions = 5000;
constexpr std::size_t most_guessers_a_page = 100;  // of 256 pages
constexpr std::int64_t forgotten_after_ms = 3600 * 1000;
constexpr std::int64_t longest_wait_ms = 15 * 60 * 1000;

constexpr const char* prefix = "session:";
std::string name_of(const std::string& token) { return prefix + hexadecimal(blake2b(as_bytes(token))); }
/// A guesser's name may be as long as a guesser likes.
std::string mark_of(const std::string& guesser) { return hexadecimal(BytesView(blake2b(as_bytes(guesser))).first(16)); }
std::string page_of(const std::string& mark) { return "guesses:" + mark.substr(0, 2); }

}  // namespace

std::string Sessions::random_token() {
    std::array<std::uint8_t, 32> bytes{};
    environment_.random(bytes);
    return hexadecimal(bytes);
}

Bytes Sessions::encode(const Entry& entry) {
    Writer out;
    out.signed_varint(entry.who.user);
    out.sized(entry.who.form_token);
    out.u8(entry.who.must_change ? 1 : 0);
    out.sized(BytesView(entry.who.new_code));
    out.signed_varint(entry.used_ms);
    return out.take();
}

Sessions::Entry Sessions::decode(BytesView bytes) {
    Reader in(bytes);
    Entry out;
    out.who.user = in.signed_varint();
    out.who.form_token = as_text(in.sized());
    out.who.must_change = in.u8() != 0;
    const BytesView code = in.sized();
    out.who.new_code.assign(code.begin(), code.end());
    out.used_ms = in.signed_varint();
    return out;
}

void Sessions::change(const std::string& name, const std::function<bool(Entry&)>& work) {
    if (!book_.read(name)) return;  // nobody makes pages by making up tokens
    book_.change(name, [&](const std::optional<Bytes>& page) -> std::optional<Bytes> {
        if (!page) return std::nullopt;
        Entry entry = decode(*page);
        return work(entry) ? std::optional(encode(entry)) : std::nullopt;
    });
}

std::string Sessions::begin(std::int64_t user, bool must_change) {
    const std::string token = random_token();
    Entry made;
    made.who.user = user;
    made.who.form_token = random_token();
    made.who.must_change = must_change;
    made.used_ms = environment_.now_ms();
    std::vector<std::pair<std::int64_t, std::string>> used;
    for (const auto& [name, page] : book_.all(prefix)) used.emplace_back(decode(page).used_ms, name);
    std::sort(used.begin(), used.end());
    for (std::size_t i = 0; i < used.size(); ++i) {
        const bool is_over = made.used_ms - used[i].first > idle_ms, are_too_many = used.size() - i >= most_sessions;
        if (is_over || are_too_many) change(used[i].second, [](Entry&) { return false; });
    }
    book_.change(name_of(token), [&](const std::optional<Bytes>&) { return encode(made); });
    return token;
}

std::optional<Signed> Sessions::find(const std::string& token) {
    if (token.empty()) return std::nullopt;
    const std::int64_t now_ms = environment_.now_ms();
    const std::optional<Bytes> page = book_.read(name_of(token));
    if (!page) return std::nullopt;
    const Entry found = decode(*page);
    if (now_ms - found.used_ms > idle_ms) return std::nullopt;
    if (now_ms - found.used_ms > noted_after_ms) {
        change(name_of(token), [now_ms](Entry& entry) {
            entry.used_ms = now_ms;
            return true;
        });
    }
    return found.who;
}

void Sessions::end(const std::string& token) {
    change(name_of(token), [](Entry&) { return false; });
}

void Sessions::end_others(std::int64_t user, const std::string& token) {
    const std::string kept = name_of(token);
    for (const auto& [name, page] : book_.all(prefix)) {
        if (name != kept && decode(page).who.user == user) change(name, [](Entry&) { return false; });
    }
}

void Sessions::passphrase_changed(const std::string& token) {
    change(name_of(token), [](Entry& entry) {
        entry.who.must_change = false;
        return true;
    });
}

void Sessions::offer_code(const std::string& token, std::vector<std::uint8_t> secret) {
    change(name_of(token), [&](Entry& entry) {
        entry.who.new_code = secret;
        return true;
    });
}

Bytes Guesses::encode(const Entries& entries) {
    Writer out;
    for (const auto& [name, entry] : entries) {
        out.sized(name);
        for (const std::int64_t number : {entry.count, entry.last_ms, entry.until_ms}) out.signed_varint(number);
    }
    return out.take();
}

Guesses::Entries Guesses::decode(const std::optional<Bytes>& page) {
    Entries out;
    if (!page) return out;
    for (Reader in(*page); !in.done();) {
        Entry& entry = out[std::string(as_text(in.sized()))];
        for (std::int64_t* number : {&entry.count, &entry.last_ms, &entry.until_ms}) *number = in.signed_varint();
    }
    return out;
}

std::int64_t Guesses::wait_ms(const std::vector<Key>& keys, std::int64_t now_ms) {
    std::int64_t wait = 0;
    for (const Key& key : keys) {
        const std::string mark = mark_of(key.name);
        const Entries entries = decode(book_.read(page_of(mark)));
        const auto found = entries.find(mark);
        if (found != entries.end()) wait = std::max(wait, std::min(found->second.until_ms - now_ms, longest_wait_ms));
    }
    return wait;
}

void Guesses::wrong(const std::vector<Key>& keys, std::int64_t now_ms) {
    for (const Key& key : keys) {
        const std::string mark = mark_of(key.name);
        book_.change(page_of(mark), [&](const std::optional<Bytes>& page) {
            Entries entries = decode(page);
            Entry& entry = entries[mark];
            if (now_ms - entry.last_ms > forgotten_after_ms) entry = {};
            entry.last_ms = now_ms;
            const std::int64_t over = ++entry.count - key.free;
            if (over >= 0) entry.until_ms = now_ms + std::min(longest_wait_ms, std::int64_t{1000} << std::min<std::int64_t>(over, 20));
            std::erase_if(entries, [&](const auto& one) { return now_ms - one.second.last_ms > forgotten_after_ms; });
            while (entries.size() > most_guessers_a_page) {  // who has guessed least is forgotten first, and who guesses now is not
                auto least = entries.end();
                for (auto at = entries.begin(); at != entries.end(); ++at) {
                    if (at->first != mark && (least == entries.end() || at->second.count < least->second.count)) least = at;
                }
                entries.erase(least);
            }
            return encode(entries);
        });
    }
}

void Guesses::right(const std::string& name) {
    const std::string mark = mark_of(name);
    book_.change(page_of(mark), [&](const std::optional<Bytes>& page) -> std::optional<Bytes> {
        Entries entries = decode(page);
        entries.erase(mark);
        return entries.empty() ? std::nullopt : std::optional(encode(entries));
    });
}

}  // namespace tefter::web
