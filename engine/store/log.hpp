#pragma once
// The change log of a replica: each device's chain in each scope, own changesets that no segment holds yet, and the
// segments, own and received, as they travel.
//
//   1. Sequences of a chain are dense: 1, 2, 3, …; versions in it ascend.
//   2. tefter_head stands at the end of what is sealed. Own changesets behind it lie in tefter_unsent, without gaps.
//   3. A segment is never changed. One that nobody has taken may be opened again, and only from the chain's end.

#include <functional>
#include <optional>
#include <vector>

#include "engine/codec/segment.hpp"
#include "engine/store/database.hpp"

namespace tefter {

struct Head {
    Sequence sequence;  ///< 0: the chain has not begun
    Hash hash{};
    Version version;
};

struct StoredSegment {
    DeviceNumber device;
    Sequence first, last;
    Bytes bytes;
};

struct KeptSegment {
    Hash previous{};  ///< the chain's head before it
    Bytes bytes;
};

using SecretKey = Secret<64>;  ///< Ed25519

/// Who acted in the change with this version: a row id, 0 for nobody. `database` may be a reader.
std::int64_t author_of(Database& database, ScopeNumber scope, Version version);

/// Not thread-safe; lives beside the one writing connection, inside its transactions.
class Log {
public:
    Log(Database& database, DeviceNumber own) : database_(database), own_(own) {}

    Head head(ScopeNumber scope, DeviceNumber device);
    void set_head(ScopeNumber scope, DeviceNumber device, const Head& head);
    /// Every chain of the scope that has begun, by device.
    std::vector<std::pair<DeviceNumber, Head>> heads(ScopeNumber scope);

    /// The sequence of the next own changeset.
    Sequence next(ScopeNumber scope);
    void append(ScopeNumber scope, Sequence sequence, const Changeset& changeset);
    std::size_t unsent_changesets(ScopeNumber scope);
    bool has_unsealed(ScopeNumber scope);

    /// Who acted: by runs.
    void note_author(ScopeNumber scope, DeviceNumber device, Version version, std::int64_t actor);
    /// The runs of a device: from this version on, this actor.
    std::vector<std::pair<Version, std::int64_t>> authors(ScopeNumber scope, DeviceNumber device);

    /// Seals all unsent changesets of a scope. Returns how many segments that made.
    std::size_t seal(ScopeNumber scope, std::uint32_t catalog, const SecretKey& key,
                     const std::function<void(std::span<std::uint8_t>)>& random);
    /// Opens own segments that nobody has taken and whose last version is above that one, from the chain's end, back into unsent
    /// changesets. Returns how many.
    std::size_t reopen(ScopeNumber scope, Version above);
    /// The same of those that end at or behind a sequence.
    void reopen_from(ScopeNumber scope, Sequence first);
    /// Own unsent changesets up to `last`, which a segment of the server's holds.
    void drop_unsealed(ScopeNumber scope, Sequence last);

    void keep(const SegmentHeader& header, const Head& previous, BytesView bytes, bool sent);
    /// The same segment, with values that what is kept of it lacks.
    void replace(const SegmentHeader& header, BytesView bytes);
    /// Segments that the server has not confirmed, own ones and those that came by bundle, causes before effects.
    std::vector<StoredSegment> untaken(ScopeNumber scope);
    /// The same one by one, until `visit` says false. It must not change the log.
    void each_untaken(ScopeNumber scope, const std::function<bool(StoredSegment)>& visit);
    /// Is there a changeset that the server has not confirmed, in a segment or in none?
    bool has_unsent(ScopeNumber scope);
    /// The first own changeset that the server has not confirmed.
    std::optional<Sequence> first_unsent(ScopeNumber scope);
    /// Own changesets that no segment holds yet, encoded, by sequence.
    std::vector<std::pair<Sequence, Bytes>> unsealed(ScopeNumber scope);
    /// Forgets the segments of a device's chain, which goes on from a later place.
    void drop(ScopeNumber scope, DeviceNumber device);
    /// All that is kept, causes before effects.
    std::vector<StoredSegment> all(ScopeNumber scope);
    void mark_taken(ScopeNumber scope, DeviceNumber device, Sequence last);
    /// The server has lost what it had behind `after`. False where nothing of that is kept here.
    bool mark_untaken(ScopeNumber scope, DeviceNumber device, Sequence after);
    /// What is untaken now lies in a bundle as well.
    void mark_exported(ScopeNumber scope);
    /// The kept segment of a chain that holds this changeset.
    std::optional<KeptSegment> holding(ScopeNumber scope, DeviceNumber device, Sequence sequence);
    /// What is kept of the scope, causes before effects, where `is_wanted` says so of its device and last.
    void each_kept(ScopeNumber scope, const std::function<bool(DeviceNumber, Sequence)>& is_wanted,
                   const std::function<void(const StoredSegment&)>& visit);
    /// Whether all of a device's chain behind `after`, as far as it is sealed, is kept: what came as rows alone is not.
    bool keeps_all(ScopeNumber scope, DeviceNumber device, Sequence after);
    /// What is kept of a device's chain behind `after`.
    std::vector<StoredSegment> kept(ScopeNumber scope, DeviceNumber device, Sequence after);

private:
    std::vector<Seen> newly_seen(ScopeNumber scope);
    std::size_t reopen_while(ScopeNumber scope, const std::function<bool(const Segment&)>& is_due);

    Database& database_;
    DeviceNumber own_;
};

}  // namespace tefter
