#pragma once
// Pages of a PDF with real text, drawn by cairo and shaped by pango; the only file that knows them is pdf.cpp. Measures are
// millimetres from the upper left corner, sizes of letters are points.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"

namespace tefter::documents {

struct Color {
    double red = 0, green = 0, blue = 0;
};
inline constexpr Color ink{0.08, 0.11, 0.20}, quiet{0.39, 0.43, 0.51}, accent{0.0, 0.2, 0.6}, rule{0.80, 0.83, 0.88},
    wash{0.955, 0.965, 0.985}, paper{1, 1, 1};

enum class Weight { regular, medium, strong };
enum class Align { left, center, right };

struct Style {
    double size = 9;
    Weight weight = Weight::regular;
    Color color = ink;
    Align align = Align::left;
    int lines = 0;          ///< at most; what does not fit ends in an ellipsis. 0: as many as it takes
    double spacing = 0;     ///< of letters, points
    double leading = 1.25;  ///< distance of lines, of the size
};

struct Box {
    double x = 0, y = 0, width = 0, height = 0;
};

inline constexpr double a4_short = 210, a4_long = 297;

/// Pages are kept until the end, so that each can tell how many there are.
class Pdf {
public:
    Pdf(double width, double height, const std::string& title);
    ~Pdf();
    Pdf(const Pdf&) = delete;
    Pdf& operator=(const Pdf&) = delete;

    double width() const { return width_; }
    double height() const { return height_; }
    void add_page();
    std::size_t pages() const;

    /// Returns the height that it took.
    double text(double x, double y, double width, std::string_view text, const Style& style);
    double text_height(double width, std::string_view text, const Style& style);
    double text_width(std::string_view text, const Style& style);
    /// In the middle of the box's height; made smaller, down to 60 %, before it is cut off.
    void text_in(const Box& box, std::string_view text, Style style);

    void line(double x1, double y1, double x2, double y2, Color color = rule, double points = 0.5);
    void fill(const Box& box, Color color, double radius = 0);
    void frame(const Box& box, Color color = rule, double points = 0.5, double radius = 0);
    void tick(const Box& box, Color color = ink);
    /// Signature strokes as the kiosk keeps them: pairs of 16 bits, 0 to 1000 each way, 65535 where the pen is lifted.
    void strokes(const Box& box, BytesView pairs);
    /// Where a reader of the file comes who touches the box.
    void link(const Box& box, const std::string& address);
    void qr_code(double x, double y, double size, std::string_view text);
    /// The European emblem by its geometrical description: three to two, twelve stars.
    void emblem(double x, double y, double height);

    /// Sees every text that is drawn.
    void on_text(std::function<void(std::string_view)> observer) { observer_ = std::move(observer); }
    /// What programs find in the file without drawing it.
    void set_keywords(const std::string& keywords);
    /// Draws on each page, told its number and how many there are, and ends the document.
    Bytes finish(const std::function<void(std::size_t page, std::size_t pages)>& footer = {});
    /// Letters that no font had; a test holds it at 0.
    int missing_letters() const { return missing_; }

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    std::function<void(std::string_view)> observer_;
    double width_, height_;
    int missing_ = 0;
};

}  // namespace tefter::documents
