// Erasures: what was asked for and waits for a second person, and what has been kept long enough. As with tefter-server erase, one asks
// and another approves; what has no personal value left is erased on every device that syncs.

#include "server/web/erasures.hpp"

#include "schema/domain/erasure.hpp"
#include "schema/domain/register_rows.hpp"
#include "schema/domain/retention.hpp"
#include "server/web/labels.hpp"
#include "server/web/review.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t most_proposed = 100;
constexpr std::string_view address = "/review/erasures";

const Enumeration& reasons(const Visit& visit) { return visit.catalog().enumerations().at("erasure_reason"); }

Markup row_link(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key) {
    return link(row_address(table, key), Markup(row_name(visit, table, key)));
}

Markup approval(const Visit& visit, const OpenErasure& open) {
    if (open.by == visit.who->user) return tag("span", {{"class", "muted small"}}, visit.words("web.erasure.second"));
    return tag("details", {},
               tag("summary", {}, visit.words("web.erasure.approve")) +
                   tag("p", {{"class", "small muted"}}, visit.words("web.erasure.approve.words")) +
                   form(visit, std::string(address) + "/approve",
                        hidden("request", std::to_string(open.id)) + button(visit.words("web.erasure.approve"), "danger small")));
}

Markup asked_card(const Visit& visit, std::int64_t& shown) {
    std::vector<std::vector<Markup>> rows;
    for (const OpenErasure& open : open_erasures(visit.reader, visit.catalog())) {
        const Table* table = visit.catalog().find(open.table);
        if (table == nullptr) continue;
        const std::vector<OwnedValue> key = parse_key_text(visit, *table, open.key);
        const Enumerator* reason = reasons(visit).find(open.reason);
        rows.push_back({key.empty() ? Markup(open.key) : row_link(visit, *table, key), Markup(table_name(visit, *table)),
                        reason == nullptr ? Markup() : Markup(enumerator_name(visit, reasons(visit), *reason)), Markup(open.asked_by),
                        moment(visit, open.asked_at), approval(visit, open)});
    }
    shown += static_cast<std::int64_t>(rows.size());
    if (rows.empty()) return empty_state(visit.words("web.erasures.none"), visit.words("web.erasures.none.words"));
    return card(visit.words("web.erasures.asked"), table(visit.words("web.erasures.asked"),
                                                         {{visit.words("column.row_key"), false},
                                                          {visit.words("column.table_name"), false},
                                                          {visit.words("column.reason"), false},
                                                          {visit.words("column.asked_by"), false},
                                                          {visit.words("column.asked_at"), false},
                                                          {visit.words("web.erasure.approve"), false}},
                                                         rows));
}

Markup ask_button(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key, const Markup& reason,
                  std::string_view style) {
    return form(visit, std::string(address) + "/ask",
                hidden("table", table.name) + hidden("key", key_text(key)) + reason + button(visit.words("web.erasure.ask"), style),
                style == "danger" ? "form" : "inline");
}

Markup kept_card(const Visit& visit, std::int64_t& shown) {
    std::vector<std::vector<Markup>> rows;
    for (const PastRetention& kept : past_retention(visit.reader, visit.catalog(), visit.now_ms(), most_proposed)) {
        rows.push_back({row_link(visit, *kept.table, kept.key), Markup(table_name(visit, *kept.table)), moment(visit, kept.changed_at),
                        ask_button(visit, *kept.table, kept.key, hidden("reason", "retention_over"), "quiet small")});
    }
    shown += static_cast<std::int64_t>(rows.size());
    if (rows.empty()) return {};
    return card(visit.words("web.retention"),
                tag("p", {{"class", "muted"}}, visit.words("web.retention.words")) + table(visit.words("web.retention"),
                                                                                           {{visit.words("column.row_key"), false},
                                                                                            {visit.words("column.table_name"), false},
                                                                                            {visit.words("web.retention.changed"), false},
                                                                                            {visit.words("web.erasure.ask"), false}},
                                                                                           rows));
}

Response erasures_with(const Visit& visit, const std::string& fault, int status) {
    Markup inside;
    std::int64_t shown = 0;
    if (!fault.empty()) inside += tag("p", {{"class", "fault"}, {"role", "alert"}}, Markup(fault));
    inside += asked_card(visit, shown);
    inside += kept_card(visit, shown);
    if (shown > 0) visit.note("view", "erasures", shown);
    return review(visit, address, "web.erasures.words", inside, status);
}

}  // namespace

Markup erasure_form(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key) {
    if (!table.has_personal_data() || !visit.sees_personal()) return {};
    Markup options;
    for (const Enumerator& one : reasons(visit).values)
        options += tag("option", {{"value", one.name}}, Markup(enumerator_name(visit, reasons(visit), one)));
    const Markup reason = labelled(visit.words("column.reason"), "reason", tag("select", {{"id", "reason"}, {"name", "reason"}}, options));
    return tag("details", {{"class", "card"}, {"id", "erasure"}},
               tag("summary", {}, visit.words("web.erasure.ask")) + tag("p", {{"class", "muted"}}, visit.words("web.erasure.ask.words")) +
                   ask_button(visit, table, key, reason, "danger"));
}

Response erasures_page(Visit& visit, Desk&) { return erasures_with(visit, "", 200); }

Response ask_for_erasure(Visit& visit, Desk&) {
    const Table* table = visit.catalog().find(field(visit.request.form, "table"));
    const std::string reason(field(visit.request.form, "reason"));
    if (table == nullptr || reasons(visit).find(reason) == nullptr) return not_found(visit);
    const std::vector<OwnedValue> key = parse_key_text(visit, *table, std::string(field(visit.request.form, "key")));
    if (key.empty()) return not_found(visit);
    try {
        visit.server.write_planned(visit.who->user, [&](Replica& replica) {
            return std::vector<Edit>{request_erasure(replica, {table->name, key, reason, visit.who->user})};
        });
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::refused && error.kind() != ErrorKind::usage) throw;
        return erasures_with(visit, error.what(), 400);
    }
    visit.note("erasure", "asked for: " + table->name + " " + key_text(key), 1);
    return redirect(std::string(address));
}

Response approve_asked_erasure(Visit& visit, Desk&) {
    const auto key = key_from_words(visit.catalog(), visit.catalog().table("erasure"), field(visit.request.form, "request"));
    if (!key) return not_found(visit);
    const std::int64_t request = key->front().view().integer();
    std::int64_t rows = 0;
    try {
        visit.server.write_planned(visit.who->user, [&](Replica& replica) {
            std::vector<Edit> edits = approve_erasure(replica, request, visit.who->user);
            rows = static_cast<std::int64_t>(edits.size()) - 1;
            return edits;
        });
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::refused && error.kind() != ErrorKind::usage) throw;
        return erasures_with(visit, error.what(), 400);
    }
    visit.note("erasure", "approved: " + std::to_string(request), rows);
    return redirect(std::string(address));
}

}  // namespace tefter::web
