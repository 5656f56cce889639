#include "server/web/live_figures.hpp"

#include <cstdio>

#include "schema/texts/texts.hpp"

namespace tefter::web {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds patience{150};
constexpr milliseconds look_at_stop{1000};
constexpr int rest = 4;  // after a load, so many times as long: a server that takes in devices reads facts a fifth of the time
constexpr milliseconds longest_rest{5000};

}  // namespace

LiveFigures::LiveFigures(Backend& server) : server_(server), thread_([this] { keep(); }) {}

LiveFigures::~LiveFigures() {
    server_.pulse().stop();
    fresh_.stop();
    thread_.join();
}

void LiveFigures::keep() {
    const std::unique_ptr<Database> reader = server_.open_reader();
    std::string day;
    std::uint64_t have = 0;
    bool any = false;
    while (!server_.pulse().stopped()) {
        const std::uint64_t commit = server_.pulse().count();
        const std::string today = local_day(server_.environment().now_ms());
        if (any && commit == have && day == today) {
            server_.pulse().wait(have, look_at_stop);
            continue;
        }
        const auto began = steady_clock::now();
        try {
            std::shared_ptr<const Facts> facts = Facts::load(*reader, server_.catalog(), today);
            const std::lock_guard lock(mutex_);
            facts_ = std::move(facts);
            failed_.clear();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "tefter-server: the figures cannot be read: %s\n", error.what());
            const std::lock_guard lock(mutex_);
            failed_ = error.what();
        }
        {
            const std::lock_guard lock(mutex_);
            as_of_ = have = commit;
            any = true;
            day = today;
        }
        loaded_.notify_all();
        fresh_.beat();
        const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
        fresh_.wait(fresh_.count(), std::min(longest_rest, took * rest));
    }
    loaded_.notify_all();
}

std::shared_ptr<const Facts> LiveFigures::now() {
    const std::uint64_t wanted = server_.pulse().count();
    std::unique_lock lock(mutex_);
    loaded_.wait_for(lock, patience, [&] { return facts_ && as_of_ >= wanted; });
    loaded_.wait(lock, [&] { return facts_ || !failed_.empty() || server_.pulse().stopped(); });
    if (!facts_) throw Error(ErrorKind::internal, failed_.empty() ? "The server stops." : failed_);
    return facts_;
}

}  // namespace tefter::web
