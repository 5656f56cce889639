#include "engine/sync/bundle.hpp"

#include <sodium.h>

#include <algorithm>
#include <istream>

#include "engine/base/limits.hpp"
#include "engine/base/sealed_box.hpp"

namespace tefter {

namespace {

constexpr std::string_view bundle_magic = "tefter bundle 1\n";
constexpr std::size_t key_bytes = crypto_secretstream_xchacha20poly1305_KEYBYTES;
constexpr std::size_t sealed_bytes = sealing_bytes + key_bytes;
constexpr std::size_t header_bytes = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t added_bytes = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t most_recipients = 10'000;

using StreamKey = Secret<key_bytes>;

[[noreturn]] void cancelled() { throw Error(ErrorKind::refused, "Cancelled; what was done before stays."); }

PublicKey key_of(Replica& replica, DeviceNumber number) {
    if (number == server_device) return replica.identity().server_key;
    const std::optional<Device> device = replica.device(number);
    if (!device || device->revoked) {
        throw Error(ErrorKind::refused, "Device " + std::to_string(number.value) + (device ? " has been revoked" : " is not known here") +
                                            "; a bundle is not sealed for it.");
    }
    if (device->ended(replica.environment().now_ms())) {
        throw Error(ErrorKind::refused, "The registration of device " + std::to_string(number.value) + " of " + device->office +
                                            " has ended; it must sync with the server before a bundle is sealed for it.");
    }
    for (const ScopeState& scope : replica.scopes()) {
        if (device->holds(scope.scope)) continue;
        throw Error(ErrorKind::refused, "Device " + std::to_string(number.value) + " of " + device->office + " does not hold the scope " +
                                            replica.catalog().scope_name(scope.scope) + "; a bundle of it is not sealed for it.");
    }
    return device->key;
}

/// One message of the stream behind its length, four bytes, little-endian.
class StreamWriter {
public:
    StreamWriter(const StreamKey& key, const std::function<void(BytesView)>& sink) : sink_(sink) {
        std::array<std::uint8_t, header_bytes> header{};
        crypto_secretstream_xchacha20poly1305_init_push(&state_, header.data(), key.data());
        sink_(header);
    }
    std::size_t push(BytesView message, unsigned char tag) {
        Bytes out(4 + message.size() + added_bytes);
        const auto size = static_cast<std::uint32_t>(message.size() + added_bytes);
        for (unsigned i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(size >> (8 * i));
        crypto_secretstream_xchacha20poly1305_push(&state_, out.data() + 4, nullptr, message.data(), message.size(), nullptr, 0, tag);
        sink_(out);
        return out.size();
    }

private:
    const std::function<void(BytesView)>& sink_;
    crypto_secretstream_xchacha20poly1305_state state_{};
};

void read_exactly(std::istream& file, std::span<std::uint8_t> out) {
    file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
    if (static_cast<std::size_t>(file.gcount()) != out.size()) {
        throw Error(ErrorKind::corrupt,
                    "The bundle ends too early; what came before is taken in. Copy the file again and import it once more.");
    }
}

std::uint32_t read_u32(std::istream& file) {
    std::array<std::uint8_t, 4> bytes{};
    read_exactly(file, bytes);
    return bytes[0] | std::uint32_t{bytes[1]} << 8U | std::uint32_t{bytes[2]} << 16U | std::uint32_t{bytes[3]} << 24U;
}

/// The stream's key, out of the list of recipients.
StreamKey open_key(Replica& replica, std::istream& file) {
    const Identity& identity = replica.identity();
    const std::uint32_t recipients = read_u32(file);
    if (recipients > most_recipients) Reader::fail("the bundle names too many recipients");
    StreamKey key;
    bool opened = false;
    for (std::uint32_t i = 0; i < recipients; ++i) {
        const DeviceNumber number{read_u32(file)};
        std::array<std::uint8_t, sealed_bytes> sealed{};
        read_exactly(file, sealed);
        if (opened || number != identity.device) continue;
        std::optional<Bytes> message = open_sealed(identity.secret, sealed);
        opened = message.has_value();
        if (!opened) continue;
        std::copy(message->begin(), message->end(), key.begin());
        sodium_memzero(message->data(), message->size());
    }
    if (!opened)
        throw Error(ErrorKind::wrong_key,
                    "This bundle is sealed for other devices; export it again for device " + std::to_string(identity.device.value) + ".");
    return key;
}

void take_in(Replica& replica, BytesView segment, BundleReport& report) {
    const Received received = replica.receive(segment, Carrier::peer, replica.environment().now_ms());
    switch (received.outcome) {
        case Outcome::applied:
            report.segments += 1 + received.released;
            report.changesets += received.changesets;
            break;
        case Outcome::known: ++report.known; break;
        case Outcome::held: ++report.held; break;
        case Outcome::refused: report.refused.push_back(received.reason); break;
    }
}

}  // namespace

std::vector<DeviceNumber> usual_recipients(Replica& replica) {
    std::vector<DeviceNumber> out{server_device};
    const std::vector<ScopeState> scopes = replica.scopes();
    for (const Device& device : list_devices(replica.store().database, replica.catalog())) {
        if (device.revoked || device.ended(replica.environment().now_ms())) continue;
        if (device.role < Role::staff || device.number == replica.identity().device) continue;
        if (std::all_of(scopes.begin(), scopes.end(), [&](const ScopeState& scope) { return device.holds(scope.scope); }))
            out.push_back(device.number);
    }
    return out;
}

BundleReport export_bundle(Replica& replica, const std::vector<DeviceNumber>& recipients, bool everything,
                           const std::function<void(BytesView)>& sink, const BundleProgress& progress) {
    StreamKey key;
    replica.environment().random(key);
    BundleReport report;
    const std::function<void(BytesView)> counted = [&](BytesView bytes) {
        sink(bytes);
        report.bytes += bytes.size();
    };
    Writer head;
    const auto u32 = [&](std::uint32_t v) {
        for (unsigned i = 0; i < 4; ++i) head.u8(static_cast<std::uint8_t>(v >> (8 * i)));
    };
    head.raw(as_bytes(bundle_magic));
    u32(static_cast<std::uint32_t>(recipients.size()));
    for (const DeviceNumber number : recipients) {
        u32(number.value);
        head.raw(seal_for(key_of(replica, number), key));
        report.recipients.push_back(number);
    }
    counted(head.view());
    StreamWriter stream(key, counted);
    for (const ScopeState& scope : replica.scopes()) {
        std::vector<StoredSegment> segments = replica.segments_to_send(scope.scope);
        // Before the file is whole: a segment that may lie on a stick is never opened again.
        replica.mark_exported(scope.scope);
        if (everything) segments = replica.store().log.all(scope.scope);
        for (const StoredSegment& segment : segments) {
            stream.push(segment.bytes, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
            ++report.segments;
            report.changesets += static_cast<std::size_t>(segment.last.value - segment.first.value + 1);
            if (progress && !progress(report)) cancelled();
        }
    }
    stream.push({}, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
    return report;
}

BundleReport import_bundle(Replica& replica, std::istream& file, const BundleProgress& progress) {
    std::array<std::uint8_t, bundle_magic.size()> start{};
    file.read(reinterpret_cast<char*>(start.data()), start.size());
    if (as_text(start) != bundle_magic)
        throw Error(ErrorKind::not_replica, "This file is no bundle of this version of Tefter; nothing was changed.");
    const StreamKey key = open_key(replica, file);
    std::array<std::uint8_t, header_bytes> header{};
    read_exactly(file, header);
    crypto_secretstream_xchacha20poly1305_state state{};
    crypto_secretstream_xchacha20poly1305_init_pull(&state, header.data(), key.data());
    BundleReport report;
    Bytes sealed, message;
    for (unsigned char tag = 0; tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL;) {
        const std::uint32_t size = read_u32(file);
        if (size < added_bytes || size > limits::segment_bytes + added_bytes) Reader::fail("a part of the bundle has a size that none has");
        sealed.resize(size);
        read_exactly(file, sealed);
        message.resize(size - added_bytes);
        if (crypto_secretstream_xchacha20poly1305_pull(&state, message.data(), nullptr, &tag, sealed.data(), sealed.size(), nullptr, 0) !=
            0) {
            throw Error(ErrorKind::corrupt,
                        "The bundle is damaged; what came before is taken in. Copy the file again and import it once more.");
        }
        if (!message.empty()) take_in(replica, message, report);
        report.bytes = static_cast<std::size_t>(file.tellg());
        if (progress && !progress(report)) cancelled();
    }
    replica.sweep();
    return report;
}

}  // namespace tefter
