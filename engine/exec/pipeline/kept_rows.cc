#include "engine/exec/pipeline/kept_rows.h"

#include <string_view>
#include <type_traits>

#include "engine/exec/element.h"
#include "engine/exec/value.h"

namespace tape::engine::exec {

KeptRows::KeptRows(const std::vector<Type>& types, const std::vector<bool>& needed)
    : columns_(types.size()) {
  for (size_t i = 0; i < types.size(); ++i) {
    columns_[i].type = types[i];
    columns_[i].needed = needed.empty() || needed[i];
    if (columns_[i].needed) row_bytes_ += ElementSize(ElementOf(types[i])) + 1;
  }
}

void KeptRows::Append(const Batch& batch, const Selection& rows) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].needed) AppendColumn(batch.columns[i], rows, columns_[i]);
  }
  size_ += rows.size();
}

void KeptRows::AppendColumn(const Vector& from, const Selection& rows, KeptColumn& to) {
  const bool symbols = from.codes() != nullptr;
  const Vector values = from.Decoded(rows);
  to.validity.resize(size_ + rows.size());
  uint8_t* validity = to.validity.data() + size_;
  for (size_t i = 0; i < rows.size(); ++i) validity[i] = values.IsNull(rows[i]) ? 0 : 1;
  WithElement(ElementOf(to.type), [&]<typename T>() {
    to.elements.Resize((size_ + rows.size()) * sizeof(T));
    T* out = reinterpret_cast<T*>(to.elements.data()) + size_;
    for (size_t i = 0; i < rows.size(); ++i) {
      out[i] = validity[i] == 0 ? T{} : values.At<T>(rows[i]);
      if constexpr (std::is_same_v<T, std::string_view>) {
        if (symbols || validity[i] == 0) continue;
        text_bytes_ += out[i].size();
        out[i] = to.arena.Keep(out[i]);
      }
    }
  });
}

void KeptRows::Clear() {
  for (KeptColumn& column : columns_) {
    column.validity.clear();
    column.arena = TextArena();
  }
  size_ = 0;
  text_bytes_ = 0;
}

Batch KeptRows::Take(std::span<const uint32_t> rows) const {
  Batch batch{.rows = rows.size()};
  for (const KeptColumn& column : columns_) {
    batch.columns.push_back(column.needed ? TakeColumn(column, rows) : Vector::Null(column.type));
  }
  return batch;
}

Vector KeptRows::TakeColumn(const KeptColumn& from, std::span<const uint32_t> rows) {
  Vector taken = Vector::Make(from.type, rows.size());
  bool any_null = false;
  WithElement(ElementOf(from.type), [&]<typename T>() {
    const T* values = reinterpret_cast<const T*>(from.elements.data());
    T* out = taken.Mutable<T>();
    for (size_t i = 0; i < rows.size(); ++i) {
      const bool valid = rows[i] != kNoRow && from.validity[rows[i]] != 0;
      out[i] = valid ? values[rows[i]] : T{};
      any_null |= !valid;
    }
  });
  if (!any_null) return taken;
  uint8_t* validity = taken.MutableValidity();
  for (size_t i = 0; i < rows.size(); ++i) {
    validity[i] = rows[i] == kNoRow ? uint8_t{0} : from.validity[rows[i]];
  }
  return taken;
}

int KeptRows::Compare(size_t column, uint32_t a, uint32_t b, const EnumLabels* labels) const {
  const KeptColumn& kept = columns_[column];
  return WithElement(ElementOf(kept.type), [&]<typename T>() {
    const T* values = reinterpret_cast<const T*>(kept.elements.data());
    return CompareElements(kept.type, values[a], values[b], labels);
  });
}

}  // namespace tape::engine::exec
