#pragma once
// What is measured on: replicas of the real catalog, check-ins and people as an office makes them, and the same rows in a plain
// encrypted table with the same primary key, opened with the same settings.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/store/replica.hpp"

namespace tefter::bench {

/// A folder that goes with its owner.
class Folder {
public:
    explicit Folder(const std::string& beside);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

/// One check-in: a row of `attendance`.
struct CheckIn {
    std::int64_t person = 0;
    std::string activity;
    std::int64_t session = 0, status = 0, marked_at = 0, how = 0, recorded_by = 0;
};
/// Trainings of 25 people and four half-days, one after the other.
std::vector<CheckIn> make_check_ins(std::size_t count);

/// One registration: what the kiosk fills in of a row of `person`.
struct Person {
    std::int64_t id = 0;
    std::string family, given, birth_date, institution, position, email, telephone;
    std::int64_t gender = 0, category = 0;
};
/// Names of the region with the frequencies of a list; addresses and numbers made of them and of chance.
std::vector<Person> make_people(std::size_t count);

/// What `gzip -9` makes of a text: bytes.
std::size_t gzip_bytes(const std::string& text, const Folder& folder);
std::string csv(const std::vector<CheckIn>& rows);
std::string csv(const std::vector<Person>& rows);

class Stage {
public:
    explicit Stage(const std::string& beside = "");

    const Catalog& catalog() const { return catalog_; }
    const Folder& folder() const { return folder_; }
    ScopeNumber scope() const { return scope_; }

    /// An empty replica of an office; the register of devices is in it. `journal` as on a device or on a server.
    std::unique_ptr<Replica> replica(const std::string& name, DeviceNumber device, JournalMode journal = JournalMode::rollback);
    /// Likewise, before the register has come: what a snapshot fills.
    std::unique_ptr<Replica> empty_replica(const std::string& name, DeviceNumber device, JournalMode journal = JournalMode::rollback);
    /// A database with nothing in it, opened as a replica is.
    std::unique_ptr<Database> plain(const std::string& name, JournalMode journal = JournalMode::rollback);
    void remove(const std::string& name);
    std::size_t file_bytes(const std::string& name) const;

    /// The same rows as changes, in segments of `changes` changesets of one change, as a device seals them: check-ins by device 2,
    /// people by device 3. Each call continues the device's chain.
    std::vector<Bytes> segments(const std::vector<CheckIn>& rows, std::size_t changes);
    std::vector<Bytes> segments(const std::vector<Person>& rows, std::size_t changes);
    /// Another address and number for people that segments() has just made; every tenth is written by someone who had not seen
    /// the row: a conflict.
    std::vector<Bytes> updates(const std::vector<Person>& rows, std::size_t changes);
    /// One cell of each of them anew.
    std::vector<Bytes> cells(const std::vector<Person>& rows, std::size_t changes);
    const SecretKey& secret(DeviceNumber device) const { return secrets_.at(device.value); }

    Edit edit(const CheckIn& row) const;
    Edit edit(const Person& row) const;
    /// The people and activities that check-ins are of.
    std::vector<Edit> referred(const std::vector<CheckIn>& rows) const;

private:
    using MakeChange = std::function<Change(std::size_t row, Arena& arena)>;
    using MakeGroup = std::function<GroupValues(const Table& table, const Person& row, Arena& arena)>;
    std::vector<Version> versions(std::size_t rows, std::size_t changes) const;
    /// Every `unseen`-th by someone who had not seen the row; 0: none.
    std::vector<Bytes> puts(const std::vector<Person>& rows, std::size_t changes, std::size_t unseen, const MakeGroup& make);
    std::vector<Bytes> seal(DeviceNumber author, std::size_t rows, std::size_t changes, const MakeChange& make);

    Catalog catalog_;
    Folder folder_;
    ScopeNumber scope_;
    DatabaseKey key_{1, 2, 3};
    std::vector<SecretKey> secrets_;  ///< by device number
    PublicKey server_key_{};
    std::vector<Bytes> register_;  ///< the server's segments with the devices
    std::map<DeviceNumber, Head> chains_;
};

/// The catalog declares an index of check-ins beside their key.
enum class Indexed { by_key_alone, as_declared };
void create_plain_check_ins(Database& database, Indexed indexed = Indexed::by_key_alone);
void create_plain_people(Database& database);
/// Rows into a plain table, committed after each `committed` of them.
void insert_plain(Database& database, const std::vector<CheckIn>& rows, std::size_t committed);
void insert_plain(Database& database, const std::vector<Person>& rows, std::size_t committed);
void update_plain(Database& database, const std::vector<Person>& rows, std::size_t committed);

}  // namespace tefter::bench
