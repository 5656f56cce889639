#include "server/cluster/postgres.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <vector>

namespace tefter {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(20);

/// Connection failure, shutdown, crash, recovery: the database will be back, or another one will.
bool is_outage(std::string_view state) {
    return state.starts_with("08") || state == "57P01" || state == "57P02" || state == "57P03" || state == "25006";
}

/// Serialisation failure, deadlock, a lock that was not to be had in time.
bool is_contention(std::string_view state) { return state == "40001" || state == "40P01" || state == "55P03"; }

std::string first_line(const char* text) {
    std::string out = text == nullptr ? "" : text;
    out.resize(std::min(out.find('\n'), out.size()));
    return out;
}

bool ready(int socket, short events, Clock::time_point until) {
    pollfd one{socket, events, 0};
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        const int got = ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
        if (got > 0) return true;
        if (got == 0 || errno != EINTR) return false;
    }
}

}  // namespace

void Postgres::Rows::clear(pg_result* result) { PQclear(result); }
int Postgres::Rows::size() const { return PQntuples(result_.get()); }
bool Postgres::Rows::is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }

BytesView Postgres::Rows::bytes(int row, int column) const {
    const auto* data = reinterpret_cast<const std::uint8_t*>(PQgetvalue(result_.get(), row, column));
    return {data, static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Postgres::Rows::integer(int row, int column) const {
    const BytesView given = bytes(row, column);
    ensure(given.size() == 8, "a bigint has eight bytes");
    std::uint64_t out = 0;
    for (const std::uint8_t byte : given) out = out << 8U | byte;
    return static_cast<std::int64_t>(out);
}

std::int64_t Postgres::Rows::changed() const { return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10); }

std::string Postgres::Rows::failed() const {
    const ExecStatusType status = PQresultStatus(result_.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    const char* state = result_ ? PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE) : nullptr;
    return state == nullptr ? "08006" : state;
}

std::string Postgres::Rows::why() const {
    const char* sentence = result_ ? PQresultErrorField(result_.get(), PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    return sentence == nullptr ? "the connection was lost" : sentence;
}

Postgres::~Postgres() { close(); }

void Postgres::close() {
    PQfinish(connection_);
    connection_ = nullptr;
    listening_.clear();
}

void Postgres::lost(const std::string& why) {
    close();
    throw Error(ErrorKind::network,
                "The database of the ledgers cannot be reached (" + why + "); nothing was changed, try again in a minute.");
}

void Postgres::open() {
    if (connection_ != nullptr && PQstatus(connection_) == CONNECTION_OK) return;
    close();
    // What the address itself says prevails, as it comes later.
    const std::array<const char*, 6> names{"connect_timeout", "fallback_application_name", "client_encoding", "dbname", nullptr, nullptr};
    const std::array<const char*, 6> values{"5", "tefter-server", "UTF8", url_.c_str(), nullptr, nullptr};
    connection_ = PQconnectdbParams(names.data(), values.data(), 1);
    if (connection_ == nullptr || PQstatus(connection_) != CONNECTION_OK) lost(first_line(PQerrorMessage(connection_)));
    PQsetnonblocking(connection_, 1);
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
    run("SET lock_timeout = '15s'");
}

pg_result* Postgres::next_result() {
    const Clock::time_point until = Clock::now() + patience;
    for (int left = 1; left != 0;) {
        left = PQflush(connection_);
        if (left < 0) lost(first_line(PQerrorMessage(connection_)));
        if (left > 0 && !ready(PQsocket(connection_), POLLIN | POLLOUT, until)) lost("it does not answer");
        if (left > 0 && PQconsumeInput(connection_) == 0) lost(first_line(PQerrorMessage(connection_)));
    }
    while (PQisBusy(connection_) != 0) {
        if (!ready(PQsocket(connection_), POLLIN, until)) lost("it does not answer");
        if (PQconsumeInput(connection_) == 0) lost(first_line(PQerrorMessage(connection_)));
    }
    return PQgetResult(connection_);
}

Postgres::Rows Postgres::run(const std::string& sql, std::initializer_list<Parameter> parameters) {
    // An idle connection may have been closed at the other end long ago: a statement that began nothing is sent again on a new one.
    const bool was_idle = connection_ != nullptr && PQtransactionStatus(connection_) == PQTRANS_IDLE;
    try {
        return run_once(sql, parameters);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::network || !was_idle || sql != "BEGIN") throw;
    }
    return run_once(sql, parameters);
}

Postgres::Rows Postgres::run_once(const std::string& sql, std::initializer_list<Parameter> parameters) {
    open();
    std::vector<std::string> texts;
    texts.reserve(parameters.size());
    std::vector<const char*> values;
    std::vector<int> lengths, formats;
    for (const Parameter& one : parameters) {
        BytesView bytes;
        const bool is_binary = std::holds_alternative<BytesView>(one);
        if (is_binary) bytes = std::get<BytesView>(one);
        else if (const auto* number = std::get_if<std::int64_t>(&one)) bytes = as_bytes(texts.emplace_back(std::to_string(*number)));
        else if (const auto* text = std::get_if<std::string_view>(&one)) bytes = as_bytes(texts.emplace_back(*text));
        const bool is_null = std::holds_alternative<std::monostate>(one);
        // Empty bytes are not null.
        values.push_back(is_null ? nullptr : bytes.data() == nullptr ? "" : reinterpret_cast<const char*>(bytes.data()));
        lengths.push_back(static_cast<int>(bytes.size()));
        formats.push_back(is_binary ? 1 : 0);
    }
    if (PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), lengths.data(), formats.data(),
                          1) == 0)
        lost(first_line(PQerrorMessage(connection_)));
    Rows rows(next_result());
    while (pg_result* further = next_result()) PQclear(further);
    const std::string state = rows.failed();
    if (state.empty()) return rows;
    if (PQstatus(connection_) != CONNECTION_OK || is_outage(state)) lost(rows.why());
    if (is_contention(state)) throw Contended(ErrorKind::busy, "Another server was faster; try again.", rows.why());
    throw Error(ErrorKind::internal, "The database of the ledgers refused a statement: " + rows.why(), sql);
}

void Postgres::abandon() noexcept {
    if (connection_ == nullptr) return;
    try {
        if (PQtransactionStatus(connection_) == PQTRANS_IDLE) return;
        run("ROLLBACK");
    } catch (const Error&) {
        close();
    }
}

bool Postgres::notifies() {
    open();
    const char* version = PQparameterStatus(connection_, "crdb_version");
    return version == nullptr;
}

void Postgres::wait(const std::string& channel, int at_most_ms) {
    open();
    if (listening_ != channel) {
        run("LISTEN " + channel);
        listening_ = channel;
        return;  // what was changed before is looked at once
    }
    const Clock::time_point until = Clock::now() + std::chrono::milliseconds(at_most_ms);
    for (bool told = false; !told;) {
        if (!ready(PQsocket(connection_), POLLIN, until)) return;
        if (PQconsumeInput(connection_) == 0) lost(first_line(PQerrorMessage(connection_)));
        while (PGnotify* one = PQnotifies(connection_)) {
            PQfreemem(one);
            told = true;
        }
    }
}

}  // namespace tefter
