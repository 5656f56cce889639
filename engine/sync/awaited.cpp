#include "engine/sync/awaited.hpp"

#include <sstream>

namespace tefter {

namespace {
constexpr std::string_view fact = "awaited";
}

void Awaited::begin() {
    std::set<DeviceNumber> devices;
    for (const Device& device : list_devices(replica_.store().database, replica_.catalog())) {
        if (!device.revoked && device.number != server_device) devices.insert(device.number);
    }
    save(devices);
}

std::set<DeviceNumber> Awaited::devices() const {
    std::set<DeviceNumber> out;
    std::istringstream in(replica_.fact(fact).value_or(""));
    for (std::uint32_t number = 0; in >> number;) out.insert(DeviceNumber{number});
    return out;
}

std::string Awaited::list() const { return replica_.fact(fact).value_or(""); }

void Awaited::came(DeviceNumber device) {
    std::set<DeviceNumber> left = devices();
    if (left.erase(device) != 0) save(left);
}

void Awaited::end() { save({}); }

void Awaited::save(const std::set<DeviceNumber>& devices) {
    std::string text;
    for (const DeviceNumber device : devices) text += (text.empty() ? "" : " ") + std::to_string(device.value);
    replica_.set_fact(fact, text);
}

}  // namespace tefter
