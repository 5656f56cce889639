#pragma once
// A server and its ledger in memory, with answers that a test cuts where it wants.

#include "engine/sync/client_session.hpp"
#include "engine/sync/server_session.hpp"
#include "engine/sync/snapshot.hpp"
#include "tests/ledgers.hpp"
#include "tests/offices.hpp"

namespace tefter::test {

struct Central {
    Offices offices;
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<ServerSession> server;
    std::unique_ptr<FrameCache> frames;  ///< of one life of the server
    std::size_t cut_after = SIZE_MAX;    ///< bytes of an answer
    std::function<void()> before_filling;
    std::size_t filled = 0;  ///< offices that were behind what had been compacted

    Central() { start(); }
    void start() {
        Replica& replica = offices["server"].replica();
        ledger = ledger_of(replica);
        frames = std::make_unique<FrameCache>(1U << 20U);
        server = std::make_unique<ServerSession>(replica, *ledger);
    }
    /// Copies of their files, and back to what they held then; the server begins anew.
    void keep(const std::vector<Office*>& some) {
        for (Office* one : some)
            std::filesystem::copy_file(one->path, one->path + ".kept", std::filesystem::copy_options::overwrite_existing);
    }
    void go_back(const std::vector<Office*>& some) {
        server.reset();
        ledger.reset();
        for (Office* one : some) {
            one->close();
            std::filesystem::copy_file(one->path + ".kept", one->path, std::filesystem::copy_options::overwrite_existing);
            one->reopen();
        }
        start();
    }
    Office& office(const std::string& name, const std::string& scopes, Role role = Role::officer) {
        Office& added = offices.add(name, scopes, role);
        start();  // publishes the registration
        sync(added);
        return added;
    }
    /// One that is registered and has nothing yet.
    Office& not_filled(const std::string& scopes, Role role = Role::officer, const std::string& name = "fresh") {
        Office& added = offices.add(name, scopes, role, Offices::Filled::not_yet);
        start();  // publishes the registration
        return added;
    }
    Bytes answer_to(BytesView request) {
        const ServerSession::Answer answer = server->accept(request, offices["server"].now_ms);
        if (answer.status != 200) throw Error(ErrorKind::refused, answer.error);
        Bytes bytes;
        ServerSession::stream(answer, *ledger, frames.get(), [&](BytesView piece) {
            bytes.insert(bytes.end(), piece.begin(), piece.end());
            return true;
        });
        return bytes;
    }
    Bytes snapshot_for(BytesView request) {
        Replica& replica = offices["server"].replica();
        const ServerSession::Answer answer = server->accept_snapshot(request, offices["server"].now_ms);
        if (answer.status != 200) throw Error(ErrorKind::refused, answer.error);
        Bytes bytes;
        ServerSession::stream_snapshot(answer, replica.store().database, replica, [&](BytesView piece) {
            bytes.insert(bytes.end(), piece.begin(), piece.end());
            return true;
        });
        return bytes;
    }
    /// From a snapshot.
    void fill(Office& office) {
        SnapshotSession filling(office.replica());
        filling.feed(snapshot_for(filling.request()));
        filling.finish();
    }
    /// Changes what the register says of an office's device.
    void register_anew(Office& office, const std::string& column, OwnedValue value) {
        Edit edit;
        edit.table = "device";
        edit.key = {std::int64_t{office.replica().identity().device.value}};
        edit.values = {{column, std::move(value)}};
        server->write({&edit, 1});
    }
    void erase(const std::string& table, std::vector<OwnedValue> key) {
        Replica& replica = offices["server"].replica();
        std::vector<Edit> edits;
        Arena arena;
        std::vector<Value> name;
        for (const OwnedValue& part : key) name.push_back(part.view());
        for (const RowName& row : replica.store().applier.rows().belongings(offices.catalog().table(table), name)) {
            edits.push_back(erasing(offices.catalog().find(row.first)->name, decode_key(row.second, arena)));
        }
        edits.push_back(erasing(table, name));
        server->write(edits);
    }
    static Edit erasing(const std::string& table, Cells key) {
        Edit edit;
        edit.kind = EditKind::erase;
        edit.table = table;
        for (const Value& part : key) edit.key.emplace_back(part);
        return edit;
    }
    SyncReport sync(Office& office) {
        ClientSession client(office.replica());
        do {
            Bytes answer = answer_to(client.request());
            if (answer.size() > cut_after) answer.resize(cut_after);
            for (std::size_t at = 0; at < answer.size(); at += 7) {  // pieces that fit no frame
                client.feed(BytesView(answer).subspan(at, std::min<std::size_t>(7, answer.size() - at)));
            }
        } while (client.end_answer());
        if (client.is_to_be_filled()) {
            if (before_filling) before_filling();
            fill(office);
            ++filled;
            return sync(office);
        }
        return client.report();
    }
};

}  // namespace tefter::test
