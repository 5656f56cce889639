#include "schema/documents/pdf.hpp"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include <cmath>
#include <numbers>
#include <utility>

namespace tefter::documents {

namespace {

constexpr double points_a_mm = 72.0 / 25.4;
constexpr const char* family = "Inter";

template <auto free>
struct Free {
    void operator()(auto* pointer) const { free(pointer); }
};
using Surface = std::unique_ptr<cairo_surface_t, Free<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Free<cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, Free<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Free<pango_font_description_free>>;
using Attributes = std::unique_ptr<PangoAttrList, Free<pango_attr_list_unref>>;

cairo_status_t append(void* bytes, const unsigned char* data, unsigned int size) {
    static_cast<Bytes*>(bytes)->insert(static_cast<Bytes*>(bytes)->end(), data, data + size);
    return CAIRO_STATUS_SUCCESS;
}

PangoWeight weight_of(Weight weight) {
    switch (weight) {
        case Weight::medium: return PANGO_WEIGHT_MEDIUM;
        case Weight::strong: return PANGO_WEIGHT_SEMIBOLD;
        default: return PANGO_WEIGHT_NORMAL;
    }
}

Layout lay_out(cairo_t* context, double width_mm, std::string_view text, const Style& style) {
    Layout layout(pango_cairo_create_layout(context));
    const Font font(pango_font_description_new());
    pango_font_description_set_family_static(font.get(), family);
    pango_font_description_set_weight(font.get(), weight_of(style.weight));
    pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), font.get());
    const Attributes attributes(pango_attr_list_new());
    if (style.spacing != 0)
        pango_attr_list_insert(attributes.get(), pango_attr_letter_spacing_new(static_cast<int>(style.spacing * PANGO_SCALE)));
    pango_attr_list_insert(attributes.get(), pango_attr_insert_hyphens_new(FALSE));
    pango_attr_list_insert(attributes.get(),
                           pango_attr_line_height_new_absolute(static_cast<int>(style.leading * style.size * PANGO_SCALE)));
    pango_layout_set_attributes(layout.get(), attributes.get());
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    if (width_mm > 0) pango_layout_set_width(layout.get(), static_cast<int>(width_mm * points_a_mm * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    if (style.lines > 0) {
        pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
        pango_layout_set_height(layout.get(), -style.lines);
    }
    pango_layout_set_alignment(layout.get(), style.align == Align::left     ? PANGO_ALIGN_LEFT
                                             : style.align == Align::center ? PANGO_ALIGN_CENTER
                                                                            : PANGO_ALIGN_RIGHT);
    return layout;
}

std::pair<double, double> size_of(PangoLayout* layout) {
    int width = 0, height = 0;
    pango_layout_get_size(layout, &width, &height);
    return {width / (points_a_mm * PANGO_SCALE), height / (points_a_mm * PANGO_SCALE)};
}

void set_color(cairo_t* context, Color color) { cairo_set_source_rgb(context, color.red, color.green, color.blue); }

void outline(cairo_t* context, const Box& box, double radius) {
    if (radius <= 0) {
        cairo_rectangle(context, box.x, box.y, box.width, box.height);
        return;
    }
    const double right = std::numbers::pi / 2;
    cairo_new_sub_path(context);
    cairo_arc(context, box.x + box.width - radius, box.y + radius, radius, -right, 0);
    cairo_arc(context, box.x + box.width - radius, box.y + box.height - radius, radius, 0, right);
    cairo_arc(context, box.x + radius, box.y + box.height - radius, radius, right, 2 * right);
    cairo_arc(context, box.x + radius, box.y + radius, radius, 2 * right, 3 * right);
    cairo_close_path(context);
}

}  // namespace

struct Pdf::Parts {
    std::string title, keywords;
    struct Link {
        std::size_t page = 0;
        Box box;
        std::string address;
    };
    std::vector<Surface> pages;
    std::vector<Link> links;
    Context context;

    cairo_t* at() const {
        ensure(context != nullptr, "a page is begun before it is drawn on");
        return context.get();
    }
};

Pdf::Pdf(double width, double height, const std::string& title) : parts_(std::make_unique<Parts>()), width_(width), height_(height) {
    parts_->title = title;
}
Pdf::~Pdf() = default;

std::size_t Pdf::pages() const { return parts_->pages.size(); }

void Pdf::set_keywords(const std::string& keywords) { parts_->keywords = keywords; }

void Pdf::add_page() {
    const cairo_rectangle_t extent{0, 0, width_ * points_a_mm, height_ * points_a_mm};
    parts_->context.reset();
    parts_->pages.emplace_back(cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extent));
    parts_->context.reset(cairo_create(parts_->pages.back().get()));
    cairo_scale(parts_->context.get(), points_a_mm, points_a_mm);
}

double Pdf::text(double x, double y, double width, std::string_view text, const Style& style) {
    cairo_t* context = parts_->at();
    const Layout layout = lay_out(context, width, text, style);
    if (observer_) observer_(text);
    missing_ += pango_layout_get_unknown_glyphs_count(layout.get());
    cairo_save(context);
    cairo_translate(context, x, y);
    cairo_scale(context, 1 / points_a_mm, 1 / points_a_mm);
    set_color(context, style.color);
    pango_cairo_show_layout(context, layout.get());
    cairo_restore(context);
    return size_of(layout.get()).second;
}

double Pdf::text_height(double width, std::string_view text, const Style& style) {
    return size_of(lay_out(parts_->at(), width, text, style).get()).second;
}

double Pdf::text_width(std::string_view text, const Style& style) { return size_of(lay_out(parts_->at(), 0, text, style).get()).first; }

void Pdf::text_in(const Box& box, std::string_view text, Style style) {
    const double least = 0.6 * style.size;
    while (style.size > least && text_height(box.width, text, style) > box.height) style.size -= 0.25;
    if (text_height(box.width, text, style) > box.height)
        style.lines = std::max(1, static_cast<int>(box.height * points_a_mm / (style.size * style.leading)));
    const double height = text_height(box.width, text, style);
    this->text(box.x, box.y + (box.height - height) / 2, box.width, text, style);
}

void Pdf::line(double x1, double y1, double x2, double y2, Color color, double points) {
    cairo_t* context = parts_->at();
    set_color(context, color);
    cairo_set_line_width(context, points / points_a_mm);
    cairo_move_to(context, x1, y1);
    cairo_line_to(context, x2, y2);
    cairo_stroke(context);
}

void Pdf::fill(const Box& box, Color color, double radius) {
    cairo_t* context = parts_->at();
    set_color(context, color);
    outline(context, box, radius);
    cairo_fill(context);
}

void Pdf::frame(const Box& box, Color color, double points, double radius) {
    cairo_t* context = parts_->at();
    set_color(context, color);
    cairo_set_line_width(context, points / points_a_mm);
    outline(context, box, radius);
    cairo_stroke(context);
}

void Pdf::tick(const Box& box, Color color) {
    cairo_t* context = parts_->at();
    const double size = std::min(box.width, box.height) * 0.22, x = box.x + box.width / 2, y = box.y + box.height / 2;
    set_color(context, color);
    cairo_set_line_width(context, 1.1 / points_a_mm);
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND);
    cairo_move_to(context, x - size, y);
    cairo_line_to(context, x - size / 4, y + size * 0.75);
    cairo_line_to(context, x + size, y - size * 0.75);
    cairo_stroke(context);
}

void Pdf::strokes(const Box& box, BytesView pairs) {
    constexpr unsigned pen_up = 65535, whole = 1000;
    cairo_t* context = parts_->at();
    cairo_set_source_rgb(context, 0.05, 0.1, 0.4);
    cairo_set_line_width(context, 0.8 / points_a_mm);
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND);
    bool down = false;
    for (std::size_t i = 0; i + 4 <= pairs.size(); i += 4) {
        const unsigned x = pairs[i] + pairs[i + 1] * 256U, y = pairs[i + 2] + pairs[i + 3] * 256U;
        if (x == pen_up || x > whole || y > whole) {
            down = false;
            continue;
        }
        const double at_x = box.x + box.width * x / whole, at_y = box.y + box.height * y / whole;
        if (std::exchange(down, true)) cairo_line_to(context, at_x, at_y);
        else cairo_move_to(context, at_x, at_y);
    }
    cairo_stroke(context);
}

void Pdf::qr_code(double x, double y, double size, std::string_view text) {
    const std::string owned(text);
    const std::unique_ptr<QRcode, Free<QRcode_free>> code(QRcode_encodeString(owned.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1));
    if (!code) throw Error(ErrorKind::usage, "The text is too long for a QR code.");
    cairo_t* context = parts_->at();
    const double module = size / code->width;
    cairo_set_source_rgb(context, 0, 0, 0);
    for (int row = 0; row < code->width; ++row) {
        for (int column = 0; column < code->width;) {
            int end = column;
            while (end < code->width && (code->data[row * code->width + end] & 1) != 0) ++end;
            if (end > column) cairo_rectangle(context, x + column * module, y + row * module, (end - column) * module, module * 1.01);
            column = end + 1;
        }
    }
    cairo_fill(context);
}

void Pdf::emblem(double x, double y, double height) {
    constexpr double fifth = 4 * std::numbers::pi / 5;
    cairo_t* context = parts_->at();
    cairo_set_source_rgb(context, 0, 0.2, 0.6);
    cairo_rectangle(context, x, y, height * 1.5, height);
    cairo_fill(context);
    cairo_set_source_rgb(context, 1, 0.8, 0);
    for (int star = 0; star < 12; ++star) {
        const double turn = star * std::numbers::pi / 6;
        const double at_x = x + height * 0.75 + std::sin(turn) * height / 3, at_y = y + height / 2 - std::cos(turn) * height / 3;
        cairo_new_sub_path(context);
        for (int point = 0; point < 5; ++point)
            cairo_line_to(context, at_x + std::sin(point * fifth) * height / 18, at_y - std::cos(point * fifth) * height / 18);
        cairo_close_path(context);
    }
    cairo_fill(context);
}

void Pdf::link(const Box& box, const std::string& address) { parts_->links.push_back({pages() - 1, box, address}); }

namespace {

/// "rect=[…] uri='…'", in points; quotes and backslashes are escaped.
void add_link(cairo_t* page, const Box& box, const std::string& address) {
    std::string attributes = "rect=[";
    for (const double millimetres : {box.x, box.y, box.width, box.height}) attributes += std::to_string(millimetres * points_a_mm) + " ";
    attributes += "] uri='";
    for (const char c : address) attributes += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
    attributes += "'";
    cairo_tag_begin(page, CAIRO_TAG_LINK, attributes.c_str());
    cairo_tag_end(page, CAIRO_TAG_LINK);
}

}  // namespace

Bytes Pdf::finish(const std::function<void(std::size_t, std::size_t)>& footer) {
    Bytes out;
    const Surface surface(cairo_pdf_surface_create_for_stream(append, &out, width_ * points_a_mm, height_ * points_a_mm));
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, parts_->title.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "Tefter");
    if (!parts_->keywords.empty()) cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_KEYWORDS, parts_->keywords.c_str());
    const std::size_t count = pages();
    for (std::size_t i = 0; i < count; ++i) {
        parts_->context.reset(cairo_create(parts_->pages[i].get()));
        cairo_scale(parts_->context.get(), points_a_mm, points_a_mm);
        if (footer) footer(i + 1, count);
        parts_->context.reset();
        const Context page(cairo_create(surface.get()));
        cairo_set_source_surface(page.get(), parts_->pages[i].get(), 0, 0);
        cairo_paint(page.get());
        for (const Parts::Link& link : parts_->links) {
            if (link.page == i) add_link(page.get(), link.box, link.address);
        }
        cairo_show_page(page.get());
    }
    cairo_surface_finish(surface.get());
    const cairo_status_t status = cairo_surface_status(surface.get());
    if (status != CAIRO_STATUS_SUCCESS)
        throw Error(ErrorKind::internal, std::string("The document cannot be made: ") + cairo_status_to_string(status));
    return out;
}

}  // namespace tefter::documents
