#include "tools/benchmarks/plain_server.hpp"

#include <httplib.h>

#include <fstream>
#include <iostream>

#include "engine/base/crypto.hpp"
#include "server/tls.hpp"

namespace tefter::bench {

namespace {
constexpr std::size_t threads = 64;
}

int run_plain_server(const std::string& file) {
    TlsIdentity identity(make_tls_key(), make_tls_authority(), {"127.0.0.1"});
    httplib::SSLServer server([&identity](SSL_CTX& context) { return identity.use_in(context); });
    server.set_tcp_nodelay(true);
    server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
    server.Post("/empty",
                [](const httplib::Request&, httplib::Response& response) { response.set_content("", "application/octet-stream"); });
    server.Post("/file", [&file](const httplib::Request&, httplib::Response& response) {
        response.set_file_content(file, "application/octet-stream");
    });
    const int port = server.bind_to_any_port("127.0.0.1");
    const std::string authority = file + ".authority";
    std::ofstream(authority) << identity.authority();
    std::cout << "127.0.0.1:" << port << " " << hexadecimal(identity.pin()) << " " << authority << std::endl;
    return server.listen_after_bind() ? 0 : 1;
}

}  // namespace tefter::bench
