#pragma once
// What others wrote that a restored server has lost, and that a replica has as rows alone, since it was filled with them and never got the
// segments: nobody may be left who could give these back as they were signed. From the rows follows what of each changeset still stands,
// and in whose place; as changes of the device that remembers them they can be made again (engine/store/carry_over.hpp).

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "engine/store/replica.hpp"

namespace tefter {

/// To be made again.
struct DueChangeset {
    ScopeNumber scope;
    Changeset changeset;
};

/// Of a chain, behind one version, the other included.
struct VersionRange {
    Version after, until;
    bool contains(Version version) const { return after < version && version <= until; }
    friend bool operator==(const VersionRange&, const VersionRange&) = default;
};
using LostVersions = std::map<DeviceNumber, VersionRange>;

/// What a replica has noted of a scope that its server has lost of others, and it has as rows alone. To note nothing forgets it.
LostVersions lost_versions(Meta& meta, ScopeNumber scope);
void set_lost_versions(Meta& meta, ScopeNumber scope, const LostVersions& lost);

class OnlyRows {
public:
    using Chains = std::map<std::pair<ScopeNumber, DeviceNumber>, VersionRange>;
    using Parted = std::set<std::pair<ScopeNumber, DeviceNumber>>;

    /// What `from` has of `chains`. `parted`: of which `to` has another life; nothing of that is known to what stands in `from`. `own`: what
    /// `from` has written itself and `to` will get again; it is known to what stands in its place. Both replicas must outlive this.
    OnlyRows(Replica& from, Replica& to, const Chains& chains, const Parted& parted, const std::vector<DueChangeset>& own);

    /// With the version and actor of each, ascending by version. A group that says the same in `to` already is not among them. A write comes
    /// as Op::create: the row may be new there. What servers alone write is left out.
    const std::vector<DueChangeset>& changesets() const { return changesets_; }
    /// What an own change has seen, where one of these is lost: what that had taken the place of as well. Ascending; in `arena`.
    std::span<const Version> seen_by(ScopeNumber scope, Version version, const Change& change, Arena& arena);
    /// What is lost may come back one day, and a change names nothing that may come after it.
    std::span<const Version> without_lost(ScopeNumber scope, std::span<const Version> seen, Arena& arena) const;
    /// Rows of which `from` has changes without their values: it has heard of an erasure that is lost too. Once for each version.
    const std::vector<std::pair<TableNumber, Cells>>& erased() const { return erased_; }

private:
    bool is_lost(ScopeNumber scope, Version version) const;
    void look_at(TableNumber table, Cells key, const RowState& state);
    std::set<Version> known_in(TableNumber table, Cells key, ScopeNumber scope, const std::optional<RowState>& there);
    static std::vector<Version> replaced_by(const Change& change, const RowState& here, const std::set<Version>& known);
    Cells keep(Cells cells);

    Replica& from_;
    Replica& to_;
    Chains chains_;
    Parted parted_;
    std::map<RowName, std::set<Version>> own_;
    std::deque<Bytes> bytes_;
    Arena arena_;
    std::map<std::pair<Version, ScopeNumber>, std::vector<Change>> changes_;
    std::vector<DueChangeset> changesets_;
    std::vector<std::pair<TableNumber, Cells>> erased_;
};

}  // namespace tefter
