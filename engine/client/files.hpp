#pragma once
// Carries files between a replica and its server: the state machines of sync/file_transfer.hpp over a transport.

#include <functional>

#include "engine/net/transport.hpp"
#include "engine/sync/file_transfer.hpp"

namespace tefter {

/// Runs a step where the replica may be used; false: no more steps.
using OnReplica = std::function<bool(const std::function<void()>& step)>;
/// Sends all that can be sent; a line that fails leaves the rest for the next time.
void send_files(FileSending& sending, Transport& transport, const OnReplica& run);
/// Throws ErrorKind::network, ErrorKind::refused with the server's sentence, ErrorKind::cancelled when `run` wants no more steps.
void fetch_file(FileFetching& fetching, Transport& transport, const OnReplica& run);

}  // namespace tefter
