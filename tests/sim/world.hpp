#pragma once
// The simulated world: production replicas, sessions and ledgers on a disk in memory, with a clock, chance and a network that
// the story plays. Every step ends with a look at what must hold; what does not throws Violation.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include "engine/client/syncing.hpp"
#include "engine/store/carry_over.hpp"
#include "engine/store/files.hpp"
#include "engine/store/ledger.hpp"
#include "engine/store/testing/memory_disk.hpp"
#include "engine/store/testing/small_pages.hpp"  // in which tefter-sim plays: a story that it prints names them
#include "engine/sync/server_session.hpp"
#include "tests/sim/chance.hpp"
#include "tests/sim/ledgers.hpp"
#include "tests/sim/model.hpp"
#include "tests/sim/story.hpp"

namespace tefter::sim {

struct Violation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A cell as the model has it.
std::string text_of(const Value& value);

/// How often each thing happened, by name.
using Counters = std::map<std::string, std::uint64_t>;
/// The name under which are counted: each act of a device that is there to act, and each of its syncs at the end.
inline constexpr const char* device_steps = "device-steps";

/// The names that runs count and must reach often: acts, faults, and ways of coming out of them. What is not reached is not tested.
std::vector<std::string> everything_that_can_happen();

/// As in the field: the server writes ahead, an office rolls back.
inline JournalMode journal_of(std::uint32_t number) { return number == server_device.value ? JournalMode::wal : JournalMode::rollback; }

/// What all runs begin with: a server and five devices, enrolled and synced, as files. Made once.
class Beginning {
public:
    /// `papers`: people also attach files.
    explicit Beginning(bool papers = false);
    static constexpr std::uint32_t devices = 5;  ///< 2 to 6
    /// Hold what any of the others holds: who forks enrols again under one of these numbers.
    static constexpr std::uint32_t first_spare = devices + 1, last_spare = devices + 3;
    /// Nobody has heard of it before it enrols.
    static constexpr std::uint32_t newcomer = last_spare + 1;
    /// What its registration says.
    static Edit registration(std::uint32_t number, std::int64_t valid_until_ms);
    static constexpr std::int64_t start_ms = 1'770'000'000'000;
    const Catalog& catalog(int release) const { return release > 1 ? next_ : first_; }
    const DatabaseKey& key() const { return key_; }
    const std::map<std::uint32_t, testing::MemoryDisk::Content>& files() const { return files_; }
    /// The devices' files as they are before they are filled.
    const std::map<std::uint32_t, testing::MemoryDisk::Content>& empty_files() const { return empty_files_; }
    const Knowledge& registrations() const { return registrations_; }
    std::size_t register_row() const { return 0; }
    Model model() const { return model_; }
    bool papers() const { return papers_; }

private:
    bool papers_;
    Catalog first_, next_;
    DatabaseKey key_{7, 7, 7};
    std::map<std::uint32_t, testing::MemoryDisk::Content> files_, empty_files_;
    Knowledge registrations_;
    Model model_;
};

class World {
public:
    /// On poor lines a request carries one segment, or a few small ones: what a device has to send goes in several.
    enum class Lines { usual, poor };
    /// A set: two servers that share their ledgers, and either answers. Nobody attaches files there.
    enum class Servers { one, set, put_back };  ///< the last: one that is put back by hand as well
    World(const Beginning& beginning, testing::MemoryDisk& disk, std::uint64_t seed, std::uint32_t devices, Counters& counters,
          Lines lines = Lines::usual, Servers servers = Servers::one);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void play(const Story& story);
    /// Faults stop; everybody syncs; everything must agree.
    void come_to_rest();
    /// Of all that was said on the wire and of all digests.
    std::string trace();

private:
    /// The files that are whole there, and since when nothing that is known there names them.
    using Files = std::map<Hash, std::optional<std::int64_t>>;
    struct Device {
        std::uint32_t number = 0;
        std::string file;
        int release = 1;
        std::int64_t ahead_ms = 0;
        std::unique_ptr<Replica> replica;
        Knowledge knows;
        Knowledge carried;  ///< what sticks brought, or a request that failed, and may still come in
        struct Backup {
            testing::MemoryDisk::Content content;
            Knowledge knows;
            int release = 1;
            Files files;
        };
        std::optional<Backup> backup;
        Files files;
        bool clock_jumped = false;
        bool filled = false;                      ///< anew, since the last look at its files
        bool away = false;                        ///< revoked, or it has forked and was put aside
        std::optional<std::uint32_t> goes_on_as;  ///< the device as which it has enrolled again
        std::optional<std::uint32_t> neighbour;   ///< another one at the same place
        bool revoked = false;
        bool burnt = false;
        bool exported = false;  ///< a bundle of it is somewhere, perhaps of a life that was undone
        bool was_restored = false;
        bool was_misled = false;  ///< an answer to it was damaged on the way, which may have moved a cursor; TLS notices that before
        bool must_sync = false;   ///< after a restore, before it meets bundles
        bool filled_since_backup = false;      ///< the server's
        bool has_only_rows = false;            ///< of what the server had then, and has lost
        std::optional<WriteId> registered_by;  ///< since this story
    };
    struct Person {
        std::int64_t id = 0;
        std::uint32_t scope = 0;
        std::size_t row = 0;
        std::size_t attendance = SIZE_MAX, paper = SIZE_MAX;  ///< their rows
    };
    struct Mail {
        Bytes body;
        Knowledge knows;
        std::uint32_t from = 0;
        int server_life = 0;  ///< in which it was sent
    };
    struct Stick {
        std::string bytes;
        Knowledge knows;
        std::uint32_t from = 0;
    };
    /// What happens to a sync: to the line, or to a machine at one of its ends.
    enum class Line {
        good,
        cut,
        flipped,
        answer_lost,
        request_lost,
        request_late,
        request_doubled,
        power_cut,
        disk_fails,
        server_dies,
        server_disk_fails
    };

    void step(const Step& step);
    Replica& open(Device& device);
    void close(Device& device);
    void server_open();
    void server_close();
    void other_server_answers();
    bool is_left_behind();
    void make_again_if_left_behind();
    Ledger& ledger() { return server_.mirrored ? static_cast<Ledger&>(*server_.mirrored) : *server_.ledger; }
    bool papers() const { return beginning_.papers() && !shared_; }
    std::int64_t now(const Device& device) const { return now_ms_ + device.ahead_ms; }
    Environment environment(Device& device);

    void write(Device& device, Chance& chance);
    struct Plan {
        Edit edit;
        ModelWrite write;
        std::optional<std::int64_t> new_person;  ///< its row id
        std::size_t new_attendance_of = SIZE_MAX, new_paper_of = SIZE_MAX;
        std::optional<Hash> attached;
    };
    std::optional<Plan> plan(Device& device, Chance& chance);
    Plan plan_new(Device& device, Chance& chance);
    Plan plan_paper(Device& device, std::size_t which, Chance& chance);
    void plan_groups(Device& device, Plan& plan, Chance& chance, bool all);
    void note(Device& device, Plan& plan, std::size_t before);
    std::size_t own_length(Device& device, std::uint32_t scope);
    void power_cut(Device& device, Chance& chance);
    void disk_fails(Device& device, Chance& chance);
    void after_failure(Device& device, std::optional<Plan>& planned, std::size_t before);

    void arm(Device& device, Chance& chance, std::uint64_t calls, bool power_fails);
    void crash(Device& device, Chance& chance);
    void sync(Device& device, Line line, Chance& chance);
    void over(Device& device, Line line, Chance& chance, const std::function<void()>& exchange);
    void exchange(Device& device, Line line, Chance& chance);
    void files(Device& device, Chance& chance);
    void send_files(Device& device, Line line, Chance& chance);
    void fetch_file(Device& device, Line line, Chance& chance);
    struct Told {
        bool answered = false;
        std::optional<Bytes> bytes;
    };
    Told ask_for_piece(Device& device, const Bytes& request, Line line, Chance& chance);
    std::optional<Bytes> deliver(const Mail& mail, const std::string& path);
    std::optional<Bytes> answer(const Mail& mail, const std::string& path, Line line, Chance& chance);
    void replace(Device& device, const Device::Backup& backup);
    void put_aside(Device& device);
    void end_waiting_for_the_gone();
    void fork(Device& device);
    std::optional<std::uint32_t> free_number() const;
    bool is_registered(const Device& device);
    void enrol_again();
    std::vector<Standing> lost_of_others(const Device& old, const Knowledge& here, std::uint32_t scope) const;
    std::vector<WriteId> beside(const Standing& kept, const Device& old, const std::map<WriteId, WriteId>& made) const;
    bool may_be_made(const ModelWrite& write, bool creates, const Device& old, const Knowledge& here) const;
    bool need_not_be_made(const Standing& standing, Device& old, const Knowledge& here, const Knowledge& common,
                          const CarriedOver& carried);
    void note_made_again(Device& old, Device& fresh, const Knowledge& common, Knowledge here, const CarriedOver& carried);
    void bundle_out(Device& device);
    void bundle_in(Device& device, Chance& chance, bool damaged);
    void restore(Device& device, bool keeps_both);
    void server_restore(Chance& chance);
    void begin_waiting();
    bool waits() const { return put_back_ || !awaited_.empty(); }
    /// False: all of it stands there already.
    bool server_write(Edit edit, ModelWrite write);
    /// Changes what the register says of a device. False: it says so already.
    bool register_anew(std::uint32_t number, const char* column, OwnedValue value);
    void erase(Chance& chance);
    void compact(Chance& chance);
    /// One that begins with this file, at the place of `like`.
    Device& add_device(std::uint32_t number, const Device& like, const testing::MemoryDisk::Content& content);
    void enrol(Device& device);
    bool is_needed() const;
    void burn(Device& device);
    void revoke(Device& device);
    void grant(Device& device);
    void renew(std::uint32_t number);

    void carry(Device& device, const Knowledge& source);
    void learn(Device& device, const Knowledge& source, const char* how);
    std::optional<WriteId> told(const Device& device, const Knowledge& source, const Chain& chain, const Head& head) const;
    Version own_version(Device& device, std::uint32_t scope);
    void learn_erasures(std::uint32_t scope);
    void look(Device& device);
    std::set<Hash> named_files(const Knowledge& known) const;
    void look_at_files(Device& device);
    bool has_file(Device& device, const Hash& hash);
    void check_files();
    void check_rows(Device& device);
    void check_rest(Device& device);
    void verify(Device& device);
    void check_server();
    void check_row(Device& device, const Table& table, std::vector<std::int64_t> key, std::size_t row, std::size_t& conflicts);
    void check_nothing_lost();
    std::string unrest(Device& device);
    bool at_rest();
    ScopeState server_scope(ScopeNumber scope);
    [[noreturn]] void violated(const Device& device, const std::string& what) const;
    void trace(BytesView bytes) { trace_.add(bytes); }

    const Beginning& beginning_;
    testing::MemoryDisk& disk_;
    Counters& counters_;
    Lines lines_;
    Servers servers_;
    Chance chance_;
    Model model_;
    std::int64_t now_ms_ = Beginning::start_ms + 60'000;
    std::map<std::uint32_t, Device> devices_;
    struct Server {
        std::unique_ptr<SqliteLedger> ledger;
        std::unique_ptr<MirroredLedger> mirrored;  ///< where it is one of a set
        std::unique_ptr<FrameCache> frames;        ///< of one life of the server; so small that frames make room for others
        std::unique_ptr<ServerSession> session;
    };
    Server server_;
    std::unique_ptr<Ledgers> shared_;  ///< of a set
    struct Other {
        Server server;
        std::string file;
        std::unique_ptr<Replica> replica;
        std::optional<Device::Backup> backup;
    };
    Other other_;                      ///< of a set, the server that does not answer now
    bool put_back_ = false;            ///< the server, by hand, and nobody has told it yet to wait; an administrator writes nothing then
    bool was_shown_ = false;           ///< by a device that had read further
    int server_lives_ = 0;             ///< how often the server was restored
    bool rests_ = false;               ///< faults have stopped, and all have synced
    std::set<std::uint32_t> awaited_;  ///< the server was restored and writes nothing before these have synced
    std::optional<std::uint32_t> forked_;  ///< it enrols again as soon as the server gives something out
    std::vector<Person> persons_;
    std::map<std::string, Hash> papers_;  ///< by title
    std::set<Hash> ever_sent_;
    std::set<Hash> forgotten_;  ///< by the server, when nothing that it knew named them and it might forget them
    std::vector<Mail> late_;
    std::vector<Stick> sticks_;
    std::map<WriteId, Version> versions_;  ///< where two lives of a device have other writes in one place
    std::size_t texts_ = 0;
    Hasher trace_;
};

}  // namespace tefter::sim
