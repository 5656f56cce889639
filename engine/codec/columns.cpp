#include "engine/codec/columns.hpp"

#include <chrono>
#include <map>
#include <string>

#include "engine/base/limits.hpp"

namespace tefter {

namespace {

/// How a cell is written. A date is a text yyyy-mm-dd that comes back to the letter.
enum class Cell : std::uint8_t { null = 0, integer = 1, real = 2, text = 3, blob = 4, redacted = 5, date = 6 };

/// What stands behind a change whose segment was redacted.
enum class Proof : std::uint8_t { none = 0, commitment = 1, salt = 2 };

using Days = std::chrono::sys_days;

std::optional<std::int64_t> days_of(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto digits = [&](std::size_t at, std::size_t size) {
        int value = 0;
        for (std::size_t i = at; i < at + size; ++i) {
            if (text[i] < '0' || text[i] > '9') return -1;
            value = value * 10 + (text[i] - '0');
        }
        return value;
    };
    const int y = digits(0, 4);
    const int m = digits(5, 2);
    const int d = digits(8, 2);
    if (y < 0 || m < 0 || d < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                                           std::chrono::day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    return Days{date}.time_since_epoch().count();
}

void write_date(std::span<char, 10> out, std::int64_t days) {
    if (days < -719'528 || days > 2'932'896) Reader::fail("a date is out of range");
    const std::chrono::year_month_day date{Days{std::chrono::days{days}}};
    const auto put = [&](std::size_t at, std::size_t size, unsigned value) {
        for (std::size_t i = size; i-- > 0; value /= 10) out[at + i] = static_cast<char>('0' + value % 10);
    };
    put(0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    out[4] = out[7] = '-';
}

struct ShapeGroup {
    std::uint32_t number = 0;
    std::vector<std::uint8_t> cells;  ///< Cell, with personal_bit
    friend auto operator<=>(const ShapeGroup&, const ShapeGroup&) = default;
};

struct Shape {
    std::uint32_t table = 0;
    std::uint8_t op = 0;
    std::uint8_t proof = 0;
    std::uint32_t seen = 0;
    std::vector<std::uint8_t> keys;
    std::vector<ShapeGroup> groups;
    friend auto operator<=>(const Shape&, const Shape&) = default;
};

/// Which pile of cells a cell lies on. Cells of one column and one kind lie together.
struct PileKey {
    std::uint32_t table, group, column;
    enum class Kind : std::uint8_t { number, real, bytes, seen, proof } kind;
    friend auto operator<=>(const PileKey&, const PileKey&) = default;
};

PileKey::Kind pile_kind(std::uint8_t cell) {
    switch (static_cast<Cell>(cell & 0x7F)) {
        case Cell::real: return PileKey::Kind::real;
        case Cell::text:
        case Cell::blob: return PileKey::Kind::bytes;
        default: return PileKey::Kind::number;
    }
}

bool has_content(std::uint8_t cell) {
    const Cell kind = static_cast<Cell>(cell & 0x7F);
    return kind != Cell::null && kind != Cell::redacted;
}

/// The piles that a shape's cells go to, in the order of the cells; numbers index the list of all piles. Writer and
/// reader walk the shapes in the same order, so they agree on the piles without writing their names down.
class PilePlan {
public:
    struct Plan {
        std::size_t proof = 0, seen = 0;
        std::vector<std::size_t> keys;
        std::vector<std::vector<std::size_t>> groups;
    };

    Plan add(const Shape& shape) {
        Plan plan;
        if (shape.proof != 0) plan.proof = number({shape.table, 0, 0, PileKey::Kind::proof});
        if (shape.seen != 0) plan.seen = number({shape.table, 0, 0, PileKey::Kind::seen});
        plan.keys = cells(shape.table, 0, shape.keys);
        for (const ShapeGroup& group : shape.groups) plan.groups.push_back(cells(shape.table, group.number, group.cells));
        return plan;
    }
    std::size_t size() const { return numbers_.size(); }

private:
    std::size_t number(const PileKey& key) { return numbers_.try_emplace(key, numbers_.size()).first->second; }
    std::vector<std::size_t> cells(std::uint32_t table, std::uint32_t group, const std::vector<std::uint8_t>& tags) {
        std::vector<std::size_t> piles;
        for (std::uint32_t i = 0; i < tags.size(); ++i) {
            piles.push_back(has_content(tags[i]) ? number({table, group, i, pile_kind(tags[i])}) : 0);
        }
        return piles;
    }
    std::map<PileKey, std::size_t> numbers_;
};

// ---- writing

struct PileWriter {
    Writer out;    ///< numbers, reals, lengths, proofs
    Writer bytes;  ///< the letters of texts, after all lengths
    std::int64_t last = 0;

    void number(std::int64_t value) {
        out.varint(zigzag(static_cast<std::int64_t>(static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(last))));
        last = value;
    }
};

std::uint8_t tag_of(const Value& value) {
    const auto plain = [&]() -> Cell {
        switch (value.kind()) {
            case ValueKind::null: return Cell::null;
            case ValueKind::integer: return Cell::integer;
            case ValueKind::real: return Cell::real;
            case ValueKind::text: return days_of(value.text()) ? Cell::date : Cell::text;
            case ValueKind::blob: return Cell::blob;
            case ValueKind::redacted: return Cell::redacted;
        }
        return Cell::null;
    };
    return static_cast<std::uint8_t>(static_cast<std::uint8_t>(plain()) | (value.personal() ? personal_bit : 0));
}

void write_cell(PileWriter& pile, const Value& value, std::uint8_t tag) {
    switch (static_cast<Cell>(tag & 0x7F)) {
        case Cell::integer: pile.number(value.integer()); break;
        case Cell::date: pile.number(*days_of(value.text())); break;
        case Cell::real: {
            std::uint64_t bits = 0;
            const double real = value.real();
            std::memcpy(&bits, &real, sizeof bits);
            pile.out.u64(bits);
            break;
        }
        case Cell::text:
        case Cell::blob:
            pile.out.varint(value.blob().size());
            pile.bytes.raw(value.blob());
            break;
        case Cell::null:
        case Cell::redacted: break;
    }
}

Shape shape_of(const Change& change) {
    Shape shape;
    shape.table = change.table.value;
    shape.op = static_cast<std::uint8_t>(change.op);
    shape.proof = static_cast<std::uint8_t>(change.commitment != nullptr ? Proof::commitment
                                            : change.salt != nullptr     ? Proof::salt
                                                                         : Proof::none);
    shape.seen = static_cast<std::uint32_t>(change.seen.size());
    for (const Value& value : change.key) shape.keys.push_back(tag_of(value));
    for (const GroupValues& group : change.groups) {
        ShapeGroup& out = shape.groups.emplace_back();
        out.number = group.group.value;
        for (const Value& value : group.values) out.cells.push_back(tag_of(value));
    }
    return shape;
}

void write_tags(Writer& out, const std::vector<std::uint8_t>& tags) {
    out.varint(tags.size());
    out.raw(tags);
}

class ColumnWriter {
public:
    Bytes write(std::span<const Changeset> changesets) {
        Version last{};
        std::int64_t last_actor = 0;
        for (const Changeset& changeset : changesets) {
            versions_.signed_varint(changeset.version.value - last.value);
            last = changeset.version;
            actors_.signed_varint(changeset.actor - last_actor);
            last_actor = changeset.actor;
            counts_.varint(changeset.changes.size());
            for (const Change& change : changeset.changes) write_change(change, changeset.version);
        }
        return assemble();
    }

private:
    void write_change(const Change& change, Version version) {
        Shape shape = shape_of(change);
        auto [found, is_new] = shapes_.try_emplace(std::move(shape), shapes_.size());
        if (is_new) {
            order_.push_back(&found->first);
            plans_.push_back(piles_.add(found->first));
            if (writers_.size() < piles_.size()) writers_.resize(piles_.size());
        }
        indexes_.varint(found->second);
        const Shape& known = found->first;
        const PilePlan::Plan& plan = plans_[found->second];
        if (change.commitment != nullptr) writers_[plan.proof].out.raw(*change.commitment);
        if (change.commitment == nullptr && change.salt != nullptr) writers_[plan.proof].out.raw(*change.salt);
        for (const Version seen : change.seen) writers_[plan.seen].number(version.value - seen.value);
        for (std::size_t i = 0; i < change.key.size(); ++i) {
            if (has_content(known.keys[i])) write_cell(writers_[plan.keys[i]], change.key[i], known.keys[i]);
        }
        for (std::size_t g = 0; g < change.groups.size(); ++g) {
            const auto values = change.groups[g].values;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::uint8_t tag = known.groups[g].cells[i];
                if (has_content(tag)) write_cell(writers_[plan.groups[g][i]], values[i], tag);
            }
        }
    }

    Bytes assemble() {
        Writer out;
        out.sized(versions_.view());
        out.sized(actors_.view());
        out.sized(counts_.view());
        out.varint(order_.size());
        for (const Shape* shape : order_) {
            out.varint(shape->table);
            out.u8(shape->op);
            out.u8(shape->proof);
            out.varint(shape->seen);
            write_tags(out, shape->keys);
            out.varint(shape->groups.size());
            for (const ShapeGroup& group : shape->groups) {
                out.varint(group.number);
                write_tags(out, group.cells);
            }
        }
        out.sized(indexes_.view());
        for (const PileWriter& pile : writers_) {
            out.sized(pile.out.view());
            out.sized(pile.bytes.view());
        }
        return out.take();
    }

    Writer versions_, actors_, counts_, indexes_;
    std::map<Shape, std::size_t> shapes_;
    std::vector<const Shape*> order_;
    std::vector<PilePlan::Plan> plans_;
    PilePlan piles_;
    std::vector<PileWriter> writers_;
};

// ---- reading

struct PileReader {
    Reader in{{}};
    Reader bytes{{}};
    std::int64_t last = 0;

    std::int64_t number() {
        last = static_cast<std::int64_t>(static_cast<std::uint64_t>(last) + static_cast<std::uint64_t>(in.signed_varint()));
        return last;
    }
};

std::vector<std::uint8_t> read_tags(Reader& in, std::size_t at_most) {
    std::vector<std::uint8_t> tags(in.count(at_most));
    for (std::uint8_t& tag : tags) {
        tag = in.u8();
        if ((tag & 0x7F) > static_cast<std::uint8_t>(Cell::date)) Reader::fail("there is no such kind of cell");
        if (tag == personal_bit) Reader::fail("an absent value is marked as personal");
    }
    return tags;
}

class ColumnReader {
public:
    ColumnReader(BytesView body, Arena& arena) : in_(body), arena_(arena) {}

    std::span<const Changeset> read(std::size_t count) {
        Reader versions(in_.sized());
        Reader actors(in_.sized());
        Reader counts(in_.sized());
        read_shapes();
        Reader indexes(in_.sized());
        piles_.resize(plan_.size());
        for (PileReader& pile : piles_) {
            pile.in = Reader(in_.sized());
            pile.bytes = Reader(in_.sized());
        }
        if (!in_.done()) Reader::fail("the body is longer than it says");
        if (count > versions.left()) Reader::fail("there are fewer changesets than it says");
        const std::span<Changeset> changesets = arena_.array<Changeset>(count);
        Version last{};
        std::int64_t last_actor = 0;
        for (Changeset& changeset : changesets) {
            last = changeset.version = Version{last.value + versions.signed_varint()};
            last_actor = changeset.actor = last_actor + actors.signed_varint();
            const std::size_t change_count = counts.count(indexes.left());
            spend(changes_left_, change_count);
            const std::span<Change> changes = arena_.array<Change>(change_count);
            for (Change& change : changes) read_change(change, changeset.version, indexes.varint());
            changeset.changes = changes;
        }
        check_all_read(versions, actors, counts, indexes);
        return changesets;
    }

private:
    void read_shapes() {
        shapes_.resize(in_.count(in_.left() / 6));
        for (Shape& shape : shapes_) {
            shape.table = in_.varint32();
            shape.op = in_.u8();
            if (shape.op < 1 || shape.op > 4) Reader::fail("there is no such operation");
            shape.proof = in_.u8();
            if (shape.proof > 2) Reader::fail("there is no such proof");
            shape.seen = static_cast<std::uint32_t>(in_.count(limits::change_seen));
            shape.keys = read_tags(in_, limits::key_columns);
            if (shape.keys.empty()) Reader::fail("a change has no key");
            shape.groups.resize(in_.count(limits::change_groups));
            for (ShapeGroup& group : shape.groups) {
                group.number = in_.varint32();
                group.cells = read_tags(in_, limits::group_columns);
            }
            plans_.push_back(plan_.add(shape));
        }
    }

    void read_change(Change& change, Version version, std::uint64_t shape_number) {
        if (shape_number >= shapes_.size()) Reader::fail("a change has an unknown shape");
        const auto index = static_cast<std::size_t>(shape_number);
        const Shape& shape = shapes_[index];
        const PilePlan::Plan& plan = plans_[index];
        change.table = TableNumber{shape.table};
        change.op = static_cast<Op>(shape.op);
        read_proof(change, shape, plan);
        // A version takes at least a byte of its pile: the claim is bounded before memory is asked for.
        if (shape.seen != 0 && shape.seen > piles_[plan.seen].in.left()) Reader::fail("it ends too early");
        const std::span<Version> seen = arena_.array<Version>(shape.seen);
        for (Version& one : seen) one = Version{version.value - piles_[plan.seen].number()};
        change.seen = seen;
        change.key = read_cells(shape.keys, plan.keys);
        const std::span<GroupValues> groups = arena_.array<GroupValues>(shape.groups.size());
        for (std::size_t g = 0; g < groups.size(); ++g) {
            groups[g] = {GroupNumber{shape.groups[g].number}, read_cells(shape.groups[g].cells, plan.groups[g])};
        }
        change.groups = groups;
    }

    static void spend(std::size_t& budget, std::size_t wanted) {
        if (wanted > budget) Reader::fail("it holds more than a segment may");
        budget -= wanted;
    }

    void read_proof(Change& change, const Shape& shape, const PilePlan::Plan& plan) {
        if (shape.proof == static_cast<std::uint8_t>(Proof::commitment)) {
            const std::span<Hash> hash = arena_.array<Hash>(1);
            hash[0] = piles_[plan.proof].in.fixed<32>();
            change.commitment = hash.data();
        } else if (shape.proof == static_cast<std::uint8_t>(Proof::salt)) {
            const std::span<Salt> salt = arena_.array<Salt>(1);
            salt[0] = piles_[plan.proof].in.fixed<16>();
            change.salt = salt.data();
        }
    }

    std::span<const Value> read_cells(const std::vector<std::uint8_t>& tags, const std::vector<std::size_t>& piles) {
        spend(cells_left_, tags.size() + 1);
        const std::span<Value> values = arena_.array<Value>(tags.size());
        for (std::size_t i = 0; i < tags.size(); ++i) {
            Value value = has_content(tags[i])                                  ? read_cell(tags[i], piles_[piles[i]])
                          : static_cast<Cell>(tags[i] & 0x7F) == Cell::redacted ? Value::redacted()
                                                                                : Value{};
            values[i] = (tags[i] & personal_bit) != 0 ? value.as_personal() : value;
        }
        return values;
    }

    Value read_cell(std::uint8_t tag, PileReader& pile) {
        switch (static_cast<Cell>(tag & 0x7F)) {
            case Cell::integer: return Value::integer(pile.number());
            case Cell::date: {
                const std::span<char> text = arena_.array<char>(10);
                write_date(text.first<10>(), pile.number());
                return Value::text({text.data(), text.size()});
            }
            case Cell::real: {
                const std::uint64_t bits = pile.in.u64();
                double real = 0;
                std::memcpy(&real, &bits, sizeof real);
                return Value::real(real);
            }
            default: break;
        }
        const BytesView bytes = pile.bytes.raw(static_cast<std::size_t>(pile.in.varint()));
        if (bytes.size() > limits::cell_bytes) Reader::fail("a cell is too large");
        return static_cast<Cell>(tag & 0x7F) == Cell::blob ? Value::blob(bytes) : Value::text(as_text(bytes));
    }

    void check_all_read(const Reader& versions, const Reader& actors, const Reader& counts, const Reader& indexes) {
        bool all = versions.done() && actors.done() && counts.done() && indexes.done();
        for (const PileReader& pile : piles_) all = all && pile.in.done() && pile.bytes.done();
        if (!all) Reader::fail("the body holds more than its changes");
    }

    Reader in_;
    Arena& arena_;
    std::vector<Shape> shapes_;
    std::vector<PilePlan::Plan> plans_;
    PilePlan plan_;
    std::vector<PileReader> piles_;
    std::size_t changes_left_ = limits::segment_changes;
    std::size_t cells_left_ = limits::segment_cells;
};

}  // namespace

Bytes encode_columns(std::span<const Changeset> changesets) { return ColumnWriter().write(changesets); }

std::span<const Changeset> decode_columns(BytesView body, std::size_t count, Arena& arena) { return ColumnReader(body, arena).read(count); }

}  // namespace tefter
