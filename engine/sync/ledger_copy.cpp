#include "engine/sync/ledger_copy.hpp"

#include <filesystem>
#include <fstream>

#include "engine/base/crypto.hpp"
#include "engine/base/file.hpp"
#include "engine/base/limits.hpp"
#include "engine/codec/redact.hpp"
#include "engine/sync/protocol.hpp"

namespace tefter {

namespace {

constexpr std::string_view copy_magic = "tefter ledger copy 1\n";
constexpr std::size_t copy_batch_bytes = 4U << 20U;
constexpr std::size_t most_manifest_bytes = 1U << 20U;
constexpr std::size_t segments_between_reports = 100;

std::string manifest_of(const std::string& folder) { return folder + "/copy"; }
std::string segments_of(const std::string& folder, ScopeNumber scope) { return folder + "/scope-" + std::to_string(scope.value); }

struct Manifest {
    PublicKey server_key{};
    std::int64_t made_ms = 0;
    std::vector<SignedEnd> ends;
    Signature signature{};

    Bytes encode() const {
        Writer out;
        out.raw(as_bytes(copy_magic));
        out.raw(server_key);
        out.varint(static_cast<std::uint64_t>(made_ms));
        out.varint(ends.size());
        for (const SignedEnd& end : ends) {
            out.varint(end.scope.value);
            out.varint(end.position.value);
            out.raw(end.ledger_hash);
            out.raw(end.digest.bytes());
        }
        out.raw(signature);
        return out.take();
    }
    static Manifest load(const std::string& folder) {
        if (!std::filesystem::exists(manifest_of(folder)))
            throw Error(ErrorKind::not_replica, "There is no copy of ledgers in " + folder + ".");
        const Bytes bytes = read_file(manifest_of(folder), most_manifest_bytes);
        if (!as_text(bytes).starts_with(copy_magic))
            throw Error(ErrorKind::not_replica, "The folder " + folder + " holds no copy of ledgers.");
        Reader in(BytesView(bytes).subspan(copy_magic.size()));
        Manifest out;
        out.server_key = in.fixed<32>();
        out.made_ms = static_cast<std::int64_t>(in.varint());
        const std::size_t count = in.count();
        for (std::size_t i = 0; i < count; ++i) {
            SignedEnd& end = out.ends.emplace_back();
            end.scope = ScopeNumber{in.varint32()};
            end.position = Position{in.varint()};
            end.ledger_hash = in.fixed<32>();
            end.digest = Digest::from(in.raw(16));
        }
        out.signature = in.fixed<64>();
        return out;
    }
};

/// Segments of one file, one after the other.
class Entries {
public:
    explicit Entries(const std::string& path) : in_(path, std::ios::binary) {}

    struct Entry {
        Bytes segment;
        Hash hash{};
    };
    /// False at the end. Throws ErrorKind::corrupt for what was cut off or is too long.
    bool next(Entry& out) {
        if (in_.peek() == std::ifstream::traits_type::eof()) return false;
        std::uint64_t size = 0;
        for (unsigned shift = 0;; shift += 7) {
            const int byte = in_.get();
            if (byte == std::ifstream::traits_type::eof() || shift > 28) Reader::fail("a length is not whole");
            size |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) break;
        }
        if (size > limits::segment_bytes) Reader::fail("it is longer than any segment");
        out.segment.resize(static_cast<std::size_t>(size));
        read(out.segment);
        read(out.hash);
        return true;
    }

private:
    void read(std::span<std::uint8_t> to) {
        in_.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(to.size()));
        if (static_cast<std::size_t>(in_.gcount()) != to.size()) Reader::fail("it is cut off");
    }
    std::ifstream in_;
};

class CopyVerifier {
public:
    CopyVerifier(const std::string& folder, const std::string& earlier, const Catalog& catalog,
                 const std::function<bool(const CopyVerification&)>& progress)
        : folder_(folder), catalog_(catalog), progress_(progress), manifest_(Manifest::load(folder)) {
        if (!earlier.empty()) earlier_ = Manifest::load(earlier);
    }

    CopyVerification run() {
        result_.server_key = manifest_.server_key;
        result_.made_ms = manifest_.made_ms;
        const auto made = static_cast<std::uint64_t>(manifest_.made_ms);
        if (!verify_ends({}, manifest_.ends, server_device, made, manifest_.signature, manifest_.server_key))
            fault("The ends of the ledgers are not signed by the server's key.");
        if (earlier_ && earlier_->server_key != manifest_.server_key) fault("The earlier copy is of a server with another key.");
        if (earlier_) {
            for (const SignedEnd& end : earlier_->ends) check_still_there(end);
        }
        for (const SignedEnd& end : manifest_.ends) scope(end);  // shared is the first: it holds the keys of devices
        result_.devices = keys_.size();
        return std::move(result_);
    }

private:
    struct Chain {
        Sequence sequence;
        Hash hash{};
        Version version;
    };

    void fault(const std::string& sentence) { result_.faults.push_back(sentence); }
    std::string name(ScopeNumber scope) const { return "The ledger of the scope " + catalog_.scope_name(scope); }

    void check_still_there(const SignedEnd& before) {
        for (const SignedEnd& end : manifest_.ends) {
            if (end.scope == before.scope && end.position >= before.position) return;
        }
        fault(name(before.scope) + " ends before position " + std::to_string(before.position.value) + ", where the earlier copy ended.");
    }

    void scope(const SignedEnd& end) {
        chains_.clear();
        Position at{0};
        Hash hash{};
        Entries entries(segments_of(folder_, end.scope));
        try {
            for (Entries::Entry entry; entries.next(entry);) {
                const std::string wrong = segment(end.scope, entry, hash);
                if (!wrong.empty()) return fault(name(end.scope) + ", position " + std::to_string(at.value + 1) + ": " + wrong);
                ++at.value;
                hash = entry.hash;
                if (const std::string other = history_before(end.scope, at, hash); !other.empty()) return fault(other);
                if (++result_.segments % segments_between_reports == 0 && progress_ && !progress_(result_))
                    throw Error(ErrorKind::cancelled, "Cancelled; nothing was changed.");
            }
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt) throw;
            return fault(name(end.scope) + ", position " + std::to_string(at.value + 1) + ": " + error.what());
        }
        if (at != end.position)
            fault(name(end.scope) + " ends at position " + std::to_string(at.value) + ", and the server signed that it ends at " +
                  std::to_string(end.position.value) + ".");
        else if (hash != end.ledger_hash) fault(name(end.scope) + " does not end in the hash that the server signed.");
    }

    std::string history_before(ScopeNumber scope, Position at, const Hash& hash) const {
        if (!earlier_) return {};
        for (const SignedEnd& before : earlier_->ends) {
            if (before.scope == scope && before.position == at && before.ledger_hash != hash)
                return name(scope) + " shows another history up to position " + std::to_string(at.value) + " than the earlier copy.";
        }
        return {};
    }

    /// What is wrong with a segment that stands here; empty: nothing.
    std::string segment(ScopeNumber scope, const Entries::Entry& entry, const Hash& before) {
        Segment segment;
        decode_segment(entry.segment, segment);
        const SegmentHeader& header = segment.header;
        const std::string whose = "device " + std::to_string(header.device.value);
        if (header.scope != scope) return "the segment is of another scope.";
        Chain& chain = chains_.try_emplace(header.device, Chain{Sequence{0}, chain_start(scope, header.device), {}}).first->second;
        if (header.first.value != chain.sequence.value + 1) {
            return "changeset " + std::to_string(header.first.value) + " of " + whose + " stands where " +
                   std::to_string(chain.sequence.value + 1) + " is due; a segment is missing, stands twice or stands elsewhere.";
        }
        if (header.previous != chain_tag(chain.hash)) return "the segment does not continue the chain of " + whose + ".";
        for (const Seen& seen : header.seen) {
            const auto other = chains_.find(seen.device);
            if (other == chains_.end() || other->second.sequence < seen.sequence)
                return whose + " had seen changeset " + std::to_string(seen.sequence.value) + " of device " +
                       std::to_string(seen.device.value) + ", which does not stand before it.";
        }
        const auto key = keys_.find(header.device);
        if (header.device != server_device && key == keys_.end()) return "the register of devices does not name " + whose + ".";
        const Hash end = chain_through(chain.hash, segment);
        if (!verify_segment(segment, end, header.device == server_device ? manifest_.server_key : key->second))
            return "the segment was not signed by " + whose + ", or was altered.";
        for (const Changeset& changeset : segment.changesets) {
            if (changeset.version <= chain.version || changeset.version.device() != header.device)
                return "the versions of " + whose + " are out of order.";
            chain.version = changeset.version;
        }
        if (entry.hash != ledger_next(before, segment_id(header, segment.signature)))
            return "the ledger's own chain names another segment here.";
        chain.sequence = header.last();
        chain.hash = end;
        result_.changesets += segment.changesets.size();
        return header.device == server_device && scope == shared_scope ? read_register(segment) : std::string();
    }

    /// Keys of devices, as the server's device has written them. A key never changes.
    std::string read_register(const Segment& segment) {
        for (const Changeset& changeset : segment.changesets) {
            for (const Change& change : changeset.changes) {
                if (change.table != device_table || change.key.size() != 1 || change.key[0].kind() != ValueKind::integer) continue;
                for (const GroupValues& written : change.groups) {
                    if (written.group != GroupNumber{1} || written.values.empty() || written.values[0].kind() != ValueKind::blob) continue;
                    const BytesView blob = written.values[0].blob();
                    if (blob.size() != PublicKey().size()) continue;
                    PublicKey key{};
                    std::copy(blob.begin(), blob.end(), key.begin());
                    const DeviceNumber device{static_cast<std::uint32_t>(change.key[0].integer())};
                    if (keys_.try_emplace(device, key).first->second != key)
                        return "device " + std::to_string(device.value) + " is given another key.";
                }
            }
        }
        return {};
    }

    std::string folder_;
    const Catalog& catalog_;
    const std::function<bool(const CopyVerification&)>& progress_;
    Manifest manifest_;
    std::optional<Manifest> earlier_;
    std::map<DeviceNumber, PublicKey> keys_;
    std::map<DeviceNumber, Chain> chains_;  ///< of the scope at hand
    CopyVerification result_;
};

}  // namespace

void write_ledger_copy(Replica& server, Ledger& ledger, const std::string& folder) {
    Manifest manifest;
    manifest.server_key = server.identity().server_key;
    manifest.made_ms = server.environment().now_ms();
    const IsErased everything = [](TableNumber, std::span<const Value>) { return true; };
    for (const ScopeState& scope : server.scopes()) {
        if (const Position base = ledger.base(scope.scope); base.value != 0) {
            throw Error(ErrorKind::refused, "The ledger of " + server.catalog().scope_name(scope.scope) + " was compacted up to entry " +
                                                std::to_string(base.value) + "; copies that were made before show what was there.");
        }
        const LedgerHead head = ledger.head(scope.scope);
        manifest.ends.push_back({scope.scope, head.position, head.hash, scope.digest});
        NewFile file(segments_of(folder, scope.scope));
        for (Position at{0}; at < head.position;) {
            const std::vector<LedgerEntry> entries = ledger.read(scope.scope, at, head.position, copy_batch_bytes);
            ensure(!entries.empty(), "a ledger has every position up to its head");
            for (const LedgerEntry& entry : entries) {
                const std::optional<Bytes> nameless = redact_segment(entry.bytes, everything);
                Writer out;
                out.sized(nameless ? BytesView(*nameless) : BytesView(entry.bytes));
                out.raw(*ledger.hash_at(scope.scope, entry.position));
                file.write(out.view());
            }
            at = entries.back().position;
        }
        file.commit();
    }
    manifest.signature =
        sign_ends({}, manifest.ends, server_device, static_cast<std::uint64_t>(manifest.made_ms), server.identity().secret);
    NewFile file(manifest_of(folder));
    file.write(manifest.encode());
    file.commit();
}

CopyVerification verify_ledger_copy(const std::string& folder, const std::string& earlier, const Catalog& catalog,
                                    const std::function<bool(const CopyVerification&)>& progress) {
    return CopyVerifier(folder, earlier, catalog, progress).run();
}

}  // namespace tefter
