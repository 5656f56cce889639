#pragma once
// How many bytes a request may have, before anything is asked of them.

#include <cstddef>

namespace tefter {

class RequestBudget {
public:
    /// Of the header; of header and body.
    RequestBudget(std::size_t header, std::size_t all) : header_bytes_(header), request_bytes_(all) {}

    void begin() { read_ = header_end_matched_ = 0; }
    bool is_spent() const { return read_ >= request_bytes_ || (header_end_matched_ < 4 && read_ >= header_bytes_); }
    void spend(const char* bytes, std::size_t size) {
        static constexpr char end[] = {'\r', '\n', '\r', '\n'};
        for (std::size_t i = 0; i < size && header_end_matched_ < 4; ++i) {
            if (bytes[i] == end[header_end_matched_]) ++header_end_matched_;
            else header_end_matched_ = bytes[i] == '\r' ? 1 : 0;
        }
        read_ += size;
    }

private:
    std::size_t header_bytes_, request_bytes_;
    std::size_t read_ = 0;
    std::size_t header_end_matched_ = 0;  ///< of CR LF CR LF; 4: the header is over
};

}  // namespace tefter
