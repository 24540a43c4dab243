// One column of some rows: seen (ColumnView) or owned (ColumnBuffer).
//
//   ColumnBuffer price(Physical::kInt64);
//   price.Append(int64_t{101'25});
//   price.AppendNull();
//   ColumnView view = price.view();
//   for (int64_t ticks : view.Values<int64_t>()) ...   // one type check for the whole column
//   view.IsNull(1);                                    // true
//
//   ColumnBuffer note(Physical::kBytes);
//   note.AppendBytes("halt");
//   note.view().Bytes(0);                              // "halt"
//
// This is what slice building takes and what reading gives back. Rows are addressed 0 .. rows()
// - 1.
//
// NULL: validity is one byte per row, 1 = valid, 0 = NULL; no validity bytes at all means that
// every row is valid. A kCode32 column needs none, since code 0 is NULL; IsNull knows both. What
// lies under a NULL is unspecified in a view; ColumnBuffer::AppendNull writes zero, or an empty
// value.
//
// Checks: asking for another C++ type than the column's gives an empty span (or appends nothing and
// returns false), never other bytes; Bytes() checks its offsets against the heap at each use and
// gives an empty value where they are wrong. Row indexes are the caller's to keep below rows().
//
// ColumnView: immutable, does not own; valid as long as what it was made from and until a
// ColumnBuffer changes. ColumnBuffer: thread-compatible; one that was moved from may only be
// assigned to or destroyed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "tape/int128.h"
#include "tape/type.h"

namespace tape {

namespace column_internal {
template <typename T>
struct PhysicalOf;  // no member for a type that no column has
template <Physical kPhysical>
struct Is {
  static constexpr Physical kValue = kPhysical;
};
template <>
struct PhysicalOf<uint8_t> : Is<Physical::kBool> {};
template <>
struct PhysicalOf<int16_t> : Is<Physical::kInt16> {};
template <>
struct PhysicalOf<int32_t> : Is<Physical::kInt32> {};
template <>
struct PhysicalOf<int64_t> : Is<Physical::kInt64> {};
template <>
struct PhysicalOf<Int128> : Is<Physical::kInt128> {};
template <>
struct PhysicalOf<float> : Is<Physical::kFloat32> {};
template <>
struct PhysicalOf<double> : Is<Physical::kFloat64> {};
template <>
struct PhysicalOf<uint32_t> : Is<Physical::kCode32> {};
}  // namespace column_internal

// Physical form of a C++ type: kPhysicalOf<int64_t> is Physical::kInt64. One to one.
template <typename T>
inline constexpr Physical kPhysicalOf = column_internal::PhysicalOf<T>::kValue;

class ColumnView {
 public:
  // An empty column of BIGINT.
  ColumnView() = default;

  // A fixed-size column. `validity` is nullptr or has one byte per value.
  template <typename T>
  static ColumnView Of(std::span<const T> values, const uint8_t* validity = nullptr) {
    return Fixed(kPhysicalOf<T>, values.data(), values.size(), validity);
  }

  // The same where the type is known at run time only; not for kBytes. `data` is aligned for its
  // type.
  static ColumnView Fixed(Physical physical, const void* data, size_t rows,
                          const uint8_t* validity = nullptr) {
    return ColumnView(physical, rows, data, validity, {});
  }

  // A kBytes column: rows + 1 offsets into `heap`, which need not start at 0. No offsets: no rows.
  static ColumnView Bytes(std::span<const uint64_t> offsets, std::string_view heap,
                          const uint8_t* validity = nullptr) {
    const size_t rows = offsets.empty() ? 0 : offsets.size() - 1;
    return ColumnView(Physical::kBytes, rows, offsets.data(), validity, heap);
  }

  Physical physical() const { return physical_; }
  size_t rows() const { return rows_; }

  // All values, or an empty span where T is not the column's type.
  template <typename T>
  std::span<const T> Values() const {
    if (kPhysicalOf<T> != physical_) return {};
    return {static_cast<const T*>(data_), rows_};
  }

  // The bytes of all values; empty for kBytes.
  std::span<const uint8_t> RawValues() const {
    return {static_cast<const uint8_t*>(data_), rows_ * PhysicalSize(physical_)};
  }

  // One byte per row, or empty where every row is valid (but for code 0).
  std::span<const uint8_t> Validity() const {
    return {validity_, validity_ == nullptr ? 0 : rows_};
  }

  bool IsNull(size_t row) const {
    if (validity_ != nullptr && validity_[row] == 0) return true;
    return physical_ == Physical::kCode32 && static_cast<const uint32_t*>(data_)[row] == 0;
  }

  size_t CountNulls() const;

  // The value of one row of a kBytes column; empty for other columns and for offsets outside the
  // heap.
  std::string_view Bytes(size_t row) const {
    if (physical_ != Physical::kBytes) return {};
    const auto* offsets = static_cast<const uint64_t*>(data_);
    const uint64_t begin = offsets[row];
    const uint64_t end = offsets[row + 1];
    if (begin > end || end > heap_.size()) return {};
    return {heap_.data() + begin, end - begin};
  }

  // rows + 1 offsets and the heap they point into; empty for other columns.
  std::span<const uint64_t> Offsets() const {
    if (physical_ != Physical::kBytes || data_ == nullptr) return {};
    return {static_cast<const uint64_t*>(data_), rows_ + 1};
  }
  std::string_view Heap() const { return heap_; }

  // True where every offset is in order and inside the heap, so that no Bytes() is empty for want
  // of bytes.
  bool OffsetsAreSound() const;

  // Rows [first, first + rows), cut to what there is.
  ColumnView Slice(size_t first, size_t rows) const;

 private:
  ColumnView(Physical physical, size_t rows, const void* data, const uint8_t* validity,
             std::string_view heap)
      : physical_(physical), rows_(rows), data_(data), validity_(validity), heap_(heap) {}

  Physical physical_ = Physical::kInt64;
  size_t rows_ = 0;
  const void* data_ = nullptr;  // values, or the offsets of kBytes
  const uint8_t* validity_ = nullptr;
  std::string_view heap_;
};

// Bytes that start at a multiple of 64 and have 64 readable ones after them: what a vector kernel
// may load whole. They grow by doubling and are never given back before the end, so that a reused
// buffer allocates once.
class PaddedBytes {
 public:
  static constexpr size_t kAlignment = 64;
  static constexpr size_t kPadding = 64;

  PaddedBytes() = default;
  PaddedBytes(const PaddedBytes& other);
  PaddedBytes& operator=(const PaddedBytes& other);
  PaddedBytes(PaddedBytes&& other) noexcept;
  PaddedBytes& operator=(PaddedBytes&& other) noexcept;
  ~PaddedBytes();

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

  // New bytes are zero when the buffer is fresh, and whatever they were when it is reused.
  void Resize(size_t size) {
    if (size > capacity_ || data_ == nullptr) Grow(size);
    size_ = size;
  }
  void Reserve(size_t capacity) {
    if (capacity > capacity_ || data_ == nullptr) Grow(capacity);
  }
  // `bytes` may not point into this buffer.
  void Append(const void* bytes, size_t count) {
    const size_t at = size_;
    Resize(at + count);
    if (count != 0) std::memcpy(data_ + at, bytes, count);
  }

 private:
  void Grow(size_t capacity);

  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;  // without the padding
};

class ColumnBuffer {
 public:
  explicit ColumnBuffer(Physical physical);

  Physical physical() const { return physical_; }
  size_t rows() const { return rows_; }
  ColumnView view() const;

  // Appends rows. False, and nothing appended, where T is not the column's type.
  template <typename T>
  bool Append(T value) {
    return AppendValues(std::span<const T>(&value, 1));
  }
  template <typename T>
  bool AppendValues(std::span<const T> values) {
    if (kPhysicalOf<T> != physical_) return false;
    data_.Append(values.data(), values.size_bytes());
    AddValidRows(values.size());
    return true;
  }
  bool AppendBytes(std::string_view value);
  void AppendNull();
  // Rows of a view of the same type, NULLs included; not of this buffer's own view.
  bool AppendColumn(const ColumnView& column);
  // The rows of a view of the same type that are listed, each below its rows().
  bool AppendRows(const ColumnView& column, std::span<const uint32_t> rows);

  void Reserve(size_t rows);
  void Clear() { Resize(0); }

  // Sets the number of rows. New rows are valid and hold any value (kBytes: the empty one).
  void Resize(size_t rows);

  // Filling in place after Resize: empty where T is not the column's type.
  template <typename T>
  std::span<T> MutableValues() {
    if (kPhysicalOf<T> != physical_) return {};
    return {reinterpret_cast<T*>(data_.data()), rows_};
  }
  // The same as bytes, whatever the type (kBytes: the offsets).
  uint8_t* MutableRaw() { return data_.data(); }
  // One byte per row, made (all valid) on the first call; DropValidity forgets them.
  std::span<uint8_t> MutableValidity();
  void DropValidity() { has_validity_ = false; }
  // kBytes: rows + 1 offsets, and a heap of `size` bytes. The caller keeps them in agreement.
  std::span<uint64_t> MutableOffsets();
  std::span<char> ResizeHeap(size_t size);

 private:
  void AddValidRows(size_t count) {
    if (has_validity_) ExtendValidity(rows_ + count);
    rows_ += count;
  }
  void ExtendValidity(size_t rows);

  Physical physical_;
  bool has_validity_ = false;
  size_t rows_ = 0;
  PaddedBytes data_;  // values, or the offsets of kBytes
  PaddedBytes validity_;
  PaddedBytes heap_;
};

}  // namespace tape
