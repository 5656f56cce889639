#pragma once
// A connection to PostgreSQL, or to what speaks its protocol: CockroachDB, YugabyteDB, Citus. The only file beside its source that knows
// libpq.

#include <initializer_list>
#include <memory>
#include <string>
#include <variant>

#include "engine/base/bytes.hpp"
#include "engine/base/error.hpp"

struct pg_conn;
struct pg_result;

namespace tefter {

/// Another transaction stood in the way, and nothing of this one stands: it is to be tried again from its beginning.
class Contended : public Error {
public:
    using Error::Error;
};

/// Not thread-safe. Opens the connection when it is first needed, and anew after it was lost.
class Postgres {
public:
    /// A parameter: null, bigint, text, bytea. Text and bytes are only looked at during the call.
    using Parameter = std::variant<std::monostate, std::int64_t, std::string_view, BytesView>;

    /// What a statement gave. Columns are bigint, text or bytea.
    class Rows {
    public:
        explicit Rows(pg_result* result) : result_(result, &clear) {}
        int size() const;
        bool is_null(int row, int column) const;
        std::int64_t integer(int row, int column) const;
        BytesView bytes(int row, int column) const;  ///< as long as the rows live
        std::string_view text(int row, int column) const { return as_text(bytes(row, column)); }
        std::int64_t changed() const;  ///< rows that the statement changed
        std::string failed() const;    ///< the SQLSTATE of an error; empty: there is none
        std::string why() const;       ///< what the database says of it

    private:
        static void clear(pg_result* result);
        std::unique_ptr<pg_result, void (*)(pg_result*)> result_;
    };

    /// `url`: postgresql://user:password@host:port/database?…, as libpq reads it.
    explicit Postgres(std::string url) : url_(std::move(url)) {}
    ~Postgres();
    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;

    /// Parameters are $1, $2, …. Throws ErrorKind::network where the database cannot be reached or is silent for twenty seconds, Contended,
    /// and ErrorKind::internal for what it refuses.
    Rows run(const std::string& sql, std::initializer_list<Parameter> parameters = {});
    /// Forgets a transaction that is open, whatever state the connection is in.
    void abandon() noexcept;
    /// The database tells of changes by itself (CockroachDB does not).
    bool notifies();
    /// Waits until `channel` is notified, or for `at_most_ms`. Returns at once after the connection was lost.
    void wait(const std::string& channel, int at_most_ms);

private:
    Rows run_once(const std::string& sql, std::initializer_list<Parameter> parameters);
    void open();
    void close();
    [[noreturn]] void lost(const std::string& why);
    pg_result* next_result();

    std::string url_;
    pg_conn* connection_ = nullptr;
    std::string listening_;
};

}  // namespace tefter
