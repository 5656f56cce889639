#include <algorithm>

#include "engine/merge/merge.hpp"

namespace tefter {

namespace {

void encode_elements(Writer& out, const std::vector<SetElement>& elements) {
    out.varint(elements.size());
    for (const SetElement& element : elements) {
        out.sized(element.element);
        out.varint(static_cast<std::uint64_t>(element.added.value));
    }
}

std::vector<SetElement> decode_elements(Reader& in) {
    std::vector<SetElement> elements(in.count(in.left() / 2));
    for (SetElement& element : elements) {
        element.element = std::string(as_text(in.sized()));
        element.added = Version{static_cast<std::int64_t>(in.varint())};
    }
    if (!std::is_sorted(elements.begin(), elements.end())) Reader::fail("the elements of a set are out of order");
    return elements;
}

void normalise(std::vector<SetElement>& elements) {
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
}

}  // namespace

Bytes SetValue::encode() const {
    Writer out;
    encode_elements(out, held);
    encode_elements(out, removed);
    return out.take();
}

SetValue SetValue::decode(BytesView bytes) {
    SetValue value;
    if (bytes.empty()) return value;
    Reader in(bytes);
    value.held = decode_elements(in);
    value.removed = decode_elements(in);
    if (!in.done()) Reader::fail("a set is longer than it says");
    return value;
}

std::vector<std::string> SetValue::elements() const {
    std::vector<std::string> names;
    for (const SetElement& element : held) {
        if (names.empty() || names.back() != element.element) names.push_back(element.element);
    }
    return names;
}

SetValue set_union(std::span<const SetValue> leaves) {
    SetValue all;
    for (const SetValue& leaf : leaves) {
        all.held.insert(all.held.end(), leaf.held.begin(), leaf.held.end());
        all.removed.insert(all.removed.end(), leaf.removed.begin(), leaf.removed.end());
    }
    normalise(all.held);
    normalise(all.removed);
    std::erase_if(all.held, [&](const SetElement& element) { return std::binary_search(all.removed.begin(), all.removed.end(), element); });
    return all;
}

SetValue set_shown(const GroupState& state) {
    std::vector<SetValue> values;
    const auto add = [&](Cells cells) {
        if (!cells.empty() && cells.front().kind() == ValueKind::blob) values.push_back(SetValue::decode(cells.front().blob()));
    };
    for (const Leaf& leaf : state.leaves) add(leaf.values);
    if (state.leaves.empty()) {
        for (const Buried& buried : state.buried) add(buried.values);
    }
    return set_union(values);
}

SetValue set_write(const SetValue& before, std::span<const std::string> wanted, Version version) {
    SetValue after;
    after.removed = before.removed;
    const auto is_wanted = [&](const std::string& name) { return std::find(wanted.begin(), wanted.end(), name) != wanted.end(); };
    for (const SetElement& element : before.held) {
        (is_wanted(element.element) ? after.held : after.removed).push_back(element);
    }
    for (const std::string& name : wanted) {
        const bool held =
            std::any_of(before.held.begin(), before.held.end(), [&](const SetElement& element) { return element.element == name; });
        if (!held) after.held.push_back({name, version});
    }
    normalise(after.held);
    normalise(after.removed);
    return after;
}

}  // namespace tefter
