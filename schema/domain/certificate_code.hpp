#pragma once
// What a certificate says, and the code that its document carries. Pure.
//
//     statement = format 1, device varint, person varint, number, activity, title, from, to, issued on (sized texts),
//                 share attended u8 (percent), signature (64): what the row keeps
//     code      = "TEFTER-C-" base64url( statement, name (sized), salt (16) ): what the document carries
//
// The signature covers name and salt too. Both are personal data of the row: once they are erased, nobody can guess from
// the statement whose it was, and the paper still verifies.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/crypto.hpp"
#include "engine/base/types.hpp"

namespace tefter {

struct Certificate {
    DeviceNumber device;
    std::int64_t person = 0;
    std::string number, activity, title, from, to, issued_on;
    std::uint8_t share = 0;  ///< percent of the sessions
    Signature signature{};
    std::string name;
    Salt salt{};
};

/// What its device signs.
Hash signed_hash(const Certificate& certificate);
/// What the row keeps of it.
Bytes statement_of(const Certificate& certificate);
/// Without name and salt, which the row keeps beside it. Throws ErrorKind::corrupt.
Certificate read_statement(BytesView statement);

std::string code_of(const Certificate& certificate);
/// Also of an address that ends in the code. Nothing for what is no code.
std::optional<Certificate> read_certificate(std::string_view code);
/// The codes in a file, such as a PDF that carries them.
std::vector<std::string> certificate_codes_in(std::string_view file);

}  // namespace tefter
