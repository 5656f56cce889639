#pragma once
// What a new passphrase has to be. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace tefter {

inline constexpr std::size_t least_on_pages = 12, least_on_devices = 8, longest_passphrase = 1000;  // bytes

enum class PassphraseFault { none, short_one, long_one, easy };

/// How hard it is to guess: 0 (nothing yet), 1 (easy, and refused) to 4, by libzxcvbn: lists of the passphrases that people have used, of
/// names and words, dates, runs of keys, repetitions. `about`: words that who guesses knows, such as the name of who chooses.
int strength_of(std::string_view passphrase, const std::vector<std::string>& about = {});

PassphraseFault fault_of(std::string_view passphrase, std::size_t least, const std::vector<std::string>& about = {});

/// Throws ErrorKind::usage with a sentence.
void check_new_passphrase(std::string_view passphrase, std::size_t least, const std::vector<std::string>& about = {});

}  // namespace tefter
