// What a whole store costs beside its rows.
//
//   tape-store [--days N] [--columns N] [--rows N] [--folder FOLDER]
//
// Opening, warm and with the page cache dropped; memory of an open store that does nothing;
// recovery after a lost tail and after a killed process; how soon another process sees a row; how
// often a byte is written again when rows come late.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "bench/macro/store_measures.h"

namespace tape::bench {
namespace {

constexpr int64_t kMillisecondNs = 1'000'000;
constexpr int64_t kDayNs = 86'400'000'000'000;

struct Options {
  int days = 1000;
  int columns = 50;
  uint64_t rows = 10'000'000;
  std::string folder = std::filesystem::temp_directory_path();
};

absl::Status PrintOpen(const Options& options) {
  std::printf(
      "| store | slices | cold, ms | warm, ms | reader and snapshot, warm, ms | idle, MB |\n"
      "|---|---|---|---|---|---|\n");
  for (const int slices : {1, 8}) {
    absl::StatusOr<OpenCost> cost = MeasureOpen(
        options.folder, {.days = options.days, .columns = options.columns, .slices_a_day = slices});
    if (!cost.ok()) return cost.status();
    std::printf("| %d days x %d columns, %d a day | %zu | %.1f | %.1f | %.1f | %.1f |\n",
                options.days, options.columns, slices, static_cast<size_t>(cost->slices),
                cost->cold_ms, cost->warm_ms, cost->reader_warm_ms, cost->idle_memory_mb);
  }
  return absl::OkStatus();
}

absl::Status PrintRecovery(const Options& options) {
  absl::StatusOr<RecoveryCost> cost = MeasureRecovery(options.folder, options.rows);
  if (!cost.ok()) return cost.status();
  std::printf(
      "\nRecovery of %zu rows, %.2f GB of WAL: %.2f s after a lost tail (%.2f s per GB), %.1f ms "
      "after a killed process\n",
      static_cast<size_t>(options.rows), cost->wal_gb, cost->power_lost_s,
      cost->power_lost_s / cost->wal_gb, cost->process_died_ms);
  return absl::OkStatus();
}

absl::Status PrintVisibility(const Options& options) {
  absl::StatusOr<Visibility> seen =
      MeasureVisibility(options.folder, std::min<uint64_t>(options.rows, 50'000));
  if (!seen.ok()) return seen.status();
  const CycleClock clock;
  std::printf("\n| another process, ns after the append began | p50 | p99 |\n|---|---|---|\n");
  for (const auto& [name, ticks] : {std::pair{"knows of the commit", &seen->committed},
                                    std::pair{"has the row by snapshot and scan", &seen->read}}) {
    std::printf("| %s | %.0f | %.0f |\n", name, clock.ToNs(ticks->Quantile(0.5)),
                clock.ToNs(ticks->Quantile(0.99)));
  }
  return absl::OkStatus();
}

absl::Status PrintAmplification(const Options& options) {
  std::printf(
      "\n| 1 row in 100 late by | slices: written / there | all written / rows as given |\n"
      "|---|---|---|\n");
  for (const auto& [name, late_ns] :
       {std::pair{"0", int64_t{0}}, std::pair{"50 ms", 50 * kMillisecondNs},
        std::pair{"a day", kDayNs}}) {
    absl::StatusOr<Amplification> written =
        MeasureAmplification(options.folder, options.rows, late_ns);
    if (!written.ok()) return written.status();
    std::printf("| %s | %.2f | %.2f |\n", name, written->slices, written->all);
  }
  return absl::OkStatus();
}

absl::Status Run(const Options& options) {
  for (const auto print : {PrintOpen, PrintRecovery, PrintVisibility, PrintAmplification}) {
    if (absl::Status status = print(options); !status.ok()) return status;
    std::fflush(stdout);
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace tape::bench

int main(int argc, char** argv) {
  tape::bench::Options options;
  CLI::App app("What a whole store costs beside its rows.");
  app.add_option("--days", options.days, "of the store that is opened")->capture_default_str();
  app.add_option("--columns", options.columns, "of it")->capture_default_str();
  app.add_option("--rows", options.rows, "of the streams")->capture_default_str();
  app.add_option("--folder", options.folder, "where stores are made")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = tape::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
