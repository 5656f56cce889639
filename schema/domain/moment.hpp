#pragma once
// Reading as of one moment.

#include "engine/store/database.hpp"

namespace tefter {

/// What a reader sees while this lives does not change. Not inside a transaction.
class Moment {
public:
    explicit Moment(Database& database) : database_(database) { database_.execute("BEGIN"); }
    ~Moment() { database_.execute("ROLLBACK"); }
    Moment(const Moment&) = delete;
    Moment& operator=(const Moment&) = delete;

private:
    Database& database_;
};

}  // namespace tefter
