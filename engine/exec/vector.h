// A column of a batch: up to kBlockRows values of one type, with validity.
//
//   Vector price = Vector::FromColumn(Type::Decimal(18, 8), view);   // no copy: the view's memory
//   Vector one = Vector::Constant(Value::Bigint(1));                 // one value for all rows
//   Vector symbol = Vector::FromCodes(Type::Symbol(), codes, texts); // codes; text when asked for
//
//   const int64_t* values = price.Flat<int64_t>();   // indexed by row; by 0 if is_constant()
//   price.IsNull(row);
//
//   Vector sum = Vector::Make(Type::Bigint(), rows); // to be written
//   int64_t* out = sum.Mutable<int64_t>();
//
// Elements (element.h) lie in an array, indexed by row of the batch; a constant has one element.
// Validity is one byte per row, 1 = valid, 0 = NULL, or none at all where every row is valid. What
// lies under a NULL is unspecified but readable.
//
// Copies are cheap and share memory, which lives as long as any of them. What a vector was made
// from (views, texts) is not owned and must outlive it: a batch of a scan is good until the next.
//
// Elements, validity and texts have owners of their own, and none of them owns another: the last
// result of a chain of ten thousand operators holds its own elements, and of the results before it
// no more than the texts that it took over.
//
// Thread-compatible; a vector is written by whoever made it before anybody else sees it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/exec/element.h"
#include "engine/exec/selection.h"
#include "engine/exec/value.h"
#include "tape/column_view.h"
#include "tape/type.h"

namespace tape::engine::exec {

// What the codes of a symbol column stand for: the tail's symbols or a dictionary, or both.
// Thread-safe; texts live as long as it does.
class SymbolTexts {
 public:
  virtual ~SymbolTexts() = default;
  virtual std::string_view Text(uint32_t code) const = 0;
  // Nothing where no row can have this text.
  virtual std::optional<uint32_t> Code(std::string_view text) const = 0;
};

// Bytes of texts that somebody watches: of all arenas together that count in it.
using TextAccount = std::atomic<size_t>;

// Bytes of strings, kept in pieces that never move.
class TextArena {
 public:
  static constexpr size_t kPieceBytes = size_t{16} << 10;

  explicit TextArena(size_t first_piece_bytes = kPieceBytes) : piece_bytes_(first_piece_bytes) {}
  ~TextArena();
  TextArena(TextArena&& other) noexcept : TextArena() { Swap(other); }
  TextArena& operator=(TextArena&& other) noexcept {
    Swap(other);
    return *this;
  }

  // Counts what is reserved from now on, until the arena goes.
  void CountIn(std::shared_ptr<TextAccount> account) { account_ = std::move(account); }

  // A copy that lives as long as the arena.
  std::string_view Keep(std::string_view text) {
    char* to = Reserve(text.size());
    text.copy(to, text.size());
    return {to, text.size()};
  }
  // Room for `size` bytes, to be written.
  char* Reserve(size_t size);

 private:
  void Swap(TextArena& other) noexcept;

  std::vector<std::unique_ptr<char[]>> pieces_;
  char* free_ = nullptr;
  size_t left_ = 0;
  size_t piece_bytes_;
  size_t counted_ = 0;
  std::shared_ptr<TextAccount> account_;
};

class Vector {
 public:
  // A constant NULL of type TEXT.
  Vector() : Vector(Value()) {}

  static Vector Constant(const Value& value) { return Vector(value); }
  static Vector Null(Type type) { return Vector(Value::Null(type)); }

  // The rows of a view, whose physical form is that of the type. Bytes stay where they are.
  static Vector FromColumn(Type type, const ColumnView& column);
  // The rows of a kCode32 view.
  static Vector FromCodes(Type type, const ColumnView& codes, const SymbolTexts& texts);

  // Room for rows 0 .. rows - 1, all valid; texts are empty, other elements unspecified.
  static Vector Make(Type type, size_t rows);

  const Type& type() const { return type_; }
  // The same elements under another type with the same element.
  Vector As(Type type) const;

  // ---- reading

  bool is_constant() const { return row_mask_ == 0; }
  // One byte per row (one in all for a constant), or nullptr where nothing is NULL.
  const uint8_t* validity() const { return validity_; }
  bool IsNull(size_t row) const { return validity_ != nullptr && validity_[row & row_mask_] == 0; }
  bool IsNullConstant() const { return is_constant() && IsNull(0); }

  // The elements. T is that of the type; nullptr otherwise, and for codes: see Decoded.
  template <typename T>
  const T* Flat() const {
    return Holds<T>() ? static_cast<const T*>(elements_) : nullptr;
  }
  template <typename T>
  const T& At(size_t row) const {
    return static_cast<const T*>(elements_)[row & row_mask_];
  }
  // row & row_mask() is where a row's element is.
  size_t row_mask() const { return row_mask_; }

  // What a row holds, of any vector.
  Value ValueAt(size_t row) const;

  // ---- symbols

  // Codes instead of texts, one per row; nullptr where there are none.
  const uint32_t* codes() const { return codes_; }
  const SymbolTexts* symbol_texts() const { return symbol_texts_; }
  // The same vector with texts for the rows of the selection.
  Vector Decoded(const Selection& rows) const;

  // ---- writing: of vectors from Make

  template <typename T>
  T* Mutable() {
    return Holds<T>() ? static_cast<T*>(const_cast<void*>(elements_)) : nullptr;
  }
  // One byte per row, all 1 when it is asked for first.
  uint8_t* MutableValidity();
  // For texts that this vector has to hold.
  TextArena& arena();
  // Keeps the texts that `other` holds for as long as this one, so that they may be taken over as
  // they are.
  void KeepTexts(const Vector& other);
  // Takes over the validity of `other`, which is indexed as this one's.
  void ShareValidity(const Vector& other);
  // From now on row 0 stands for all rows.
  void MakeConstant() { row_mask_ = 0; }

 private:
  using Arena = std::shared_ptr<const TextArena>;

  std::byte* MakeElements(size_t size);
  void KeepArena(const Arena& arena);

  explicit Vector(const Value& value);
  Vector(Type type, size_t rows) : type_(type), rows_(rows) {}

  template <typename T>
  bool Holds() const;

  Type type_;
  size_t rows_ = 1;
  size_t row_mask_ = ~size_t{0};
  const void* elements_ = nullptr;
  const uint8_t* validity_ = nullptr;
  const uint32_t* codes_ = nullptr;
  const SymbolTexts* symbol_texts_ = nullptr;
  bool owns_validity_ = false;
  std::shared_ptr<PaddedBytes> element_bytes_;
  std::shared_ptr<PaddedBytes> validity_bytes_;
  std::shared_ptr<TextArena> arena_;  // for texts of its own
  std::vector<Arena> kept_;           // of others, by address, each once
};

// Rows of some columns that lie beside each other. The names of columns are whoever bound the
// expressions' to know; here they have indexes.
struct Batch {
  size_t rows = 0;
  std::vector<Vector> columns{};
};

namespace vector_internal {
template <typename T>
struct ElementOfType;
template <>
struct ElementOfType<uint8_t> {
  static constexpr Element kValue = Element::kBool;
};
template <>
struct ElementOfType<int16_t> {
  static constexpr Element kValue = Element::kInt16;
};
template <>
struct ElementOfType<int32_t> {
  static constexpr Element kValue = Element::kInt32;
};
template <>
struct ElementOfType<int64_t> {
  static constexpr Element kValue = Element::kInt64;
};
template <>
struct ElementOfType<Int128> {
  static constexpr Element kValue = Element::kInt128;
};
template <>
struct ElementOfType<float> {
  static constexpr Element kValue = Element::kFloat;
};
template <>
struct ElementOfType<double> {
  static constexpr Element kValue = Element::kDouble;
};
template <>
struct ElementOfType<Interval> {
  static constexpr Element kValue = Element::kInterval;
};
template <>
struct ElementOfType<std::string_view> {
  static constexpr Element kValue = Element::kText;
};
}  // namespace vector_internal

template <typename T>
bool Vector::Holds() const {
  return elements_ != nullptr && ElementOf(type_) == vector_internal::ElementOfType<T>::kValue;
}

}  // namespace tape::engine::exec
