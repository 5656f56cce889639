#pragma once
// The one exception type. Expected outcomes (offline, refused, clock skew) are returned values, not errors.

#include <stdexcept>
#include <string>

namespace tefter {

enum class ErrorKind {
    usage,        ///< the caller asked for something that cannot be (wrong name, wrong type)
    refused,      ///< a rule forbids it: no such scope, no such role, a value out of range
    wrong_key,    ///< the passphrase or the key does not open the replica
    not_replica,  ///< the file is something else, or of a newer format
    corrupt,      ///< bytes that should be ours are damaged or forged
    busy,         ///< another process holds the database
    disk,         ///< full, read-only, or failing
    network,      ///< the server cannot be reached or is not the one that was pinned
    cancelled,    ///< the person asked to stop; what was whole is kept
    internal,     ///< an invariant is broken: a defect in this program
};

/// `what()` is one sentence for a person: what, where, what to do. `detail()` is for an engineer.
class Error : public std::runtime_error {
public:
    Error(ErrorKind kind, const std::string& sentence, std::string detail = {})
        : std::runtime_error(sentence), kind_(kind), detail_(std::move(detail)) {}
    ErrorKind kind() const { return kind_; }
    const std::string& detail() const { return detail_; }

private:
    ErrorKind kind_;
    std::string detail_;
};

/// An invariant that is kept on in production: throws ErrorKind::internal.
inline void ensure(bool holds, const char* law) {
    if (!holds) throw Error(ErrorKind::internal, std::string("Internal error: ") + law);
}

}  // namespace tefter
