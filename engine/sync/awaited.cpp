#include "engine/sync/awaited.hpp"

#include <algorithm>
#include <sstream>

namespace tefter {

namespace {
constexpr std::string_view fact = "awaited";
constexpr std::string_view lost_erasures_fact = "lost_erasures";
constexpr std::string_view epoch_fact = "epoch";

std::string epoch_fact_of(DeviceNumber device) { return std::string(epoch_fact) + " " + std::to_string(device.value); }

std::set<DeviceNumber> numbers(const std::string& text) {
    std::set<DeviceNumber> out;
    std::istringstream in(text);
    for (std::uint32_t number = 0; in >> number;) out.insert(DeviceNumber{number});
    return out;
}

std::string text_of(const std::set<DeviceNumber>& devices) {
    std::string text;
    for (const DeviceNumber device : devices) text += (text.empty() ? "" : " ") + std::to_string(device.value);
    return text;
}
}  // namespace

std::set<DeviceNumber> Awaited::registered() const {
    std::set<DeviceNumber> devices;
    for (const Device& device : list_devices(replica_.store().database, replica_.catalog())) {
        if (!device.revoked && device.number != server_device) devices.insert(device.number);
    }
    return devices;
}

void Awaited::begin() {
    Epoch epoch{};
    replica_.environment().random(epoch);
    Transaction transaction(replica_.store().database);
    replica_.store().meta.set(epoch_fact, BytesView(epoch));
    wait_for(registered());
    transaction.commit();
}

void Awaited::wait_for(const std::set<DeviceNumber>& devices) {
    std::set<DeviceNumber> all = this->devices();
    all.insert(devices.begin(), devices.end());
    replica_.store().meta.set(fact_name(fact), std::string_view(text_of(all)));
}

std::optional<Epoch> Awaited::epoch() const {
    const std::optional<Bytes> epoch = replica_.store().meta.blob(epoch_fact);
    return epoch ? std::optional(Reader(*epoch).fixed<std::tuple_size_v<Epoch>>()) : std::nullopt;
}

std::optional<Epoch> Awaited::unshown(DeviceNumber device) const {
    const std::optional<Epoch> epoch = this->epoch();
    const std::optional<Bytes> shown = replica_.store().meta.blob(epoch_fact_of(device));
    return epoch && shown && std::equal(shown->begin(), shown->end(), epoch->begin(), epoch->end()) ? std::nullopt : epoch;
}

void Awaited::shown(DeviceNumber device) {
    if (const std::optional<Epoch> epoch = unshown(device)) replica_.store().meta.set(epoch_fact_of(device), BytesView(*epoch));
}

std::set<DeviceNumber> Awaited::devices() const {
    std::set<DeviceNumber> out = numbers(replica_.fact(fact).value_or(""));
    std::erase_if(out, [this](DeviceNumber number) { return replica_.is_revoked(number); });
    return out;
}

std::string Awaited::list() const { return text_of(devices()); }

void Awaited::came(DeviceNumber device) {
    std::set<DeviceNumber> left = devices();
    if (left.erase(device) != 0) save(left);
}

void Awaited::end() { save({}); }

void Awaited::note_lost_erasures(const std::set<RowName>& rows) {
    std::set<RowName> all = lost_erasures();
    all.insert(rows.begin(), rows.end());
    Writer out;
    for (const RowName& row : all) encode_row_name(out, row);
    replica_.store().meta.set(lost_erasures_fact, out.view());
}

std::set<RowName> Awaited::lost_erasures() const {
    std::set<RowName> out;
    const Bytes bytes = replica_.store().meta.blob(lost_erasures_fact).value_or(Bytes());
    for (Reader in(bytes); !in.done();) out.insert(decode_row_name(in));
    return out;
}

void Awaited::forget_lost_erasures() { replica_.store().meta.remove(lost_erasures_fact); }

void Awaited::save(const std::set<DeviceNumber>& devices) { replica_.set_fact(fact, text_of(devices)); }

}  // namespace tefter
