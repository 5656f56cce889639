#include "engine/client/syncing.hpp"

#include <algorithm>

namespace tefter {

namespace {

constexpr std::size_t least_request_bytes = 16U << 10U;  // goes through at 30 kbit/s in the twenty seconds between two cuts
constexpr std::size_t snapshot_tries = 2;

// Facts of the replica: they outlive a program that was killed on the line.
constexpr const char* line_fact = "line_bytes";             // what a request may carry; 0: anything
constexpr const char* unanswered_fact = "line_unanswered";  // the size of a request whose answer has not begun
constexpr const char* snapshots_fact = "line_snapshots";    // how often a snapshot was asked for

std::size_t number(Replica& replica, const char* fact) { return std::stoul(replica.fact(fact).value_or("0")); }
void note(Replica& replica, const char* fact, std::size_t number) { replica.set_fact(fact, std::to_string(number)); }

}  // namespace

Syncing::Syncing(Replica& replica) : replica_(replica) {
    if (replica.is_empty() && number(replica, snapshots_fact) < snapshot_tries) filling_ = std::make_unique<SnapshotSession>(replica);
    else exchange_ = std::make_unique<ClientSession>(replica);
}

std::size_t Syncing::line_bytes() {
    if (const std::size_t unanswered = number(replica_, unanswered_fact); unanswered != 0) {
        note(replica_, line_fact, std::max(least_request_bytes, unanswered / 2));
        note(replica_, unanswered_fact, 0);
    }
    const std::size_t bytes = number(replica_, line_fact);
    return bytes == 0 ? request_segment_bytes : bytes;
}

Syncing::Request Syncing::request() {
    if (filling_) {
        note(replica_, snapshots_fact, number(replica_, snapshots_fact) + 1);
        return {std::string(snapshot_path), filling_->request()};
    }
    Request out{std::string(sync_path), exchange_->request(line_bytes())};
    if (out.body.size() > least_request_bytes) {
        unanswered_bytes_ = out.body.size();
        note(replica_, unanswered_fact, unanswered_bytes_);
    }
    return out;
}

void Syncing::feed(BytesView piece) {
    if (filling_) return filling_->feed(piece);
    if (const std::size_t answered = std::exchange(unanswered_bytes_, 0); answered != 0) {
        note(replica_, unanswered_fact, 0);
        const std::size_t more = answered * 2;
        if (const std::size_t now = number(replica_, line_fact); now != 0 && more > now)
            note(replica_, line_fact, more >= request_segment_bytes ? 0 : more);
    }
    exchange_->feed(piece);
}

bool Syncing::end_answer() {
    if (!filling_) {
        if (exchange_->end_answer()) return true;
        if (!exchange_->is_to_be_filled()) return false;
        filling_ = std::make_unique<SnapshotSession>(replica_);
        return true;
    }
    filling_->finish();
    if (!exchange_) return false;
    exchange_->count(filling_->report());
    filling_.reset();
    return true;
}

const SyncReport& Syncing::report() const { return filling_ ? filling_->report() : exchange_->report(); }

}  // namespace tefter
