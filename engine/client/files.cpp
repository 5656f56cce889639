#include "engine/client/files.hpp"

#include "engine/sync/protocol.hpp"

namespace tefter {

namespace {

/// The server's whole answer to a request of a FileSending or FileFetching.
Bytes ask_for_file(Transport& transport, BytesView request) {
    Bytes body;
    transport.post(std::string(file_path), request, [&](BytesView piece) {
        body.insert(body.end(), piece.begin(), piece.end());
        if (body.size() > file_answer_bytes) Reader::fail("the server's answer is too long");
    });
    return body;
}

}  // namespace

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

void fetch_file(FileFetching& fetching, Transport& transport, const OnReplica& run) {
    std::optional<Bytes> request;
    bool go_on = run([&] { request = fetching.request(); });
    while (request) {
        if (!go_on) throw Error(ErrorKind::cancelled, "Stopped; what came of the file is kept.");
        const Bytes answer = ask_for_file(transport, *request);
        go_on = run([&] {
            fetching.answer(answer);
            request = fetching.request();
        });
    }
}

}  // namespace tefter
