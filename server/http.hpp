#pragma once
// HTTPS in front of a Center. httplib is included in http.cpp alone.

#include <functional>
#include <memory>
#include <string>

#include "server/center.hpp"
#include "server/web/site.hpp"

namespace tefter {

/// Tefter's pages know Tefter's catalog; a server of another application has none.
enum class Pages { served, none };

struct HttpOptions {
    std::string host;
    int port = 0;  ///< 0 takes a free one
    Pages pages = Pages::served;
    std::string phone_folder;               ///< the files of the page for telephones
    std::vector<std::string> metrics_from;  ///< addresses that are told /metrics
    std::set<Role> need_codes;              ///< roles that sign in to pages with a one-time code as well
};

class HttpServer {
public:
    /// Throws ErrorKind::network when the address is taken.
    HttpServer(Center& center, HttpOptions options);
    ~HttpServer();
    int port() const;
    /// Serves until stop(), which any thread may call.
    void run();
    void stop();

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

/// Asks the server that runs on a folder, through its local socket; see administer(). Throws ErrorKind::busy.
std::string ask_running_server(const std::string& folder, const std::string& request);

}  // namespace tefter
