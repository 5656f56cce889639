#pragma once
// The web pages' own encrypted file beside the server's: secrets of those who sign in, and the log of who looked at what.
// Nothing in it is ever synced, and writing to it waits for no device.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/environment.hpp"
#include "engine/store/database.hpp"
#include "server/web/access_log.hpp"
#include "server/web/book.hpp"

namespace tefter::web {

/// Thread-safe.
class Vault {
public:
    /// Makes the file where there is none.
    Vault(const std::string& path, const DatabaseKey& key, Environment environment);
    /// From now on secrets are read there and changed there, each under book_name(), and the log of views goes on there; what lies here is a
    /// copy of what was last seen.
    void share(Book& book, SharedLog& log);
    static std::string book_name(std::int64_t user) { return "user:" + std::to_string(user); }
    /// Who has secrets here, and those of one, for a store that begins to be shared.
    std::vector<std::int64_t> users();
    std::optional<Bytes> secrets_of(std::int64_t user);

    /// Argon2id. Throws ErrorKind::usage for a passphrase that check_new_passphrase() refuses.
    void set_passphrase(std::int64_t user, std::string_view passphrase, bool one_time);
    /// A new one of twenty letters, to be replaced at the first sign-in.
    std::string one_time_passphrase(std::int64_t user);
    /// Takes as long for a user who has no secret. At most two are looked at together: each takes 64 MiB.
    bool fits(std::int64_t user, std::string_view passphrase);
    bool has_secret(std::int64_t user);
    bool is_one_time(std::int64_t user);
    void forget(std::int64_t user);

    /// A secret for one-time codes of a telephone (RFC 6238); none: sign-in asks for no code.
    std::optional<Bytes> code_secret(std::int64_t user);
    void set_code_secret(std::int64_t user, const std::optional<Bytes>& secret);
    /// True once for each step of thirty seconds: a code that was read over a shoulder is of no use.
    bool use_step(std::int64_t user, std::int64_t step);

    /// For the feed: replaces the one before. What is kept of it is its hash.
    std::string new_token(std::int64_t user);
    bool fits_token(std::int64_t user, std::string_view token);

    void note(Access access);  ///< at this moment
    std::vector<NotedAccess> accesses(std::int64_t before, std::size_t at_most);
    AccessHead access_head();
    /// Whether there is something after `anchored` that should not stand alone any longer: many entries, or an old one.
    bool wants_anchor(const AccessHead& anchored);
    std::vector<std::string> access_faults(std::span<const AccessHead> anchors);
    /// After a restore from a backup.
    void begin_access_life();
    /// What other servers have written into the log of views.
    void follow_accesses();
    /// The whole log that is here, for a store that begins to be shared.
    void each_access(const std::function<void(std::int64_t id, BytesView entry)>& visit);

    /// The file as of one moment, for a backup.
    void copy_to(const std::string& path, const DatabaseKey& key);

private:
    std::optional<std::string> hash_of(std::int64_t user);
    void take(std::int64_t user, const std::optional<Bytes>& secrets);
    void look(std::int64_t user);
    void change(std::int64_t user, const std::function<void()>& work);

    void take_access(BytesView entry);

    Book* book_ = nullptr;  ///< none: secrets are here alone
    SharedLog* log_ = nullptr;
    std::mutex mutex_, slow_[2];
    Environment environment_;
    std::unique_ptr<Database> database_;
    AccessLog access_;
    std::once_flag made_nobody_;
    std::string nobody_;  ///< a hash that no passphrase fits
};

}  // namespace tefter::web
