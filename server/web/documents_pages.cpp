// Documents as PDF, and what anybody may ask of a certificate.

#include "schema/documents/documents.hpp"
#include "schema/domain/badges.hpp"
#include "schema/domain/certificates.hpp"
#include "server/web/download.hpp"
#include "server/web/labels.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

constexpr std::size_t longest_code = 2000;

Response pdf(const Bytes& bytes, const std::string& name) {
    Response response;
    response.type = "application/pdf";
    response.body = as_text(bytes);
    response.headers.emplace_back("Content-Disposition", "inline; filename=\"" + name + ".pdf\"");
    return response;
}

/// In a header: no quotes, no other script.
std::string file_name(const std::string& what, const std::string& of) {
    std::string out = what + "-";
    for (const char c : of) out += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ? c : '_';
    return out;
}

}  // namespace

Response activity_document(Visit& visit, Desk& desk) {
    const std::string &what = visit.parts[0], &code = visit.parts[1];
    Bytes made;
    if (what == "attendance-list") made = documents::attendance_list(visit.reader, visit.say, code);
    else if (what == "badges") made = documents::badges(visit.reader, visit.say, code);
    else if (what == "certificates") made = documents::certificates(visit.reader, visit.say, code);
    else if (what == "activity-report") made = documents::activity_report(visit.reader, *desk.figures.now(), visit.say, code);
    else return not_found(visit);
    visit.note("export", what + " of " + code + " as pdf", 0);
    return pdf(made, file_name(what, code));
}

/// To everybody in the activity who has none; then the sheet to print.
Response give_badges(Visit& visit, Desk&) {
    const std::string& code = visit.parts.front();
    std::vector<Edit> edits;
    visit.server.with_replica([&](Replica& replica) { edits = missing_badges(replica, code); });
    if (!edits.empty()) visit.server.write(visit.who->user, edits);
    return redirect("/documents/badges/" + encode_part(code));
}

Response person_document(Visit& visit, Desk&) {
    const Table& person = visit.catalog().table("person");
    const std::vector<OwnedValue> key = parse_key_text(visit, person, visit.parts.front());
    if (key.empty()) return not_found(visit);
    const std::int64_t id = key.front().view().integer();
    if (field(visit.request.query, "as") == "json") {
        Response response;
        response.type = "application/json";
        response.body = documents::person_data_json(visit.reader, visit.catalog(), id);
        visit.note("export", "personal data of " + key_text(key) + " as json", 1);
        return response;
    }
    visit.note("export", "personal data of " + key_text(key) + " as pdf", 1);
    return pdf(documents::person_data(visit.reader, visit.catalog(), visit.say, id, visit.today()), file_name("person", key_text(key)));
}

Response indicator_document(Visit& visit, Desk& desk) {
    const std::string& year = visit.parts.front();
    if (year.size() != 4 || year.find_first_not_of("0123456789") != std::string::npos) return not_found(visit);
    const std::string server = "https://" + visit.request.host, name = file_name("indicators", year);
    if (field(visit.request.query, "as") != "xlsx") {
        visit.note("export", "indicators of " + year + " as pdf", 0);
        return pdf(documents::indicator_report(visit.reader, *desk.figures.now(), visit.say, std::stoi(year), std::nullopt, server), name);
    }
    visit.note("export", "indicators of " + year + " as xlsx", 0);
    const Scratch scratch(visit.server.folder());
    const std::string path = scratch.path() + "/" + name;
    documents::indicator_workbook(*desk.figures.now(), visit.say, std::stoi(year), std::nullopt, server, path);
    return download(path, name + ".xlsx", workbook_type);
}

/// Public: says what the code itself says, and how it stands.
Response verify_page(Visit& visit, Desk&) {
    const std::string code(field(visit.request.query, "code"));
    Markup answer;
    if (!code.empty()) {
        CertificateCheck check;
        if (code.size() <= longest_code) check = check_certificate(visit.reader, visit.catalog(), code);
        const std::string_view style = check.standing == Standing::valid       ? "good"
                                       : check.standing == Standing::withdrawn ? "warn"
                                                                               : "fault";
        answer += tag(
            "p", {{"class", std::string(style)}, {"role", "status"}},
            icon(check.standing == Standing::valid ? "check" : "warning") + visit.words("verify." + std::string(to_text(check.standing))));
        if (check.certificate && check.standing != Standing::unknown) {
            const Certificate& held = *check.certificate;
            Markup about;
            const auto add = [&](std::string_view words, const std::string& value) {
                if (!value.empty()) about += tag("dt", {}, visit.words(words)) + tag("dd", {}, Markup(value));
            };
            add("web.name", held.name);
            add("table.activity", held.title);
            add("web.dates", visit.say.period(held.from, held.to));
            add("column.number", held.number);
            add("column.issued_on", visit.say.date(held.issued_on));
            if (check.standing == Standing::withdrawn) add("column.withdrawn_on", visit.say.date(check.withdrawn_on));
            answer += tag("dl", {}, about);
        }
    }
    const Markup ask = tag(
        "form", {{"method", "get"}, {"action", "/verify"}, {"class", "form"}},
        labelled(visit.words("verify.code"), "code",
                 tag("input",
                     {{"id", "code"}, {"name", "code"}, {"required", ""}, {"value", code}, {"maxlength", std::to_string(longest_code)}}),
                 visit.words("verify.hint")) +
            button(visit.words("verify.check")));
    return page(
        visit, visit.say("verify.title"), "",
        tag("div", {{"class", "verify"}}, tag("div", {{"class", "card"}}, tag("h1", {}, visit.words("verify.title")) + answer + ask)));
}

}  // namespace tefter::web
