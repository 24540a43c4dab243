#include "engine/sql/session/stored_values.h"

#include <type_traits>

#include "engine/exec/element.h"
#include "tape/interval.h"

namespace tape::engine::sql {

using exec::Element;
using exec::ElementOf;
using exec::Selection;
using exec::Value;
using exec::Vector;
using exec::WithElement;

absl::StatusOr<Vector> VectorOf(const Type& type, const ColumnView& view, CodeText text) {
  if (view.physical() != Physical::kCode32) return Vector::FromColumn(type, view);
  const std::span<const uint32_t> codes = view.Values<uint32_t>();
  Vector vector = Vector::Make(type, codes.size());
  std::string_view* texts = vector.Mutable<std::string_view>();
  uint8_t* validity = nullptr;
  for (size_t row = 0; row < codes.size(); ++row) {
    if (!view.IsNull(row)) {
      absl::StatusOr<std::string_view> found = text(SymbolCode(codes[row]));
      if (!found.ok()) return found.status();
      texts[row] = *found;
      continue;
    }
    if (validity == nullptr) validity = vector.MutableValidity();
    validity[row] = 0;
  }
  return vector;
}

Physical GivenForm(const Type& type) {
  switch (ElementOf(type)) {
    case Element::kText:
    case Element::kInterval:
      return Physical::kBytes;
    default:
      return type.physical();
  }
}

void AppendVector(const Vector& vector, const Selection& rows, ColumnBuffer& out) {
  const Vector values = vector.codes() != nullptr ? vector.Decoded(rows) : vector;
  WithElement(ElementOf(values.type()), [&]<typename T>() {
    rows.ForEach([&](uint32_t row) {
      if (values.IsNull(row)) {
        out.AppendNull();
      } else if constexpr (std::is_same_v<T, std::string_view>) {
        out.AppendBytes(values.At<T>(row));
      } else if constexpr (std::is_same_v<T, Interval>) {
        out.AppendBytes(values.ValueAt(row).ToText());
      } else {
        out.Append(values.At<T>(row));
      }
    });
  });
}

void AppendValue(const Value& value, ColumnBuffer& out) {
  AppendVector(Vector::Constant(value), Selection::All(1), out);
}

Vector VectorOfGiven(const Type& type, const ColumnView& view) {
  const bool interval = ElementOf(type) == Element::kInterval;
  return Vector::FromColumn(interval ? Type::Text() : type, view);
}

}  // namespace tape::engine::sql
