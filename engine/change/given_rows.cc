#include "engine/change/given_rows.h"

#include <algorithm>
#include <array>
#include <string>

#include "engine/change/value_text.h"
#include "format/bytes/message.h"
#include "tape/timestamp.h"
#include "tape/uuid.h"

namespace tape::engine {
namespace {

using format::Concat;

absl::Status Refuse(const StagedTable& table, size_t column, std::string_view what) {
  return absl::InvalidArgumentError(
      Concat("table ", table.name(), ": column ", table.schema().column(column).name, ": ", what));
}

size_t RowsOf(const GivenRows& given) {
  return given.values.empty() ? given.rows : given.values[0].rows();
}

void AppendTimes(const Column& column, const DefaultSources& sources, size_t rows,
                 ColumnBuffer& out) {
  if (column.type.kind() == TypeKind::kDate) {
    const int32_t day = Timestamp::FromNanos(sources.now_ns).Day().days();
    for (size_t row = 0; row < rows; ++row) out.Append(day);
    return;
  }
  for (size_t row = 0; row < rows; ++row) out.Append(sources.now_ns);
}

void AppendUuids(const DefaultSources& sources, size_t rows, ColumnBuffer& out) {
  for (size_t row = 0; row < rows; ++row) {
    std::array<uint8_t, Uuid::kSize> bytes{};
    sources.host.FillRandom(std::as_writable_bytes(std::span(bytes)));
    out.Append(Uuid::FromRandom(bytes).ToOrdered());
  }
}

absl::Status AppendSequence(const StagedTable& table, size_t column, const DefaultSources& sources,
                            size_t rows, ColumnBuffer& out) {
  absl::StatusOr<int64_t> first =
      sources.writer.TakeSequence(table.access().table().info.id, table.schema().column(column).id,
                                  static_cast<uint32_t>(rows));
  if (!first.ok()) return first.status();
  const int64_t greatest = *first + static_cast<int64_t>(rows) - 1;
  const bool fits =
      out.physical() == Physical::kInt64 ||
      (out.physical() == Physical::kInt32 ? greatest <= std::numeric_limits<int32_t>::max()
                                          : greatest <= std::numeric_limits<int16_t>::max());
  if (!fits) {
    return absl::ResourceExhaustedError(Concat("table ", table.name(), ": the sequence of column ",
                                               table.schema().column(column).name, " is at ",
                                               greatest, ", which the column cannot hold"));
  }
  for (int64_t value = *first; value <= greatest; ++value) {
    if (out.physical() == Physical::kInt64) out.Append(value);
    if (out.physical() == Physical::kInt32) out.Append(static_cast<int32_t>(value));
    if (out.physical() == Physical::kInt16) out.Append(static_cast<int16_t>(value));
  }
  return absl::OkStatus();
}

absl::Status AppendLiteral(StagedTable& table, size_t column, size_t rows, ColumnBuffer& out) {
  const Column& definition = table.schema().column(column);
  ColumnBuffer one(out.physical() == Physical::kCode32 ? Physical::kBytes : out.physical());
  absl::Status status = AppendParsed(definition.type, definition.default_value.literal, one);
  for (size_t row = 0; status.ok() && row < rows; ++row) {
    status = AppendGiven(table, column, one.view(), out);
  }
  if (status.ok()) return status;
  return Refuse(table, column, Concat("its default: ", std::string(status.message())));
}

absl::Status AppendDefault(StagedTable& table, size_t column, const DefaultSources& sources,
                           size_t rows, ColumnBuffer& out) {
  const Column& definition = table.schema().column(column);
  ColumnDefault::Kind kind = definition.default_value.kind;
  if (definition.type.IsSerial()) kind = ColumnDefault::Kind::kSequence;
  switch (kind) {
    case ColumnDefault::Kind::kLiteral:
      return AppendLiteral(table, column, rows, out);
    case ColumnDefault::Kind::kNow:
      AppendTimes(definition, sources, rows, out);
      return absl::OkStatus();
    case ColumnDefault::Kind::kRandomUuid:
      AppendUuids(sources, rows, out);
      return absl::OkStatus();
    case ColumnDefault::Kind::kSequence:
      return AppendSequence(table, column, sources, rows, out);
    case ColumnDefault::Kind::kNone:
      for (size_t row = 0; row < rows; ++row) out.AppendNull();
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckGiven(const StagedTable& table, const GivenRows& given) {
  const size_t columns = table.schema().columns().size();
  if (given.columns.size() != given.values.size()) {
    return absl::InvalidArgumentError(Concat("table ", table.name(), ": ", given.columns.size(),
                                             " columns with values for ", given.values.size()));
  }
  for (size_t i = 0; i < given.columns.size(); ++i) {
    const size_t column = given.columns[i];
    const ColumnView& values = given.values[i];
    if (column >= columns) {
      return absl::InvalidArgumentError(
          Concat("table ", table.name(), " has ", columns, " columns, none of number ", column));
    }
    if (std::ranges::count(given.columns, column) != 1) return Refuse(table, column, "given twice");
    const Physical physical = table.schema().physical(column);
    const bool is_text = physical == Physical::kCode32 && values.physical() == Physical::kBytes;
    if (values.physical() != physical && !is_text) {
      return Refuse(table, column, "values of another form");
    }
    if (values.rows() != given.values[0].rows()) return Refuse(table, column, "as many values");
    if (!values.OffsetsAreSound()) return Refuse(table, column, "offsets outside of the bytes");
    for (const uint8_t value : values.Values<uint8_t>()) {
      if (value > 1) return Refuse(table, column, "a boolean that is neither 0 nor 1");
    }
  }
  return absl::OkStatus();
}

absl::Status AppendGiven(StagedTable& table, size_t column, const ColumnView& values,
                         ColumnBuffer& out) {
  if (out.physical() != Physical::kCode32) {
    out.AppendColumn(values);
    return absl::OkStatus();
  }
  for (size_t row = 0; row < values.rows(); ++row) {
    if (values.IsNull(row)) {
      out.Append(uint32_t{0});
    } else if (values.physical() == Physical::kCode32) {
      out.Append(values.Values<uint32_t>()[row]);
    } else {
      absl::StatusOr<uint32_t> code = table.CodeOf(column, values.Bytes(row));
      if (!code.ok()) return code.status();
      out.Append(*code);
    }
  }
  return absl::OkStatus();
}

absl::Status FillRows(StagedTable& table, const GivenRows& given, const DefaultSources& sources,
                      std::span<ColumnBuffer> columns) {
  const size_t rows = RowsOf(given);
  for (size_t column = 0; column < columns.size(); ++column) {
    const auto at = std::ranges::find(given.columns, column);
    const absl::Status status =
        at != given.columns.end()
            ? AppendGiven(table, column,
                          given.values[static_cast<size_t>(at - given.columns.begin())],
                          columns[column])
            : AppendDefault(table, column, sources, rows, columns[column]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
