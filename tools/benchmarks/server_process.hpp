#pragma once
// The tefter-server that was built beside this program, as a process of its own.

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/net/transport.hpp"

namespace tefter::bench {

/// Runs to its end; throws ErrorKind::internal with the command when it fails. Returns what it printed.
std::string run_server(const std::vector<std::string>& arguments);

/// `tefter-server serve` on a free port of loopback, on processor 0 alone.
class ServerProcess {
public:
    explicit ServerProcess(const std::string& data);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    const std::string& address() const { return address_; }  ///< host:port
    /// Largest resident memory since the beginning or since forget_peak(), and what it has now.
    double peak_mb() const;
    double resident_mb() const;
    void forget_peak() const;

private:
    pid_t process_ = 0;
    std::string address_;
};

/// plain_server.hpp as a process of its own, on processor 0 alone; its answer lies in `file`.
class PlainServer {
public:
    explicit PlainServer(const std::string& file);
    ~PlainServer();
    PlainServer(const PlainServer&) = delete;
    PlainServer& operator=(const PlainServer&) = delete;
    const ServerAddress& address() const { return address_; }

private:
    pid_t process_ = 0;
    ServerAddress address_;
};

}  // namespace tefter::bench
