#include "engine/read/tail_column.h"

#include <algorithm>

#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;

absl::StatusOr<TailColumnArrays> FindTailColumn(const TableSnapshot& table, const TailChunk& chunk,
                                                size_t column) {
  const Schema& schema = table.schema();
  const ColumnId id = schema.column(column).id;
  TailColumnArrays found{.values = chunk.Find(TailArray::kValues, id),
                         .validity = chunk.Find(TailArray::kValidity, id)};
  if (!found.values.has_value()) return found;
  const uint8_t physical = chunk.arrays()[*found.values].physical;
  if (physical == static_cast<uint8_t>(schema.physical(column))) return found;
  return absl::DataLossError(Concat("tail of table ", table.info().id.value(), ": column ",
                                    schema.column(column).name, " is of another form"));
}

absl::StatusOr<ColumnView> ViewTailColumn(const TableSnapshot& table, const TailPiece& piece,
                                          size_t column, ColumnBuffer& buffer) {
  absl::StatusOr<TailColumnArrays> arrays = FindTailColumn(table, *piece.chunk, column);
  if (!arrays.ok()) return arrays.status();
  const Physical physical = table.schema().physical(column);
  buffer.Clear();
  buffer.DropValidity();
  if (!arrays->values.has_value()) {
    buffer.Resize(piece.rows);
    std::ranges::fill(buffer.MutableValidity(), uint8_t{0});
    std::ranges::fill(buffer.MutableValues<uint32_t>(), 0);  // NULL of a symbol column
    return buffer.view();
  }
  if (physical == Physical::kBytes) {
    absl::Status status =
        table.tail()->scan().AppendBytes(piece, *arrays->values, arrays->validity, buffer);
    if (!status.ok()) return status;
    return buffer.view();
  }
  const uint8_t* valid =
      arrays->validity.has_value() ? piece.Entries<uint8_t>(*arrays->validity).data() : nullptr;
  const std::byte* values = piece.chunk->Entries<std::byte>(*arrays->values).data();
  return ColumnView::Fixed(physical, values + piece.begin * PhysicalSize(physical), piece.rows,
                           valid);
}

}  // namespace tape::engine
