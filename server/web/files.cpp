#include "server/web/files.hpp"

#include "schema/domain/attachments.hpp"
#include "schema/domain/register_rows.hpp"
#include "server/web/labels.hpp"
#include "server/web/registers.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

std::string size_words(const Visit& visit, std::int64_t bytes) {
    return visit.say("web.files.size", {visit.say.number(static_cast<double>(bytes) / 1024, bytes < 10'240 ? 1 : 0)});
}

/// RFC 6266: names in any script.
std::string disposition(const std::string& name) { return "attachment; filename*=UTF-8''" + encode_part(name); }

}  // namespace

Markup files_card(const Visit& visit, const Table& table, const std::vector<OwnedValue>& key) {
    if (!visit.sees_personal() || is_administration(table)) return {};
    const std::string place = table.name + "/" + encode_part(key_text(key));
    Markup rows;
    for (const Attachment& one : attachments_of(visit.reader, table, cells_of(key))) {
        const std::string name = one.name.empty() ? key_text({OwnedValue(one.id)}) : one.name;
        rows += tag("li", {},
                    link("/files/" + std::to_string(one.id), Markup(name)) +
                        tag("span", {{"class", "muted"}}, Markup(size_words(visit, one.size))));
    }
    const Markup choose = tag("input", {{"type", "file"}, {"name", "file"}, {"required", ""}, {"aria-label", visit.say("web.files.add")}});
    const Markup add =
        tag("form", {{"method", "post"}, {"action", "/files/" + place}, {"class", "search"}, {"enctype", "multipart/form-data"}},
            hidden("token", visit.who->form_token) + choose + button(visit.words("web.files.add"), "quiet"));
    return tag("section", {{"class", "card"}, {"id", "files"}},
               tag("h2", {}, visit.words("web.files")) + (rows.empty() ? Markup() : tag("ul", {{"class", "index"}}, rows)) + add);
}

Response add_file(Visit& visit, Desk&) {
    const Register found = find_register(visit);
    if (found.table == nullptr || is_administration(*found.table)) return not_found(visit);
    const std::string_view content = field(visit.request.form, "file"), name = field(visit.request.form, "file.name");
    try {
        visit.server.write_planned(visit.who->user, [&](Replica& replica) {
            return std::vector<Edit>{
                attach(replica, *found.table, cells_of(found.key), std::string(name.substr(0, 300)), as_bytes(content))};
        });
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage && error.kind() != ErrorKind::refused) throw;
        return sentence(visit, 400, visit.say("web.not_so"), error.what());
    }
    return redirect(row_address(*found.table, found.key));
}

Response get_file(Visit& visit, Desk&) {
    const std::vector<OwnedValue> key = parse_key_text(visit, visit.catalog().table("attachment"), visit.parts.front());
    const std::optional<Attachment> file = key.empty() ? std::nullopt : find_attachment(visit.reader, key.front().view().integer());
    if (!file) return not_found(visit);
    Response response;
    bool whole = false;
    visit.server.with_replica([&](Replica& replica) {
        FileStore files(replica.store().database);
        const std::optional<FileStore::State> state = files.find(file->hash);
        whole = state && state->whole();
        if (whole) response.body = std::string(as_text(files.read_all(file->hash)));
    });
    if (!whole) return sentence(visit, 404, visit.say("web.files"), visit.say("web.files.not_yet"));
    visit.note("export", "file " + std::to_string(file->id), 1);
    response.type = file->media_type;
    response.headers.emplace_back("Content-Disposition", disposition(file->name));
    return response;
}

}  // namespace tefter::web
