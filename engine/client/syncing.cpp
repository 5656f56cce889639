#include "engine/client/syncing.hpp"

namespace tefter {

Syncing::Syncing(Replica& replica) {
    if (replica.is_empty()) filling_ = std::make_unique<SnapshotSession>(replica);
    else exchange_ = std::make_unique<ClientSession>(replica);
}

Syncing::Request Syncing::request() {
    if (filling_) return {std::string(snapshot_path), filling_->request()};
    return {std::string(sync_path), exchange_->request()};
}

void Syncing::feed(BytesView piece) {
    if (filling_) filling_->feed(piece);
    else exchange_->feed(piece);
}

bool Syncing::end_answer() {
    if (!filling_) return exchange_->end_answer();
    filling_->finish();
    return false;
}

const SyncReport& Syncing::report() const { return filling_ ? filling_->report() : exchange_->report(); }

}  // namespace tefter
