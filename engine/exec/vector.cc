#include "engine/exec/vector.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace tape::engine::exec {
TextArena::~TextArena() {
  // Relaxed, as everywhere: it is a sum, and nothing is read because of it.
  if (account_ != nullptr) account_->fetch_sub(counted_, std::memory_order_relaxed);
}

void TextArena::Swap(TextArena& other) noexcept {
  pieces_.swap(other.pieces_);
  std::swap(free_, other.free_);
  std::swap(left_, other.left_);
  std::swap(piece_bytes_, other.piece_bytes_);
  std::swap(counted_, other.counted_);
  account_.swap(other.account_);
}

char* TextArena::Reserve(size_t size) {
  if (size > left_) {
    const size_t piece = std::max(size, piece_bytes_);
    pieces_.push_back(std::make_unique_for_overwrite<char[]>(piece));
    free_ = pieces_.back().get();
    left_ = piece;
    piece_bytes_ = kPieceBytes;
    if (account_ != nullptr) {
      account_->fetch_add(piece, std::memory_order_relaxed);
      counted_ += piece;
    }
  }
  char* const begin = free_;
  free_ += size;
  left_ -= size;
  return begin;
}

std::byte* Vector::MakeElements(size_t size) {
  element_bytes_ = std::make_shared<PaddedBytes>();
  element_bytes_->Resize(size);
  return reinterpret_cast<std::byte*>(element_bytes_->data());
}

Vector::Vector(const Value& value) : type_(value.type()), row_mask_(0) {
  std::byte* const bytes = MakeElements(ElementSize(ElementOf(type_)));
  WithElement(ElementOf(type_), [&]<typename T>() {
    T element = value.Get<T>();
    if constexpr (std::is_same_v<T, std::string_view>) {
      arena_ = std::make_shared<TextArena>(element.size());
      element = arena_->Keep(element);
    }
    elements_ = new (bytes) T(element);
  });
  if (value.is_null()) *MutableValidity() = 0;
}

Vector Vector::FromColumn(Type type, const ColumnView& column) {
  Vector vector(type, column.rows());
  vector.validity_ = column.Validity().data();
  if (column.physical() != Physical::kBytes) {
    vector.elements_ = column.RawValues().data();
    return vector;
  }
  auto* texts = reinterpret_cast<std::string_view*>(
      vector.MakeElements(column.rows() * sizeof(std::string_view)));
  for (size_t row = 0; row < column.rows(); ++row) texts[row] = column.Bytes(row);
  vector.elements_ = texts;
  return vector;
}

Vector Vector::FromCodes(Type type, const ColumnView& codes, const SymbolTexts& texts) {
  Vector vector(type, codes.rows());
  const std::span<const uint32_t> values = codes.Values<uint32_t>();
  vector.codes_ = values.data();
  vector.symbol_texts_ = &texts;
  vector.validity_ = codes.Validity().data();
  if (std::find(values.begin(), values.end(), 0U) == values.end()) return vector;
  uint8_t* validity = vector.MutableValidity();
  for (size_t row = 0; row < values.size(); ++row) validity[row] = codes.IsNull(row) ? 0 : 1;
  return vector;
}

Vector Vector::Make(Type type, size_t rows) {
  Vector vector(type, rows);
  std::byte* const bytes = vector.MakeElements(rows * ElementSize(ElementOf(type)));
  if (ElementOf(type) == Element::kText) {
    auto* texts = reinterpret_cast<std::string_view*>(bytes);
    std::uninitialized_value_construct_n(texts, rows);
  }
  vector.elements_ = bytes;
  return vector;
}

Vector Vector::As(Type type) const {
  Vector vector = *this;
  vector.type_ = type;
  return vector;
}

Value Vector::ValueAt(size_t row) const {
  if (IsNull(row)) return Value::Null(type_);
  if (codes_ != nullptr) return Value::Of(type_, symbol_texts_->Text(codes_[row]));
  return WithElement(ElementOf(type_), [&]<typename T>() { return Value::Of(type_, At<T>(row)); });
}

Vector Vector::Decoded(const Selection& rows) const {
  if (codes_ == nullptr) return *this;
  Vector decoded = Make(type_, rows.end());
  auto* texts = decoded.Mutable<std::string_view>();
  // Codes come in runs where rows are clustered.
  uint32_t last = 0;
  std::string_view text;
  rows.ForEach([&](uint32_t row) {
    if (codes_[row] != last) {
      last = codes_[row];
      text = last == 0 ? std::string_view() : symbol_texts_->Text(last);
    }
    texts[row] = text;
  });
  decoded.ShareValidity(*this);
  return decoded;
}

uint8_t* Vector::MutableValidity() {
  if (!owns_validity_) {
    validity_bytes_ = std::make_shared<PaddedBytes>();
    validity_bytes_->Resize(std::max<size_t>(rows_, 1));
    std::memset(validity_bytes_->data(), 1, validity_bytes_->size());
    validity_ = validity_bytes_->data();
    owns_validity_ = true;
  }
  return validity_bytes_->data();
}

TextArena& Vector::arena() {
  if (arena_ == nullptr) arena_ = std::make_shared<TextArena>();
  return *arena_;
}

void Vector::KeepArena(const Arena& arena) {
  const auto at = std::lower_bound(kept_.begin(), kept_.end(), arena);
  if (at == kept_.end() || *at != arena) kept_.insert(at, arena);
}

void Vector::KeepTexts(const Vector& other) {
  if (other.arena_ != nullptr) KeepArena(other.arena_);
  for (const Arena& arena : other.kept_) KeepArena(arena);
}

void Vector::ShareValidity(const Vector& other) {
  validity_ = other.validity_;
  validity_bytes_ = other.validity_bytes_;
  owns_validity_ = false;
}

}  // namespace tape::engine::exec
