#include "tools/benchmarks/kiosk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <semaphore>

#include "engine/keys/key_file.hpp"
#include "kiosk/model/kiosk.hpp"
#include "schema/domain/catalog_text.hpp"

namespace tefter::bench {

namespace {

using Clock = std::chrono::steady_clock;
double ms_since(Clock::time_point began) { return std::chrono::duration<double, std::milli>(Clock::now() - began).count(); }

/// A kiosk without a window, and the wait for what its threads find.
class Driver {
public:
    Driver(const std::string& folder, const Catalog& catalog) : kiosk(folder, catalog, [this] { woken_.release(); }) {}
    void until(const std::function<bool()>& done) {
        kiosk.refresh();
        while (!done()) {
            woken_.acquire();
            kiosk.deliver();
            kiosk.refresh();
        }
    }

private:
    std::counting_semaphore<> woken_{0};

public:
    kiosk::Kiosk kiosk;
};

/// Median time for a few bytes to be on the disk, in the same file system.
double bare_fsync_ms(const std::string& folder) {
    const std::string path = folder + "/fsync";
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (file < 0) throw Error(ErrorKind::refused, "The folder " + folder + " cannot be written to.");
    std::vector<double> times;
    const std::string page(4096, 'x');
    for (int i = 0; i < 200; ++i) {
        const auto began = Clock::now();
        if (::pwrite(file, page.data(), page.size(), 0) < 0 || ::fsync(file) != 0) break;
        times.push_back(ms_since(began));
    }
    ::close(file);
    ::unlink(path.c_str());
    return quantile(times, 0.5);
}

void measure_search(const kiosk::People& people, std::vector<Figure>& out) {
    // Names as people type them, a letter after the other; every third with a slip.
    std::vector<double> times;
    const std::vector<const kiosk::PersonLine*> some = people.first(people.size());
    for (std::size_t i = 0; i < 300; ++i) {
        const kiosk::PersonLine& line = *some[(i * 7919) % some.size()];
        std::string typed = line.name();
        if (i % 3 == 0 && typed.size() > 5) typed.erase(3, 1);
        for (std::size_t end = 1; end <= typed.size(); ++end) {
            const auto began = Clock::now();
            const std::size_t found = people.search(std::string_view(typed).substr(0, end), 12).size();
            times.push_back(ms_since(began));
            ensure(found <= 12, "a search answers with what was asked for");
        }
    }
    out.push_back({"keystroke in search to results, median", "ms", quantile(times, 0.5), 10});
    out.push_back({"keystroke in search to results, p99", "ms", quantile(times, 0.99), 25});
}

void measure_check_in(Driver& driver, const std::string& folder, std::vector<Figure>& out) {
    kiosk::Kiosk& kiosk = driver.kiosk;
    kiosk.open_activity(kiosk.activities.lines.front().code, kiosk::Screen::check_in);
    driver.until([&] { return kiosk.activity.loaded && !kiosk.activity.people.empty(); });
    std::vector<double> times;
    for (std::size_t i = 0; i < 200; ++i) {
        const std::int64_t id = kiosk.activity.people[i % kiosk.activity.people.size()].person;
        const auto began = Clock::now();
        kiosk.activity.check_in(*kiosk.desk, *kiosk.people->find(id), false);
        driver.until([&] { return !kiosk.activity.arrivals.empty() && kiosk.activity.arrivals.front().durable; });
        times.push_back(ms_since(began));
    }
    const double fsync = bare_fsync_ms(folder), tap = quantile(times, 0.5);
    out.push_back({"one fsync of this file system, median", "ms", fsync, 0});
    out.push_back({"tap to durable check-in, median", "ms", tap, 0});
    out.push_back({"tap to durable check-in over the fsync, median", "ms", tap - fsync, 10});
}

}  // namespace

std::vector<Figure> measure_models(const KioskOptions& options, const Catalog& catalog) {
    std::vector<Figure> out;
    const LockedKey key = KeyFile::load(options.folder + "/keys").open(kiosk_passphrase);
    Driver driver(options.folder, catalog);
    kiosk::Kiosk& kiosk = driver.kiosk;
    auto began = Clock::now();
    kiosk.open(key);
    driver.until([&] { return kiosk.desk && !kiosk.activities.lines.empty(); });
    out.push_back({"unlock (key derived) to Today", "s", ms_since(began) / 1000, 0.5});
    driver.until([&] { return kiosk.people != nullptr; });
    out.push_back({"unlock to everybody can be searched for", "s", ms_since(began) / 1000, 0});
    measure_search(*kiosk.people, out);
    measure_check_in(driver, options.folder, out);
    return out;
}

int measure_kiosk(const KioskOptions& options) {
    const Catalog catalog = load_built_in_catalog();
    make_kiosk_data(options, catalog);
    std::vector<Figure> figures = measure_models(options, catalog);
    for (Figure& one : measure_window(options)) figures.push_back(std::move(one));
    return print(figures, options.json);
}

}  // namespace tefter::bench
