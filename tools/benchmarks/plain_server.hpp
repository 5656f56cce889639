#pragma once
// What the HTTP library does by itself: the other side of the server's figures.

#include <string>

namespace tefter::bench {

/// Serves over the same TLS as tefter-server, with as many threads, on a free port of loopback until it is killed: POST /empty answers
/// nothing, POST /file answers with `file`. Prints a line when it listens: host:port, the pin of its key in hexadecimal digits, and the
/// file that the certificate of its authority was written to, beside `file`.
int run_plain_server(const std::string& file);

}  // namespace tefter::bench
