#include "engine/base/value.hpp"

namespace tefter {

OwnedValue::OwnedValue(const Value& v) {
    switch (v.kind()) {
        case ValueKind::integer: value_ = v.integer(); break;
        case ValueKind::real: value_ = v.real(); break;
        case ValueKind::text: value_ = std::string(v.text()); break;
        case ValueKind::blob: value_ = Bytes(v.blob().begin(), v.blob().end()); break;
        case ValueKind::null:
        case ValueKind::redacted: break;
    }
}

Value OwnedValue::view() const {
    if (const auto* integer = std::get_if<std::int64_t>(&value_)) return Value::integer(*integer);
    if (const auto* real = std::get_if<double>(&value_)) return Value::real(*real);
    if (const auto* text = std::get_if<std::string>(&value_)) return Value::text(*text);
    if (const auto* blob = std::get_if<Bytes>(&value_)) return Value::blob(*blob);
    return {};
}

}  // namespace tefter
