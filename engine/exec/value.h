// One value of any type, or NULL.
//
//   absl::StatusOr<Value> price = Value::Parse(Type::Decimal(18, 8), "101.25");
//   price->Get<int64_t>();               // 10125000000: what a column stores
//   price->ToText();                     // "101.25000000"
//   Compare(*price, Value::Of(Type::Decimal(18, 8), int64_t{5})) > 0;
//
// A value holds the element of its type (element.h), text as a std::string. ENUM and SYMBOL values
// are text; INET values, arrays and BYTEA are their stored bytes.
//
// Texts are PostgreSQL's, at the precision of tape: a timestamp is "2025-01-21 14:30:00.5", with
// as many digits of its second as are not zeros, and a TIMESTAMPTZ has "+00" behind it. Parse reads
// what ToText writes, and all that the Parse functions of format read; blanks around anything that
// is not a string do not count.
//
// Immutable apart from assignment; thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/element.h"
#include "engine/exec/enum_labels.h"
#include "tape/int128.h"
#include "tape/interval.h"
#include "tape/type.h"

namespace tape::engine::exec {

class Value {
 public:
  // NULL of type TEXT.
  Value() : type_(Type::Text()) {}

  static Value Null(Type type) { return Value(type, std::monostate()); }

  // The element must be that of the type; a std::string_view is copied.
  template <typename T>
  static Value Of(Type type, T element) {
    return Value(type, Storage(std::move(element)));
  }
  static Value Of(Type type, std::string_view text) {
    return Value(type, Storage(std::string(text)));
  }
  static Value Text(std::string_view text) { return Of(Type::Text(), text); }
  static Value Boolean(bool value) { return Of(Type::Boolean(), static_cast<uint8_t>(value)); }
  static Value Bigint(int64_t value) { return Of(Type::Bigint(), value); }

  // What a text says as a value of that type. DECIMALs are rounded half away from zero to their
  // scale; a string longer than its VARCHAR(n) is refused unless only blanks are cut.
  // kInvalidArgument names text and type. `labels` of an ENUM: the text must be one of them;
  // without, any is taken.
  static absl::StatusOr<Value> Parse(Type type, std::string_view text,
                                     const EnumLabels* labels = nullptr);

  const Type& type() const { return type_; }
  bool is_null() const { return std::holds_alternative<std::monostate>(element_); }

  // The element; a T{} where this is NULL or T is not the element of the type.
  template <typename T>
  T Get() const {
    if constexpr (std::is_same_v<T, std::string_view>) {
      const auto* text = std::get_if<std::string>(&element_);
      return text == nullptr ? std::string_view() : std::string_view(*text);
    } else {
      const T* element = std::get_if<T>(&element_);
      return element == nullptr ? T{} : *element;
    }
  }
  std::string_view text() const { return Get<std::string_view>(); }

  // A boolean that is true; NULL is not.
  bool IsTrue() const { return Get<uint8_t>() != 0; }

  // The same element under another type that has the same one: VARCHAR as TEXT.
  Value As(Type type) const { return Value(type, element_); }

  // As a cast to TEXT; "NULL" for NULL.
  std::string ToText() const;

  // Same type, and NULL or the same element. 1.0 and 1.00 differ in type; for SQL's = see Compare.
  friend bool operator==(const Value& a, const Value& b);

  // Equal values of one type hash alike, whatever makes them equal.
  template <typename Hash>
  friend Hash AbslHashValue(Hash hash, const Value& value) {
    return Hash::combine(std::move(hash), value.HashCode());
  }
  uint64_t HashCode() const;

 private:
  using Storage = std::variant<std::monostate, uint8_t, int16_t, int32_t, int64_t, Int128, float,
                               double, Interval, std::string>;

  Value(Type type, Storage element) : type_(type), element_(std::move(element)) {}

  Type type_;
  Storage element_;
};

// Below, equal to or above zero, as ORDER BY has it: two values of one type, neither NULL. Text by
// its bytes, floating point with NaN above everything and equal to itself, intervals by their
// length with months of 30 days, arrays element by element, JSON by what it says, ENUMs by their
// labels (by their bytes without any).
int Compare(const Value& a, const Value& b, const EnumLabels* labels = nullptr);

// ---- elements, one at a time: what Value and the casts share

// Appends the text of an element of that type; those of kText in their stored form.
template <typename T>
void AppendText(const Type& type, const T& element, std::string& out);

// As Compare, for elements of a type.
template <typename T>
int CompareElements(const Type& type, const T& a, const T& b, const EnumLabels* labels = nullptr);

}  // namespace tape::engine::exec
