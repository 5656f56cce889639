#include "tools/cli/known.hpp"

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "schema/domain/known.hpp"
#include "schema/domain/register_rows.hpp"

namespace tefter {

using nlohmann::json;

namespace {

struct KnownOptions {
    KnownQuestion question;
    std::string key;
    bool offline = false;
};

std::string question_words(const Catalog& catalog, std::int64_t question) { return key_words(catalog.table("known_question"), {question}); }

std::int64_t question_of(const Catalog& catalog, const std::string& words) {
    const auto key = key_from_words(catalog, catalog.table("known_question"), words);
    if (!key) throw Error(ErrorKind::usage, "\"" + words + "\" is no question; write it as tefter known list shows it, R3-14.");
    return key->front().view().integer();
}

json shown(const Catalog& catalog, const KnownLine& line) {
    json out{{"question", question_words(catalog, line.id)},
             {"scope", line.scope},
             {"office", line.office},
             {"asked_at", time_text(line.asked_at)},
             {"result", line.result.empty() ? "waits" : line.result},
             {"own", line.own},
             {"released", line.released_at != 0}};
    if (!line.reference.empty()) out["reference"] = line.reference;
    return out;
}

void print(const json& line) {
    std::cout << line["question"].get<std::string>() << "  " << line["office"].get<std::string>() << " asked "
              << line["scope"].get<std::string>() << " at " << line["asked_at"].get<std::string>() << ": "
              << line["result"].get<std::string>();
    if (line.contains("reference")) std::cout << ", reference " << line["reference"].get<std::string>();
    std::cout << (line["released"].get<bool>() ? ", released\n" : "\n");
}

void ask(const KnownOptions& given, const Access& access, const Catalog& catalog, bool as_json, const std::function<void(Replica&)>& sync) {
    const auto replica = access.open(catalog);
    const Edit edit = ask_known(*replica, given.question);
    replica->write(0, {&edit, 1});
    // The question goes with the first sync; the server has answered when the second begins.
    for (int i = 0; i < 2 && !given.offline; ++i) sync(*replica);
    const json line = shown(catalog, known_question(*replica, edit.key.front().view().integer()));
    if (as_json) std::cout << line.dump(1) << "\n";
    else print(line);
}

void list(const Access& access, const Catalog& catalog, bool as_json) {
    const auto replica = access.open(catalog);
    json out = json::array();
    for (const KnownLine& line : known_questions(*replica)) out.push_back(shown(catalog, line));
    if (as_json) {
        std::cout << out.dump(1) << "\n";
        return;
    }
    for (const json& line : out) print(line);
    if (out.empty()) std::cout << "Nothing has been asked.\n";
}

/// For who asked: what was released. For who was asked: whom it is about.
void show(const KnownOptions& given, const Access& access, const Catalog& catalog, bool as_json) {
    const auto replica = access.open(catalog);
    const std::int64_t id = question_of(catalog, given.key);
    json out = shown(catalog, known_question(*replica, id));
    if (out["own"].get<bool>()) {
        if (out["released"].get<bool>()) {
            const KnownPerson person = released_person(*replica, id);
            out["person"] = {{"family_name", person.family_name}, {"given_name", person.given_name}, {"birth_date", person.birth_date},
                             {"institution", person.institution}, {"position", person.position},     {"email", person.email},
                             {"telephone", person.telephone}};
        }
    } else {
        out["people"] = json::array();
        for (const std::int64_t person : known_people(*replica, id)) out["people"].push_back(key_words(catalog.table("person"), {person}));
    }
    if (as_json) {
        std::cout << out.dump(1) << "\n";
        return;
    }
    print(out);
    if (out.contains("people")) std::cout << "  people of the register: " << out["people"].dump() << "\n";
    if (out.contains("person")) std::cout << "  released: " << out["person"].dump() << "\n";
}

void release(const KnownOptions& given, const Access& access, const Catalog& catalog) {
    const auto replica = access.open(catalog);
    const std::vector<Edit> edits = release_known(*replica, question_of(catalog, given.key));
    replica->write(0, edits);
    std::cout << "Released to the device that asked; it goes with the next sync.\n";
}

}  // namespace

void add_known_commands(CLI::App& app, const Access& access, const Catalog& catalog, const bool& as_json,
                        const std::function<void(Replica&)>& sync) {
    const auto given = std::make_shared<KnownOptions>();
    CLI::App* known = app.add_subcommand("known", "hit or no hit: whether a person is known in another scope, without showing data");
    known->require_subcommand(1);
    CLI::App* asking = known->add_subcommand("ask", "asks, syncs, and tells hit or no hit");
    asking->add_option("scope", given->question.scope, "the scope that is asked")->required();
    asking->add_option("--family", given->question.family, "the family name, in any script")->required();
    asking->add_option("--given", given->question.given, "the given name")->required();
    asking->add_option("--birth", given->question.birth, "the date of birth, 1984-05-12")->required();
    asking->add_flag("--offline", given->offline, "only writes the question; it goes with the next sync");
    asking->final_callback([=, &access, &catalog, &as_json] { ask(*given, access, catalog, as_json, sync); });
    known->add_subcommand("list", "what was asked, by whom, and what was answered")->final_callback([&] {
        list(access, catalog, as_json);
    });
    CLI::App* showing =
        known->add_subcommand("show", "one question: whom it is about, for who was asked; what was released, for who asked");
    showing->add_option("question", given->key, "as the list shows it")->required();
    showing->final_callback([=, &access, &catalog, &as_json] { show(*given, access, catalog, as_json); });
    CLI::App* releasing = known->add_subcommand("release", "sends the person's data to the device that asked; it is in the access log");
    releasing->add_option("question", given->key, "as the list shows it")->required();
    releasing->final_callback([=, &access, &catalog] { release(*given, access, catalog); });
}

}  // namespace tefter
