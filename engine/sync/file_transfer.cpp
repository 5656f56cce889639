#include "engine/sync/file_transfer.hpp"

#include <algorithm>

#include "engine/sync/client_session.hpp"
#include "engine/sync/protocol.hpp"

namespace tefter {

namespace {

Bytes signed_request(Replica& replica, FileRequest request, std::uint64_t& counter) {
    request.device = replica.identity().device;
    request.counter = counter = next_request_counter(replica);
    return encode_file_request(request, replica.identity().secret);
}

}  // namespace

FileSending::FileSending(Replica& replica) : replica_(replica) {
    FileStore files(replica.store().database);
    for (const Hash& hash : files.all()) {
        const FileStore::State state = *files.find(hash);
        if (state.whole() && !state.sent) queue_.push_back(hash);
    }
    waiting = queue_.size();
}

std::optional<Bytes> FileSending::request() {
    if (queue_.empty()) return std::nullopt;
    FileStore files(replica_.store().database);
    FileRequest request;
    request.kind = FileRequest::Kind::put;
    request.hash = queue_.back();
    request.size = files.find(request.hash)->size;
    request.at = std::max<std::int64_t>(0, at_);
    if (at_ >= 0) request.bytes = files.read(request.hash, at_, limits::file_piece_bytes);
    return signed_request(replica_, std::move(request), counter_);
}

void FileSending::answer(BytesView body) {
    settle();
    FileStore files(replica_.store().database);
    const std::int64_t there = decode_file_answer(body).number, size = files.find(queue_.back())->size;
    if (there > size || (at_ >= 0 && there < at_)) Reader::fail("the server has another file under this name");
    at_ = there;
    if (there < size) return;
    Transaction transaction(replica_.store().database);
    files.mark_sent(queue_.back(), true);
    transaction.commit();
    ++sent;
    next();
}

void FileSending::skip() {
    settle();
    next();
}

void FileSending::settle() {
    Transaction transaction(replica_.store().database);
    answered(replica_, counter_);
    transaction.commit();
}

void FileSending::next() {
    queue_.pop_back();
    waiting = queue_.size();
    at_ = -1;
}

FileFetching::FileFetching(Replica& replica, const Hash& hash) : replica_(replica), hash_(hash) {
    if (const std::optional<FileStore::State> state = FileStore(replica.store().database).find(hash)) {
        here_ = state->here;
        size_ = state->size;
    }
}

std::optional<Bytes> FileFetching::request() {
    if (whole()) return std::nullopt;
    FileRequest request;
    request.hash = hash_;
    request.at = here_;
    return signed_request(replica_, std::move(request), counter_);
}

void FileFetching::answer(BytesView body) {
    const FileAnswer piece = decode_file_answer(body);
    Transaction transaction(replica_.store().database);
    answered(replica_, counter_);
    FileStore files(replica_.store().database);
    files.append(hash_, piece.number, here_, piece.bytes);
    files.mark_sent(hash_, true);
    transaction.commit();
    here_ += static_cast<std::int64_t>(piece.bytes.size());
    size_ = piece.number;
}

}  // namespace tefter
