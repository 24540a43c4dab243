// tape-generate: a deterministic synthetic market as CSV files, or a summary of it.
//
//   tape-generate --csv out --profile crypto --trades 100000 --quotes 500000
//
// Exit codes: 0 done; 1 usage, or a file that exists; 5 I/O error; 130 interrupted.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "CLI/CLI.hpp"
#include "datasets/generator/command/output_file.h"
#include "datasets/generator/csv_text.h"
#include "datasets/generator/market_stream.h"
#include "datasets/generator/stream_summary.h"

namespace tape::generator {
namespace {

constexpr int kDone = 0;
constexpr int kUsageError = 1;
constexpr int kIoError = 5;
constexpr int kInterrupted = 130;
constexpr size_t kBatchRows = 16'384;  // the batch and its text stay in the cache

volatile std::sig_atomic_t interrupted = 0;

struct Arguments {
  MarketOptions market;
  std::string profile = "equities";
  std::string csv_directory;
  bool force = false;
};

int Fail(int code, std::string_view message) {
  std::fprintf(stderr, "tape-generate: %.*s\n", static_cast<int>(message.size()), message.data());
  return code;
}

int Fail(const OutputFault& fault) {
  return Fail(fault.kind == OutputFault::Kind::kExists ? kUsageError : kIoError, fault.text);
}

// Both files of one directory, both opened before anything is generated.
class CsvDirectory {
 public:
  explicit CsvDirectory(const std::filesystem::path& directory)
      : directory_(directory),
        trades_(directory / "trades.csv"),
        quotes_(directory / "quotes.csv") {}

  OutputFault Open(bool force) {
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    if (error) {
      return {OutputFault::Kind::kIo,
              directory_.string() + ": cannot make the directory: " + error.message()};
    }
    if (OutputFault fault = trades_.Open(force)) return fault;
    if (OutputFault fault = quotes_.Open(force)) return fault;
    if (OutputFault fault = trades_.Write(CsvText::kTradesHeader)) return fault;
    return quotes_.Write(CsvText::kQuotesHeader);
  }

  OutputFault Write(const MarketColumns& batch, CsvText& text) {
    if (OutputFault fault = trades_.Write(text.Trades(batch.trades))) return fault;
    return quotes_.Write(text.Quotes(batch.quotes));
  }

  OutputFault Finish() {
    if (OutputFault fault = trades_.Finish()) return fault;
    return quotes_.Finish();
  }

 private:
  std::filesystem::path directory_;
  OutputFile trades_;
  OutputFile quotes_;
};

std::string TimeText(int64_t ts) {
  char text[TimestampText::kSize];
  TimestampText().Write(ts, text);
  return std::string(text, sizeof(text));
}

// Counts and times are data; the rate, which differs from run to run, is a message.
bool PrintSummary(const StreamSummary& summary, uint64_t late_rows, std::FILE* out) {
  std::fprintf(out, "trades %llu\nquotes %llu\n", static_cast<unsigned long long>(summary.trades()),
               static_cast<unsigned long long>(summary.quotes()));
  std::fprintf(out, "symbols %llu\n", static_cast<unsigned long long>(summary.symbols_seen()));
  std::fprintf(out, "late %llu\n", static_cast<unsigned long long>(late_rows));
  if (summary.rows() > 0) {
    std::fprintf(out, "first %s\n", TimeText(summary.first_ts()).c_str());
    std::fprintf(out, "last %s\n", TimeText(summary.last_ts()).c_str());
  }
  std::fprintf(out, "digest %016llx\n", static_cast<unsigned long long>(summary.digest()));
  // A reader that has seen enough is no failure.
  return (std::fflush(out) == 0 && std::ferror(out) == 0) || errno == EPIPE;
}

void PrintRate(uint64_t rows, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  std::fprintf(stderr, "%llu rows in %.2f s, %.2f M rows/s\n",
               static_cast<unsigned long long>(rows), elapsed.count(),
               static_cast<double>(rows) / 1e6 / std::max(elapsed.count(), 1e-9));
}

int Generate(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  std::optional<CsvDirectory> csv;
  if (!arguments.csv_directory.empty()) {
    csv.emplace(arguments.csv_directory);
    if (OutputFault fault = csv->Open(arguments.force)) return Fail(fault);
  }
  MarketStream stream(arguments.market);
  StreamSummary summary(stream.symbols(), stream.exchanges());
  CsvText text(stream.symbols(), stream.exchanges(), stream.price_scale(), stream.size_scale());
  MarketColumns batch;
  while (stream.Next(kBatchRows, batch)) {
    if (interrupted != 0) return Fail(kInterrupted, "interrupted");
    summary.Add(batch);
    if (!csv.has_value()) continue;
    if (OutputFault fault = csv->Write(batch, text)) return Fail(fault);
  }
  if (csv.has_value()) {
    if (OutputFault fault = csv->Finish()) return Fail(fault);
  }
  const bool printed = PrintSummary(summary, stream.late_rows(), csv.has_value() ? stderr : stdout);
  PrintRate(summary.rows(), start);
  return printed ? kDone : Fail(kIoError, "cannot write the summary");
}

void Declare(CLI::App& app, Arguments& arguments) {
  MarketOptions& market = arguments.market;
  app.add_option("--csv", arguments.csv_directory, "write DIR/trades.csv and DIR/quotes.csv")
      ->type_name("DIR");
  app.add_option("--profile", arguments.profile, "equities or crypto")
      ->capture_default_str()
      ->check(CLI::IsMember({"equities", "crypto"}));
  app.add_option("--symbols", market.symbols, "number of symbols")
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--trades", market.trades, "number of trades")
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--quotes", market.quotes, "number of quotes")
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--days", market.days, "trading days from 2026-03-02 on")
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--seed", market.seed, "the same seed gives the same bytes")
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--late", market.late.fraction, "share of rows that arrive up to 50 ms late")
      ->capture_default_str()
      ->type_name("FRACTION");
  app.add_flag("--force", arguments.force, "overwrite files");
}

int Main(int argc, char** argv) {
  CLI::App app("A deterministic synthetic market: CSV files, or without --csv a summary.",
               "tape-generate");
  Arguments arguments;
  Declare(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsageError;
  }
  arguments.market.profile = *ProfileFromName(arguments.profile);
  if (const std::string fault = OptionFault(arguments.market); !fault.empty())
    return Fail(kUsageError, fault);
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGPIPE, SIG_IGN);
  return Generate(arguments);
}

}  // namespace
}  // namespace tape::generator

int main(int argc, char** argv) { return tape::generator::Main(argc, argv); }
