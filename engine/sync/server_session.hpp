#pragma once
// The server's side of a sync: one request in, one stream of frames out. No threads, no sockets, no clock of its own.
//
//   1. Accepting a request is one transaction: what it brings is applied and appended to the ledgers together.
//   2. The answer is fixed at that moment (`Answer`), and read afterwards through a connection of its own, so that a
//      slow reader holds nobody up.
//   3. A segment is stored and sent on as it came.

#include <functional>
#include <span>

#include "engine/store/ledger.hpp"
#include "engine/sync/awaited.hpp"
#include "engine/sync/frame_cache.hpp"
#include "engine/sync/protocol.hpp"

namespace tefter {

/// One caller at a time, except `stream`, which only touches what it is given.
class ServerSession {
public:
    /// Both must outlive it. Appends what the server's own device had written and not yet published.
    ServerSession(Replica& replica, Ledger& ledger);

    struct Range {
        ScopeNumber scope;
        Position after, until;
        Sequence own;   ///< the device has its own chain up to here
        Digest digest;  ///< of the rows at `until`
    };
    struct Answer {
        int status = 200;   ///< as in HTTP; 4xx: `error` is the whole answer
        std::string error;  ///< one sentence
        Bytes head;         ///< frames that are known already
        std::vector<Range> ranges;
        Bytes tail;  ///< the signed end; a snapshot's is made as it streams
        DeviceNumber device;
        std::uint64_t counter = 0;          ///< of the request
        std::optional<Epoch> epoch;         ///< the device is asked to show it; nothing of the request was taken
        std::set<ScopeNumber> restored;     ///< the device is asked for what this server has lost of these
        std::optional<ScopeNumber> behind;  ///< of them, one whose ledger ends before, or parts from, what the device has read, although
                                            ///< it has spoken with this server since that was restored: it may have been put back by hand
        std::size_t changesets = 0;         ///< applied from this request
        std::set<DeviceNumber> of_revoked;  ///< authors among them that have been revoked: this device had taken it before it knew
    };

    /// The pins that answers tell from now on; empty: nothing is told, and devices keep what they have.
    void announce(std::vector<Pin> pins) { pins_ = std::move(pins); }

    /// Never throws for what a stranger sent.
    Answer accept(BytesView body, std::int64_t now_ms);
    /// The beginning of a snapshot of the device's scopes. The rest is read by `stream_snapshot`
    /// from a connection whose reading began at the same moment. Never throws for what a stranger sent.
    Answer accept_snapshot(BytesView body, std::int64_t now_ms);

    /// A piece of a file to the server or from it, for devices that hold a scope with a row that names it. `head` is the whole answer.
    /// Never throws for what a stranger sent.
    Answer accept_file(BytesView body);

    /// Writes an answer's frames to `sink`, which returns false to stop. `ledger` may be one over a reading connection; `cache` is of
    /// this server's ledgers, or nullptr.
    static bool stream(const Answer& answer, Ledger& ledger, FrameCache* cache, const std::function<bool(BytesView)>& sink);

    /// Likewise for a snapshot, out of the rows that `reader` sees.
    static bool stream_snapshot(const Answer& answer, Database& reader, const Replica& server, const std::function<bool(BytesView)>& sink);

    /// Edits by the server's own device, straight into the ledger; what they erase leaves the ledger as well. `actor`: the
    /// person who acted, 0 for none.
    Written write(std::span<const Edit> edits, std::int64_t actor = 0);
    /// Erases what belongs to erased rows and is not erased yet: what came while this server could not write, or under an
    /// older catalog; and anew what a restored server got back without its values.
    void erase_due();

private:
    void exchange(const std::set<ScopeNumber>& scopes, const std::function<bool()>& work);
    std::set<ScopeNumber> all_scopes();
    void publish();
    void redact_ledgers(const std::set<RowName>& erased);
    void erase(const std::set<RowName>& rows);
    std::set<ScopeNumber> scopes_untold(const Device& device, const SyncRequest& request);
    bool asks_for_lost(const Device& device, const SyncRequest& request, const std::set<ScopeNumber>& untold, Answer& answer);
    Answer accept_on(std::string_view path, BytesView body, std::int64_t now_ms);
    Answer accept_from(const Device& device, const SyncRequest& request, std::string_view path, std::int64_t now_ms);
    Answer begin_answer(const Device& device, const HelloFrame& hello, const SyncRequest& request, std::string_view path);
    std::optional<Epoch> epoch_to_show(const SyncRequest& request);
    /// False where the device turns out to be revoked: nothing of it is taken then.
    bool take_in(const Device& device, const HelloFrame& hello, const SyncRequest& request, std::string_view path, Answer& answer);
    std::optional<Device> known_device(DeviceNumber number);
    Answer take_file_piece(const FileRequest& request);
    void note_freshness(const Device& device, const SyncRequest& request, std::int64_t now_ms);
    void plan_snapshot(const Device& device, Answer& answer);
    void ingest(const SyncRequest& request, std::int64_t now_ms, Answer& answer);
    void plan(const Device& device, const HelloFrame& hello, const SyncRequest& request, Answer& answer);
    void finish(const HelloFrame& hello, const std::vector<SignedEnd>& ends, const SyncRequest& request, Answer& answer);
    RestoredFrame restored(ScopeNumber scope);

    Replica& replica_;
    Ledger& ledger_;
    std::vector<Pin> pins_;
    std::set<std::pair<ScopeNumber, DeviceNumber>> refused_;  ///< of the request at hand
};

}  // namespace tefter
