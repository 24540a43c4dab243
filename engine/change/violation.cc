#include "engine/change/violation.h"

#include "engine/change/value_text.h"
#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;

std::string RowText(uint64_t staged) { return Concat("row ", staged, " of the commit"); }

std::string KeyText(const StagedTable& table, std::span<const size_t> columns,
                    std::span<const ColumnView> rows, size_t row) {
  std::string text = "(";
  for (const size_t column : columns) {
    if (text.size() > 1) text += ", ";
    std::string_view symbol;
    if (rows[column].physical() == Physical::kCode32) {
      const auto found = table.Text(column, SymbolCode(rows[column].Values<uint32_t>()[row]));
      if (found.ok()) symbol = *found;
    }
    text += ValueText(table.schema().column(column), rows[column], row, symbol);
  }
  return text + ")";
}

absl::Status Violation(const StagedTable& table, std::string_view constraint,
                       std::span<const size_t> columns, std::string_view what) {
  std::string names;
  for (const size_t column : columns) {
    if (!names.empty()) names += ", ";
    names += table.schema().column(column).name;
  }
  return absl::FailedPreconditionError(
      Concat("table ", table.name(), ": ", constraint, " (", names, "): ", what));
}

}  // namespace tape::engine
