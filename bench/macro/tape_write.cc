#include "bench/macro/tape_write.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <system_error>

#include "format/bytes/message.h"
#include "tape/store.h"

namespace tape::bench {
namespace {

using format::Concat;

constexpr uint64_t kTailBytes = uint64_t{4} << 30;
constexpr size_t kCommitRows = 1000;
constexpr size_t kSyncs = 500;
constexpr size_t kSyncBytes = 32 << 10;

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const std::string& folder) {
  return Store::Open(folder, {.create = true, .tail_bytes_max = kTailBytes});
}

class ThreadUse {
 public:
  ThreadUse() { ::getrusage(RUSAGE_THREAD, &begin_); }
  ThreadCost Since(const Appender& appender) const {
    rusage now{};
    ::getrusage(RUSAGE_THREAD, &now);
    return {
        static_cast<uint64_t>(now.ru_minflt - begin_.ru_minflt + now.ru_majflt - begin_.ru_majflt),
        static_cast<uint64_t>(now.ru_nvcsw - begin_.ru_nvcsw), appender.waits()};
  }

 private:
  rusage begin_{};
};

// A store with an empty table of quotes, written by `write`, closed, opened and counted again.
class QuoteStore {
 public:
  using Write = std::function<absl::Status(Store&, Appender&, BoundQuotes&)>;

  QuoteStore(std::string folder, const QuoteRows& quotes)
      : folder_(std::move(folder)), quotes_(quotes) {}
  ~QuoteStore() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  absl::Status Run(const Write& write) const {
    absl::StatusOr<Schema> schema = QuoteSchema();
    if (!schema.ok()) return schema.status();
    absl::StatusOr<std::unique_ptr<Store>> store = OpenStore(folder_);
    if (!store.ok()) return store.status();
    if (absl::Status s = (*store)->CreateTable(*schema); !s.ok()) return s;
    absl::StatusOr<std::unique_ptr<Appender>> appender = (*store)->OpenAppender("main", "quotes");
    if (!appender.ok()) return appender.status();
    absl::StatusOr<BoundQuotes> bound = BindQuotes(**appender, quotes_);
    if (!bound.ok()) return bound.status();
    if (absl::Status s = write(**store, **appender, *bound); !s.ok()) return s;
    appender->reset();
    if (absl::Status s = (*store)->Close(); !s.ok()) return s;
    store->reset();
    return Count();
  }

 private:
  absl::Status Count() const {
    absl::StatusOr<std::unique_ptr<Store>> store = OpenStore(folder_);
    if (!store.ok()) return store.status();
    absl::StatusOr<Watermarks> rows = (*store)->GetWatermarks("main", "quotes");
    if (!rows.ok()) return rows.status();
    if (rows->visible.value() != quotes_.rows.size()) {
      return absl::DataLossError(
          Concat("wrote ", quotes_.rows.size(), " quotes, found ", rows->visible.value()));
    }
    return (*store)->Close();
  }

  const std::string folder_;
  const QuoteRows& quotes_;
};

absl::StatusOr<RowLatency> MeasureRow(const std::string& folder, const QuoteRows& quotes) {
  RowLatency measured;
  const absl::Status status =
      QuoteStore(folder, quotes).Run([&](Store&, Appender& appender, BoundQuotes& bound) {
        const ThreadUse use;
        for (const QuoteRow& row : quotes.rows) {
          const uint64_t begin = CycleClock::Now();
          bound.Append(row);
          const bool committed = appender.Commit().ok();
          measured.ticks.Add(CycleClock::Now() - begin);
          if (!committed) return appender.status();
        }
        measured.cost = use.Since(appender);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return measured;
}

// Appends all rows, with a commit of this level for every so many.
absl::StatusOr<WriteRate> MeasureRate(const std::string& folder, const QuoteRows& quotes,
                                      size_t commit_rows, Durability durability) {
  WriteRate rate;
  const auto write = [&](Store& store, Appender& appender, BoundQuotes& bound) {
    const ThreadUse use;
    const uint64_t begin_ns = CycleClock::NowNs();
    size_t open = 0;
    for (const QuoteRow& row : quotes.rows) {
      bound.Append(row);
      if (++open < commit_rows && &row != &quotes.rows.back()) continue;
      open = 0;
      const uint64_t begin = durability == Durability::kDurable ? CycleClock::Now() : 0;
      if (absl::StatusOr<Lsn> lsn = appender.Commit(durability); !lsn.ok()) return lsn.status();
      if (begin != 0) rate.commit_ticks.Add(CycleClock::Now() - begin);
    }
    const uint64_t ns = CycleClock::NowNs() - begin_ns;
    rate.rows_per_second = static_cast<double>(quotes.rows.size()) / static_cast<double>(ns) * 1e9;
    rate.cost = use.Since(appender);
    return store.MakeDurable(store.committed());
  };
  if (absl::Status s = QuoteStore(folder, quotes).Run(write); !s.ok()) return s;
  rate.how = Concat("row by row, a commit for ", commit_rows,
                    durability == Durability::kDurable ? ", durable" : "");
  return rate;
}

// What a durable commit cannot be faster than here.
absl::StatusOr<Latencies> MeasureBareSync(const std::string& folder) {
  const std::string path = folder + "/bare";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return absl::UnavailableError(Concat("cannot make ", path));
  const std::vector<char> bytes(kSyncBytes, 'x');
  Latencies ticks;
  bool ok = true;
  for (size_t i = 0; ok && i < kSyncs; ++i) {
    const uint64_t begin = CycleClock::Now();
    ok = ::pwrite(file, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()) &&
         ::fdatasync(file) == 0;
    ticks.Add(CycleClock::Now() - begin);
  }
  ::close(file);
  if (!ok) return absl::UnavailableError(Concat("cannot write ", path));
  return ticks;
}

}  // namespace

absl::StatusOr<WriteReport> MeasureWrites(const std::string& folder, const QuoteRows& quotes) {
  WriteReport report;
  const std::string store = folder + "/store";
  absl::StatusOr<RowLatency> row = MeasureRow(store, quotes);
  if (!row.ok()) return row.status();
  report.row = *std::move(row);
  for (const auto& [rows, durability] : {std::pair<size_t, Durability>{1, Durability::kProcess},
                                         {kCommitRows, Durability::kProcess},
                                         {kCommitRows, Durability::kDurable}}) {
    absl::StatusOr<WriteRate> rate = MeasureRate(store, quotes, rows, durability);
    if (!rate.ok()) return rate.status();
    report.rates.push_back(*std::move(rate));
  }
  absl::StatusOr<Latencies> bare = MeasureBareSync(folder);
  if (!bare.ok()) return bare.status();
  report.bare_sync_ticks = *bare;
  return report;
}

}  // namespace tape::bench
