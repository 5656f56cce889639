#include "server/journal/journal.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <random>

namespace tefter::journal {

namespace {

thread_local const Request* current = nullptr;

spdlog::logger& lines() {
    static const std::shared_ptr<spdlog::logger> logger = [] {
        auto made = std::make_shared<spdlog::logger>("tefter-server", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->flush_on(spdlog::level::trace);
        return made;
    }();
    return *logger;
}

std::string now() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    std::tm parts{};
    ::gmtime_r(&time.tv_sec, &parts);
    char day[32], out[48];
    std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(out, sizeof out, "%s.%03dZ", day, static_cast<int>(time.tv_nsec / 1'000'000));
    return out;
}

std::string drawn_id() {
    thread_local std::mt19937_64 random{std::random_device{}()};  // tells lines apart; nobody relies on its being unknown
    char out[17];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(random()));
    return out;
}

}  // namespace

Request::Request() : id_(drawn_id()) { current = this; }
Request::~Request() { current = nullptr; }

void say(Level level, std::string_view event, std::initializer_list<Field> fields) noexcept {
    try {
        nlohmann::ordered_json line{{"at", now()}, {"level", level == Level::info ? "info" : "fault"}, {"event", event}};
        if (current != nullptr) line["request"] = current->id();
        for (const auto& [name, value] : fields) std::visit([&, &key = name](const auto& held) { line[std::string(key)] = held; }, value);
        lines().log(level == Level::info ? spdlog::level::info : spdlog::level::err,
                    line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    } catch (const std::exception&) {  // a log that cannot be written stops no request
    }
}

}  // namespace tefter::journal
