#include "server/web/vault.hpp"

#include <sodium.h>

#include <array>
#include <filesystem>

#include "engine/base/crypto.hpp"
#include "schema/domain/passphrase.hpp"

namespace tefter::web {

namespace {

constexpr unsigned long long passes = 3;
constexpr std::size_t memory_bytes = 64U << 20U;
constexpr std::int64_t anchor_entries = 500, anchor_ms = std::int64_t{24} * 3600 * 1000;

std::string hashed(std::string_view passphrase) {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    if (crypto_pwhash_str(out.data(), passphrase.data(), passphrase.size(), passes, memory_bytes) != 0) {
        throw Error(ErrorKind::internal, "There is no memory for a passphrase; try again later.");
    }
    return out.data();
}

std::unique_ptr<Database> open(const std::string& path, const DatabaseKey& key) {
    const bool is_new = !std::filesystem::exists(path);
    auto database = std::make_unique<Database>(path, key, is_new ? OpenMode::create : OpenMode::read_write, JournalMode::wal);
    database->execute(R"(
        CREATE TABLE IF NOT EXISTS secret (user INTEGER PRIMARY KEY, hash TEXT NOT NULL, one_time INTEGER NOT NULL, code BLOB,
            last_step INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS token (user INTEGER PRIMARY KEY, hash BLOB NOT NULL);)");
    return database;
}

}  // namespace

Vault::Vault(const std::string& path, const DatabaseKey& key, Environment environment)
    : environment_(std::move(environment)), database_(open(path, key)), access_(*database_) {}

std::vector<std::int64_t> Vault::users() {
    const std::lock_guard lock(mutex_);
    std::vector<std::int64_t> out;
    Statement row = database_->prepare("SELECT user FROM secret UNION SELECT user FROM token");
    while (row.step()) out.push_back(row.integer(0));
    return out;
}

std::optional<Bytes> Vault::secrets_of(std::int64_t user) {
    Statement row = database_->prepare(
        "SELECT coalesce(hash, ''), coalesce(one_time, 0), coalesce(code, x''), coalesce(last_step, 0), "
        "coalesce((SELECT token.hash FROM token WHERE token.user = ?1), x'') "
        "FROM (SELECT ?1 AS wanted) LEFT JOIN secret ON secret.user = wanted");
    row.with(user);
    row.step();
    if (row.text(0).empty() && row.blob(4).empty()) return std::nullopt;
    Writer out;
    out.sized(row.text(0));
    out.signed_varint(row.integer(1));
    out.sized(row.blob(2));
    out.signed_varint(row.integer(3));
    out.sized(row.blob(4));
    return out.take();
}

void Vault::take(std::int64_t user, const std::optional<Bytes>& secrets) {
    Transaction transaction(*database_);
    database_->prepare("DELETE FROM secret WHERE user = ?1").with(user).run();
    database_->prepare("DELETE FROM token WHERE user = ?1").with(user).run();
    if (secrets) {
        Reader in(*secrets);
        const BytesView hash = in.sized();
        const std::int64_t one_time = in.signed_varint();
        const BytesView code = in.sized();
        const std::int64_t last_step = in.signed_varint();
        const BytesView token = in.sized();
        if (!hash.empty()) {
            database_->prepare("INSERT INTO secret (user, hash, one_time, code, last_step) VALUES (?1, ?2, ?3, ?4, ?5)")
                .with(user, as_text(hash), one_time, code.empty() ? Value() : Value::blob(code), last_step)
                .run();
        }
        if (!token.empty()) database_->prepare("INSERT INTO token (user, hash) VALUES (?1, ?2)").with(user, token).run();
    }
    transaction.commit();
}

/// What another server may have changed.
void Vault::look(std::int64_t user) {
    if (book_ == nullptr) return;
    const std::optional<Bytes> there = book_->read(book_name(user));
    const std::lock_guard lock(mutex_);
    if (there != secrets_of(user)) take(user, there);
}

void Vault::change(std::int64_t user, const std::function<void()>& work) {
    if (book_ == nullptr) {
        const std::lock_guard lock(mutex_);
        return work();
    }
    book_->change(book_name(user), [&](const std::optional<Bytes>& there) {
        const std::lock_guard lock(mutex_);
        take(user, there);
        work();
        return secrets_of(user);
    });
}

void Vault::set_passphrase(std::int64_t user, std::string_view passphrase, bool one_time) {
    check_new_passphrase(passphrase, least_on_pages);
    const std::string hash = hashed(passphrase);
    change(user, [&] {
        database_
            ->prepare(
                "INSERT INTO secret (user, hash, one_time) VALUES (?1, ?2, ?3) ON CONFLICT (user) DO UPDATE SET hash = ?2, one_time = ?3")
            .with(user, std::string_view(hash), std::int64_t{one_time ? 1 : 0})
            .run();
    });
}

std::string Vault::one_time_passphrase(std::int64_t user) {
    static constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789";  // none that look alike
    std::string out;
    while (out.size() < 24) {
        std::array<std::uint8_t, 1> byte{};
        environment_.random(byte);
        if (byte[0] >= 248) continue;  // 248 = 8 * 31: each letter is as likely
        if (out.size() % 5 == 4) out += '-';
        else out += letters[byte[0] % letters.size()];
    }
    set_passphrase(user, out, true);
    return out;
}

std::optional<std::string> Vault::hash_of(std::int64_t user) {
    const std::lock_guard lock(mutex_);
    Statement row = database_->prepare("SELECT hash FROM secret WHERE user = ?1");
    row.with(user);
    if (!row.step()) return std::nullopt;
    return std::string(row.text(0));
}

bool Vault::fits(std::int64_t user, std::string_view passphrase) {
    if (passphrase.size() > longest_passphrase) return false;
    std::call_once(made_nobody_, [this] {
        std::array<std::uint8_t, 32> unknown{};
        environment_.random(unknown);
        nobody_ = hashed(as_text(unknown));
    });
    look(user);
    const std::optional<std::string> hash = hash_of(user);
    const std::lock_guard slow(slow_[static_cast<std::size_t>(user) % 2]);
    const bool right = crypto_pwhash_str_verify(hash.value_or(nobody_).c_str(), passphrase.data(), passphrase.size()) == 0;
    return right && hash.has_value();
}

bool Vault::has_secret(std::int64_t user) {
    look(user);
    return hash_of(user).has_value();
}

bool Vault::is_one_time(std::int64_t user) {
    look(user);
    const std::lock_guard lock(mutex_);
    Statement row = database_->prepare("SELECT one_time FROM secret WHERE user = ?1");
    row.with(user);
    return row.step() && row.integer(0) != 0;
}

void Vault::forget(std::int64_t user) {
    change(user, [&] {
        database_->prepare("DELETE FROM secret WHERE user = ?1").with(user).run();
        database_->prepare("DELETE FROM token WHERE user = ?1").with(user).run();
    });
}

std::optional<Bytes> Vault::code_secret(std::int64_t user) {
    look(user);
    const std::lock_guard lock(mutex_);
    Statement row = database_->prepare("SELECT code FROM secret WHERE user = ?1 AND code IS NOT NULL");
    row.with(user);
    if (!row.step()) return std::nullopt;
    return Bytes(row.blob(0).begin(), row.blob(0).end());
}

void Vault::set_code_secret(std::int64_t user, const std::optional<Bytes>& secret) {
    change(user, [&] {
        database_->prepare("UPDATE secret SET code = ?2 WHERE user = ?1").with(user, secret ? Value::blob(*secret) : Value()).run();
    });
}

bool Vault::use_step(std::int64_t user, std::int64_t step) {
    bool taken = false;
    change(user, [&] {
        database_->prepare("UPDATE secret SET last_step = ?2 WHERE user = ?1 AND last_step < ?2").with(user, step).run();
        taken = database_->changes() > 0;
    });
    return taken;
}

std::string Vault::new_token(std::int64_t user) {
    std::array<std::uint8_t, 24> bytes{};
    environment_.random(bytes);
    const std::string token = hexadecimal(bytes);
    const Hash hash = blake2b(as_bytes(token));
    change(user,
           [&] { database_->prepare("INSERT OR REPLACE INTO token (user, hash) VALUES (?1, ?2)").with(user, BytesView(hash)).run(); });
    return token;
}

bool Vault::fits_token(std::int64_t user, std::string_view token) {
    const Hash hash = blake2b(as_bytes(token));
    look(user);
    const std::lock_guard lock(mutex_);
    Statement row = database_->prepare("SELECT hash FROM token WHERE user = ?1");
    row.with(user);
    return row.step() && row.blob(0).size() == hash.size() && sodium_memcmp(row.blob(0).data(), hash.data(), hash.size()) == 0;
}

void Vault::share(Book& book, SharedLog& log) {
    book_ = &book;
    log_ = &log;
    follow_accesses();
}

void Vault::take_access(BytesView entry) {
    const std::lock_guard lock(mutex_);
    access_.take(entry);
}

void Vault::note(Access access) {
    access.at_ms = environment_.now_ms();
    if (log_ == nullptr) {
        const std::lock_guard lock(mutex_);
        return access_.add(access);
    }
    SharedLog::Entry made;
    log_->go_on(
        access_head().id, [this](BytesView entry) { take_access(entry); },
        [&] {
            const std::lock_guard lock(mutex_);
            made = {access_.head().id + 1, access_.next(access)};
            return made;
        });
    take_access(made.second);  // once it is there for all
}

void Vault::follow_accesses() {
    if (log_ != nullptr)
        log_->go_on(
            access_head().id, [this](BytesView entry) { take_access(entry); }, nullptr);
}

void Vault::each_access(const std::function<void(std::int64_t id, BytesView entry)>& visit) {
    const std::lock_guard lock(mutex_);
    access_.each_after(0, visit);
}

std::vector<NotedAccess> Vault::accesses(std::int64_t before, std::size_t at_most) {
    follow_accesses();
    const std::lock_guard lock(mutex_);
    return access_.list(before, at_most);
}

AccessHead Vault::access_head() {
    const std::lock_guard lock(mutex_);
    return access_.head();
}

bool Vault::wants_anchor(const AccessHead& anchored) {
    const std::lock_guard lock(mutex_);
    const AccessHead head = access_.head();
    if (head.id - anchored.id >= anchor_entries) return true;
    const std::optional<std::int64_t> first = access_.time_after(anchored.id);
    return first && environment_.now_ms() - *first >= anchor_ms;
}

std::vector<std::string> Vault::access_faults(std::span<const AccessHead> anchors) {
    const std::lock_guard lock(mutex_);
    return access_.faults(anchors);
}

void Vault::begin_access_life() {
    const std::lock_guard lock(mutex_);
    std::array<std::uint8_t, 8> random{};
    environment_.random(random);
    access_.begin_life(static_cast<std::int64_t>(Reader(random).u64() >> 1U), environment_.now_ms());
}

void Vault::copy_to(const std::string& path, const DatabaseKey& key) {
    const std::lock_guard lock(mutex_);
    database_->copy_to(path, key);
}

}  // namespace tefter::web
