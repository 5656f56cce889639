#pragma once
// What a running server says of itself: a line of JSON for each event, on standard error, where systemd and every collector of logs
// find it. Lines name routes, devices by number and requests by id; never people, addresses, names or what was typed.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace tefter::journal {

enum class Level { info, fault };

using Field = std::pair<std::string_view, std::variant<std::int64_t, double, std::string>>;

/// {"at":"2026-03-16T08:30:00.123Z","level":"info","event":…,"request":…, fields}. Thread-safe; never throws.
void say(Level level, std::string_view event, std::initializer_list<Field> fields = {}) noexcept;

/// While it lives, the lines of this thread carry its id.
class Request {
public:
    Request();  ///< draws an id: 16 hexadecimal digits
    ~Request();
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    const std::string& id() const { return id_; }

private:
    std::string id_;
};

}  // namespace tefter::journal
