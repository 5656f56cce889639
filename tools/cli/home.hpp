#pragma once
// A device's folder: DIR/replica.db, DIR/keys. Opened with a passphrase from a file or from the terminal.

#include <memory>
#include <string>

#include "engine/keys/key_file.hpp"
#include "engine/store/replica.hpp"

namespace tefter {

struct Home {
    std::string folder;
    std::string passphrase_file;  ///< empty: asked at the terminal

    std::string database() const { return folder + "/replica.db"; }
    std::string keys() const { return folder + "/keys"; }
    /// Never prompts when standard input is no terminal: throws ErrorKind::usage instead.
    std::string passphrase(bool twice) const;
    std::unique_ptr<Replica> open(const Catalog& catalog) const;
    /// After a revocation: the keys are overwritten, then everything is removed.
    void destroy() const;
};

}  // namespace tefter
