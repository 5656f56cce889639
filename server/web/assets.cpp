#include "server/web/assets.hpp"

#include "engine/base/crypto.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

std::string_view type_of(std::string_view name) {
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    return name.ends_with(".js") ? "text/javascript; charset=utf-8" : "image/svg+xml";
}

}  // namespace

Response asset(Visit& visit, Desk&) {
    for (const Asset& one : assets()) {
        if (one.name != visit.parts.front()) continue;
        Response response;
        response.type = type_of(one.name);
        response.body = one.content;
        response.headers.emplace_back("Cache-Control", "no-cache");
        response.headers.emplace_back("ETag", "\"" + hexadecimal(blake2b(as_bytes(one.content))).substr(0, 16) + "\"");
        return response;
    }
    return not_found(visit);
}

}  // namespace tefter::web
