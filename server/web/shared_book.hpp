#pragma once
// What several servers know together of those who sign in: a page by name, as Vault and Sessions wrote it.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"

namespace tefter::web {

/// Thread-safe. Throws ErrorKind::network where it cannot be reached.
class SharedBook {
public:
    virtual ~SharedBook() = default;
    virtual std::optional<Bytes> read(const std::string& name) = 0;
    /// `work` gets the page as it is, nothing where there is none, and returns it as it shall be; nobody else changes it meanwhile. It may
    /// be called again, when another server was faster.
    virtual void change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work) = 0;
    /// Those whose names begin so.
    virtual std::vector<std::string> names(const std::string& prefix) = 0;
};

}  // namespace tefter::web
