#include "engine/change/column_rules.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "engine/change/violation.h"
#include "format/bytes/message.h"
#include "format/types/unscaled.h"
#include "format/types/utf8.h"
#include "tape/array.h"
#include "tape/decimal.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::PowerOfTen;

// Checks one column of rows that are about to be staged.
class ColumnCheck {
 public:
  ColumnCheck(const StagedTable& table, std::span<const ColumnView> rows, uint64_t first)
      : table_(table), rows_(rows), first_(first) {}

  absl::Status Check(size_t column) {
    column_ = column;
    const Column& definition = table_.schema().column(column);
    if (!definition.nullable) {
      if (absl::Status status = CheckNotNull(); !status.ok()) return status;
    }
    const Type element = definition.type.element();
    if (definition.type.IsArray()) return CheckArrays(element);
    if (element.kind() == TypeKind::kDecimal) return CheckDigits(element);
    if (element.kind() == TypeKind::kEnum) return CheckLabels();
    if (element.length() == 0) return absl::OkStatus();
    return view().physical() == Physical::kCode32 ? CheckSymbols(element) : CheckLengths(element);
  }

 private:
  const ColumnView& view() const { return rows_[column_]; }

  absl::Status Refuse(std::string_view constraint, size_t row, std::string_view what) const {
    const std::string value = KeyText(table_, {&column_, 1}, rows_, row);
    return Violation(table_, constraint, {&column_, 1},
                     Concat(RowText(first_ + row), " has ", value, what));
  }

  absl::Status CheckNotNull() const {
    if (view().CountNulls() == 0) return absl::OkStatus();
    size_t row = 0;
    while (!view().IsNull(row)) ++row;
    return Violation(table_, "NOT NULL", {&column_, 1}, Concat(RowText(first_ + row), " has none"));
  }

  // The first row whose number is not between -(10^p - 1) and 10^p - 1.
  template <typename T>
  std::optional<size_t> FirstTooLong(std::span<const T> values, int precision) const {
    const T limit = static_cast<T>(PowerOfTen(precision));
    for (size_t row = 0; row < values.size(); ++row) {
      const bool fits = values[row] < limit && values[row] > -limit;
      if (!fits && !view().IsNull(row)) return row;
    }
    return std::nullopt;
  }

  absl::Status CheckDigits(const Type& type) const {
    const std::optional<size_t> row = view().physical() == Physical::kInt64
                                          ? FirstTooLong(view().Values<int64_t>(), type.precision())
                                          : FirstTooLong(view().Values<Int128>(), type.precision());
    if (!row.has_value()) return absl::OkStatus();
    return Refuse(type.ToString(), *row, ", which has more digits");
  }

  absl::Status CheckLabels() const {
    const auto& labels = table_.access().rules().labels;
    const std::span<const uint32_t> codes = view().Values<uint32_t>();
    const size_t end = column_ < labels.size() && !labels[column_].empty() ? labels[column_].size()
                                                                           : kMaxEnumValues;
    const auto bad = std::ranges::find_if(codes, [end](uint32_t code) { return code > end; });
    if (bad == codes.end()) return absl::OkStatus();
    return Violation(table_, "ENUM", {&column_, 1},
                     Concat(RowText(first_ + static_cast<size_t>(bad - codes.begin())),
                            " has code ", *bad, ", its values are ", end));
  }

  static bool IsTooLong(std::string_view text, const Type& type) {
    const auto length = static_cast<size_t>(type.length());
    return text.size() > length && format::CountUtf8Characters(text) > length;
  }

  absl::Status CheckLengths(const Type& type) const {
    for (size_t row = 0; row < view().rows(); ++row) {
      if (view().IsNull(row) || !IsTooLong(view().Bytes(row), type)) continue;
      return Refuse(type.ToString(), row, ", which is longer");
    }
    return absl::OkStatus();
  }

  absl::Status CheckSymbols(const Type& type) const {
    absl::flat_hash_set<uint32_t> seen;
    const std::span<const uint32_t> codes = view().Values<uint32_t>();
    for (size_t row = 0; row < codes.size(); ++row) {
      if (!seen.insert(codes[row]).second) continue;
      const absl::StatusOr<std::string_view> text = table_.Text(column_, SymbolCode(codes[row]));
      if (!text.ok()) return text.status();
      if (IsTooLong(*text, type)) return Refuse(type.ToString(), row, ", which is longer");
    }
    return absl::OkStatus();
  }

  static bool ElementFits(const ArrayView& array, size_t i, const Type& type) {
    if (array.IsNull(i)) return true;
    if (type.kind() == TypeKind::kDecimal) {
      const Int128 value = type.physical() == Physical::kInt64 ? Int128{array.Value<int64_t>(i)}
                                                               : array.Value<Int128>(i);
      return value < PowerOfTen(type.precision()) && value > -PowerOfTen(type.precision());
    }
    return type.length() == 0 || !IsTooLong(array.Bytes(i), type);
  }

  absl::Status CheckArrays(const Type& type) const {
    for (size_t row = 0; row < view().rows(); ++row) {
      if (view().IsNull(row)) continue;
      const absl::StatusOr<ArrayView> array = ArrayView::Parse(type.physical(), view().Bytes(row));
      if (!array.ok())
        return absl::Status(absl::StatusCode::kInvalidArgument, array.status().message());
      for (size_t i = 0; i < array->size(); ++i) {
        if (ElementFits(*array, i, type)) continue;
        return Refuse(table_.schema().column(column_).type.ToString(), row,
                      Concat(", whose element ", i, " is longer"));
      }
    }
    return absl::OkStatus();
  }

  const StagedTable& table_;
  const std::span<const ColumnView> rows_;
  const uint64_t first_;
  size_t column_ = 0;
};

absl::Status CheckBytes(const StagedTable& table, std::span<const ColumnView> rows,
                        uint64_t first) {
  uint64_t all = 0;
  for (const ColumnView& column : rows) all += column.Heap().size();
  for (size_t row = 0; row < rows[0].rows() && all > kMaxValueBytes; ++row) {
    uint64_t bytes = 0;
    for (const ColumnView& column : rows) {
      const uint64_t size = column.IsNull(row) ? 0 : column.Bytes(row).size();
      bytes += size > kMaxValueBytes ? kMaxRowBytes + 1 : size;
    }
    if (bytes <= kMaxRowBytes) continue;
    return absl::ResourceExhaustedError(Concat("table ", table.name(), ": ", RowText(first + row),
                                               ": a value has at most ", kMaxValueBytes,
                                               " bytes and a row ", kMaxRowBytes));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRows(const StagedTable& table, std::span<const ColumnView> rows, uint64_t first) {
  ColumnCheck check(table, rows, first);
  for (size_t column = 0; column < rows.size(); ++column) {
    if (absl::Status status = check.Check(column); !status.ok()) return status;
  }
  if (absl::Status status = CheckBytes(table, rows, first); !status.ok()) return status;
  const RowsView view{table.schema(), rows, table};
  for (const auto& rule : table.access().rules().checks) {
    const absl::StatusOr<std::optional<size_t>> bad = rule->FirstViolation(view);
    if (!bad.ok()) return bad.status();
    if (!bad->has_value()) continue;
    return Violation(
        table, Concat("CHECK ", rule->constraint()), rule->columns(),
        Concat(RowText(first + **bad), " has ", KeyText(table, rule->columns(), rows, **bad)));
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
