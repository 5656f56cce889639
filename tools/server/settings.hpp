#pragma once
// What `tefter-server serve` is told by a file, by the environment and on the command line; the later of them prevails.
//
//     # /etc/tefter/server.conf
//     data = /var/lib/tefter
//     listen = 0.0.0.0:8443
//     metrics_from = 127.0.0.1 10.0.0.7

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tefter {

struct Setting {
    std::string name;   ///< in the file; TEFTER_NAME in the environment
    std::string about;  ///< one line for people
    std::string value;
    std::string origin = "default";  ///< default, FILE:LINE, environment, command line
};

class Settings {
public:
    Settings();
    /// Lines of NAME = VALUE; # begins a comment. Throws ErrorKind::usage with file, line and reason; nothing is taken then.
    void read_file(const std::string& path);
    /// `look` gives a variable's value, or nothing.
    void read_environment(const std::function<std::optional<std::string>(const std::string& name)>& look);
    void set(const std::string& name, const std::string& value, const std::string& origin);
    const std::string& value(const std::string& name) const;
    std::vector<std::string> list(const std::string& name) const;  ///< words of a value
    const std::vector<Setting>& all() const { return all_; }

private:
    std::size_t at(const std::string& name) const;
    std::vector<Setting> all_;
};

}  // namespace tefter
