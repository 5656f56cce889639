#pragma once
// Files on their way, after the rows: what this device attached to the server, and what somebody here asked for from it. State machines
// without I/O: requests go to `file_path`. Each piece is kept when it is acknowledged, so a line that is cut costs one piece.

#include "engine/base/limits.hpp"
#include "engine/store/files.hpp"
#include "engine/store/replica.hpp"

namespace tefter {

/// The whole answer to a request is no longer than this.
inline constexpr std::size_t file_answer_bytes = limits::file_piece_bytes + 64;

/// All whole files that the server is not known to have.
class FileSending {
public:
    /// The replica must outlive it.
    explicit FileSending(Replica& replica);
    /// Nothing: all are sent.
    std::optional<Bytes> request();
    /// The whole answer. Throws ErrorKind::corrupt.
    void answer(BytesView body);
    /// The server does not take the file at hand (its row has not reached it, or was erased): it waits for the next time.
    void skip();

    std::size_t sent = 0, waiting = 0;  ///< files

private:
    void settle();
    void next();
    Replica& replica_;
    std::vector<Hash> queue_;
    std::int64_t at_ = -1;  ///< of the file at hand; -1: the server has not said yet what it has
    std::uint64_t counter_ = 0;
};

/// One file.
class FileFetching {
public:
    FileFetching(Replica& replica, const Hash& hash);
    std::optional<Bytes> request();  ///< nothing: it is here, whole
    void answer(BytesView body);
    std::int64_t here() const { return here_; }
    bool whole() const { return here_ == size_; }

private:
    Replica& replica_;
    Hash hash_;
    std::int64_t here_ = 0, size_ = -1;
    std::uint64_t counter_ = 0;
};

}  // namespace tefter
