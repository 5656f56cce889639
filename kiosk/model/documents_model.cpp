#include "kiosk/model/documents_model.hpp"

#include <filesystem>

#include "engine/base/file.hpp"
#include "kiosk/model/printer.hpp"
#include "schema/documents/documents.hpp"
#include "schema/domain/badges.hpp"

namespace tefter::kiosk {

namespace {

/// As files and the access log name them.
constexpr const char* names[] = {"attendance-list", "badges", "certificates", "activity-report", "person-data"};
const char* name_of(Document document) { return names[static_cast<std::size_t>(document)]; }

struct Job {
    Document document;
    std::string of;
    Language language;
    Target target;
    std::string path, today;
};

struct Outcome {
    std::string written, problem;
};

Bytes render(Database& reader, const Catalog& catalog, const Job& job) {
    Texts texts;
    texts.choose(job.language);
    switch (job.document) {
        case Document::attendance_list: return documents::attendance_list(reader, texts, job.of);
        case Document::badges: return documents::badges(reader, texts, job.of);
        case Document::certificates: return documents::certificates(reader, texts, job.of);
        case Document::activity_report: return documents::activity_report(reader, *Facts::load(reader, catalog, job.today), texts, job.of);
        case Document::person_data: break;
    }
    return documents::person_data(reader, catalog, texts, std::stoll(job.of), job.today);
}

Outcome deliver(Database& reader, const Catalog& catalog, const Job& job) {
    Outcome out;
    try {
        const Bytes pdf = render(reader, catalog, job);
        if (job.target == Target::printer) {
            print(pdf);
        } else {
            std::filesystem::create_directories(std::filesystem::path(job.path).parent_path());
            NewFile file(job.path);
            file.write(pdf);
            file.commit();
            out.written = job.path;
        }
    } catch (const std::exception& error) {
        out.problem = error.what();
    }
    return out;
}

/// Who took what, in the scope that it is of.
Edit noted(Replica& replica, const Job& job) {
    const bool person = job.document == Document::person_data;
    Statement row = replica.store().database.prepare_once(person ? "SELECT _scope FROM person WHERE id = ?1"
                                                                 : "SELECT _scope FROM activity WHERE code = ?1");
    if (person) row.with(static_cast<std::int64_t>(std::stoll(job.of)));
    else row.with(std::string_view(job.of));
    if (!row.step()) throw Error(ErrorKind::refused, "It is not here any more.");
    Edit out;
    out.table = "access";
    out.key = {replica.new_id()};
    out.scope = ScopeNumber{static_cast<std::uint32_t>(row.integer(0))};
    out.values = {{"kind", "export"},
                  {"at", replica.environment().now_ms()},
                  {"what", std::string(name_of(job.document)) + " of " + job.of + ", by " + replica.identity().office},
                  {"rows", 1}};
    return out;
}

}  // namespace

void DocumentsModel::forget() {
    std::string kept = std::move(folder);
    *this = DocumentsModel{};
    folder = std::move(kept);
}

void DocumentsModel::make(Desk& desk, Document document, const std::string& of, Language language, Target target) {
    if (working) return;
    forget();
    working = true;
    const Job job{document, of, language, target, folder + "/" + of + " " + name_of(document) + ".pdf", local_day(desk.now_ms())};
    desk.write(
        [job](Replica& replica) {
            std::vector<Edit> edits;
            if (job.document == Document::badges) edits = missing_badges(replica, job.of);
            edits.push_back(noted(replica, job));
            return edits;
        },
        [this, job, &desk](const std::string& failed) {
            problem = failed;
            working = failed.empty();
            if (!working) return;
            desk.read([job, &catalog = desk.catalog()](Database& reader) { return deliver(reader, catalog, job); },
                      [this, job](const Outcome& outcome) {
                          working = false;
                          problem = outcome.problem;
                          written = outcome.written;
                          printed = problem.empty() && job.target == Target::printer;
                      });
        });
}

}  // namespace tefter::kiosk
