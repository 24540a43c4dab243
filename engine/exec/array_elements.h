// The elements of an array value, as elements of a vector.
//
//   absl::StatusOr<ArrayView> array = ArrayView::Parse(element.physical(), bytes);
//   ArrayElement<int32_t>(*array, 0);
//
//   ArrayBuilder builder(element.physical());
//   AppendElement(builder, int32_t{7});
//
// Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

#include "tape/array.h"
#include "tape/interval.h"

namespace tape::engine::exec {

template <typename T>
T ArrayElement(const ArrayView& array, size_t i) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return array.Bytes(i);
  } else if constexpr (std::is_same_v<T, Interval>) {
    return {};  // there are no arrays of them
  } else {
    return array.Value<T>(i);
  }
}

template <typename T>
bool AppendElement(ArrayBuilder& builder, const T& element) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return builder.AppendBytes(element);
  } else if constexpr (std::is_same_v<T, Interval>) {
    return false;
  } else {
    return builder.Append(element);
  }
}

}  // namespace tape::engine::exec
