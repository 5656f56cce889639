#pragma once
// PINs: they open a program that runs and is covered, and switch its officers. They live in its memory alone and never protect
// the disk; whoever has the device off has to have a passphrase.

#include <map>
#include <string>
#include <vector>

#include "kiosk/model/officers.hpp"

namespace tefter::kiosk {

inline constexpr int pin_tries = 5;
inline constexpr std::int64_t longest_cover_ms = 60 * 60'000;  ///< then the program locks itself wholly

/// What is shown where the program is covered: who may open it, and what is being typed.
struct CoverModel {
    std::vector<std::string> names;
    std::size_t chosen = 0;
    std::string typed, problem;
    bool busy = false;
    bool ask = true;            ///< the field for it is to have the keyboard
    std::int64_t since_ms = 0;  ///< 0: it is not covered

    std::string name() const { return chosen < names.size() ? names[chosen] : std::string(); }
};

class Pins {
public:
    /// `tries_file`: where wrong ones are counted.
    explicit Pins(std::string tries_file) : tries_(std::move(tries_file), pin_tries) {}

    /// Of officers who have one.
    std::vector<std::string> names() const;
    /// `hash` is made by hash_of_pin(). Its owner has shown his passphrase: wrong ones are forgotten.
    void keep(const std::string& name, const std::string& hash);
    void forget(const std::string& name) { hashes_.erase(name); }
    void forget_all() { hashes_.clear(); }
    const std::string& hash(const std::string& name) const { return hashes_.at(name); }

    /// Before one is compared: a program that is killed while it compares has counted it, on the disk. Throws ErrorKind::disk.
    void begin(std::int64_t now_ms) { tries_.begin(now_ms); }
    void right() { tries_.forget(); }
    int tries_left() const { return std::max(0, pin_tries - tries_.wrong()); }

private:
    std::map<std::string, std::string> hashes_;  ///< Argon2id: a PIN may open more than this program
    Patience tries_;
};

bool is_pin(std::string_view text);  ///< 4 to 12 digits
/// Both take about 0.1 s.
std::string hash_of_pin(const std::string& pin);
bool pin_fits(const std::string& hash, const std::string& pin);

}  // namespace tefter::kiosk
