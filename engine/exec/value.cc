#include "engine/exec/value.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "engine/exec/element_order.h"
#include "engine/exec/json_text.h"

namespace tape::engine::exec {
namespace {

uint64_t HashBytes(std::string_view bytes) {
  return absl::HashOf(absl::string_view(bytes.data(), bytes.size()));
}

uint64_t HashWide(Int128 value) {
  return absl::HashOf(static_cast<uint64_t>(static_cast<UInt128>(value) >> 64),
                      static_cast<uint64_t>(value));
}

// -0 and 0 are equal, and so are all NaNs.
uint64_t HashDouble(double value) {
  if (value == 0) return absl::HashOf(0.0);
  return absl::HashOf(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value,
                      std::isnan(value));
}

template <typename T>
uint64_t HashElement(const Type& type, const T& element) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return type.IsJson() ? HashBytes(CanonicalJson(element)) : HashBytes(element);
  } else if constexpr (std::is_same_v<T, Interval>) {
    return HashWide(IntervalLength(element));
  } else if constexpr (std::is_floating_point_v<T>) {
    return HashDouble(element);
  } else {
    return HashWide(element);
  }
}

}  // namespace

std::string Value::ToText() const {
  if (is_null()) return "NULL";
  std::string text;
  WithElement(ElementOf(type_), [&]<typename T>() { AppendText<T>(type_, Get<T>(), text); });
  return text;
}

bool operator==(const Value& a, const Value& b) {
  if (a.type_ != b.type_ || a.is_null() != b.is_null()) return false;
  return a.is_null() || Compare(a, b) == 0;
}

uint64_t Value::HashCode() const {
  if (is_null()) return 0;
  return WithElement(ElementOf(type_),
                     [&]<typename T>() { return HashElement<T>(type_, Get<T>()); });
}

}  // namespace tape::engine::exec
