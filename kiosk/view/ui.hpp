#pragma once
// What every view draws with: one theme, four letters, one measure, and the widgets that Tefter is made of.

#include <imgui.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "kiosk/model/kiosk.hpp"

namespace tefter::kiosk {

struct Theme {
    ImU32 page, card, rail, line, text, muted, accent, accent_soft, on_accent, good, good_soft, warn, warn_soft, bad, bad_soft, field;
    static const Theme& of(Look look);
};

struct Fonts {
    ImFont *small = nullptr, *body = nullptr, *strong = nullptr, *title = nullptr, *huge = nullptr;
};

/// Builds the atlas with Latin, Cyrillic and icons for a measure. Throws ErrorKind::internal.
Fonts load_fonts(ImFontAtlas& atlas, float measure);
/// Colours and sizes of Dear ImGui's own widgets.
void apply_style(const Theme& theme, float measure);

namespace icon {
inline constexpr const char *home = "\uf015", *calendar = "\uf073", *people = "\uf0c0", *person = "\uf007", *add_person = "\uf234",
                            *check = "\uf00c", *send = "\uf0ec", *settings = "\uf013", *lock = "\uf023", *search = "\uf002",
                            *add = "\uf067", *back = "\uf060", *undo = "\uf0e2", *warning = "\uf071", *close = "\uf00d", *clock = "\uf017",
                            *place = "\uf041", *grid = "\uf00a", *badge = "\uf029", *training = "\uf19d", *travel = "\uf072",
                            *work = "\uf0b1", *book = "\uf02d", *pencil = "\uf040", *refresh = "\uf021", *balance = "\uf24e",
                            *stick = "\uf287", *shift = "\uf062", *erase = "\uf177", *enter = "\uf149", *down = "\uf078", *hand = "\uf256",
                            *chart = "\uf080", *document = "\uf0f6", *printer = "\uf02f";
/// The font has 700 more, and they would fill half of the graphics card's picture of letters.
inline constexpr const char* all[] = {home,   calendar, people, person, add_person, check,  send,     settings, lock,
                                      search, add,      back,   undo,   warning,    close,  clock,    place,    grid,
                                      badge,  training, travel, work,   book,       pencil, refresh,  balance,  stick,
                                      shift,  erase,    enter,  down,   hand,       chart,  document, printer};
}  // namespace icon

/// Lives for one frame.
class Ui {
public:
    Ui(Kiosk& of, const Fonts& letters, float unit)
        : kiosk(of), t(of.texts), theme(Theme::of(of.settings.look)), fonts(letters), measure(unit) {}

    Kiosk& kiosk;
    const Texts& t;
    const Theme& theme;
    const Fonts& fonts;
    float measure;                 ///< pixels of one unit of the design: 44 of them are a finger
    std::vector<std::string> cut;  ///< texts that did not fit, for tests

    float px(float units) const { return std::floor(units * measure + 0.5F); }
    float keyboard_height = 0;  ///< what the keyboard on the screen takes of the window
    /// The window without the keyboard.
    ImVec2 room() const { return {ImGui::GetIO().DisplaySize.x, ImGui::GetIO().DisplaySize.y - keyboard_height}; }
    bool narrow() const { return ImGui::GetIO().DisplaySize.x < px(900); }

    // Words. A width of 0 is what is left; what is too long ends in an ellipsis, and is told in `cut`.
    void text(ImFont* font, ImU32 colour, const std::string& words) const;
    void line(ImFont* font, ImU32 colour, const std::string& words, float width = 0);
    float text_width(ImFont* font, const std::string& words) const;
    void paragraph(ImFont* font, ImU32 colour, const std::string& words) const;
    void label(const std::string& words);

    enum class Weight { primary, normal, quiet, danger };
    /// `id` is stable across languages. Width 0: as wide as its words. True when it was pressed.
    bool button(const char* id, const char* icon, const std::string& words, Weight weight = Weight::normal, float width = 0,
                float height = 44);
    bool icon_button(const char* id, const char* icon, const std::string& meaning);
    /// One of several; wraps. True when `chosen` changed.
    struct Choice {
        std::string value, words;
    };
    bool choices(const char* id, std::span<const Choice> all, std::string& chosen);
    /// The values of one of the catalog's enumerations, in its order.
    std::vector<Choice> enumerators(const char* enumeration) const;
    /// The languages, each by its own name. True when another was chosen.
    bool language_choices(Language& chosen);
    /// Day, month and year beside each other.
    void date_fields(std::string& day, std::string& month, std::string& year);
    bool toggle(const char* id, const std::string& words, bool& on);
    bool field(const char* id, const std::string& label, std::string& typed, const std::string& fault = {}, ImGuiInputTextFlags flags = 0,
               float width = 0, const char* hint = "");
    /// A field of several lines.
    bool text_area(const char* id, const std::string& label, std::string& typed);
    /// The field that is drawn next gets the keyboard in the next frame, whatever has it now.
    void focus_next_field() { focus_next_ = true; }
    /// A field that keeps the keyboard after Enter, as a scanner needs it. True at Enter; a caller that empties `typed` then
    /// empties the field, another one leaves it to be typed on.
    bool search_field(const char* id, std::string& typed, const char* hint);
    /// A row that can be pressed, as high as given: what is drawn until end_row() lies on it.
    bool begin_row(const char* id, float height, bool selected = false);
    void end_row();

    void chip(const std::string& words, ImU32 colour, ImU32 soft);
    /// At the right end of the row that was begun; takes no room in it.
    void chip_at_end(const std::string& words, ImU32 colour, ImU32 soft);
    /// Beside what was drawn last, tops aligned.
    static void beside(float between);
    void bar(float share, float width, ImU32 colour);
    /// Of a passphrase that is being typed: see strength_of().
    void strength(int level, float width);
    void notice(const char* icon, const std::string& words, ImU32 colour, ImU32 soft);
    void nothing(const char* icon, const std::string& title, const std::string& words);
    void header(const std::string& title, const std::string& below);
    void gap(float units = 12) const { ImGui::Dummy({0, px(units)}); }

    /// A white card as wide as what is left, or as given; as high as what is in it.
    void begin_card(const char* id, float width = 0);
    void end_card();
    void page(const char* id, ImVec2 at, ImVec2 size);
    void end_page();

    /// Around what was drawn last, where the keyboard is on it.
    void focus_ring(float rounding) const;

private:
    void draw_chip(ImVec2 at, float width, const std::string& words, ImU32 ink, ImU32 soft) const;
    void give_keyboard();
    void keep_in_sight() const;
    ImVec2 row_from_{}, row_to_{};
    bool focus_next_ = false;
};

void draw(Ui& ui);  ///< the whole window
void draw_unlock(Ui& ui);
void draw_today(Ui& ui);
void draw_activities(Ui& ui);
void draw_activity(Ui& ui);
void draw_activity_form(Ui& ui);
void draw_dashboard(Ui& ui);
void draw_enrolment(Ui& ui);
void draw_questionnaire(Ui& ui);
void draw_check_in(Ui& ui);
void draw_course(Ui& ui);
void draw_internship(Ui& ui);
void draw_study_tour(Ui& ui);
void draw_people(Ui& ui);
void draw_person(Ui& ui);
void draw_registers(Ui& ui);
void draw_register_list(Ui& ui);
void draw_row(Ui& ui);
void draw_row_form(Ui& ui);
void draw_review(Ui& ui);
void draw_same_people(Ui& ui);
void draw_send(Ui& ui);
void draw_settings(Ui& ui);

}  // namespace tefter::kiosk
