#include "engine/write/column_rules.h"

#include <string>
#include <string_view>

#include "engine/tail/tail_appender.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;

absl::Status CheckRowBytes(std::span<const ColumnView> columns) {
  uint64_t all = 0;
  for (const ColumnView& column : columns) all += column.Heap().size();
  if (all <= kMaxRowBytes) return absl::OkStatus();
  for (size_t row = 0; row < columns[0].rows(); ++row) {
    uint64_t bytes = 0;
    for (const ColumnView& column : columns) bytes += column.Bytes(row).size();
    if (bytes > kMaxRowBytes) return TailAppender::RowTooLarge(bytes);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckColumns(const Schema& schema, std::span<const uint32_t> code_ends,
                          std::span<const ColumnView> columns) {
  if (columns.size() != schema.columns().size()) {
    return absl::InvalidArgumentError(Concat("table ", schema.name(), " has ",
                                             schema.columns().size(), " columns, not ",
                                             columns.size()));
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string& name = schema.column(i).name;
    const auto refuse = [&](std::string_view what) {
      return absl::InvalidArgumentError(
          Concat("table ", schema.name(), ", column ", name, ": ", what));
    };
    if (columns[i].physical() != schema.physical(i)) return refuse("values of another form");
    if (columns[i].rows() != columns[0].rows()) return refuse("another number of rows");
    if (!columns[i].OffsetsAreSound()) return refuse("offsets outside of the bytes");
    if (!schema.column(i).nullable && columns[i].CountNulls() != 0) {
      return absl::FailedPreconditionError(
          Concat("table ", schema.name(), ", column ", name, ": NULL, but it is NOT NULL"));
    }
    for (uint32_t code : columns[i].Values<uint32_t>()) {
      if (code >= code_ends[i]) return refuse("a code that no symbol has");
    }
    for (uint8_t value : columns[i].Values<uint8_t>()) {
      if (value > 1) return refuse("a boolean that is neither 0 nor 1");
    }
  }
  return CheckRowBytes(columns);
}

}  // namespace tape::engine
