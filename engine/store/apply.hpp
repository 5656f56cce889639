#pragma once
// The only writer of synced rows. Local and received changesets both go through it, inside the caller's transaction.

#include <set>
#include <string>
#include <vector>

#include "engine/codec/segment.hpp"
#include "engine/store/meta.hpp"
#include "engine/store/rows.hpp"

namespace tefter {

/// Where a changeset stands: names it in the quarantine.
struct Origin {
    ScopeNumber scope;
    DeviceNumber device;
    Sequence sequence;
};

/// A change that breaks a rule of the catalog. The rest of its changeset went on.
struct Quarantined {
    std::size_t number = 0;  ///< of the change in its changeset, from 0
    std::string reason;
};

/// What a transaction has to do with erased rows.
struct Erasing {
    std::set<RowName> begun;  ///< rows whose erasure it brings: what is stored of them is to be taken out as well
    bool met = false;         ///< it brought personal values of a row that is erased: they must not be kept
    /// Rows that the server erases: those that got personal values and belong to an erased one, and those whose values were taken
    /// out of what came although nobody here knows of an erasure.
    std::set<RowName> due;
};

class Applier {
public:
    Applier(Database& database, const Catalog& catalog)
        : rows_(database, catalog), meta_(database), database_(database), catalog_(catalog) {}

    /// Merges every change; what cannot be merged goes to tefter_quarantine and is returned. Applying the same
    /// changeset again changes nothing.
    std::vector<Quarantined> apply(const Origin& origin, const Changeset& changeset);

    /// Values were taken out of a change of a row that is not erased here.
    bool lacks_values(const Segment& segment);

    /// A segment that has been applied comes again from a server. Where its values had been taken out when it came first, and the
    /// erasure was lost with the server that had made it, they stand in their rows again. Returns whether any did.
    bool put_back(const Segment& segment);

    /// Adds what changed to the digests of tefter_scope; once before each commit. Returns the tables that changed.
    Changed finish();

    /// Forgets what a transaction that was rolled back had counted.
    void discard();

    Rows& rows() { return rows_; }
    Erasing& erasing() { return erasing_; }

private:
    std::string apply_change(ScopeNumber scope, Version version, const Change& change);
    bool put_back(Version version, const Change& change);
    void note_erasing(const Change& change, const RowState* before, const RowState& after);
    void note_named_files(const Change& change);
    void quarantine(const Origin& origin, Version version, std::size_t number, const Change& change, const std::string& reason);

    Rows rows_;
    Erasing erasing_;
    Meta meta_;
    Database& database_;
    const Catalog& catalog_;
};

/// Why the catalog forbids this change, or nothing: arity and types of key and values, required columns, lengths, ranges.
/// Tables, groups and enumerators that the catalog does not know are a newer one's and pass.
std::string violation(const Catalog& catalog, const Change& change);

}  // namespace tefter
