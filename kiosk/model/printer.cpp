#include "kiosk/model/printer.hpp"

#include <csignal>
#include <cstdio>

#include "engine/base/error.hpp"

namespace tefter::kiosk {

namespace {

/// A printer that hangs up ends the write with an error, and not the program with a signal.
class NoBrokenPipe {
public:
    NoBrokenPipe() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~NoBrokenPipe() {
        const timespec at_once{};
        while (sigtimedwait(&pipe_, nullptr, &at_once) == SIGPIPE) {
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoBrokenPipe(const NoBrokenPipe&) = delete;
    NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;

private:
    sigset_t pipe_{}, before_{};
};

}  // namespace

void print(BytesView pdf) {
    const NoBrokenPipe quiet;
    // What is run is a constant.
    FILE* printer = ::popen(  // NOLINT(cert-env33-c)
        "lp -s -t Tefter >/dev/null 2>&1", "w");
    if (printer == nullptr) throw Error(ErrorKind::refused, "The printer cannot be reached; save a file instead.");
    const bool given = std::fwrite(pdf.data(), 1, pdf.size(), printer) == pdf.size();
    const int ended = ::pclose(printer);
    if (!given || ended != 0)
        throw Error(ErrorKind::refused, "The printer took nothing; see whether one is set up and on, or save a file instead.");
}

}  // namespace tefter::kiosk
