// What the server renews while it lives: the registrations of devices that come, and its own TLS key, announced ahead.

#include <algorithm>

#include "server/center.hpp"
#include "server/tls.hpp"

namespace tefter {

namespace {

constexpr std::int64_t renewed_before_ms = 60 * day_ms;  // a third of it is over: a row in the ledger once a month, not at every sync

constexpr const char* next_identity = "tls_next";
constexpr const char* announced_at = "tls_announced_ms";

}  // namespace

void Center::renew(DeviceNumber number) {
    const std::optional<Device> device = replica_->device(number);
    const std::int64_t now_ms = replica_->environment().now_ms();
    if (!device || device->revoked) return;
    if (device->valid_until_ms && *device->valid_until_ms > now_ms + renewed_before_ms) return;
    Edit edit;
    edit.table = "device";
    edit.key = {std::int64_t{number.value}};
    edit.values = {{"valid_until", now_ms + registration_ms}, {"lease_days", device->lease_days}};
    write_own({&edit, 1});
}

void Center::announce_pins() {
    if (!replica_->fact(announced_at)) return;  // never changed: devices know the pin of their code
    std::vector<Pin> pins{tls_->pin()};
    if (const std::string next = replica_->fact(next_identity).value_or(""); !next.empty()) pins.push_back(tls_pin(next));
    session_->announce(std::move(pins));
}

std::vector<DeviceNumber> Center::unaware_devices() {
    std::vector<DeviceNumber> out;
    const std::int64_t since_ms = std::stoll(replica_->fact(announced_at).value_or("0"));
    for (const Device& device : list_devices(replica_->store().database, catalog_)) {
        const Contact contact = contact_of(replica_->store().database, device.number);
        if (!device.revoked && contact.synced_ms < since_ms) out.push_back(device.number);
    }
    return out;
}

std::vector<DeviceNumber> Center::announce_certificate() {
    const std::lock_guard lock(mutex_);
    if (replica_->fact(next_identity).value_or("").empty()) {
        set_fact(next_identity, [](const std::string& before) { return before.empty() ? make_tls_key() : before; });
        set_fact(announced_at, [this](const std::string&) { return std::to_string(replica_->environment().now_ms()); });
        announce_pins();
    }
    return unaware_devices();
}

void Center::switch_certificate(bool anyway) {
    const std::lock_guard lock(mutex_);
    const std::string next = replica_->fact(next_identity).value_or("");
    if (next.empty()) throw Error(ErrorKind::refused, "No TLS key has been announced; do so with tefter-server rotate-certificate first.");
    const std::vector<DeviceNumber> unaware = unaware_devices();
    if (!unaware.empty() && !anyway) {
        std::string list;
        for (const DeviceNumber device : unaware) list += (list.empty() ? "" : " ") + std::to_string(device.value);
        throw Error(ErrorKind::refused, "Devices " + list +
                                            " have not heard of the new key yet: wait until they have synced, or give --anyway and each of "
                                            "them a fresh code for tefter server.");
    }
    // This process goes on with the old key, and announces both, until it is started anew. Here it is one write: never none, never two;
    // where servers share it, the key comes first.
    if (cluster_) {
        set_fact("tls_identity", [&](const std::string&) { return next; });
        set_fact(next_identity, [](const std::string&) { return std::string(); });
        return;
    }
    Transaction transaction(replica_->store().database);
    replica_->store().meta.set(fact_name("tls_identity"), std::string_view(next));
    replica_->store().meta.set(fact_name(next_identity), std::string_view(""));
    transaction.commit();
}

}  // namespace tefter
