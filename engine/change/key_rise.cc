#include "engine/change/key_rise.h"

#include <algorithm>
#include <utility>

#include "engine/read/tail_column.h"

namespace tape::engine {
namespace {

bool IsInteger(Physical physical) {
  return physical == Physical::kInt16 || physical == Physical::kInt32 ||
         physical == Physical::kInt64;
}

int64_t IntegerAt(const ColumnView& column, size_t row) {
  switch (column.physical()) {
    case Physical::kInt16:
      return column.Values<int16_t>()[row];
    case Physical::kInt32:
      return column.Values<int32_t>()[row];
    default:
      return column.Values<int64_t>()[row];
  }
}

}  // namespace

KeyRise::KeyRise(const Schema& schema, const TableKey& key) {
  const auto has = [&](const std::optional<size_t>& column) {
    return column.has_value() && std::ranges::count(key.columns, *column) != 0;
  };
  const bool has_time = has(schema.time_column()) && !schema.column(*schema.time_column()).nullable;
  if (has_time && has(schema.cluster_column())) {
    kind_ = Kind::kTimes;
    number_ = *schema.time_column();
    code_ = *schema.cluster_column();
    return;
  }
  std::optional<size_t> chosen;
  for (const size_t column : key.columns) {
    if (!IsInteger(schema.physical(column)) || schema.column(column).sensitive) continue;
    const bool counts = schema.column(column).type.IsSerial() ||
                        schema.column(column).default_value.kind == ColumnDefault::Kind::kSequence;
    if (counts) {
      chosen = column;
      break;
    }
    if (!chosen.has_value() || (has_time && column == schema.time_column())) chosen = column;
  }
  if (!chosen.has_value()) return;
  kind_ = Kind::kNumbers;
  number_ = *chosen;
  is_time_ = schema.time_column() == number_;
}

// ---- filling

absl::Status KeyRise::Fill(const TableSnapshot& table) {
  numbers_ = {};
  times_ = {};
  known_rows_ = table.rows();
  if (kind_ == Kind::kNone) return absl::OkStatus();
  absl::Status status = FillFromSlices(table);
  if (status.ok() && table.tail() != nullptr) status = FillFromTail(*table.tail(), table);
  if (!status.ok()) known_rows_ = kNothing;
  return status;
}

absl::Status KeyRise::FillFromSlices(const TableSnapshot& table) {
  const uint32_t id = table.schema().column(number_).id.value();
  for (const auto& [number, slice] : table.sealed().version().slices()) {
    if (kind_ == Kind::kTimes) {
      times_.StartAbove(slice.greatest_time);
      continue;
    }
    if (is_time_) {
      numbers_.StartAbove(slice.greatest_time);
      continue;
    }
    auto summary = table.sealed().reader().Summary(slice);
    if (!summary.ok()) return ExpiredIfGone(summary.status());
    const std::optional<format::ColumnSummary> column = (*summary)->Find(id);
    if (!column.has_value() || column->nulls == column->rows) continue;
    // Where bounds are not known anything may be in the slice: nothing is new then.
    numbers_.StartAbove(column->has(format::kSummaryBounds) ? static_cast<int64_t>(column->max)
                                                            : std::numeric_limits<int64_t>::max());
  }
  return absl::OkStatus();
}

absl::Status KeyRise::FillFromTail(const TailSnapshot& tail, const TableSnapshot& table) {
  const absl::Status status =
      tail.scan().ForEachPiece(tail.first_row(), tail.end_row(), [&](const TailPiece& piece) {
        ColumnBuffer unused(Physical::kInt64);
        absl::StatusOr<ColumnView> values = ViewTailColumn(table, piece, number_, unused);
        if (!values.ok()) return values.status();
        if (kind_ == Kind::kNumbers) {
          for (size_t row = 0; row < values->rows(); ++row) {
            if (!values->IsNull(row)) numbers_.Raise(IntegerAt(*values, row));
          }
          return absl::OkStatus();
        }
        ColumnBuffer no_codes(Physical::kCode32);
        absl::StatusOr<ColumnView> codes = ViewTailColumn(table, piece, code_, no_codes);
        if (!codes.ok()) return codes.status();
        for (size_t row = 0; row < values->rows(); ++row) {
          const uint32_t code = codes->Values<uint32_t>()[row];
          if (code < kMaxSymbols) times_.Raise(code, values->Values<int64_t>()[row]);
        }
        return absl::OkStatus();
      });
  return ExpiredIfGone(status);
}

// ---- checking

void KeyRise::CheckNumbers(const ColumnView& numbers, std::vector<uint32_t>& doubtful) {
  numbers_before_ = numbers_;
  for (size_t row = 0; row < numbers.rows(); ++row) {
    if (!numbers.IsNull(row) && numbers_.IsNew(IntegerAt(numbers, row))) {
      numbers_.Raise(IntegerAt(numbers, row));
    } else {
      doubtful.push_back(static_cast<uint32_t>(row));
    }
  }
}

void KeyRise::Check(std::span<const ColumnView> columns, std::vector<uint32_t>& doubtful) {
  is_checked_ = true;
  has_new_symbols_ = false;
  switch (kind_) {
    case Kind::kTimes: {
      const std::span<const uint32_t> codes = columns[code_].Values<uint32_t>();
      times_.Check(columns[number_].Values<int64_t>(), codes, doubtful);
      has_new_symbols_ =
          std::ranges::any_of(codes, [](uint32_t code) { return code >= kMaxSymbols; });
      return;
    }
    case Kind::kNumbers:
      CheckNumbers(columns[number_], doubtful);
      return;
    case Kind::kNone:
      for (uint32_t row = 0; row < columns[0].rows(); ++row) doubtful.push_back(row);
  }
}

void KeyRise::Keep(uint64_t rows) {
  if (!std::exchange(is_checked_, false)) return;  // a commit of kills: what was known still holds
  times_.Keep();
  // Symbols of the commit have codes only now: their times are learnt when somebody asks again.
  known_rows_ = has_new_symbols_ ? kNothing : rows;
}

void KeyRise::TakeBack() {
  if (!std::exchange(is_checked_, false)) return;
  times_.TakeBack();
  if (kind_ == Kind::kNumbers) numbers_ = numbers_before_;
}

}  // namespace tape::engine
