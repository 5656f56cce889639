#include "engine/store/testing/small_pages.hpp"

#include <sqlcipher/sqlite3.h>

#include <stdexcept>

namespace tefter::testing {

namespace {

/// SQLCipher's defaults are the process's; any connection sets them.
bool set_defaults(const char* pragmas) {
    sqlite3* connection = nullptr;
    const bool set =
        sqlite3_open(":memory:", &connection) == SQLITE_OK && sqlite3_exec(connection, pragmas, nullptr, nullptr, nullptr) == SQLITE_OK;
    sqlite3_close(connection);
    return set;
}

}  // namespace

SmallPages::SmallPages() {
    if (!set_defaults("PRAGMA cipher_default_page_size=1024; PRAGMA cipher_default_hmac_algorithm=HMAC_SHA256;")) {
        throw std::runtime_error("The SQLite library in use has no pages of another size.");
    }
}

SmallPages::~SmallPages() { set_defaults("PRAGMA cipher_default_page_size=4096; PRAGMA cipher_default_hmac_algorithm=HMAC_SHA512;"); }

}  // namespace tefter::testing
