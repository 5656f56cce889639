#pragma once
// What is known of those who sign in, beside their rows: in the memory of a server that is alone, or in records that several servers share.

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/bytes.hpp"

namespace tefter::web {

/// Pages by name, as Vault, Sessions and Guesses wrote them. Thread-safe. Throws ErrorKind::network where it cannot be reached.
class Book {
public:
    using Pages = std::map<std::string, Bytes>;
    virtual ~Book() = default;
    virtual std::optional<Bytes> read(const std::string& name) = 0;
    /// `work` gets the page as it is, nothing where there is none, and returns it as it shall be; nobody else changes it meanwhile. It may
    /// be called again, when another server was faster.
    virtual void change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work) = 0;
    /// Those whose names begin so.
    virtual Pages all(const std::string& prefix) = 0;
};

/// Forgotten with its server.
class LocalBook : public Book {
public:
    std::optional<Bytes> read(const std::string& name) override;
    void change(const std::string& name, const std::function<std::optional<Bytes>(const std::optional<Bytes>&)>& work) override;
    Pages all(const std::string& prefix) override;

private:
    std::mutex mutex_;
    Pages pages_;
};

/// The log of views that several servers write together. Thread-safe. Throws ErrorKind::network where it cannot be reached.
class SharedLog {
public:
    using Entry = std::pair<std::int64_t, Bytes>;  ///< its place, and what AccessLog made of it
    virtual ~SharedLog() = default;
    /// Each entry from that place on goes to `take`, in order; 0: from the first. With `next`, what it returns then is the entry after
    /// those: nobody else appends meanwhile. Both may be called again, from the same place on, when another server was faster. Throws
    /// ErrorKind::corrupt where there is no entry at that place.
    virtual void go_on(std::int64_t known, const std::function<void(BytesView)>& take, const std::function<Entry()>& next) = 0;
};

}  // namespace tefter::web
