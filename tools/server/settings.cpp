#include "tools/server/settings.hpp"

#include <cctype>
#include <fstream>
#include <sstream>

#include "engine/base/error.hpp"

namespace tefter {

namespace {

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string variable_of(const std::string& name) {
    std::string out = "TEFTER_";
    for (const char c : name) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

Settings::Settings()
    : all_{{"data", "the server's folder", ""},
           {"listen", "HOST:PORT that devices and browsers connect to; port 0 takes a free one", "127.0.0.1:8443"},
           {"ledger", "postgresql://… of the ledgers that several servers share; empty: as the folder says", ""},
           {"phone", "folder of the page for telephones; empty: where it was installed or built", ""},
           {"metrics_from", "addresses that are told /metrics", "127.0.0.1 ::1"},
           {"codes_for", "roles that sign in to pages with a one-time code as well: administrator, manager, staff, officer", ""}} {}

std::size_t Settings::at(const std::string& name) const {
    for (std::size_t i = 0; i < all_.size(); ++i) {
        if (all_[i].name == name) return i;
    }
    std::string names;
    for (const Setting& one : all_) names += (names.empty() ? "" : ", ") + one.name;
    throw Error(ErrorKind::usage, "\"" + name + "\" is no setting; there are " + names + ".");
}

void Settings::set(const std::string& name, const std::string& value, const std::string& origin) {
    Setting& one = all_[at(name)];
    one.value = value;
    one.origin = origin;
}

void Settings::read_file(const std::string& path) {
    std::ifstream in(path);
    if (!in) throw Error(ErrorKind::usage, "The settings " + path + " cannot be read; is the file there?");
    Settings read = *this;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        const std::string place = path + ":" + std::to_string(++number);
        line = trimmed(line.substr(0, line.find('#')));
        if (line.empty()) continue;
        const std::size_t sign = line.find('=');
        const auto fail = [&](const std::string& why) { throw Error(ErrorKind::usage, place + ": " + why); };
        if (sign == std::string::npos) fail("\"" + line + "\" is no setting; write NAME = VALUE.");
        const std::string name = trimmed(line.substr(0, sign));
        try {
            if (read.all_[read.at(name)].origin.starts_with(path + ":")) fail(name + " stands here for the second time.");
            read.set(name, trimmed(line.substr(sign + 1)), place);
        } catch (const Error& error) {
            if (std::string_view(error.what()).starts_with(place)) throw;
            fail(error.what());
        }
    }
    *this = std::move(read);
}

void Settings::read_environment(const std::function<std::optional<std::string>(const std::string& name)>& look) {
    for (Setting& one : all_) {
        const std::string name = variable_of(one.name);
        if (const std::optional<std::string> value = look(name)) {
            one.value = *value;
            one.origin = "environment " + name;
        }
    }
}

const std::string& Settings::value(const std::string& name) const { return all_[at(name)].value; }

std::vector<std::string> Settings::list(const std::string& name) const {
    std::istringstream words(value(name));
    std::vector<std::string> out;
    for (std::string word; words >> word;) out.push_back(word);
    return out;
}

}  // namespace tefter
