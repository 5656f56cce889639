#include "tools/benchmarks/engine.hpp"

#include <fstream>

#include "engine/sync/server_session.hpp"
#include "engine/sync/snapshot.hpp"

namespace tefter::bench {

namespace {

constexpr std::size_t segment_changes = 1000;

std::string seconds_of(const Pairs& pairs, std::size_t rows) {
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(), "CPU %.3f s against %.3f s, clock %.3f s against %.3f s, ratio by the clock %.2f; %zu rows",
                  pairs.ours_cpu_s, pairs.theirs_cpu_s, pairs.ours_wall_s, pairs.theirs_wall_s, pairs.wall_ratio, rows);
    return text.data();
}

/// A line whose ratio is one of processor time.
Line ratio(std::string what, std::string against, const Pairs& pairs, double limit, std::size_t rows) {
    Line line{std::move(what), std::move(against), pairs.cpu_ratio, "x", Bar::at_most, limit, Kind::clock, seconds_of(pairs, rows)};
    line.ours_s = pairs.ours_cpu_s;
    line.theirs_s = pairs.theirs_cpu_s;
    line.rows = rows;
    return line;
}

/// What takes long is measured with fewer rows, unless all are asked for.
std::size_t at_most(const EngineOptions& options, std::size_t rows) {
    return options.all_rows ? options.rows : std::min(options.rows, rows);
}

/// The next ones of their scope's ledger.
void receive_all(Replica& replica, const std::vector<Bytes>& segments) {
    const std::int64_t now = replica.environment().now_ms();
    Position position = replica.store().meta.scope(decode_segment_header(segments.at(0)).scope)->position;
    for (const Bytes& segment : segments) {
        position = Position{position.value + 1};
        const Received received = replica.receive(segment, Carrier::server, now, position);
        if (received.outcome != Outcome::applied)
            throw Error(ErrorKind::internal, "A segment of the benchmark was not taken: " + received.reason);
    }
}

Spent plain_inserts(Stage& stage, const std::vector<CheckIn>& rows, std::size_t committed, JournalMode journal,
                    Indexed indexed = Indexed::by_key_alone) {
    const auto database = stage.plain("plain", journal);
    create_plain_check_ins(*database, indexed);
    const Spent spent = spend([&] { insert_plain(*database, rows, committed); });
    stage.remove("plain");
    return spent;
}

}  // namespace

void measure_writes(Stage& stage, const EngineOptions& options, Report& report) {
    const std::vector<Person> people = make_people(at_most(options, 50'000));
    const Pairs bulk = interleave(
        options.runs,
        [&] {
            const auto replica = stage.replica("ours", DeviceNumber{3});
            std::vector<std::vector<Edit>> actions;
            for (std::size_t i = 0; i < people.size(); ++i) {
                if (i % segment_changes == 0) actions.emplace_back();
                actions.back().push_back(stage.edit(people[i]));
            }
            const Spent spent = spend([&] {
                for (const std::vector<Edit>& edits : actions) replica->write(0, edits);
            });
            stage.remove("ours");
            return spent;
        },
        [&] {
            const auto database = stage.plain("plain");
            create_plain_people(*database);
            const Spent spent = spend([&] { insert_plain(*database, people, segment_changes); });
            stage.remove("plain");
            return spent;
        });
    report.add(ratio("local write, 1,000 people a changeset", "plain insert, CPU", bulk, 1.3, people.size()));

    const std::vector<CheckIn> rows = make_check_ins(std::min<std::size_t>(options.rows, 500));
    const std::vector<Edit> before = stage.referred(rows);
    std::uint64_t our_syncs = 0, plain_syncs = 0;
    const Pairs single = interleave(
        options.runs,
        [&] {
            const auto replica = stage.replica("ours", DeviceNumber{2});
            replica->write(0, before);
            std::vector<Edit> edits;
            for (const CheckIn& row : rows) edits.push_back(stage.edit(row));
            const std::uint64_t syncs = fsync_count();
            const Spent spent = spend([&] {
                for (const Edit& edit : edits) replica->write(0, {&edit, 1});
            });
            our_syncs = fsync_count() - syncs;
            stage.remove("ours");
            return spent;
        },
        [&] {
            const auto database = stage.plain("plain");
            create_plain_check_ins(*database);
            const std::uint64_t syncs = fsync_count();
            const Spent spent = spend([&] { insert_plain(*database, rows, 1); });
            plain_syncs = fsync_count() - syncs;
            stage.remove("plain");
            return spent;
        });
    report.add({"local write, one check-in a changeset, durable", "one row a transaction, clock", single.wall_ratio, "x", Bar::at_most, 1.3,
                Kind::clock, seconds_of(single, rows.size())});
    report.add({"fsyncs of a durable check-in", "one row a transaction", static_cast<double>(our_syncs) / static_cast<double>(rows.size()),
                "fsyncs", Bar::at_most, static_cast<double>(plain_syncs) / static_cast<double>(rows.size()), Kind::count, ""});
}

void measure_receiving(Stage& stage, const EngineOptions& options, Report& report) {
    const std::vector<CheckIn> rows = make_check_ins(options.rows);
    const std::vector<Bytes> segments = stage.segments(rows, segment_changes);
    double most_mb = 0;
    const Pairs pairs = interleave(
        options.runs,
        [&] {
            const auto replica = stage.replica("ours", DeviceNumber{9});
            forget_peak();
            const std::size_t before = resident_bytes();
            const Spent spent = spend([&] { receive_all(*replica, segments); });
            most_mb = std::max(most_mb, (static_cast<double>(peak_bytes()) - static_cast<double>(before)) / (1 << 20));
            stage.remove("ours");
            return spent;
        },
        [&] { return plain_inserts(stage, rows, segment_changes, JournalMode::rollback); });
    report.add(ratio("receive check-ins into a fresh replica", "plain insert, CPU", pairs, 1.4, rows.size()));
    report.add({"memory of receiving them, over the start", "", most_mb, "MB", Bar::at_most, 32, Kind::count, ""});
}

/// What the index costs that the catalog declares, and what the engine does.
void measure_receiving_indexed(Stage& stage, const EngineOptions& options, Report& report) {
    const std::vector<CheckIn> rows = make_check_ins(at_most(options, 200'000));
    const std::vector<Bytes> segments = stage.segments(rows, segment_changes);
    const Pairs pairs = interleave(
        options.runs,
        [&] {
            const auto replica = stage.replica("ours", DeviceNumber{9});
            const Spent spent = spend([&] { receive_all(*replica, segments); });
            stage.remove("ours");
            return spent;
        },
        [&] { return plain_inserts(stage, rows, segment_changes, JournalMode::rollback, Indexed::as_declared); });
    report.add({"receive check-ins, the plain table with our index too", "plain insert, CPU", pairs.cpu_ratio, "x", Bar::none, 0,
                Kind::clock, seconds_of(pairs, rows.size())});
}

void measure_updates(Stage& stage, const EngineOptions& options, Report& report) {
    const std::vector<Person> rows = make_people(at_most(options, 100'000));
    const std::vector<Bytes> before = stage.segments(rows, segment_changes);
    const std::vector<Bytes> changes = stage.updates(rows, segment_changes);
    const Pairs pairs = interleave(
        options.runs,
        [&] {
            const auto replica = stage.replica("ours", DeviceNumber{9});
            receive_all(*replica, before);
            const Spent spent = spend([&] { receive_all(*replica, changes); });
            Statement count = replica->store().database.prepare_once("SELECT count(*) FROM tefter_conflict");
            count.step();
            ensure(count.integer(0) == static_cast<std::int64_t>(rows.size() / 10), "a tenth is in conflict");
            count.reset();
            stage.remove("ours");
            return spent;
        },
        [&] {
            const auto database = stage.plain("plain");
            create_plain_people(*database);
            insert_plain(*database, rows, segment_changes);
            const Spent spent = spend([&] { update_plain(*database, rows, segment_changes); });
            stage.remove("plain");
            return spent;
        });
    report.add(ratio("receive changes of rows that exist, a tenth in conflict", "plain UPDATE, CPU", pairs, 2, rows.size()));
}

namespace {

/// A server in this process, with the rows in its ledger.
struct Server {
    Server(Stage& stage, const std::string& name)
        : replica(stage.replica(name, server_device, JournalMode::wal)), ledger(replica->store().database), session(*replica, ledger) {}
    /// Writes what the rows refer to: rows that refer to nothing are refused.
    void prepare(const Stage& stage, const std::vector<CheckIn>& rows) {
        const std::vector<Edit> edits = stage.referred(rows);
        for (std::size_t at = 0; at < edits.size(); at += segment_changes)
            session.write(std::span(edits).subspan(at, std::min(segment_changes, edits.size() - at)));
    }
    std::unique_ptr<Replica> replica;
    SqliteLedger ledger;
    ServerSession session;
};

Bytes request_of(Stage& stage, DeviceNumber device, std::uint64_t counter, const std::vector<Bytes>& segments) {
    SyncRequest request;
    request.device = device;
    request.catalog = stage.catalog().number();
    request.counter = counter;
    request.segments = segments;
    return encode_request(request, sync_path, stage.secret(device));
}

void ingest_all(Stage& stage, Server& server, const std::vector<Bytes>& segments, DeviceNumber device) {
    std::uint64_t counter = 1;
    for (const Bytes& segment : segments) {
        const ServerSession::Answer answer =
            server.session.accept(request_of(stage, device, counter++, {segment}), server.replica->environment().now_ms());
        if (answer.changesets == 0) {
            throw Error(ErrorKind::internal,
                        "A segment of the benchmark was not taken (" + answer.error + "); does what its rows refer to exist?");
        }
    }
}

}  // namespace

void measure_ingest(Stage& stage, const EngineOptions& options, Report& report) {
    const std::vector<CheckIn> rows = make_check_ins(at_most(options, 200'000));
    Stage own;  // its chains begin anew
    const std::vector<Bytes> segments = own.segments(rows, segment_changes);
    const Pairs pairs = interleave(
        options.runs,
        [&] {
            Server server(own, "server");
            server.prepare(own, rows);
            const Spent spent = spend([&] { ingest_all(own, server, segments, DeviceNumber{2}); });
            own.remove("server");
            return spent;
        },
        [&] { return plain_inserts(stage, rows, segment_changes, JournalMode::wal); });
    report.add(ratio("ingest at the server, segments of 1,000, durable", "plain insert, CPU", pairs, 1.6, rows.size()));
}

void measure_snapshot(Stage& stage, const EngineOptions& options, Report& report) {
    const std::vector<CheckIn> rows = make_check_ins(options.rows);
    Stage own;
    Server server(own, "server");
    server.prepare(own, rows);
    const std::vector<Edit> referred = own.referred(rows);  // these travel too
    const std::vector<Person> people = make_people(
        static_cast<std::size_t>(std::count_if(referred.begin(), referred.end(), [](const Edit& edit) { return edit.table == "person"; })));
    ingest_all(own, server, own.segments(rows, segment_changes), DeviceNumber{2});
    const Pairs pairs = interleave(
        options.runs,
        [&] {
            const auto replica = own.empty_replica("ours", DeviceNumber{9});
            SnapshotSession session(*replica);
            const ServerSession::Answer answer = server.session.accept_snapshot(session.request(), replica->environment().now_ms());
            ensure(answer.status == 200, "the server makes a snapshot");
            std::vector<Bytes> stream;  // the server's part is not what is measured here
            ServerSession::stream_snapshot(answer, server.replica->store().database, *server.replica, [&](BytesView piece) {
                stream.emplace_back(piece.begin(), piece.end());
                return true;
            });
            const Spent spent = spend([&] {
                for (const Bytes& piece : stream) session.feed(piece);
                session.finish();
            });
            ensure(session.rows() >= rows.size(), "the snapshot holds every row");
            own.remove("ours");
            return spent;
        },
        [&] {
            const auto database = stage.plain("plain");
            create_plain_check_ins(*database);
            create_plain_people(*database);
            const Spent spent = spend([&] {
                insert_plain(*database, rows, rows.size());
                insert_plain(*database, people, people.size());
            });
            stage.remove("plain");
            return spent;
        });
    report.add(ratio("first fill from a snapshot", "plain insert, CPU", pairs, 1.2, rows.size()));
}

void measure_bytes(Stage& own, const EngineOptions&, Report& report) {
    constexpr std::size_t count = 10'000;
    const auto bytes_a_row = [](const std::vector<Bytes>& segments) {
        std::size_t size = 0;
        for (const Bytes& segment : segments) size += segment.size();
        return static_cast<double>(size) / count;
    };
    const auto add = [&](const char* what, double ours, double zipped, double limit) {
        std::array<char, 80> detail{};
        std::snprintf(detail.data(), detail.size(), "gzip -9 of the CSV: %.2f bytes each", zipped);
        report.add({what, "", ours, "bytes", Bar::at_most, limit, Kind::count, detail.data()});
    };
    const std::vector<CheckIn> check_ins = make_check_ins(count);
    const double check_in = bytes_a_row(own.segments(check_ins, segment_changes));
    const double zipped = static_cast<double>(gzip_bytes(csv(check_ins), own.folder())) / count;
    add("a check-in in a segment of 1,000", check_in, zipped, 4);
    report.add({"the same, as a share of the zipped CSV", "gzip -9", check_in / zipped, "x", Bar::at_most, 0.5, Kind::count, ""});
    const std::vector<Person> people = make_people(count);
    add("a registered person in a segment of 1,000", bytes_a_row(own.segments(people, segment_changes)),
        static_cast<double>(gzip_bytes(csv(people), own.folder())) / count, 45);
    report.add(
        {"a new cell in a segment of 1,000", "", bytes_a_row(own.cells(people, segment_changes)), "bytes", Bar::none, 0, Kind::count, ""});
}

void measure_size(Stage& stage, const EngineOptions& options, Report& report) {
    const std::vector<CheckIn> rows = make_check_ins(at_most(options, 200'000));
    const std::vector<Bytes> segments = stage.segments(rows, segment_changes);
    stage.replica("ours", DeviceNumber{9}).reset();
    const std::size_t empty = stage.file_bytes("ours");
    stage.remove("ours");
    receive_all(*stage.replica("ours", DeviceNumber{9}), segments);
    const std::size_t ours = stage.file_bytes("ours") - empty;
    stage.remove("ours");
    const auto compare = [&](const char* what, Indexed indexed, Bar bar) {
        {
            const auto database = stage.plain("plain");
            create_plain_check_ins(*database, indexed);
            insert_plain(*database, rows, rows.size());
        }
        const std::size_t plain = stage.file_bytes("plain");
        stage.remove("plain");
        std::array<char, 96> detail{};
        std::snprintf(detail.data(), detail.size(), "%.0f bytes a row against %.0f; %zu rows",
                      static_cast<double>(ours) / static_cast<double>(rows.size()),
                      static_cast<double>(plain) / static_cast<double>(rows.size()), rows.size());
        report.add(
            {what, "plain table", static_cast<double>(ours) / static_cast<double>(plain), "x", bar, 1.35, Kind::count, detail.data()});
    };
    compare("size of a replica with everything sent", Indexed::by_key_alone, Bar::at_most);
    compare("the same, where the plain table has our index too", Indexed::as_declared, Bar::none);
}

int measure_engine(const EngineOptions& options) {
    Report report;
    std::printf("%s\n", machine().c_str());
    struct Part {
        const char* name;
        void (*measure)(Stage&, const EngineOptions&, Report&);
    };
    constexpr std::array parts{Part{"bytes", measure_bytes},       Part{"write", measure_writes},
                               Part{"receive", measure_receiving}, Part{"indexed", measure_receiving_indexed},
                               Part{"update", measure_updates},    Part{"snapshot", measure_snapshot},
                               Part{"ingest", measure_ingest},     Part{"size", measure_size}};
    for (const Part& part : parts) {
        if (!options.only.empty() && options.only != part.name) continue;
        if (options.counts_only && part.measure == measure_size) continue;  // a bar that is not reached yet: docs/performance.md
        if (options.counts_only && part.measure == measure_receiving_indexed) continue;  // by the clock, and without a bar
        Stage stage(options.folder);
        part.measure(stage, options, report);
    }
    if (!options.json.empty()) std::ofstream(options.json) << report.json() << "\n";
    return report.outcome(options.counts_only);
}

}  // namespace tefter::bench
