#include "bench/macro/store_measures.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <vector>

#include "bench/macro/quote_store.h"
#include "format/bytes/message.h"
#include "tape/scan.h"

namespace tape::bench {
namespace {

using format::Concat;

constexpr int64_t kMonday = 1'737'331'200'000'000'000;
constexpr int64_t kDayNs = 86'400'000'000'000;
constexpr int kRowsOfASlice = 16;
constexpr int kRepetitions = 5;
constexpr double kQuoteBytes = 44;  // seven columns as they are given

double MsSince(uint64_t begin_ns) {
  return static_cast<double>(CycleClock::NowNs() - begin_ns) / 1e6;
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// A field of a file of /proc/self in which each line is "name: number".
double ProcField(const char* file, std::string_view name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name)) return std::stod(line.substr(name.size() + 1));
  }
  return 0;
}

double ResidentMb() { return ProcField("/proc/self/status", "VmRSS") / 1024; }

// Whether the page cache could be dropped.
bool DropCaches() {
  ::sync();
  std::FILE* file = std::fopen("/proc/sys/vm/drop_caches", "w");
  if (file == nullptr) return false;
  const bool written = std::fputs("3", file) >= 0;
  return std::fclose(file) == 0 && written;
}

absl::Status CountRows(const Store& store, std::string_view table, uint64_t expected) {
  auto snapshot = store.TakeSnapshot();
  if (!snapshot.ok()) return snapshot.status();
  auto end = (*snapshot)->EndOfRows("main", table);
  if (!end.ok()) return end.status();
  if (end->value() == expected) return absl::OkStatus();
  return absl::DataLossError(Concat("wrote ", expected, " rows, found ", end->value()));
}

// ---- opening

absl::StatusOr<Schema> WideSchema(const OpenShape& shape) {
  Schema::Builder builder("wide");
  builder.Column("ts", Type::Timestamp()).NotNull();
  builder.Column("symbol", Type::Symbol()).NotNull();
  for (int i = 2; i < shape.columns; ++i) {
    builder.Column(Concat("feature_", i), Type::Bigint()).NotNull();
  }
  return builder.PartitionBy(Partition::kDay, "ts").ClusterBy("symbol").Build();
}

absl::Status AppendWide(Appender& appender, const OpenShape& shape, int round) {
  auto code = appender.Intern("symbol", "AAPL");
  auto ts = appender.Handle<Timestamp>("ts");
  auto symbol = appender.Handle<SymbolCode>("symbol");
  if (!code.ok() || !ts.ok() || !symbol.ok()) return code.status();
  std::vector<ColumnHandle<int64_t>> features;
  for (int i = 2; i < shape.columns; ++i) {
    auto handle = appender.Handle<int64_t>(Concat("feature_", i));
    if (!handle.ok()) return handle.status();
    features.push_back(*handle);
  }
  for (int64_t row = 0; row < int64_t{shape.days} * kRowsOfASlice; ++row) {
    const int64_t at = row % kRowsOfASlice + round * kRowsOfASlice;
    appender.Set(*ts,
                 Timestamp::FromNanos(kMonday + row / kRowsOfASlice * kDayNs + at * 1'000'000));
    appender.Set(*symbol, *code);
    for (const auto& feature : features) appender.Set(feature, row * 7 + at);
    if (!appender.EndRow()) return appender.status();
  }
  return appender.Commit(Durability::kDurable).status();
}

absl::Status MakeWide(const std::string& folder, const OpenShape& shape) {
  auto store = Store::Open(folder, {.create = true, .threads = false});
  if (!store.ok()) return store.status();
  absl::StatusOr<Schema> schema = WideSchema(shape);
  if (!schema.ok()) return schema.status();
  if (absl::Status s = (*store)->CreateTable(*schema); !s.ok()) return s;
  for (int round = 0; round < shape.slices_a_day; ++round) {
    auto appender = (*store)->OpenAppender("main", "wide");
    if (!appender.ok()) return appender.status();
    if (absl::Status s = AppendWide(**appender, shape, round); !s.ok()) return s;
    appender->reset();
    if (auto sealed = (*store)->Seal("main", "wide"); !sealed.ok()) return sealed.status();
  }
  return (*store)->Close();
}

absl::StatusOr<double> OpenMs(const std::string& folder, const OpenShape& shape, bool read_only) {
  const uint64_t begin = CycleClock::NowNs();
  auto store = Store::Open(folder, {.read_only = read_only, .threads = false});
  if (!store.ok()) return store.status();
  if (read_only) {
    if (auto snapshot = (*store)->TakeSnapshot(); !snapshot.ok()) return snapshot.status();
  }
  const double ms = MsSince(begin);
  const uint64_t rows = uint64_t(shape.days) * kRowsOfASlice * uint64_t(shape.slices_a_day);
  if (absl::Status s = CountRows(**store, "wide", rows); !s.ok()) return s;
  if (absl::Status s = (*store)->Close(); !s.ok()) return s;
  return ms;
}

absl::StatusOr<double> MedianOpenMs(const std::string& folder, const OpenShape& shape,
                                    bool read_only, bool cold) {
  std::vector<double> times;
  for (int i = 0; i < kRepetitions; ++i) {
    if (cold && !DropCaches()) return 0;
    absl::StatusOr<double> ms = OpenMs(folder, shape, read_only);
    if (!ms.ok()) return ms;
    times.push_back(*ms);
  }
  return Median(std::move(times));
}

// In a process of its own, which has nothing else.
absl::StatusOr<double> IdleMemoryMb(const std::string& folder) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return absl::UnavailableError("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    const double before = ResidentMb();
    auto store = Store::Open(folder, {});
    double mb = store.ok() ? ResidentMb() - before : -1;
    const bool told = ::write(ends[1], &mb, sizeof(mb)) == sizeof(mb);
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  double mb = -1;
  const bool heard = ::read(ends[0], &mb, sizeof(mb)) == sizeof(mb);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  if (!heard || mb < 0) return absl::UnavailableError("the child could not open the store");
  return mb;
}

// ---- recovery

uint64_t BytesBelow(const std::filesystem::path& folder) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

}  // namespace

absl::StatusOr<OpenCost> MeasureOpen(const std::string& folder, const OpenShape& shape) {
  const ScratchFolder scratch(folder);
  const std::string store = scratch.path() + "/store";
  if (absl::Status s = MakeWide(store, shape); !s.ok()) return s;
  OpenCost cost{.slices = uint64_t(shape.days) * uint64_t(shape.slices_a_day)};
  absl::StatusOr<double> cold = MedianOpenMs(store, shape, /*read_only=*/false, /*cold=*/true);
  absl::StatusOr<double> warm = MedianOpenMs(store, shape, false, false);
  absl::StatusOr<double> reader = MedianOpenMs(store, shape, true, false);
  absl::StatusOr<double> memory = IdleMemoryMb(store);
  for (const auto* each : {&cold, &warm, &reader, &memory}) {
    if (!each->ok()) return each->status();
  }
  cost.cold_ms = *cold;
  cost.warm_ms = *warm;
  cost.reader_warm_ms = *reader;
  cost.idle_memory_mb = *memory;
  return cost;
}

absl::StatusOr<RecoveryCost> MeasureRecovery(const std::string& folder, uint64_t rows) {
  const ScratchFolder scratch(folder);
  const ScratchFolder memory("/dev/shm");
  const std::string path = scratch.path() + "/store";
  StoreOptions options{.create = true,
                       .threads = false,
                       .shared_memory = memory.path(),
                       .tail_bytes_max = uint64_t{8} << 30};
  const QuoteRows quotes = MakeQuoteRows(rows);
  {
    absl::StatusOr<QuoteWriter> writer = QuoteWriter::Open(path, options, quotes);
    if (!writer.ok()) return writer.status();
    for (size_t i = 0; i < quotes.rows.size(); ++i) {
      writer->bound->Append(quotes.rows[i]);
      if (i % 1000 != 999) continue;
      if (auto lsn = writer->appender->Commit(); !lsn.ok()) return lsn.status();
    }
    if (auto lsn = writer->appender->Commit(Durability::kDurable); !lsn.ok()) return lsn.status();
  }
  RecoveryCost cost{.wal_gb = static_cast<double>(BytesBelow(path + "/wal")) / 1e9};
  for (const bool lost : {false, true}) {
    if (lost) std::filesystem::remove_all(memory.path());
    if (lost) std::filesystem::create_directory(memory.path());
    options.lose_tail = lost;
    const uint64_t begin = CycleClock::NowNs();
    auto store = Store::Open(path, options);
    if (!store.ok()) return store.status();
    (lost ? cost.power_lost_s : cost.process_died_ms) = MsSince(begin) / (lost ? 1e3 : 1);
    if (absl::Status s = CountRows(**store, "quotes", rows); !s.ok()) return s;
  }
  return cost;
}

// ---- visibility

namespace {

// What the reading process leaves for the other.
struct SharedResult {
  std::atomic<uint32_t> ready;
  std::atomic<uint32_t> failed;
  Visibility visibility;
};

// The time column of a row is the cycle count when it was appended.
absl::Status Watch(const std::string& path, uint64_t rows, SharedResult& result) {
  auto store = Store::Open(path, {.read_only = true});
  if (!store.ok()) return store.status();
  Lsn seen = (*store)->committed();
  uint64_t read = 0;
  result.ready = 1;
  while (read < rows) {
    const Lsn now = (*store)->committed();
    const uint64_t knows = CycleClock::Now();
    if (now == seen) continue;
    seen = now;
    auto snapshot = (*store)->TakeSnapshot();
    if (!snapshot.ok()) return snapshot.status();
    auto scan = (*snapshot)->Scan({.table = "quotes",
                                   .columns = {"ts", "bid_px"},
                                   .order = ScanOrder::kArrival,
                                   .from_row = RowNumber(read)});
    if (!scan.ok()) return scan.status();
    auto batch = (*scan)->Next();
    if (!batch.ok()) return batch.status();
    if (*batch == 0) continue;
    read += *batch;
    const auto appended = static_cast<uint64_t>((*scan)->column(0).Values<int64_t>()[*batch - 1]);
    const uint64_t has = CycleClock::Now();
    if (knows > appended) result.visibility.committed.Add(knows - appended);
    result.visibility.read.Add(has - appended);
  }
  return absl::OkStatus();
}

absl::Status AppendSlowly(QuoteWriter& writer, const QuoteRows& quotes) {
  for (QuoteRow row : quotes.rows) {
    const uint64_t begin = CycleClock::Now();
    while (CycleClock::Now() - begin < 60'000) {  // some 20 us
    }
    row.ts = Timestamp::FromNanos(static_cast<int64_t>(CycleClock::Now()));
    writer.bound->Append(row);
    if (auto lsn = writer.appender->Commit(); !lsn.ok()) return lsn.status();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Visibility> MeasureVisibility(const std::string& folder, uint64_t rows) {
  const ScratchFolder scratch(folder);
  const std::string path = scratch.path() + "/store";
  const QuoteRows quotes = MakeQuoteRows(rows);
  absl::StatusOr<QuoteWriter> writer = QuoteWriter::Open(path, {.create = true}, quotes);
  if (!writer.ok()) return writer.status();
  void* memory = ::mmap(nullptr, sizeof(SharedResult), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return absl::UnavailableError("no shared memory");
  auto* result = new (memory) SharedResult();
  const pid_t child = ::fork();
  if (child == 0) {
    const absl::Status status = Watch(path, rows, *result);
    if (!status.ok()) std::fprintf(stderr, "reader: %s\n", status.ToString().c_str());
    if (!status.ok()) result->failed = 1;
    ::_exit(status.ok() ? 0 : 1);
  }
  while (result->ready == 0 && result->failed == 0) {
  }
  absl::Status status = AppendSlowly(*writer, quotes);
  int ended = 0;
  ::waitpid(child, &ended, 0);
  Visibility visibility = result->visibility;
  ::munmap(memory, sizeof(SharedResult));
  if (!status.ok()) return status;
  if (ended != 0) return absl::UnavailableError("the reading process failed");
  return visibility;
}

absl::StatusOr<Amplification> MeasureAmplification(const std::string& folder, uint64_t rows,
                                                   int64_t late_ns) {
  const ScratchFolder scratch(folder);
  const std::string path = scratch.path() + "/store";
  QuoteRows quotes = MakeQuoteRows(rows);
  for (size_t i = 0; i < quotes.rows.size(); i += 100) {
    quotes.rows[i].ts = Timestamp::FromNanos(quotes.rows[i].ts.nanos() - late_ns);
  }
  const double before = ProcField("/proc/self/io", "wchar");
  absl::StatusOr<QuoteWriter> writer = QuoteWriter::Open(path, {.create = true}, quotes);
  if (!writer.ok()) return writer.status();
  double wal = 0;
  for (size_t i = 0; i < quotes.rows.size(); ++i) {
    writer->bound->Append(quotes.rows[i]);
    if (i % 1000 != 999) continue;
    if (auto lsn = writer->appender->Commit(); !lsn.ok()) return lsn.status();
  }
  auto lsn = writer->appender->Commit(Durability::kDurable);
  if (!lsn.ok()) return lsn.status();
  writer->bound.reset();
  writer->appender.reset();
  if (auto sealed = writer->store->Seal("main", "quotes"); !sealed.ok()) return sealed.status();
  if (absl::Status s = CountRows(*writer->store, "quotes", rows); !s.ok()) return s;
  if (absl::Status s = writer->store->Close(); !s.ok()) return s;
  const double all = ProcField("/proc/self/io", "wchar") - before;
  // The WAL has each row once, as it was given, and little else.
  wal = static_cast<double>(rows) * kQuoteBytes;
  uint64_t slices = BytesBelow(path);
  slices -= std::min(slices, BytesBelow(path + "/wal"));
  return Amplification{.slices = (all - wal) / static_cast<double>(slices), .all = all / wal};
}

}  // namespace tape::bench
