#include "server/web/sessions.hpp"

#include <algorithm>
#include <array>

#include "engine/base/crypto.hpp"

namespace tefter::web {

namespace {

constexpr std::int64_t idle_ms = 12LL * 3600 * 1000;
constexpr std::size_t most_sessions = 5000;
constexpr std::size_t most_guessers = 10'000;
constexpr std::int64_t forgotten_after_ms = 3600 * 1000;
constexpr std::int64_t longest_wait_ms = 15 * 60 * 1000;

std::string name_of(const std::string& token) { return hexadecimal(blake2b(as_bytes(token))); }

}  // namespace

std::string Sessions::random_token() {
    std::array<std::uint8_t, 32> bytes{};
    environment_.random(bytes);
    return hexadecimal(bytes);
}

std::string Sessions::begin(std::int64_t user, bool must_change) {
    const std::string token = random_token();
    Entry entry;
    entry.who.user = user;
    entry.who.form_token = random_token();
    entry.who.must_change = must_change;
    entry.used_ms = environment_.now_ms();
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const auto& one) { return entry.used_ms - one.second.used_ms > idle_ms; });
    if (entries_.size() >= most_sessions) {
        entries_.erase(std::min_element(entries_.begin(), entries_.end(),
                                        [](const auto& a, const auto& b) { return a.second.used_ms < b.second.used_ms; }));
    }
    entries_[name_of(token)] = std::move(entry);
    return token;
}

Sessions::Entry* Sessions::entry(const std::string& token) {
    const auto found = entries_.find(name_of(token));
    return found == entries_.end() ? nullptr : &found->second;
}

std::optional<Signed> Sessions::find(const std::string& token) {
    if (token.empty()) return std::nullopt;
    const std::int64_t now_ms = environment_.now_ms();
    const std::lock_guard lock(mutex_);
    Entry* found = entry(token);
    if (found == nullptr || now_ms - found->used_ms > idle_ms) return std::nullopt;
    found->used_ms = now_ms;
    return found->who;
}

void Sessions::end(const std::string& token) {
    const std::lock_guard lock(mutex_);
    entries_.erase(name_of(token));
}

void Sessions::end_others(std::int64_t user, const std::string& token) {
    const std::string kept = name_of(token);
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const auto& one) { return one.second.who.user == user && one.first != kept; });
}

void Sessions::passphrase_changed(const std::string& token) {
    const std::lock_guard lock(mutex_);
    if (Entry* found = entry(token)) found->who.must_change = false;
}

void Sessions::offer_code(const std::string& token, std::vector<std::uint8_t> secret) {
    const std::lock_guard lock(mutex_);
    if (Entry* found = entry(token)) found->who.new_code = std::move(secret);
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
