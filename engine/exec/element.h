// How one value lies in a vector: its C++ type.
//
//   WithElement(ElementOf(Type::Decimal(18, 8)), [&]<typename T>() {
//     for (const T& unscaled : vector.Values<T>()) ...        // T is int64_t
//   });
//
// It is the physical form of the type (tape/type.h) with two differences: whatever is made of
// bytes, and a code of a symbol, is a std::string_view here, and an INTERVAL is an Interval.
//
// Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tape/int128.h"
#include "tape/interval.h"
#include "tape/type.h"

namespace tape::engine::exec {

enum class Element : uint8_t {
  kBool,      // uint8_t, 0 or 1
  kInt16,     // int16_t
  kInt32,     // int32_t: INTEGER, DATE
  kInt64,     // int64_t: BIGINT, times, DECIMAL up to 18 digits
  kInt128,    // Int128: DECIMAL above 18 digits, UUID
  kFloat,     // float
  kDouble,    // double
  kInterval,  // Interval
  kText,      // std::string_view: strings, symbols, JSON, BYTEA, INET, arrays
};

Element ElementOf(const Type& type);

// Bytes of one, for arrays of them.
size_t ElementSize(Element element);

template <typename Function>
decltype(auto) WithElement(Element element, Function&& function) {
  switch (element) {
    case Element::kBool:
      return function.template operator()<uint8_t>();
    case Element::kInt16:
      return function.template operator()<int16_t>();
    case Element::kInt32:
      return function.template operator()<int32_t>();
    case Element::kInt64:
      return function.template operator()<int64_t>();
    case Element::kInt128:
      return function.template operator()<Int128>();
    case Element::kFloat:
      return function.template operator()<float>();
    case Element::kDouble:
      return function.template operator()<double>();
    case Element::kInterval:
      return function.template operator()<Interval>();
    case Element::kText:
      break;
  }
  return function.template operator()<std::string_view>();
}

}  // namespace tape::engine::exec
