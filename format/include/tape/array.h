// One-dimensional arrays of scalars: as text, and as the bytes of one value of an array column.
//
//   ParseArrayText(R"({read,"a,b",NULL})");   // three elements: read | a,b | none
//   PrintArrayText(elements);                 // the text again, quoted where PostgreSQL quotes
//
//   ArrayBuilder builder(Physical::kInt32);
//   builder.Append(int32_t{7});
//   builder.AppendNull();
//   absl::StatusOr<std::string> bytes = builder.Build();
//   absl::StatusOr<ArrayView> array = ArrayView::Parse(Physical::kInt32, *bytes);
//   array->Value<int32_t>(0);   // 7
//   array->IsNull(1);           // true
//
// Bytes. All numbers little-endian, nothing aligned. One array has one form, so that equal arrays
// are equal bytes; the order of the bytes means nothing.
//
//   offset  bytes    content
//   0       1        physical form of the elements (Physical)
//   1       1        1 if there is a null bitmap, else 0
//   2       2        zero
//   4       4        number of elements, n
//   8       b        null bitmap, b = (n + 7) / 8: bit i % 8 of byte i / 8 is 1 where element i is
//   NULL; bits past n
//                    are zero. Only there if an element is NULL, else b = 0
//   8 + b   n * s    fixed-size elements, s bytes each; a NULL has zero bytes
//   or
//   8 + b   n * 4    kBytes elements: where each one ends, counted from the end of this list; a
//   NULL is empty then    the rest  their bytes, one after the other
//
// ArrayView: immutable, does not own. ArrayBuilder: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tape/column_view.h"
#include "tape/type.h"

namespace tape {

// The text of each element, or nothing for NULL. PostgreSQL's rules: braces, commas; white space
// around braces and elements does not count; a backslash makes the next byte an ordinary one,
// inside quotes and outside; NULL in any case is NULL unless quoted or escaped. kInvalidArgument
// with a position: nested braces (one dimension only), bounds such as "[0:1]=", an empty element
// without quotes, text after an element's quotes. kResourceExhausted: more than kMaxArrayElements.
absl::StatusOr<std::vector<std::optional<std::string>>> ParseArrayText(std::string_view text);

// An element is quoted if it is empty, reads NULL in any case, or has a comma, brace, quote,
// backslash or white space.
std::string PrintArrayText(std::span<const std::optional<std::string>> elements);

class ArrayView {
 public:
  // Refuses with kDataLoss every sequence of bytes that ArrayBuilder does not build for this
  // element type.
  static absl::StatusOr<ArrayView> Parse(Physical element, std::string_view bytes);

  Physical element() const { return element_; }
  size_t size() const { return size_; }

  // For i < size().
  bool IsNull(size_t i) const {
    return nulls_ != nullptr && (static_cast<uint8_t>(nulls_[i / 8]) >> (i % 8) & 1) != 0;
  }
  // Zero where T is not the element's type.
  template <typename T>
  T Value(size_t i) const {
    T value{};
    if (kPhysicalOf<T> == element_) std::memcpy(&value, values_.data() + i * sizeof(T), sizeof(T));
    return value;
  }
  // Empty where the elements are not kBytes.
  std::string_view Bytes(size_t i) const;

 private:
  ArrayView(Physical element, size_t size) : element_(element), size_(size) {}

  uint32_t End(size_t i) const;
  absl::Status CheckNulls() const;
  absl::Status CheckValues() const;

  Physical element_;
  size_t size_;
  const char* nulls_ = nullptr;
  std::string_view values_;  // fixed-size elements, or the ends of kBytes ones
  std::string_view heap_;
};

class ArrayBuilder {
 public:
  explicit ArrayBuilder(Physical element) : elements_(element) {}

  // False, and nothing appended, where T is not the element's type.
  template <typename T>
  bool Append(T value) {
    return elements_.Append(value);
  }
  bool AppendBytes(std::string_view value) { return elements_.AppendBytes(value); }
  // A NULL may also be appended as code 0 of kCode32 elements.
  void AppendNull() { elements_.AppendNull(); }

  size_t size() const { return elements_.rows(); }
  void Clear() { elements_.Clear(); }

  // kResourceExhausted past kMaxArrayElements elements or kMaxValueBytes bytes.
  absl::StatusOr<std::string> Build() const;

 private:
  ColumnBuffer elements_;
};

}  // namespace tape
