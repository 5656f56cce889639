// One program; TEFTER_FUZZ names the target. What a decoder takes it must write again to the byte.

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "engine/codec/columns.hpp"
#include "engine/codec/redact.hpp"
#include "engine/codec/row_state.hpp"
#include "engine/keys/key_file.hpp"
#include "engine/store/rows.hpp"
#include "engine/sync/enrolment.hpp"
#include "engine/sync/protocol.hpp"
#include "schema/domain/certificate_code.hpp"
#include "schema/domain/odata_query.hpp"
#include "schema/domain/sheet.hpp"
#include "server/web/message.hpp"
#include "tests/fuzz/targets.hpp"

using namespace tefter;
using namespace tefter::fuzz;

namespace {

void segment(BytesView bytes) {
    Segment one;
    decode_segment(bytes, one);
    chain_through(Hash{}, one);
    const auto everything = [](TableNumber, std::span<const Value>) { return true; };
    const std::optional<Bytes> clean = redact_segment(bytes, everything);
    require(!clean || !redact_segment(*clean, everything));
}

/// The first two bytes say how many changesets there are.
void columns(BytesView bytes) {
    if (bytes.size() < 2) return;
    Arena arena;
    const std::span<const Changeset> changesets = decode_columns(bytes.subspan(2), bytes[0] + 256U * bytes[1], arena);
    const Bytes again = encode_columns(changesets);
    Arena second;
    require(encode_columns(decode_columns(again, changesets.size(), second)) == again);
}

void changeset(BytesView bytes) {
    Arena arena;
    Reader in(bytes);
    const Changeset one = decode_changeset(in, arena);
    Writer out;
    encode_changeset(out, one);
    require(out.size() == bytes.size() - in.left() && std::memcmp(out.view().data(), bytes.data(), out.size()) == 0);
}

void row_state(BytesView bytes) {
    Arena arena;
    is_erased_state(bytes);
    const RowState state = decode_row_state(bytes, arena);
    const Value key[] = {Value::integer(1)};
    fingerprint(TableNumber{17}, key, state);
    Arena second;
    const Bytes again = encode_row_state(state);
    require(encode_row_state(decode_row_state(again, second)) == again);
}

void set_value(BytesView bytes) { SetValue::decode(bytes).elements(); }

void request(BytesView bytes) {
    decode_request(bytes);
    verify_request(bytes, sync_path, PublicKey{});
}

void answer(BytesView bytes) {
    FrameReader reader;
    const auto on_frame = [](const Frame& frame) {
        switch (frame.type) {
            case FrameType::hello: decode_hello(frame.payload); break;
            case FrameType::acknowledged: decode_acknowledged(frame.payload); break;
            case FrameType::refused: decode_refused(frame.payload); break;
            case FrameType::segment: decode_segment_frame(frame.payload); break;
            case FrameType::own: decode_own(frame.payload); break;
            case FrameType::scope_end: decode_scope_end(frame.payload); break;
            case FrameType::restored: decode_restored(frame.payload); break;
            case FrameType::snapshot_begin: decode_snapshot_begin(frame.payload); break;
            case FrameType::snapshot_chain: decode_snapshot_chain(frame.payload); break;
            default: break;
        }
    };
    for (std::size_t at = 0; at < bytes.size(); at += 5)
        reader.feed(bytes.subspan(at, std::min<std::size_t>(5, bytes.size() - at)), on_frame);
}

/// What is no signature of it is written again to the byte.
void file_request(BytesView bytes) {
    const FileRequest one = decode_file_request(bytes);
    const Bytes again = encode_file_request(one, SecretKey{});
    require(again.size() == bytes.size() && std::memcmp(again.data(), bytes.data(), bytes.size() - 64) == 0);
}
void file_answer(BytesView bytes) {
    const Bytes again = encode(decode_file_answer(bytes));
    require(again.size() == bytes.size() && std::memcmp(again.data(), bytes.data(), bytes.size()) == 0);
}

void code(BytesView bytes) { require(EnrolmentCode::parse(EnrolmentCode::parse(as_text(bytes)).text()).secret.size() == 10); }
void enrolment_request(BytesView bytes) { EnrolmentRequest::decode(bytes); }
void enrolment_answer(BytesView bytes) { EnrolmentAnswer::decode(bytes); }
void keys(BytesView bytes) {
    static const std::string path = "/dev/shm/tefter-fuzz-" + std::to_string(::getpid());
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    KeyFile::load(path).names();
}
void catalog(BytesView bytes) { Catalog::parse(as_text(bytes), "fuzz.json"); }

void sheet(BytesView bytes) {
    const Sheet one = parse_sheet(as_text(bytes), "fuzz.csv");
    for (const std::string& heading : one.headings) field_of(heading);
    for (const SheetRow& row : one.rows) {
        for (const std::string& cell : row.cells) {
            parse_date(cell);
            parse_mark(cell);
        }
    }
}

/// What a request brings in its address, its form and its cookies.
void form(BytesView bytes) {
    const std::string_view text = as_text(bytes);
    for (const auto& [name, value] : web::parse_fields(text)) {
        require(web::decode_part(web::encode_part(name)) == name && web::decode_part(web::encode_part(value)) == value);
    }
    web::parse_cookies(text);
}

/// What a QR code says, and a PDF that carries codes.
void certificate(BytesView bytes) {
    const std::string_view text = as_text(bytes);
    std::vector<std::string> codes = certificate_codes_in(text);
    codes.emplace_back("TEFTER-C-" + std::string(text));
    for (const std::string& one : codes) {
        const std::optional<Certificate> read = read_certificate(one);
        if (read) require(read_certificate(code_of(*read)) && code_of(*read_certificate(code_of(*read))) == code_of(*read));
    }
    read_statement(bytes);
}

void odata(BytesView bytes) {
    std::map<std::string, std::string> query;
    for (const auto& [name, value] : web::parse_fields(as_text(bytes))) query[name] = value;
    parse_odata_query(query);
}

void key(BytesView bytes) {
    Arena arena;
    const std::vector<Value> parts = decode_key(bytes, arena);
    const Bytes again = encode_key(parts);
    Arena second;
    require(encode_key(decode_key(again, second)) == again);
    Arena third;
    require(encode_key(decode_ordered_key(encode_ordered_key(parts), third)) == again);
}

void pins(BytesView bytes) { decode_pins(bytes, DeviceNumber{2}, 1, PublicKey{}); }

struct Target {
    const char* name;
    void (*decode)(BytesView);
};
constexpr Target targets[] = {{"segment", segment},
                              {"columns", columns},
                              {"changeset", changeset},
                              {"row_state", row_state},
                              {"set", set_value},
                              {"request", request},
                              {"answer", answer},
                              {"file_request", file_request},
                              {"file_answer", file_answer},
                              {"code", code},
                              {"enrolment_request", enrolment_request},
                              {"enrolment_answer", enrolment_answer},
                              {"keys", keys},
                              {"catalog", catalog},
                              {"sheet", sheet},
                              {"form", form},
                              {"certificate", certificate},
                              {"odata", odata},
                              {"key", key},
                              {"pins", pins},
                              {"http", http},
                              {"bundle", bundle},
                              {"received", received}};

const Target& chosen() {
    const char* name = std::getenv("TEFTER_FUZZ");
    for (const Target& target : targets) {
        if (name != nullptr && std::strcmp(name, target.name) == 0) return target;
    }
    std::fprintf(stderr, "TEFTER_FUZZ names no target:");
    for (const Target& target : targets) std::fprintf(stderr, " %s", target.name);
    std::fprintf(stderr, "\n");
    std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Target& target = chosen();
    try {
        target.decode({data, size});
    } catch (const Error& refused) {
        if (refused.kind() != ErrorKind::internal) return 0;
        std::fprintf(stderr, "%s\n", refused.what());
        std::abort();
    }
    return 0;
}
