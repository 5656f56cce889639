#pragma once
// What a request may look like, and what its page gets of it. Included where httplib is: server/http.cpp, and the fuzz target of both.

#include <httplib.h>

#include <algorithm>
#include <optional>

#include "engine/sync/protocol.hpp"
#include "server/web/message.hpp"

namespace tefter {

struct Denied {
    int status;
    const char* sentence;
};

/// Before anything is routed or a body is read: a request says its length once, in one way, and sends its bytes as they are.
inline std::optional<Denied> denied_by_form(const httplib::Request& request) {
    if (request.has_header("Content-Encoding")) return Denied{415, "Requests are sent as they are, without Content-Encoding."};
    if (request.has_header("Transfer-Encoding")) return Denied{411, "Requests say their length, and have no Transfer-Encoding."};
    if (request.get_header_value_count("Content-Length") > 1 || request.get_header_value_count("Host") > 1) {
        return Denied{400, "The request says a thing twice."};
    }
    const std::string length = request.get_header_value("Content-Length");
    if (!std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return Denied{400, "The length of the request is no number."};
    }
    if (length.size() > 9 || request.get_header_value_u64("Content-Length") > request_bytes) {
        return Denied{413, "The request is larger than 9 MB, the most that is taken; larger files are attached on a device."};
    }
    for (const auto& [name, value] : request.headers) {
        // The library decodes %0D%0A in values; what is read here as one line must not become two elsewhere.
        if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7F; })) {
            return Denied{400, "The request holds control characters."};
        }
    }
    return std::nullopt;
}

inline web::Request page_request(const httplib::Request& request) {
    web::Request out;
    out.method = request.method;
    const std::size_t mark = std::min(request.target.find('?'), request.target.size());
    out.path = request.target.substr(0, mark);
    if (mark < request.target.size()) out.query = web::parse_fields(std::string_view(request.target).substr(mark + 1));
    if (request.is_multipart_form_data()) {
        for (const auto& [name, part] : request.files) {
            out.form.emplace_back(name, part.content);
            if (!part.filename.empty()) out.form.emplace_back(name + ".name", part.filename);
        }
    } else if (request.get_header_value("Content-Type").starts_with("application/x-www-form-urlencoded")) {
        out.form = web::parse_fields(request.body);
    }
    out.cookies = web::parse_cookies(request.get_header_value("Cookie"));
    out.accept_language = request.get_header_value("Accept-Language");
    out.authorization = request.get_header_value("Authorization");
    out.host = request.get_header_value("Host");
    out.origin = request.get_header_value("Origin");
    out.address = request.remote_addr;
    return out;
}

}  // namespace tefter
