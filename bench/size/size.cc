// Bytes a row on the reference market: tape by column, everything included, and Parquet written by
// DuckDB from the same rows in the same run.
//
//   tape-size [--trades N] [--quotes N] [--slice-rows N] [--late] [--duckdb LIBRARY]
//
// LIBRARY is what bench/rivals/fetch prints. Every value is read back and compared before a size is
// printed; exit 1 where something differs.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/rivals/duckdb.h"
#include "bench/size/market_tables.h"
#include "bench/size/tape_size.h"
#include "format/bytes/message.h"

namespace tape::bench {
namespace {

using format::Concat;

constexpr const char* kEncodings[] = {"",    "constant", "frame",  "delta", "dictionary",
                                      "raw", "scaled",   "offset", "split", "pages"};

struct Options {
  uint64_t trades = 2'000'000;
  uint64_t quotes = 10'000'000;
  size_t slice_rows = 262'144;
  bool late = false;
  std::string duckdb;
};

double PerRow(size_t bytes, size_t rows) {
  return static_cast<double>(bytes) / static_cast<double>(rows);
}

std::string Encodings(const ColumnSize& column) {
  std::string text;
  for (size_t i = 1; i < column.blocks.size(); ++i) {
    if (column.blocks[i] == 0) continue;
    text += Concat(std::string_view(text.empty() ? "" : ", "), std::string_view(kEncodings[i]), " ",
                   column.blocks[i]);
  }
  return text.empty() ? "directory" : text;
}

void PrintRow(std::string_view name, size_t bytes, size_t rows, const std::string& note) {
  std::printf("| %.*s | %.2f | %.3f | %s |\n", static_cast<int>(name.size()), name.data(),
              8 * PerRow(bytes, rows), PerRow(bytes, rows), note.c_str());
}

void Print(const Table& table, const TableSize& size, size_t slice_rows) {
  std::printf(
      "\n%s: %zu rows, %zu days, %zu slices of at most %zu rows, built at %.1f M rows/s\n\n",
      std::string(table.name).c_str(), table.rows, size.days, size.slices, slice_rows,
      static_cast<double>(table.rows) / size.build_seconds / 1e6);
  std::printf("| column | bits a row | bytes a row | blocks by encoding |\n|---|---|---|---|\n");
  for (size_t i = 0; i < size.columns.size(); ++i) {
    PrintRow(table.columns[i].name, size.columns[i].bytes, table.rows, Encodings(size.columns[i]));
  }
  PrintRow("order tape", size.order_bytes, table.rows, "with samples and displacements");
  PrintRow("summaries", size.summary_bytes, table.rows, "");
  PrintRow("manifest", size.manifest_bytes, table.rows, "by formula");
  PrintRow("**total**", size.total(), table.rows, "");
}

// Writes the table as Parquet and prints its size and tape's part of it.
absl::Status PrintParquet(rivals::DuckDb& duckdb, const Table& table, const TableSize& size) {
  std::vector<std::string_view> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  const std::string name(table.name);
  absl::Status status = duckdb.Fill(name, names, RivalColumns(table));
  for (const std::string order : {"", " ORDER BY symbol, ts"}) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / Concat("tape-size-", name, ".parquet");
    if (!status.ok()) return status;
    status = duckdb.Run(Concat("COPY (SELECT * FROM ", name, order, ") TO '", file.string(),
                               "' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, "
                               "ROW_GROUP_SIZE 1000000)"));
    std::error_code error;
    const size_t bytes = std::filesystem::file_size(file, error);
    std::filesystem::remove(file, error);
    if (!status.ok()) return status;
    std::printf(
        "Parquet (DuckDB %s, Zstd, v2, 1 M rows a group%s): %.3f bytes a row; tape takes %.3f of "
        "it\n",
        duckdb.version().c_str(), order.c_str(), PerRow(bytes, table.rows),
        static_cast<double>(size.total()) / static_cast<double>(bytes));
  }
  return status;
}

absl::Status Run(const Options& options) {
  generator::ReferenceSet set = generator::MakeReferenceSet(options.trades, options.quotes);
  if (options.late) set.columns = generator::DeliverLate(set.columns);
  const MarketTables tables = TablesOf(set);
  set = {};
  for (const Table* table : {&tables.trades, &tables.quotes}) {
    absl::StatusOr<TableSize> size = MeasureTape(*table, options.slice_rows);
    if (!size.ok()) return size.status();
    Print(*table, *size, options.slice_rows);
    if (options.duckdb.empty()) continue;
    absl::StatusOr<rivals::DuckDb> duckdb = rivals::DuckDb::Load(options.duckdb);
    if (!duckdb.ok()) return duckdb.status();
    absl::Status status = PrintParquet(*duckdb, *table, *size);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace tape::bench

int main(int argc, char** argv) {
  CLI::App app("Bytes a row of the reference market");
  tape::bench::Options options;
  app.add_option("--trades", options.trades, "trades of the market");
  app.add_option("--quotes", options.quotes, "quotes of the market");
  app.add_option("--slice-rows", options.slice_rows, "rows of a slice");
  app.add_flag("--late", options.late, "one row in a hundred up to 50 ms late");
  app.add_option("--duckdb", options.duckdb, "libduckdb.so, to compare with Parquet");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = tape::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "tape-size: %s\n", std::string(status.message()).c_str());
  return 1;
}
