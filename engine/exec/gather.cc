#include "engine/exec/gather.h"

#include <cstddef>
#include <cstdint>

#include "engine/exec/element.h"
#include "engine/exec/operator.h"

namespace tape::engine::exec {

Vector Gather(const Vector& vector, const Selection& rows) {
  if (rows.is_all() || vector.is_constant()) return vector;
  const Vector from = vector.Decoded(rows);
  Vector gathered = Vector::Make(from.type(), rows.size());
  WithElement(ElementOf(from.type()), [&]<typename T>() {
    const T* values = from.Flat<T>();
    T* out = gathered.Mutable<T>();
    for (size_t i = 0; i < rows.size(); ++i) out[i] = values[rows[i]];
  });
  if (from.validity() != nullptr) {
    uint8_t* validity = gathered.MutableValidity();
    for (size_t i = 0; i < rows.size(); ++i) validity[i] = from.validity()[rows[i]];
  }
  gathered.KeepAlive(from);
  return gathered;
}

Batch Compact(const Rows& rows) {
  Batch batch{.rows = rows.size()};
  batch.columns.reserve(rows.batch->columns.size());
  for (const Vector& column : rows.batch->columns) {
    batch.columns.push_back(Gather(column, rows.selection));
  }
  return batch;
}

}  // namespace tape::engine::exec
