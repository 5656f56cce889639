#include "server/web/sessions.hpp"

#include <algorithm>
#include <array>

#include "engine/base/crypto.hpp"

namespace tefter::web {

namespace {

constexpr std::int64_t idle_ms = 12LL * 3600 * 1000;
constexpr std::int64_t noted_after_ms = 60'000;  // that a session was used: not at each page
constexpr std::size_t most_sessions = 5000;
constexpr std::size_t most_guessers = 10'000;
constexpr std::int64_t forgotten_after_ms = 3600 * 1000;
constexpr std::int64_t longest_wait_ms = 15 * 60 * 1000;

std::string name_of(const std::string& token) { return "session:" + hexadecimal(blake2b(as_bytes(token))); }

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

std::optional<Sessions::Entry> Sessions::look(const std::string& name) {
    if (book_ != nullptr) {
        const std::optional<Bytes> page = book_->read(name);
        return page ? std::optional(decode(*page)) : std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
}

void Sessions::change(const std::string& name, const std::function<bool(Entry&)>& work) {
    if (book_ != nullptr) {
        if (!book_->read(name)) return;  // nobody makes pages by making up tokens
        return book_->change(name, [&](const std::optional<Bytes>& page) -> std::optional<Bytes> {
            if (!page) return std::nullopt;
            Entry entry = decode(*page);
            return work(entry) ? std::optional(encode(entry)) : std::nullopt;
        });
    }
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found != entries_.end() && !work(found->second)) entries_.erase(found);
}

std::vector<std::string> Sessions::names() {
    if (book_ != nullptr) return book_->names("session:");
    std::vector<std::string> out;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, entry] : entries_) out.push_back(name);
    return out;
}

std::string Sessions::begin(std::int64_t user, bool must_change) {
    const std::string token = random_token();
    Entry made;
    made.who.user = user;
    made.who.form_token = random_token();
    made.who.must_change = must_change;
    made.used_ms = environment_.now_ms();
    const std::vector<std::string> others = names();
    for (const std::string& other : others) {
        const std::optional<Entry> entry = look(other);
        if (entry && made.used_ms - entry->used_ms > idle_ms) change(other, [](Entry&) { return false; });
    }
    if (book_ != nullptr) {
        book_->change(name_of(token), [&](const std::optional<Bytes>&) { return encode(made); });
        return token;
    }
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= most_sessions) {
        entries_.erase(std::min_element(entries_.begin(), entries_.end(),
                                        [](const auto& a, const auto& b) { return a.second.used_ms < b.second.used_ms; }));
    }
    entries_[name_of(token)] = std::move(made);
    return token;
}

std::optional<Signed> Sessions::find(const std::string& token) {
    if (token.empty()) return std::nullopt;
    const std::int64_t now_ms = environment_.now_ms();
    const std::optional<Entry> found = look(name_of(token));
    if (!found || now_ms - found->used_ms > idle_ms) return std::nullopt;
    if (now_ms - found->used_ms > noted_after_ms) {
        change(name_of(token), [now_ms](Entry& entry) {
            entry.used_ms = now_ms;
            return true;
        });
    }
    return found->who;
}

void Sessions::end(const std::string& token) {
    change(name_of(token), [](Entry&) { return false; });
}

void Sessions::end_others(std::int64_t user, const std::string& token) {
    const std::string kept = name_of(token);
    for (const std::string& name : names()) {
        if (name != kept) change(name, [user](Entry& entry) { return entry.who.user != user; });
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

std::int64_t Guesses::wait_ms(const std::vector<Key>& keys, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    std::int64_t wait = 0;
    for (const Key& key : keys) {
        const auto found = entries_.find(key.name);
        if (found != entries_.end()) wait = std::max(wait, std::min(found->second.until_ms - now_ms, longest_wait_ms));
    }
    return wait;
}

void Guesses::wrong(const std::vector<Key>& keys, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= most_guessers) {
        std::erase_if(entries_, [&](const auto& one) { return one.second.until_ms < now_ms; });
    }
    for (const Key& key : keys) {
        Entry& entry = entries_[key.name];
        if (now_ms - entry.last_ms > forgotten_after_ms) entry = {};
        entry.last_ms = now_ms;
        const int over = ++entry.count - key.free;
        if (over >= 0) entry.until_ms = now_ms + std::min(longest_wait_ms, std::int64_t{1000} << std::min(over, 20));
    }
}

void Guesses::right(const std::string& name) {
    const std::lock_guard lock(mutex_);
    entries_.erase(name);
}

}  // namespace tefter::web
