// What it costs to write quotes, row by row: latency of each row with its commit, rates by how rows
// are committed, and the same of LMDB and SQLite in the same run.
//
//   tape-write [--rows N] [--folder FOLDER] [--lmdb LIBRARY] [--sqlite LIBRARY]
//
// LIBRARY is what bench/rivals/fetch prints. Rows are counted after each run; exit 1 where some are
// missing.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "bench/macro/quote_store.h"
#include "bench/macro/tape_write.h"
#include "bench/rivals/row_writers.h"
#include "format/bytes/message.h"

namespace tape::bench {
namespace {

using format::Concat;

struct Options {
  uint64_t rows = 2'000'000;
  std::string folder = std::filesystem::temp_directory_path();
  std::string lmdb;
  std::string sqlite;
};

using Load = absl::StatusOr<std::unique_ptr<rivals::RowWriter>> (*)(const std::string&,
                                                                    const std::string&,
                                                                    rivals::RivalSync);

struct Rival {
  std::string_view name;
  std::string library;
  Load load;
};

void PrintLatencies(std::string_view name, const Latencies& ticks, const CycleClock& clock,
                    const std::string& beside) {
  const auto ns = [&](double share) { return clock.ToNs(ticks.Quantile(share)); };
  std::printf("| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %s |\n", std::string(name).c_str(),
              ns(0.5), ns(0.99), ns(0.999), ns(0.9999), clock.ToNs(ticks.max()), beside.c_str());
}

void PrintRate(std::string_view name, std::string_view how, double rows_per_second,
               const std::string& beside) {
  std::printf("| %s | %s | %.2f | %s |\n", std::string(name).c_str(), std::string(how).c_str(),
              rows_per_second / 1e6, beside.c_str());
}

std::string Beside(const ThreadCost& cost) {
  return Concat(cost.page_faults, " page faults, ", cost.context_switches, " sleeps, ", cost.waits,
                " waits for a chunk");
}

rivals::RivalRow RowOf(const QuoteRow& row) {
  return {row.ts.nanos(),
          static_cast<int64_t>(row.symbol.value()),
          static_cast<int64_t>(row.exchange.value()),
          row.bid_px,
          row.bid_sz,
          row.ask_px,
          row.ask_sz};
}

struct RivalRun {
  size_t commit_rows = 1;
  rivals::RivalSync sync = rivals::RivalSync::kNone;
};

// Rows per second; each row's latency, its share of a commit included, where commits are of one
// row.
absl::StatusOr<double> RunRival(const Rival& rival, const std::string& folder, const RivalRun& run,
                                const QuoteRows& quotes, Latencies& ticks) {
  const ScratchFolder scratch(folder);
  auto writer = rival.load(rival.library, scratch.path(), run.sync);
  if (!writer.ok()) return writer.status();
  const uint64_t begin_ns = CycleClock::NowNs();
  uint64_t key = 0;
  for (const QuoteRow& row : quotes.rows) {
    const uint64_t begin = CycleClock::Now();
    absl::Status status = (*writer)->Append(++key, RowOf(row));
    if (key % run.commit_rows == 0 || key == quotes.rows.size()) status.Update((*writer)->Commit());
    ticks.Add(CycleClock::Now() - begin);
    if (!status.ok()) return status;
  }
  const double seconds = static_cast<double>(CycleClock::NowNs() - begin_ns) / 1e9;
  absl::StatusOr<uint64_t> rows = (*writer)->Count();
  if (!rows.ok()) return rows.status();
  if (*rows != quotes.rows.size()) return absl::DataLossError("a rival lost rows");
  return static_cast<double>(quotes.rows.size()) / seconds;
}

absl::Status PrintRival(const Rival& rival, const std::string& folder, const QuoteRows& quotes) {
  constexpr size_t kCommitRows = 1000;
  const std::pair<RivalRun, const char*> runs[] = {
      {{1, rivals::RivalSync::kNone}, "row by row, a commit for 1"},
      {{kCommitRows, rivals::RivalSync::kNone}, "row by row, a commit for 1000"},
      {{kCommitRows, rivals::RivalSync::kCommit}, "row by row, a commit for 1000, durable"}};
  for (const auto& [run, how] : runs) {
    Latencies ticks;
    absl::StatusOr<double> rate = RunRival(rival, folder, run, quotes, ticks);
    if (!rate.ok()) return rate.status();
    const CycleClock clock;
    PrintRate(rival.name, how, *rate,
              Concat("a row's latency p50 ", static_cast<uint64_t>(clock.ToNs(ticks.Quantile(0.5))),
                     ", p99 ", static_cast<uint64_t>(clock.ToNs(ticks.Quantile(0.99))), ", p99.9 ",
                     static_cast<uint64_t>(clock.ToNs(ticks.Quantile(0.999))), " ns"));
  }
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  const ScratchFolder scratch(options.folder);
  if (scratch.path().empty()) {
    return absl::UnavailableError(Concat("cannot make a folder in ", options.folder));
  }
  const QuoteRows quotes = MakeQuoteRows(options.rows);
  absl::StatusOr<WriteReport> report = MeasureWrites(scratch.path(), quotes);
  if (!report.ok()) return report.status();
  const CycleClock clock;
  std::printf("%zu quotes of seven columns\n\n", quotes.rows.size());
  std::printf(
      "| ns | p50 | p99 | p99.9 | p99.99 | max | on that thread "
      "|\n|---|---|---|---|---|---|---|\n");
  PrintLatencies("tape: a row and its commit", report->row.ticks, clock, Beside(report->row.cost));
  PrintLatencies("tape: a durable commit of 1000 rows", report->rates.back().commit_ticks, clock,
                 "");
  PrintLatencies("32 KiB overwritten and synced", report->bare_sync_ticks, clock, "");
  std::printf("\nReading the clock twice takes %.1f ns, included above.\n\n",
              clock.ToNs(clock.cost()));
  std::printf("| | how | M rows/s | beside |\n|---|---|---|---|\n");
  for (const WriteRate& rate : report->rates) {
    PrintRate("tape", rate.how, rate.rows_per_second, Beside(rate.cost));
  }
  for (const Rival& rival : {Rival{"LMDB", options.lmdb, rivals::LoadLmdb},
                             Rival{"SQLite", options.sqlite, rivals::LoadSqlite}}) {
    if (rival.library.empty()) continue;
    if (absl::Status s = PrintRival(rival, scratch.path(), quotes); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace tape::bench

int main(int argc, char** argv) {
  tape::bench::Options options;
  CLI::App app("What it costs to write quotes, row by row.");
  app.add_option("--rows", options.rows, "how many")->capture_default_str();
  app.add_option("--folder", options.folder, "where stores are made")->capture_default_str();
  app.add_option("--lmdb", options.lmdb, "LMDB's library: bench/rivals/fetch lmdb");
  app.add_option("--sqlite", options.sqlite, "SQLite's library: bench/rivals/fetch sqlite");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = tape::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
