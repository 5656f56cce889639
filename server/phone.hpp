#pragma once
// The check-in page for telephones (kiosk/phone): its files, as they were built into one folder, with the catalog and the words.

#include <map>
#include <string>
#include <string_view>

namespace tefter {

class PhonePage {
public:
    struct File {
        std::string type, content;
    };
    /// Reads the folder; one that is not there makes a page without files. Throws ErrorKind::disk.
    explicit PhonePage(const std::string& folder);

    /// By its name below /phone/, "" for the page itself; null where there is none.
    const File* find(std::string_view name) const;
    /// What the page and its worker may do: scripts and the compiled engine from here, and nothing from elsewhere.
    static std::string_view content_security_policy();

private:
    std::map<std::string, File, std::less<>> files_;
};

}  // namespace tefter
