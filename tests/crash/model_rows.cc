#include "tests/crash/model_rows.h"

#include <gtest/gtest.h>

#include <utility>

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kDay = 86'400 * kSecond;
constexpr int64_t kMonday = 20'109 * kDay;

int64_t TimeOf(uint64_t row) {
  const auto day = static_cast<int64_t>(row / kRowsOfDay);
  const int64_t late = row % 97 == 3 ? 90'000 * kSecond : 0;
  return kMonday + day * kDay + static_cast<int64_t>(row % kRowsOfDay) * 1'000'000 - late;
}

}  // namespace

ModelRow::ModelRow(size_t table, uint64_t row, uint32_t attempt)
    : time(TimeOf(row)),
      symbol(row % 23 == 5 ? Concat("N", table, "-", row, "-", attempt)
                           : Concat("S", table, "-", row % 7)),
      size(static_cast<int64_t>(row * 3 + table + uint64_t{attempt} * 1'000'000)),
      has_size(row % 5 != 1),
      note(row % 3 == 0 ? std::string(row % 50, 'n') : Concat("note ", row, ", ", attempt)),
      has_note(row % 4 != 2) {}

std::string ModelTableName(size_t table) { return Concat("t", table); }

Schema ModelSchema(size_t table) {
  TableOptions options;
  options.slice_rows = kMinSliceRows;
  if (table == 1) options.history = History::kAll;
  auto schema = Schema::Builder(ModelTableName(table))
                    .Column("ts", Type::Timestamp())
                    .NotNull()
                    .Column("symbol", Type::Symbol())
                    .NotNull()
                    .Column("size", Type::Bigint())
                    .Column("note", Type::Text())
                    .PartitionBy(Partition::kDay, "ts")
                    .ClusterBy("symbol")
                    .With(options)
                    .Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return *std::move(schema);
}

std::string DifferenceOf(const ModelRow& row, const std::vector<ColumnView>& columns, uint64_t at,
                         absl::FunctionRef<std::string_view(SymbolCode)> text_of) {
  if (columns[0].Values<int64_t>()[at] != row.time) return "another time";
  const std::string_view symbol = text_of(SymbolCode(columns[1].Values<uint32_t>()[at]));
  if (symbol != row.symbol) return Concat("symbol ", symbol, ", expected ", row.symbol);
  if (columns[2].IsNull(at) == row.has_size) return "another NULL of size";
  if (row.has_size && columns[2].Values<int64_t>()[at] != row.size) {
    return Concat("size ", columns[2].Values<int64_t>()[at], ", expected ", row.size);
  }
  if (columns[3].IsNull(at) == row.has_note) return "another NULL of note";
  if (row.has_note && columns[3].Bytes(at) != row.note) {
    return Concat("note ", columns[3].Bytes(at), ", expected ", row.note);
  }
  return {};
}

}  // namespace tape::engine
