#pragma once
// The terminal: the passphrase that is asked at it, how far long work has come, and Ctrl-C.

#include <memory>
#include <string>

#include "engine/client/home.hpp"

namespace tefter {

/// Where the device's folder is and how its passphrase is given.
struct Access {
    std::string folder;
    std::string passphrase_file;  ///< empty: asked at the terminal

    /// Throws ErrorKind::usage where no folder was named.
    Home home() const;
    /// Never prompts when standard input is no terminal: throws ErrorKind::usage instead. A fresh one is asked for twice, and refused where
    /// it is easy to guess.
    std::string passphrase(bool fresh) const;
    /// A replica that has not been at home for too long opens for a sync alone.
    std::unique_ptr<Replica> open(const Catalog& catalog, Opening opening = Opening::to_work) const;
};

/// Ctrl-C cancels at the next whole step while one of these lives; before and after, it ends the program.
class Progress {
public:
    Progress();
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Shows `line` in place on a terminal, nothing elsewhere. False once Ctrl-C was pressed.
    bool show(const std::string& line);

private:
    bool shown_ = false;
};

}  // namespace tefter
