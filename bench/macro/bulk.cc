// How fast quotes in columns become sealed, compressed slices: a bulk load, and DuckDB's appender
// and Parquet writer on the same rows in the same run.
//
//   tape-bulk [--rows N] [--runs N] [--batch N] [--folder FOLDER] [--duckdb LIBRARY]
//
// LIBRARY is what bench/rivals/fetch prints. One thread does everything, and rates are by the time
// that its processor spent as well as by the clock; syncs are in the latter only. Each run makes a
// store of its own, and its rows and their sum are compared afterwards; exit 1 where they differ.
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bench/macro/latencies.h"
#include "bench/macro/quote_rows.h"
#include "bench/rivals/duckdb.h"
#include "bench/size/market_tables.h"
#include "format/bytes/message.h"
#include "tape/bulk_loader.h"
#include "tape/store.h"

namespace tape::bench {
namespace {

using format::Concat;

struct Options {
  uint64_t rows = 10'000'000;
  uint64_t runs = 5;
  uint64_t batch_rows = 65'536;
  std::string folder = std::filesystem::temp_directory_path();
  std::string duckdb;
};

struct Seconds {
  double clock = 0;
  double processor = 0;  // of the process: DuckDB is told to have one thread
};

double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

absl::StatusOr<Seconds> Timed(const std::function<absl::Status()>& work) {
  const uint64_t begin = CycleClock::NowNs();
  const double processor = ProcessorSeconds();
  if (absl::Status status = work(); !status.ok()) return status;
  return Seconds{static_cast<double>(CycleClock::NowNs() - begin) * 1e-9,
                 ProcessorSeconds() - processor};
}

// The median, and how far the runs lie apart.
void Print(const std::string& what, uint64_t rows, std::vector<Seconds> runs, double bytes) {
  const auto rate = [&](double seconds) { return static_cast<double>(rows) / seconds / 1e6; };
  std::ranges::sort(runs, {}, &Seconds::processor);
  const Seconds& median = runs[runs.size() / 2];
  std::printf("| %s | %.2f | %.2f to %.2f | %.2f | %.2f |\n", what.c_str(), rate(median.processor),
              rate(runs.back().processor), rate(runs.front().processor), rate(median.clock),
              bytes / static_cast<double>(rows));
  std::fflush(stdout);
}

double BytesBelow(const std::filesystem::path& folder) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

// ---- tape

absl::Status LoadAll(Store& store, const Table& quotes, uint64_t batch_rows) {
  absl::StatusOr<std::unique_ptr<BulkLoader>> load = store.BulkLoad("main", "quotes");
  if (!load.ok()) return load.status();
  for (const Column& column : quotes.columns) {
    for (size_t i = 0; i < column.dictionary.size(); ++i) {
      absl::StatusOr<SymbolCode> code = (*load)->Intern(column.name, column.dictionary[i]);
      if (!code.ok()) return code.status();
      if (code->value() != i + 1) return absl::InternalError("another code than the rows have");
    }
  }
  std::vector<ColumnView> batch(quotes.columns.size());
  for (size_t first = 0; first < quotes.rows; first += batch_rows) {
    for (size_t i = 0; i < batch.size(); ++i) {
      batch[i] = quotes.columns[i].values.view().Slice(first, batch_rows);
    }
    if (absl::Status status = (*load)->Append(batch); !status.ok()) return status;
  }
  return (*load)->Commit().status();
}

int64_t SumOf(const ColumnView& column) {
  int64_t sum = 0;
  for (const int64_t value : column.Values<int64_t>()) sum += value;
  return sum;
}

absl::Status Compare(const Store& store, const Table& quotes) {
  absl::StatusOr<std::unique_ptr<Snapshot>> now = store.TakeSnapshot();
  if (!now.ok()) return now.status();
  auto scan = (*now)->Scan({.table = "quotes", .columns = {"ask_sz"}});
  if (!scan.ok()) return scan.status();
  uint64_t rows = 0;
  int64_t sum = 0;
  absl::StatusOr<size_t> some = (*scan)->Next();
  for (; some.ok() && *some != 0; some = (*scan)->Next()) {
    rows += *some;
    sum += SumOf((*scan)->column(0));
  }
  if (!some.ok()) return some.status();
  const bool same = rows == quotes.rows && sum == SumOf(quotes.columns[6].values.view());
  return same ? absl::OkStatus()
              : absl::DataLossError(
                    Concat("loaded ", quotes.rows, ", found ", rows, " rows, or another sum"));
}

absl::Status MeasureTape(const Options& options, const Table& quotes, uint64_t batch_rows) {
  const std::string folder = Concat(options.folder, "/tape-bulk");
  std::vector<Seconds> runs;
  double bytes = 0;
  for (uint64_t run = 0; run < options.runs; ++run) {
    std::filesystem::remove_all(folder);
    auto store = Store::Open(folder, {.create = true, .threads = false});
    if (!store.ok()) return store.status();
    absl::StatusOr<Schema> schema = QuoteSchema();
    if (!schema.ok()) return schema.status();
    absl::Status status = (*store)->CreateTable(*schema);
    if (!status.ok()) return status;
    auto seconds = Timed([&] { return LoadAll(**store, quotes, batch_rows); });
    if (!seconds.ok()) return seconds.status();
    runs.push_back(*seconds);
    if (status = Compare(**store, quotes); !status.ok()) return status;
    if (status = (*store)->Close(); !status.ok()) return status;
    std::filesystem::remove_all(folder + "/wal");  // of a fixed size, and not the rows'
    bytes = BytesBelow(folder);
  }
  std::filesystem::remove_all(folder);
  Print(Concat("tape, batches of ", batch_rows), quotes.rows, std::move(runs), bytes);
  return absl::OkStatus();
}

// ---- DuckDB

// Into a database file, checkpointed; and from there, warm, into Parquet.
absl::Status MeasureDuckDb(const Options& options, const Table& quotes) {
  absl::StatusOr<rivals::DuckDb> duckdb = rivals::DuckDb::Load(options.duckdb);
  if (!duckdb.ok()) return duckdb.status();
  std::vector<std::string_view> names;
  for (const Column& column : quotes.columns) names.push_back(column.name);
  const std::vector<rivals::RivalColumn> columns = RivalColumns(quotes);
  const std::string folder = Concat(options.folder, "/tape-bulk-rival");
  std::vector<Seconds> database;
  std::vector<Seconds> parquet;
  double database_bytes = 0;
  double parquet_bytes = 0;
  absl::Status status = duckdb->Run("SET threads = 1");
  for (uint64_t run = 0; run < options.runs && status.ok(); ++run) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const std::string name = Concat("rival", run);
    status = duckdb->Run(Concat("ATTACH '", folder, "/", name, ".db' AS ", name));
    if (status.ok()) status = duckdb->Run(Concat("USE ", name));
    if (!status.ok()) return status;
    auto seconds = Timed([&] {
      absl::Status filled = duckdb->Fill("quotes", names, columns);
      return filled.ok() ? duckdb->Run("CHECKPOINT") : filled;
    });
    if (!seconds.ok()) return seconds.status();
    database.push_back(*seconds);
    database_bytes = BytesBelow(folder);
    const std::string file = Concat(folder, "/quotes.parquet");
    seconds = Timed([&] {
      return duckdb->Run(Concat("COPY quotes TO '", file, "' (FORMAT parquet, COMPRESSION zstd)"));
    });
    if (!seconds.ok()) return seconds.status();
    parquet.push_back(*seconds);
    parquet_bytes = static_cast<double>(std::filesystem::file_size(file));
    status = duckdb->Run("USE memory");
    if (status.ok()) status = duckdb->Run(Concat("DETACH ", name));
  }
  std::filesystem::remove_all(folder);
  if (!status.ok()) return status;
  Print(Concat("DuckDB ", duckdb->version(), ", appender, checkpointed"), quotes.rows,
        std::move(database), database_bytes);
  Print("from there to Parquet, Zstd", quotes.rows, std::move(parquet), parquet_bytes);
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  generator::ReferenceSet set = generator::MakeReferenceSet(0, options.rows);
  const MarketTables tables = TablesOf(set);
  set = {};
  std::printf("%zu quotes of %zu columns, %lu runs, one thread\n\n", tables.quotes.rows,
              tables.quotes.columns.size(), static_cast<unsigned long>(options.runs));
  std::printf("| | M rows/s of processor time | spread | M rows/s by the clock | bytes a row |\n");
  std::printf("|---|---|---|---|---|\n");
  for (const uint64_t batch_rows : {options.batch_rows, uint64_t{tables.quotes.rows}}) {
    absl::Status status = MeasureTape(options, tables.quotes, batch_rows);
    if (!status.ok()) return status;
  }
  return options.duckdb.empty() ? absl::OkStatus() : MeasureDuckDb(options, tables.quotes);
}

}  // namespace
}  // namespace tape::bench

int main(int argc, char** argv) {
  CLI::App app("Columns of quotes to sealed slices");
  tape::bench::Options options;
  app.add_option("--rows", options.rows, "quotes");
  app.add_option("--runs", options.runs, "of each")->check(CLI::PositiveNumber);
  app.add_option("--batch", options.batch_rows, "rows of a batch")->check(CLI::PositiveNumber);
  app.add_option("--folder", options.folder, "where stores are made");
  app.add_option("--duckdb", options.duckdb, "libduckdb.so, to compare with");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = tape::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "tape-bulk: %s\n", std::string(status.message()).c_str());
  return 1;
}
