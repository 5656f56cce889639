#pragma once
// Every address of the web pages: who may come there, and the page that answers. Knows nothing of sockets.

#include <array>
#include <atomic>
#include <memory>

#include "server/web/readers.hpp"
#include "server/web/visit.hpp"

namespace tefter::web {

/// Who may come to an address.
enum class Door {
    open,       ///< everyone, signed in or not
    signed_in,  ///< every role
    reads_all,  ///< staff, managers and administrators
    personal,   ///< those who work with people's data: staff and administrators
    administrator,
};

struct Desk;

/// Thread-safe.
class Site {
public:
    /// `serves_phones`: invitations also say where a telephone goes. `need_codes`: roles that sign in with a one-time code, or set one up.
    Site(Backend& server, bool serves_phones, std::set<Role> need_codes);
    ~Site();
    /// Never throws for what a browser sent.
    Response answer(const Request& request);

private:
    void identify(Visit& visit, std::optional<Signed>& who);
    Response dispatch(Visit& visit);
    const Texts& words_for(const Request& request) const;

    Backend& server_;
    std::unique_ptr<Desk> desk_;
    std::array<Texts, languages> texts_;
    Readers readers_;
};

}  // namespace tefter::web
