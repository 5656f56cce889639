#include "server/web/live_figures.hpp"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "schema/texts/texts.hpp"
#include "server/journal/journal.hpp"

namespace tefter::web {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds patience{150};
constexpr int behind_others = 10;
constexpr milliseconds quick_load{30};
constexpr milliseconds look_at_stop{1000};
constexpr int rest = 4;  // after a load, so many times as long: a server that takes in devices reads facts a fifth of the time
constexpr milliseconds longest_rest{5000};
constexpr std::chrono::minutes looked_at_for{10};

}  // namespace

LiveFigures::LiveFigures(Backend& server) : server_(server), thread_([this] { keep(); }) {}

LiveFigures::~LiveFigures() {
    server_.pulse().stop();
    fresh_.stop();
    {
        const std::lock_guard lock(mutex_);  // the thread is before its question whether that has stopped, or waits
        hurry_.notify_all();
    }
    thread_.join();
}

LiveFigures::Watch LiveFigures::watch() {
    const std::lock_guard lock(mutex_);
    ++watches_;
    hurry_.notify_all();
    return {this, [this](void*) {
                const std::lock_guard released(mutex_);
                --watches_;
                asked_at_ = steady_clock::now();
            }};
}

bool LiveFigures::somebody_looks() const {
    return watches_ != 0 || (asked_at_ != steady_clock::time_point() && steady_clock::now() - asked_at_ < looked_at_for);
}

bool LiveFigures::gave_up() {
    std::unique_lock lock(mutex_);
    if (somebody_looks()) return false;
    newest_.reset();
    ::malloc_trim(0);
    hurry_.wait(lock, [&] { return server_.pulse().stopped() || somebody_looks(); });
    return true;
}

void LiveFigures::keep() {
    // Pages and devices come first: on Linux this is the thread's own priority. Where it cannot be set, figures are as late as before.
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), behind_others);
    const std::unique_ptr<Database> reader = server_.open_reader();
    std::string day;
    std::uint64_t have = 0;
    bool any = false;
    while (!server_.pulse().stopped()) {
        if (gave_up()) any = false;
        if (server_.pulse().stopped()) break;
        const std::uint64_t commit = server_.pulse().count();
        const std::string today = local_day(server_.environment().now_ms());
        if (any && commit == have && day == today) {
            server_.pulse().wait(have, look_at_stop);
            continue;
        }
        const auto began = steady_clock::now();
        try {
            auto newest = std::make_shared<Computed>(Facts::load(*reader, server_.catalog(), today));
            newest->overview({});  // of the first page, before anybody asks for it
            newest->overview({}, Cut::quarter);
            const std::lock_guard lock(mutex_);
            newest_ = std::move(newest);
            failed_.clear();
        } catch (const std::exception& error) {
            journal::say(journal::Level::fault, "figures cannot be read", {{"why", error.what()}});
            const std::lock_guard lock(mutex_);
            failed_ = error.what();
        }
        any = true;
        {
            const std::lock_guard lock(mutex_);
            as_of_ = have = commit;
            day = today;
        }
        loaded_.notify_all();
        fresh_.beat();
        const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
        std::unique_lock lock(mutex_);
        quick_ = took <= quick_load;
        hurry_.wait_for(lock, std::min(longest_rest, took * rest), [&] { return server_.pulse().stopped() || wanted_ > as_of_; });
    }
    loaded_.notify_all();
}

std::shared_ptr<Computed> LiveFigures::computed() {
    std::unique_lock lock(mutex_);
    const std::uint64_t wanted = quick_ ? server_.pulse().count() : server_.pulse().expected();
    wanted_ = std::max(wanted_, wanted);
    asked_at_ = steady_clock::now();
    hurry_.notify_all();
    loaded_.wait_for(lock, patience, [&] { return newest_ && as_of_ >= wanted; });
    loaded_.wait(lock, [&] { return newest_ || !failed_.empty() || server_.pulse().stopped(); });
    if (!newest_) throw Error(ErrorKind::internal, failed_.empty() ? "The server stops." : failed_);
    return newest_;
}

}  // namespace tefter::web
