#include "engine/change/violation.h"

#include "engine/change/value_text.h"
#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;

std::string RowText(uint64_t staged) { return Concat("row ", staged, " of the commit"); }

std::string KeyText(const RowsView& rows, std::span<const size_t> columns, size_t row) {
  std::string text = "(";
  for (const size_t column : columns) {
    if (text.size() > 1) text += ", ";
    std::string_view symbol;
    const ColumnView& values = rows.columns[column];
    if (values.physical() == Physical::kCode32) {
      const auto found = rows.texts.Text(column, SymbolCode(values.Values<uint32_t>()[row]));
      if (found.ok()) symbol = *found;
    }
    text += ValueText(rows.schema.column(column), values, row, symbol);
  }
  return text + ")";
}

absl::Status Violation(const Schema& schema, std::string_view constraint,
                       std::span<const size_t> columns, std::string_view what) {
  std::string names;
  for (const size_t column : columns) {
    if (!names.empty()) names += ", ";
    names += schema.column(column).name;
  }
  return absl::FailedPreconditionError(Concat("table ", schema.schema_name(), ".", schema.name(),
                                              ": ", constraint, " (", names, "): ", what));
}

}  // namespace tape::engine
