#include "kiosk/model/stick_model.hpp"

#include <filesystem>
#include <fstream>

#include "engine/base/file.hpp"
#include "engine/sync/bundle.hpp"
#include "schema/texts/texts.hpp"

namespace tefter::kiosk {

namespace {

constexpr std::int64_t between_shown_ms = 100;

StickModel::Progress progress_of(const BundleReport& report, std::int64_t people) {
    return {report.changesets, report.bytes, report.known, report.held, report.refused.size(), people};
}

/// Runs on the writing thread: between two segments the officer's taps go through, and the drawing thread is told.
class Teller {
public:
    Teller(Desk& desk, Replica& replica, StickModel& model, std::shared_ptr<std::atomic<bool>> cancelled)
        : desk_(desk), replica_(replica), model_(model), cancelled_(std::move(cancelled)), before_(desk.people_come()) {}

    StickModel::Progress now(const BundleReport& report) { return progress_of(report, desk_.people_come() - before_); }

    bool operator()(const BundleReport& report) {
        desk_.let_taps_through();
        const std::int64_t at_ms = replica_.environment().now_ms();
        if (at_ms - shown_ms_ >= between_shown_ms) {
            shown_ms_ = at_ms;
            desk_.show([&model = model_, progress = now(report)] { model.progress = progress; });
        }
        return !*cancelled_;
    }

private:
    Desk& desk_;
    Replica& replica_;
    StickModel& model_;
    std::shared_ptr<std::atomic<bool>> cancelled_;
    std::int64_t before_, shown_ms_ = 0;
};

void note(Replica& replica, std::int64_t began_ms, StickModel::Work work, const BundleReport& report, const std::string& problem) {
    SyncReport sync;
    (work == StickModel::Work::writing ? sync.changesets_sent : sync.changesets_received) = report.changesets;
    (work == StickModel::Work::writing ? sync.bytes_sent : sync.bytes_received) = report.bytes;
    note_sync(replica, began_ms, by_stick, sync, problem.empty() ? "done" : problem);
}

}  // namespace

void StickModel::look(const std::string& more) {
    const std::string before = medium() != nullptr ? medium()->path : std::string();
    media = plugged_in(more);
    looked = true;
    chosen = 0;
    for (std::size_t i = 0; i < media.size(); ++i) {
        if (media[i].path == before) chosen = i;
    }
}

void StickModel::start(Work what, const std::string& path) {
    work = what;
    progress = {};
    problem.clear();
    file = std::filesystem::path(path).filename().string();
    cancelled = std::make_shared<std::atomic<bool>>(false);
}

void StickModel::ended(const std::string& sentence) {
    last = std::exchange(work, Work::none);
    ++works;
    problem = sentence;
}

void StickModel::write_to(Desk& desk, const std::string& folder) {
    if (work != Work::none) return;
    const std::string path = folder + "/" + bundle_name(desk.enrolled().office, local_day(desk.now_ms()), local_clock(desk.now_ms()));
    start(Work::writing, path);
    desk.work([this, &desk, path, stop = cancelled](Replica& replica) -> Shown {
        const std::int64_t began_ms = replica.environment().now_ms();
        Teller teller(desk, replica, *this, stop);
        BundleReport report;
        std::string sentence;
        try {
            NewFile out(path);
            report = export_bundle(
                replica, usual_recipients(replica), false, [&](BytesView bytes) { out.write(bytes); }, std::ref(teller));
            out.commit();
        } catch (const std::exception& error) {
            sentence = error.what();
        }
        note(replica, began_ms, Work::writing, report, sentence);
        return [this, sentence, done = progress_of(report, 0)] {
            progress = done;
            ended(sentence);
        };
    });
}

void StickModel::read_from(Desk& desk, const std::string& path) {
    if (work != Work::none) return;
    start(Work::reading, path);
    desk.work([this, &desk, path, stop = cancelled](Replica& replica) -> Shown {
        const std::int64_t began_ms = replica.environment().now_ms();
        Teller teller(desk, replica, *this, stop);
        BundleReport report;
        std::string sentence;
        try {
            std::ifstream in(path, std::ios::binary);
            if (!in) throw Error(ErrorKind::disk, "The file cannot be read; is the stick still plugged in?");
            report = import_bundle(replica, in, [&](const BundleReport& so_far) {
                report = so_far;
                return teller(so_far);
            });
        } catch (const std::exception& error) {
            sentence = error.what();
        }
        note(replica, began_ms, Work::reading, report, sentence);
        return [this, sentence, done = teller.now(report)] {
            progress = done;
            ended(sentence);
        };
    });
}

}  // namespace tefter::kiosk
