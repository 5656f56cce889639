#pragma once
// Who is signed in, and what slows those who guess. Both lie in a book: a server that starts anew, alone, asks everyone to sign in again;
// of several servers each knows what the others know.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/environment.hpp"
#include "engine/catalog/catalog.hpp"
#include "server/web/book.hpp"

namespace tefter::web {

/// One who is signed in. Name and role are as the register has them at this request.
struct Signed {
    std::int64_t user = 0;
    std::string name;
    Role role = Role::officer;
    std::string form_token;              ///< every form that changes something carries it
    bool must_change = false;            ///< came in by a one-time passphrase
    bool must_add_code = false;          ///< has a role that needs one-time codes, and none yet; asked at each request
    std::vector<std::uint8_t> new_code;  ///< a code secret that is offered and not yet confirmed
};

/// Thread-safe.
class Sessions {
public:
    /// The book must outlive it.
    Sessions(Environment environment, Book& book) : environment_(std::move(environment)), book_(book) {}

    /// The token for the cookie: 32 random bytes as text. What is kept of it is its hash.
    std::string begin(std::int64_t user, bool must_change);
    /// Nothing where the token is unknown or has not been used for twelve hours.
    std::optional<Signed> find(const std::string& token);
    void end(const std::string& token);
    /// Every session of the user but the one with this token.
    void end_others(std::int64_t user, const std::string& token);
    void passphrase_changed(const std::string& token);
    void offer_code(const std::string& token, std::vector<std::uint8_t> secret);

    std::string random_token();

private:
    struct Entry {
        Signed who;
        std::int64_t used_ms = 0;
    };
    static Bytes encode(const Entry& entry);
    static Entry decode(BytesView bytes);
    /// `work` returns false where the session is to end. Nothing happens where there is none, and none is made.
    void change(const std::string& name, const std::function<bool(Entry&)>& work);

    Environment environment_;
    Book& book_;  ///< a page for each, by the token's hash
};

/// Wrong guesses by what they have in common (a name at an address, an address, a name). Thread-safe.
class Guesses {
public:
    /// The book must outlive it.
    explicit Guesses(Book& book) : book_(book) {}
    struct Key {
        std::string name;
        int free = 5;  ///< wrong ones that cost no waiting; each after that doubles it, from a second to a quarter of an hour
    };
    std::int64_t wait_ms(const std::vector<Key>& keys, std::int64_t now_ms);
    void wrong(const std::vector<Key>& keys, std::int64_t now_ms);
    void right(const std::string& name);

private:
    struct Entry {
        std::int64_t count = 0, last_ms = 0, until_ms = 0;
    };
    using Entries = std::map<std::string, Entry>;  ///< by a hash of the name
    static Bytes encode(const Entries& entries);
    static Entries decode(const std::optional<Bytes>& page);
    Book& book_;  ///< a page for each beginning of hashes: what guessers can fill is bounded
};

}  // namespace tefter::web
