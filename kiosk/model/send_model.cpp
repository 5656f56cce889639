#include "kiosk/model/send_model.hpp"

namespace tefter::kiosk {

void SendModel::refresh(Desk& desk, int stick_works) {
    if (desk.syncing().running || (desk.syncing().ended_ms == read_at_ms && works_seen == stick_works)) return;
    works_seen = stick_works;
    read_at_ms = desk.syncing().ended_ms;
    desk.read(
        [](Database& reader) {
            std::vector<SyncLine> out;
            Statement row = reader.prepare_once(
                "SELECT at_ms, changesets_sent, changesets_received, bytes_sent + bytes_received, how, outcome FROM tefter_sync "
                "ORDER BY at_ms DESC LIMIT 20");
            while (row.step()) {
                SyncLine line{row.integer(0), row.integer(1),           row.integer(2),
                              row.integer(3), std::string(row.text(4)), std::string(row.text(5))};
                line.identical = line.outcome == "identical with the server";
                out.push_back(std::move(line));
            }
            return out;
        },
        [this](std::vector<SyncLine> found) { history = std::move(found); });
}

}  // namespace tefter::kiosk
