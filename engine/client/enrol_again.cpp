#include "engine/client/enrol_again.hpp"

#include <filesystem>

#include "engine/keys/key_change.hpp"

namespace tefter {

namespace fs = std::filesystem;

namespace {

/// Whoever opened the earlier replica opens this one. Returns the slots that cannot be told.
std::vector<std::string> hand_on_slots(const Home& from, const Home& to, std::string_view passphrase) {
    KeyFile slots = KeyFile::load(from.keys());
    std::vector<std::string> lost = replace_key(slots, passphrase, KeyFile::load(to.keys()).open(passphrase));
    slots.forget_previous();
    slots.save(to.keys());
    return lost;
}

/// What a program keeps in the folder beside the replica, such as its settings.
void hand_on_files(const Home& from, const Home& to) {
    for (const fs::directory_entry& entry : fs::directory_iterator(from.folder())) {
        const std::string name = entry.path().filename();
        const bool of_replica =
            entry.path() == from.keys() || name.starts_with(fs::path(from.database()).filename().string()) || name == "enrolling";
        if (!of_replica)
            fs::copy(entry.path(), fs::path(to.folder()) / name, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    }
}

std::string without_slash(std::string folder) {
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    return folder;
}

/// A place that is free.
std::string aside(const std::string& folder, DeviceNumber device) {
    const std::string first = folder + ".device-" + std::to_string(device.value);
    std::string out = first;
    for (int i = 2; fs::exists(out); ++i) out = first + "-" + std::to_string(i);
    return out;
}

}  // namespace

EnrolledAgain enrol_again(const std::string& folder, std::string_view code, std::string_view passphrase, const Catalog& catalog,
                          const Environment& environment, const SyncProgress& progress) {
    const std::string place = without_slash(folder);
    const Home home(place), next(place + ".again");
    EnrolledAgain out;
    if (!fs::exists(place) && next.has_replica()) {  // an earlier call was killed between its last two steps
        fs::rename(next.folder(), place);
        const auto replica = home.open(passphrase, catalog, environment, Opening::to_sync);
        out.device = replica->identity().device;
        out.report = home.sync(*replica, progress);
        return out;
    }
    {
        const auto old = home.open(passphrase, catalog, environment, Opening::to_sync);
        old->next_version();  // nobody else writes to it from here on
        const auto fresh = next.has_replica() ? next.open(passphrase, catalog, environment, Opening::to_sync)
                                              : next.enrol(code, passphrase, catalog, environment);
        out.device = fresh->identity().device;
        // What a server that waits has not shown yet would be made again beside itself.
        const SyncReport filled = next.sync(*fresh, progress);
        if (!filled.withheld.empty()) throw Error(ErrorKind::refused, filled.withheld);
        out.carried = carry_over(*old, *fresh);
        out.report = next.sync(*fresh, progress);
        out.lost_slots = hand_on_slots(home, next, passphrase);
        hand_on_files(home, next);
        out.kept_in = aside(place, old->identity().device);
    }
    fs::rename(place, out.kept_in);
    fs::rename(next.folder(), place);
    return out;
}

}  // namespace tefter
