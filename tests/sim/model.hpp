#pragma once
// What should be there: section 5 of the design over plain maps. It shares no code with the engine and knows no versions:
// a write is known by a text that nobody else wrote, and by what its author knew when he wrote it.
//
//   1. A write of a group takes the place of every write of that group, and of every deletion of the row, that its author knew.
//   2. A deletion takes the place of every write and every deletion of the row that its author knew.
//   3. What nothing has taken the place of stands: a group's standing writes are its leaves.
//   4. A row lives while a write stands or a living row refers to it.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tefter::sim {

using WriteId = std::size_t;
/// Scope and device.
using Chain = std::pair<std::uint32_t, std::uint32_t>;
/// What a replica knows: of each device's chain in each scope the changesets from the first on, in order.
using Knowledge = std::map<Chain, std::vector<WriteId>>;

enum class Deed { write, remove, erase };

struct ModelWrite {
    Deed deed = Deed::write;
    std::uint32_t scope = 0, device = 0;
    std::uint64_t sequence = 0;
    std::size_t row = 0;
    std::map<std::uint32_t, std::string> groups;    ///< number to text
    std::map<std::uint32_t, std::uint64_t> causes;  ///< device to how far its author knew its chain in this scope
    bool creates = false;                           ///< its author had not heard of the row
    std::set<WriteId> beside;  ///< among its causes, and it does not take their place: it was read from rows in which both stood
    WriteId id = 0;
};

/// What nothing has taken the place of.
struct Standing {
    WriteId id = 0;
    std::set<std::uint32_t> groups;  ///< of a write; none: a deletion
};

struct ModelRow {
    std::map<std::uint32_t, std::multiset<std::string>> leaves;
    std::size_t deletions = 0;
    bool erased = false;
    bool stands() const { return !leaves.empty(); }
};

class Model {
public:
    /// Rows are numbered as they come to be; `refers_to`: the row that this one keeps alive.
    std::size_t add_row(std::size_t refers_to = SIZE_MAX);
    /// The author's knowledge grows by the write.
    WriteId add(Knowledge& author, ModelWrite write);
    /// A write of one that enrols again as `device`: its author had seen what he had, as far as `common` has it too.
    WriteId add_again(Knowledge& author, WriteId earlier, std::uint32_t device, const Knowledge& common);
    /// The same of what `device` makes again of another's write, which it has as rows alone: `standing`, beside `beside`. It knows `common`.
    WriteId add_from_rows(Knowledge& author, const Standing& standing, std::uint32_t device, const Knowledge& common,
                          const std::vector<WriteId>& beside);
    /// What is among its causes, and its author had not seen.
    void stands_beside(WriteId id, WriteId other) { writes_[id].beside.insert(other); }
    /// SIZE_MAX: to none.
    std::size_t refers_to(std::size_t row) const { return refers_to_[row]; }
    /// An erasure takes this row as well.
    void erases_also(WriteId erasure, std::size_t row) { by_row_[row].push_back(erasure); }

    ModelRow row(const Knowledge& known, std::size_t row) const;
    std::vector<Standing> standing(const Knowledge& known, std::size_t row) const;
    bool lives(const Knowledge& known, std::size_t row) const;
    /// Somebody has erased it, also where that is known no more.
    bool was_erased(std::size_t row) const;
    /// Some write of it is known, also one that another has taken the place of.
    bool heard_of(const Knowledge& known, std::size_t row) const;
    std::size_t rows() const { return refers_to_.size(); }
    const ModelWrite& write(WriteId id) const { return writes_[id]; }
    bool knows(const Knowledge& known, WriteId id) const;
    bool had_seen(const ModelWrite& later, const ModelWrite& earlier) const;

    /// Every cause of what is known is known. Empty, or one sentence.
    std::string causality(const Knowledge& known) const;

private:
    WriteId put(Knowledge& author, ModelWrite write);

    std::vector<ModelWrite> writes_;
    std::vector<std::vector<WriteId>> by_row_;
    std::vector<std::size_t> refers_to_;
};

}  // namespace tefter::sim
