// The signed changes behind a row: who wrote what, when, on which device, and whether the chain of that device holds.

#include "engine/base/crypto.hpp"
#include "server/web/filters.hpp"
#include "server/web/labels.hpp"
#include "server/web/registers.hpp"
#include "server/web/routes.hpp"

namespace tefter::web {

namespace {

Markup values_of(const Visit& visit, const Table& table, const SignedChange& change) {
    Markup out;
    for (const SignedChange::Values& written : change.groups) {
        const Group* group = table.find_group(written.group);
        for (std::size_t i = 0; group != nullptr && i < group->columns.size() && i < written.values.size(); ++i) {
            const Value value = written.values[i].view();
            if (value.is_null() && change.op == Op::create) continue;
            out += tag("dt", {}, Markup(column_name(visit, group->columns[i]))) + tag("dd", {}, cell(visit, group->columns[i], value));
        }
    }
    return out.empty() ? Markup() : tag("dl", {}, out);
}

std::string what_words(const Visit& visit, const SignedChange& change) {
    switch (change.op) {
        case Op::create: return visit.say("web.change.create");
        case Op::remove: return visit.say("web.change.remove");
        case Op::erase: return visit.say("web.change.erase");
        default: return visit.say("web.change.put");
    }
}

Markup change_item(const Visit& visit, const Table& table, const SignedChange& change) {
    const DeviceNumber number = change.version.device();
    const std::optional<Device> device = number == server_device ? std::nullopt : find_device(visit.reader, visit.catalog(), number);
    const std::string office = number == server_device ? visit.say("web.server") : device ? device->office : visit.say("web.not_recorded");
    const std::optional<User> actor = change.actor == 0 ? std::nullopt : find_user(visit.reader, change.actor);
    const std::string when = visit.say.date(local_day(change.version.unix_ms())) + ", " + local_clock(change.version.unix_ms());
    Markup marks = change.fault.empty() ? tag("span", {{"class", "tag good"}}, icon("check") + visit.words("web.proof.holds"))
                                        : tag("span", {{"class", "tag bad"}}, icon("warning") + visit.words("web.proof.broken"));
    if (change.stands) marks += tag("span", {{"class", "tag"}}, visit.words("web.proof.stands"));
    const std::string scope = visit.catalog().scope_name(change.scope);
    const Markup chain = tag("details", {{"class", "proof"}},
                             tag("summary", {}, visit.words("web.proof.chain")) +
                                 tag("p", {},
                                     visit.words("web.proof.where", {std::to_string(number.value), std::to_string(change.sequence.value),
                                                                     scope, std::to_string(change.position.value)})) +
                                 tag("p", {}, tag("code", {{"class", "long"}}, hexadecimal(change.head))) +
                                 (change.fault.empty() ? Markup() : tag("p", {}, Markup(change.fault))));
    return tag("li", {{"class", std::string(change.stands ? absent : "old")}},
               tag("p", {{"class", "strong"}}, Markup(what_words(visit, change) + " · " + when)) +
                   tag("p", {}, Markup(actor ? visit.say("web.proof.by", {actor->name, office}) : office)) +
                   values_of(visit, table, change) + tag("p", {{"class", "actions"}}, marks) + chain);
}

}  // namespace

Response proof_page(Visit& visit, Desk& desk) {
    const Register row = find_register(visit);
    if (row.table == nullptr || row.key.empty() || is_administration(*row.table)) return not_found(visit);
    std::vector<Value> key;
    for (const OwnedValue& part : row.key) key.push_back(part.view());
    const auto [changes, compacted] = desk.chains.behind(visit.reader, visit.catalog(), *row.table, key);
    if (changes.empty() && !compacted) return not_found(visit);
    if (row.table->has_personal_data() && visit.sees_personal())
        visit.note("view", "proof " + row.table->name + " " + key_text(row.key), 1);
    Markup items;
    bool whole = true;
    for (const SignedChange& change : changes) {
        items += change_item(visit, *row.table, change);
        whole = whole && change.fault.empty();
    }
    const Markup verdict =
        changes.empty() ? Markup()
        : whole         ? tag("p", {{"class", "good"}}, icon("check") + visit.words("web.proof.all", {std::to_string(changes.size())}))
                        : tag("p", {{"class", "fault"}, {"role", "alert"}}, icon("warning") + visit.words("web.proof.not_all"));
    const Markup older = compacted ? tag("p", {}, visit.words("web.proof.compacted")) : Markup();
    const bool closed = row.table->name == "person" && !visit.sees_personal();
    const std::string name = row_name(visit, *row.table, row.key);
    return page(visit, name, "/registers",
                tag("nav", {{"class", "crumbs"}, {"aria-label", visit.say("back")}},
                    (closed ? Markup(table_name(visit, *row.table))
                            : link("/registers/" + row.table->name, Markup(table_name(visit, *row.table)))) +
                        Markup(" / ") + (closed ? Markup(name) : link(row_address(*row.table, row.key), Markup(name)))) +
                    heading(visit, std::string(visit.say("web.proof")) + ": " + name, visit.words("web.proof.words")) + verdict + older +
                    tag("section", {{"class", "card"}, {"data-live", "changes"}}, tag("ol", {{"class", "steps"}}, items)));
}

}  // namespace tefter::web
