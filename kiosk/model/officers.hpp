#pragma once
// Who can unlock this device: a name and a passphrase each. What may be tried, and how fast.

#include <string>
#include <vector>

#include "engine/keys/key_file.hpp"
#include "kiosk/model/worker.hpp"

namespace tefter::kiosk {

/// Wrong passphrases are slowed down, after the first free ones. Kept in a file, so that starting the program anew does not help.
class Patience {
public:
    explicit Patience(std::string file, int free_tries = 3);

    int wrong() const { return wrong_; }
    std::int64_t wait_until_ms() const { return wait_until_ms_; }
    /// Before a passphrase is tried: a program that is killed while it tries has tried.
    void begin(std::int64_t now_ms);
    /// It was right.
    void forget();

private:
    std::string file_;
    int free_tries_;
    int wrong_ = 0;
    std::int64_t wait_until_ms_ = 0;
};

/// Overwrites and empties what somebody typed in secret.
void wipe_text(std::string& text);

/// The database key out of the slot of one officer alone. Throws ErrorKind::wrong_key.
LockedKey open_slot(const std::string& key_file, const std::string& name, std::string_view passphrase);

class Pins;

/// The form in Settings that adds an officer, gives the one who is here another passphrase, takes an officer out, or gives one a PIN.
struct OfficersModel {
    enum class Form { none, add, change, remove, pin };
    enum class Outcome { none, busy, done, wrong, short_one, easy, differ, nameless, taken, no_pin, failed };
    Form form = Form::none;
    Outcome outcome = Outcome::none;
    std::vector<std::string> names;
    std::string name;               ///< of the one who is added, taken out, or gets a PIN
    std::string own, fresh, again;  ///< passphrases: of the one who is here or gets a PIN; the new one, or the PIN, twice
    std::string problem;            ///< a sentence, where the outcome is `failed`

    void load(const std::string& key_file);
    void begin(Form which, const std::string& whom = {});
    /// Who gives his passphrase for it.
    const std::string& owner(const std::string& me) const { return form == Form::pin ? name : me; }
    /// Whose new passphrase it is.
    const std::string& holder(const std::string& me) const { return form == Form::add ? name : me; }
    /// Checks the form, then works on `keys`. `me` is who unlocked.
    void save(Worker& keys, const std::string& key_file, const std::string& me, Patience& patience, Pins& pins, std::int64_t now_ms);
    void wipe();
};

}  // namespace tefter::kiosk
