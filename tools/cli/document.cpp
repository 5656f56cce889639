#include "tools/cli/document.hpp"

#include <functional>
#include <iostream>

#include "engine/base/file.hpp"
#include "schema/documents/documents.hpp"
#include "schema/domain/badges.hpp"

namespace tefter {

namespace {

struct Kind {
    const char* name;
    const char* subject;  ///< what it is of
    std::function<Bytes(Replica& replica, const Texts& texts, const std::string& subject)> make;
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"attendance-list", "an activity's code",
         [](Replica& replica, const Texts& texts, const std::string& subject) {
             return documents::attendance_list(*replica.open_reader(), texts, subject);
         }},
        {"badges", "an activity's code",
         [](Replica& replica, const Texts& texts, const std::string& subject) {
             const std::vector<Edit> edits = missing_badges(replica, subject);
             if (!edits.empty()) replica.write(0, edits);
             return documents::badges(*replica.open_reader(), texts, subject);
         }},
    };
    return all;
}

Language language_of(const std::string& code) {
    std::string all;
    for (std::size_t i = 0; i < languages; ++i) {
        const auto language = static_cast<Language>(i);
        if (code_of(language) == code) return language;
        all += (all.empty() ? "" : ", ") + std::string(code_of(language));
    }
    throw Error(ErrorKind::usage, "\"" + code + "\" is no language of Tefter's; there are " + all + ".");
}

}  // namespace

void DocumentOptions::add_to(CLI::App& command) {
    std::string about = "what to make:";
    for (const Kind& one : kinds()) about += std::string(" ") + one.name + " (" + one.subject + ")";
    command.add_option("kind", kind, about)->required();
    command.add_option("subject", subject, "what it is of")->required();
    command.add_option("file", file, "the PDF to write")->required();
    command.add_option("--language", language, "en, sq, bs, mk, cnr, sr_latn or sr_cyrl")->capture_default_str();
}

void write_document(const DocumentOptions& options, const Access& access, const Catalog& catalog) {
    const auto found = std::find_if(kinds().begin(), kinds().end(), [&](const Kind& kind) { return options.kind == kind.name; });
    if (found == kinds().end())
        throw Error(ErrorKind::usage, "\"" + options.kind + "\" is no document; tefter document --help names those that there are.");
    Texts texts;
    texts.choose(language_of(options.language));
    const auto replica = access.open(catalog);
    const Bytes document = found->make(*replica, texts, options.subject);
    NewFile file(options.file);
    file.write(document);
    file.commit();
}

}  // namespace tefter
