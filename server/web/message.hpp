#pragma once
// What a browser asks and what it gets, without any HTTP library: server/http.cpp fills the one and sends the other.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tefter::web {

/// Names and values in their order, decoded.
using Fields = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method, path;  ///< the path as it came, still encoded
    Fields query, form;
    std::map<std::string, std::string> cookies;
    std::string accept_language, authorization;
    std::string origin;   ///< of the page that sent this, where the browser says so
    std::string host;     ///< what the browser calls this server, host:port
    std::string address;  ///< of the client
};

struct Response {
    int status = 200;
    std::string type = "text/html; charset=utf-8";
    std::string body;
    Fields headers;
    /// Instead of `body`: writes to the sink until it is done, or until the sink says no. Runs on the connection's thread.
    std::function<void(const std::function<bool(std::string_view)>& sink)> stream;
};

/// The first field of that name; empty when there is none.
std::string_view field(const Fields& fields, std::string_view name);

/// name=value&…, as in addresses and forms; what is malformed stays as it is.
Fields parse_fields(std::string_view encoded);
std::string encode_fields(const Fields& fields);
std::string encode_part(std::string_view text);
std::string decode_part(std::string_view text);
std::map<std::string, std::string> parse_cookies(std::string_view header);

}  // namespace tefter::web
