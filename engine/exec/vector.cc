#include "engine/exec/vector.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace tape::engine::exec {
namespace {

constexpr size_t kPieceBytes = size_t{16} << 10;

}  // namespace

char* TextArena::Reserve(size_t size) {
  if (size > left_) {
    const size_t piece = std::max(size, kPieceBytes);
    pieces_.push_back(std::make_unique_for_overwrite<char[]>(piece));
    free_ = pieces_.back().get();
    left_ = piece;
  }
  char* const begin = free_;
  free_ += size;
  left_ -= size;
  return begin;
}

Vector::Vector(const Value& value)
    : type_(value.type()), row_mask_(0), memory_(std::make_shared<Memory>()) {
  memory_->elements.Resize(ElementSize(ElementOf(type_)));
  WithElement(ElementOf(type_), [&]<typename T>() {
    T element = value.Get<T>();
    if constexpr (std::is_same_v<T, std::string_view>) {
      memory_->constant_text = element;
      element = memory_->constant_text;
    }
    elements_ = new (memory_->elements.data()) T(element);
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
  vector.memory_ = std::make_shared<Memory>();
  vector.memory_->elements.Resize(column.rows() * sizeof(std::string_view));
  auto* texts = reinterpret_cast<std::string_view*>(vector.memory_->elements.data());
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
  vector.memory_ = std::make_shared<Memory>();
  PaddedBytes& bytes = vector.memory_->elements;
  bytes.Resize(rows * ElementSize(ElementOf(type)));
  if (ElementOf(type) == Element::kText) {
    auto* texts = reinterpret_cast<std::string_view*>(bytes.data());
    std::uninitialized_value_construct_n(texts, rows);
  }
  vector.elements_ = bytes.data();
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
  decoded.KeepAlive(*this);
  decoded.validity_ = validity_;
  return decoded;
}

uint8_t* Vector::MutableValidity() {
  if (memory_ == nullptr) memory_ = std::make_shared<Memory>();
  PaddedBytes& bytes = memory_->validity;
  if (bytes.size() == 0) {
    bytes.Resize(std::max<size_t>(rows_, 1));
    std::memset(bytes.data(), 1, bytes.size());
    validity_ = bytes.data();
  }
  return bytes.data();
}

TextArena& Vector::arena() { return memory_->arena; }

void Vector::KeepAlive(const Vector& other) {
  if (other.memory_ != nullptr) memory_->others.push_back(other.memory_);
}

}  // namespace tape::engine::exec
