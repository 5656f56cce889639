#include "kiosk/model/documents_model.hpp"

#include <filesystem>

#include "engine/base/file.hpp"
#include "kiosk/model/printer.hpp"
#include "schema/documents/documents.hpp"
#include "schema/domain/badges.hpp"
#include "schema/domain/disclosure.hpp"

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

Edit noted(Replica& replica, const Job& job) {
    if (job.document == Document::person_data) return note_document_of_person(replica, name_of(job.document), std::stoll(job.of));
    return note_document_of_activity(replica, name_of(job.document), job.of);
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
            desk.read_once([job, &catalog = desk.catalog()](Database& reader) { return deliver(reader, catalog, job); },
                           [this, job](const Outcome& outcome) {
                               working = false;
                               problem = outcome.problem;
                               written = outcome.written;
                               printed = problem.empty() && job.target == Target::printer;
                           });
        });
}

}  // namespace tefter::kiosk
