#include "engine/store/verify.hpp"

namespace tefter {

namespace {

constexpr std::size_t rows_between_reports = 10'000;

class Verifier {
public:
    Verifier(Replica& replica, const std::function<bool(const Verification&)>& progress)
        : replica_(replica), store_(replica.store()), progress_(progress) {}

    Verification run() {
        check_file();
        check_digests();
        for (const ScopeState& scope : store_.meta.scopes()) {
            for (const auto& [device, head] : store_.log.heads(scope.scope)) check_chain(scope.scope, device, head);
            check_unsent(scope.scope);
        }
        return std::move(result_);
    }

private:
    void report() {
        if (progress_ && !progress_(result_)) throw Error(ErrorKind::cancelled, "Cancelled; nothing was changed.");
    }
    void fault(const std::string& sentence) { result_.faults.push_back(sentence); }
    std::string name(ScopeNumber scope) const { return replica_.catalog().scope_name(scope); }

    void check_file() {
        Statement check = store_.database.prepare_once("PRAGMA integrity_check(5)");
        while (check.step()) {
            if (check.text(0) != "ok") fault("The database says: " + std::string(check.text(0)) + ".");
        }
        // It reads the file alone. Where power or disk failed while a write-ahead log was moved into it, a page may be half there, and
        // whole in the log: it is moved again first. Inside a transaction it cannot be; whoever began that one has done it.
        store_.database.empty_log();
        Statement pages = store_.database.prepare_once("PRAGMA cipher_integrity_check");
        while (pages.step()) fault("The encrypted file is damaged: " + std::string(pages.text(0)) + ".");
    }

    void check_digests() {
        std::map<ScopeNumber, Digest> found;
        store_.applier.rows().scan([&](TableNumber table, Cells key, const RowState& state) {
            found[state.scope] += fingerprint(table, key, state);
            if (++result_.rows % rows_between_reports == 0) report();
            return true;
        });
        for (const ScopeState& scope : store_.meta.scopes()) {
            if (found[scope.scope] == scope.digest) continue;
            fault("The rows of the scope " + name(scope.scope) + " are not what its digest says.");
        }
    }

    void check_chain(ScopeNumber scope, DeviceNumber device, const Head& head) {
        const std::string whose = "The chain of device " + std::to_string(device.value) + " in the scope " + name(scope);
        PublicKey key = replica_.identity().server_key;
        if (device != server_device) {
            const std::optional<Device> author = replica_.device(device);
            if (!author) return fault(whose + " is of a device that is not registered.");
            key = author->key;
        }
        Statement row = store_.database.prepare_once(
            "SELECT bytes, previous, first, last FROM tefter_segment WHERE scope = ?1 AND device = ?2 ORDER BY first");
        row.with(std::int64_t{scope.value}, std::int64_t{device.value});
        Hash hash{};
        std::int64_t last = 0;
        bool begun = false;
        while (row.step()) {
            Reader previous(row.blob(1));
            const Hash before = previous.fixed<32>();
            if (begun ? before != hash || row.integer(2) != last + 1 : row.integer(2) == 1 && before != chain_start(scope, device)) {
                return fault(whose + " has a gap before changeset " + std::to_string(row.integer(2)) + ".");
            }
            Segment segment;
            try {
                decode_segment(row.blob(0), segment);
            } catch (const Error& error) {
                return fault(whose + ", changeset " + std::to_string(row.integer(2)) + ": " + error.what());
            }
            hash = chain_through(before, segment);
            if (!verify_segment(segment, hash, key)) {
                return fault(whose + " was not signed by that device at changeset " + std::to_string(row.integer(2)) + ".");
            }
            last = row.integer(3);
            begun = true;
            ++result_.segments;
            result_.changesets += segment.changesets.size();
            report();
        }
        if (begun && (hash != head.hash || last != static_cast<std::int64_t>(head.sequence.value))) {
            fault(whose + " does not end where it should.");
        }
    }

    void check_unsent(ScopeNumber scope) {
        Sequence expected = store_.log.head(scope, replica_.identity().device).sequence;
        Statement row =
            store_.database.prepare_once("SELECT sequence, version, bytes FROM tefter_unsent WHERE scope = ?1 ORDER BY sequence");
        row.with(std::int64_t{scope.value});
        while (row.step()) {
            ++expected.value;
            Arena arena;
            Reader in(row.blob(2));
            const Changeset changeset = decode_changeset(in, arena);
            if (row.integer(0) != static_cast<std::int64_t>(expected.value) || changeset.version.value != row.integer(1)) {
                return fault("The unsent changes of the scope " + name(scope) + " have a gap.");
            }
            ++result_.changesets;
        }
    }

    Replica& replica_;
    Replica::Store& store_;
    const std::function<bool(const Verification&)>& progress_;
    Verification result_;
};

}  // namespace

Verification verify_replica(Replica& replica, const std::function<bool(const Verification&)>& progress) {
    return Verifier(replica, progress).run();
}

}  // namespace tefter
