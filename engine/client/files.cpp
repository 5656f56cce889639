#include "engine/client/files.hpp"

#include "engine/sync/protocol.hpp"

namespace tefter {

Bytes ask_for_file(Transport& transport, BytesView request) {
    Bytes body;
    transport.post(std::string(file_path), request, [&](BytesView piece) {
        body.insert(body.end(), piece.begin(), piece.end());
        if (body.size() > file_answer_bytes) Reader::fail("the server's answer is too long");
    });
    return body;
}

void send_files(FileSending& sending, Transport& transport, const OnReplica& run) {
    try {
        std::optional<Bytes> request;
        while (run([&] { request = sending.request(); }) && request) {
            try {
                const Bytes answer = ask_for_file(transport, *request);
                run([&] { sending.answer(answer); });
            } catch (const Error& error) {
                if (error.kind() != ErrorKind::refused) throw;
                run([&] { sending.skip(); });
            }
        }
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::network) throw;
    }
}

void fetch_file(Replica& replica, Transport& transport, const Hash& hash, const std::function<bool(std::int64_t)>& go_on) {
    FileFetching fetching(replica, hash);
    while (const std::optional<Bytes> request = fetching.request()) {
        fetching.answer(ask_for_file(transport, *request));
        if (go_on && !go_on(fetching.here())) throw Error(ErrorKind::cancelled, "Stopped; what came of the file is kept.");
    }
}

}  // namespace tefter
