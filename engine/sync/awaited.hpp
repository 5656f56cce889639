#pragma once
// A server that was restored from a backup has forgotten what came after it: segments of devices, and its own, erasures
// and revocations among them. The devices that it knows remember. Until each of them has synced once, or an
// administrator says that the others will never come, it takes in and gives nothing out, and writes nothing of its own.

#include <set>

#include "engine/store/replica.hpp"
#include "engine/sync/protocol.hpp"

namespace tefter {

/// Kept as a fact of the server's replica, which must outlive it.
class Awaited {
public:
    explicit Awaited(Replica& replica) : replica_(replica) {}

    /// After a restore: every device that may write. Draws a new epoch.
    void begin();
    /// What a restored server wants to be shown before it takes anything from a device; nullopt where nothing is to be shown.
    ///
    /// A request that was late on the line while the server was restored is genuine, and newer than all that the server remembers. Its
    /// device may have been told since that its clock is wrong, and have stamped anew what the request carries: to take both would
    /// split its chain. So each restore draws a number, which devices show; whatever one sent before has an older counter then.
    std::optional<Epoch> epoch() const;
    /// The same for programs that show it once, and not from then on: nothing where this device has.
    std::optional<Epoch> unshown(DeviceNumber device) const;
    /// Inside the caller's transaction.
    void shown(DeviceNumber device);
    bool empty() const { return devices().empty(); }
    /// Those that have not come; who has been revoked since is not waited for.
    std::set<DeviceNumber> devices() const;
    std::string list() const;  ///< numbers, for people
    void came(DeviceNumber device);
    /// Those in the register who are not revoked.
    std::set<DeviceNumber> registered() const;
    /// For these as well, which were enrolled after the backup: another device has brought their registration back. Inside the caller's
    /// transaction.
    void wait_for(const std::set<DeviceNumber>& devices);
    void end();

    /// Rows whose erasure is lost: a device gave back what it had got without their values. Erased again when the waiting is over.
    /// Inside the caller's transaction.
    void note_lost_erasures(const std::set<RowName>& rows);
    std::set<RowName> lost_erasures() const;
    void forget_lost_erasures();

private:
    void save(const std::set<DeviceNumber>& devices);
    Replica& replica_;
};

}  // namespace tefter
