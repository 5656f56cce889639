#pragma once
// Carries files between a replica and its server: the state machines of sync/file_transfer.hpp over a transport.

#include <functional>

#include "engine/net/transport.hpp"
#include "engine/sync/file_transfer.hpp"

namespace tefter {

/// The server's whole answer to a request of a FileSending or FileFetching.
Bytes ask_for_file(Transport& transport, BytesView request);
/// Runs a step where the replica may be used; false: no more steps.
using OnReplica = std::function<bool(const std::function<void()>& step)>;
/// Sends all that can be sent; a line that fails leaves the rest for the next time.
void send_files(FileSending& sending, Transport& transport, const OnReplica& run);
/// `go_on` is told how many bytes are here, and returns false to stop. Throws ErrorKind::network, ErrorKind::refused with the server's
/// sentence, ErrorKind::cancelled.
void fetch_file(Replica& replica, Transport& transport, const Hash& hash, const std::function<bool(std::int64_t)>& go_on);

}  // namespace tefter
