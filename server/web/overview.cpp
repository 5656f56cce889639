#include "server/web/routes.hpp"

namespace tefter::web {

Response overview_page(Visit& visit, Desk&) {
    return page(visit, visit.say("web.nav.overview"), "/", heading(visit, visit.say("web.nav.overview")));
}

}  // namespace tefter::web
