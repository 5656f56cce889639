#include "tools/cli/document.hpp"

#include <functional>
#include <iostream>

#include "engine/base/file.hpp"
#include "schema/documents/documents.hpp"
#include "schema/domain/badges.hpp"
#include "schema/domain/disclosure.hpp"
#include "schema/domain/export.hpp"

namespace tefter {

namespace {

struct Job {
    Replica& replica;
    const Texts& texts;
    const std::string& subject;
    const std::optional<ScopeNumber>& scope;

    std::unique_ptr<Database> reader() const { return replica.open_reader(); }
    std::string today() const { return local_day(replica.environment().now_ms()); }
    std::shared_ptr<const Facts> facts() const { return Facts::load(*reader(), replica.catalog(), today()); }
    std::int64_t number(const std::string& text) const {
        char* end = nullptr;
        const std::int64_t out = std::strtoll(text.c_str(), &end, 10);
        if (text.empty() || *end != 0) throw Error(ErrorKind::usage, "\"" + text + "\" is no number.");
        return out;
    }
    std::string server() const {
        const std::string address = replica.fact("server_address").value_or("");
        return address.empty() ? address : "https://" + address;
    }
    /// PERSON/ACTIVITY
    std::pair<std::int64_t, std::string> person_in_activity() const {
        const std::size_t slash = subject.find('/');
        if (slash == std::string::npos) throw Error(ErrorKind::usage, "\"" + subject + "\" is not whole; write PERSON/ACTIVITY.");
        return {number(subject.substr(0, slash)), subject.substr(slash + 1)};
    }
};

struct Kind {
    const char* name;
    const char* subject;  ///< what it is of
    std::function<Bytes(const Job&)> make;
    std::function<void(const Kind&, const Job&)> log;  ///< before it is made; none where it is about nobody
};

void log_of_activity(const Kind& kind, const Job& job) {
    const Edit note = note_document_of_activity(job.replica, kind.name, job.subject);
    job.replica.write(0, {&note, 1});
}

void log_of_person(const Kind& kind, const Job& job) {
    const std::int64_t person = std::string_view(kind.subject) == "PERSON" ? job.number(job.subject) : job.person_in_activity().first;
    const Edit note = note_document_of_person(job.replica, kind.name, person);
    job.replica.write(0, {&note, 1});
}

void log_of_table(const Kind& kind, const Job& job) {
    log_export(job.replica, {&job.replica.catalog().table(job.subject)}, std::string(kind.name) + " of " + job.subject);
}

Bytes badges_of_all(const Job& job) {
    const std::vector<Edit> edits = missing_badges(job.replica, job.subject);
    if (!edits.empty()) job.replica.write(0, edits);
    return documents::badges(*job.reader(), job.texts, job.subject);
}

Bytes certificate_of_one(const Job& job) {
    const auto [person, activity] = job.person_in_activity();
    return documents::certificates(*job.reader(), job.texts, activity, person);
}

Bytes letter(const Job& job) {
    const auto [person, activity] = job.person_in_activity();
    return documents::letter_of_confirmation(*job.reader(), job.texts, activity, person, job.today());
}

Bytes data_as_json(const Job& job) {
    const std::string text = documents::person_data_json(*job.reader(), job.replica.catalog(), job.number(job.subject));
    return {text.begin(), text.end()};
}

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"attendance-list", "ACTIVITY", [](const Job& job) { return documents::attendance_list(*job.reader(), job.texts, job.subject); },
         log_of_activity},
        {"badges", "ACTIVITY", badges_of_all, log_of_activity},
        {"certificates", "ACTIVITY", [](const Job& job) { return documents::certificates(*job.reader(), job.texts, job.subject); },
         log_of_activity},
        {"certificate", "PERSON/ACTIVITY", certificate_of_one, log_of_person},
        {"letter", "PERSON/ACTIVITY", letter, log_of_person},
        {"activity-report", "ACTIVITY",
         [](const Job& job) { return documents::activity_report(*job.reader(), *job.facts(), job.texts, job.subject); }, log_of_activity},
        {"indicator-report",
         "YEAR",
         [](const Job& job) {
             return documents::indicator_report(*job.reader(), *job.facts(), job.texts, static_cast<int>(job.number(job.subject)),
                                                job.scope, job.server());
         },
         {}},
        {"person-data", "PERSON",
         [](const Job& job) {
             return documents::person_data(*job.reader(), job.replica.catalog(), job.texts, job.number(job.subject), job.today());
         },
         log_of_person},
        {"person-data-json", "PERSON", data_as_json, log_of_person},
        {"extract", "TABLE",
         [](const Job& job) {
             return documents::register_extract(*job.reader(), job.replica.catalog(), job.texts, job.subject, job.today(), job.scope);
         },
         log_of_table},
    };
    return all;
}

Language language_of(const std::string& code) {
    const std::optional<Language> language = language_from_code(code);
    if (language) return *language;
    throw Error(ErrorKind::usage, "\"" + code + "\" is no language of Tefter's; there are en, sq, bs, mk, cnr, sr_latn and sr_cyrl.");
}

}  // namespace

void DocumentOptions::add_to(CLI::App& command) {
    std::string about = "what to make:";
    for (const Kind& one : kinds()) about += std::string(&one == kinds().data() ? " " : ", ") + one.name + " " + one.subject;
    command.add_option("kind", kind, about)->required();
    command.add_option("subject", subject, "what it is of")->required();
    command.add_option("file", file, "the file to write: PDF, or a workbook of an indicator-report that ends in .xlsx")->required();
    command.add_option("--scope", scope, "of an extract or an indicator report: one beneficiary, or regional");
    command.add_option("--language", language, "en, sq, bs, mk, cnr, sr_latn or sr_cyrl")->capture_default_str();
}

void write_document(const DocumentOptions& options, const Access& access, const Catalog& catalog) {
    const auto found = std::find_if(kinds().begin(), kinds().end(), [&](const Kind& kind) { return options.kind == kind.name; });
    if (found == kinds().end())
        throw Error(ErrorKind::usage, "\"" + options.kind + "\" is no document; tefter document --help names those that there are.");
    Texts texts;
    texts.choose(language_of(options.language));
    const auto replica = access.open(catalog);
    std::optional<ScopeNumber> scope;
    if (!options.scope.empty()) {
        const Scope* known = catalog.find_scope(options.scope);
        if (known == nullptr) throw Error(ErrorKind::usage, "There is no scope \"" + options.scope + "\".");
        scope = known->number;
    }
    const Job job{*replica, texts, options.subject, scope};
    if (options.kind == std::string_view("indicator-report") && options.file.ends_with(".xlsx")) {
        documents::indicator_workbook(*job.facts(), texts, static_cast<int>(job.number(options.subject)), scope, job.server(),
                                      options.file);
        return;
    }
    if (found->log) found->log(*found, job);
    const Bytes document = found->make(job);
    NewFile file(options.file);
    file.write(document);
    file.commit();
}

}  // namespace tefter
