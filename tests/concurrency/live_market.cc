#include "tests/concurrency/live_market.h"

#include <span>

#include "format/bytes/message.h"
#include "tape/limits.h"
#include "tape/scan.h"

namespace tape {
namespace {

using format::Concat;

constexpr int64_t kMonday = 1'737'331'200'000'000'000;
constexpr int64_t kDayNs = 86'400'000'000'000;
constexpr uint64_t kKillEvery = 16;
constexpr uint64_t kRowsOfASymbol = 3000;  // after so many, one more comes up

Schema Ticks() {
  auto schema = Schema::Builder("ticks")
                    .Column("ts", Type::Timestamp())
                    .NotNull()
                    .Column("symbol", Type::Symbol())
                    .NotNull()
                    .Column("id", Type::Bigint())
                    .NotNull()
                    .Column("note", Type::Text())
                    .PartitionBy(Partition::kDay, "ts")
                    .ClusterBy("symbol")
                    .SliceRows(kMinSliceRows)
                    .Build();
  return *std::move(schema);
}

Schema Commits() {
  auto schema = Schema::Builder("commits")
                    .Column("rows", Type::Bigint())
                    .NotNull()
                    .Column("kills", Type::Bigint())
                    .NotNull()
                    .SliceRows(kMinSliceRows)
                    .Build();
  return *std::move(schema);
}

// Of the last row of commits; nothing yet: zeros.
struct Counts {
  uint64_t rows = 0;
  uint64_t kills = 0;
};

absl::StatusOr<Counts> CountsIn(const Snapshot& snapshot) {
  absl::StatusOr<RowNumber> end = snapshot.EndOfRows("main", "commits");
  if (!end.ok()) return end.status();
  if (end->value() == 0) return Counts();
  auto scan = snapshot.Scan(
      {.table = "commits", .order = ScanOrder::kArrival, .from_row = RowNumber(end->value() - 1)});
  if (!scan.ok()) return scan.status();
  absl::StatusOr<size_t> rows = (*scan)->Next();
  if (!rows.ok()) return rows.status();
  if (*rows != 1) return absl::DataLossError(Concat(*rows, " last rows of commits"));
  return Counts{.rows = static_cast<uint64_t>((*scan)->column(0).Values<int64_t>()[0]),
                .kills = static_cast<uint64_t>((*scan)->column(1).Values<int64_t>()[0])};
}

}  // namespace

absl::Status LiveMarket::MakeTables() {
  for (const Schema& schema : {Ticks(), Commits()}) {
    absl::Status made = store_.CreateTable(schema);
    if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  }
  return absl::OkStatus();
}

absl::Status LiveMarket::ReadCounts() {
  auto snapshot = store_.TakeSnapshot();
  if (!snapshot.ok()) return snapshot.status();
  absl::StatusOr<Counts> counts = CountsIn(**snapshot);
  if (!counts.ok()) return counts.status();
  rows_ = counts->rows;
  kills_ = counts->kills;
  return absl::OkStatus();
}

absl::Status LiveMarket::Begin() {
  if (absl::Status status = MakeTables(); !status.ok()) return status;
  if (absl::Status status = ReadCounts(); !status.ok()) return status;
  auto ticks = store_.OpenAppender("main", "ticks");
  if (!ticks.ok()) return ticks.status();
  auto commits = store_.OpenAppender("main", "commits");
  if (!commits.ok()) return commits.status();
  ticks_ = *std::move(ticks);
  commits_ = *std::move(commits);
  return absl::OkStatus();
}

absl::Status LiveMarket::AppendTick(engine::Chance& chance) {
  auto ts = ticks_->Handle<Timestamp>("ts");
  auto symbol = ticks_->Handle<SymbolCode>("symbol");
  auto id = ticks_->Handle<int64_t>("id");
  auto note = ticks_->Handle<std::string_view>("note");
  if (!ts.ok() || !symbol.ok() || !id.ok() || !note.ok()) return absl::InternalError("no column");
  const uint64_t symbols = 4 + rows_ / kRowsOfASymbol;
  auto code = ticks_->Intern("symbol", Concat("S", chance.Below(symbols)));
  if (!code.ok()) return code.status();
  int64_t time = kMonday + 2 * kDayNs + static_cast<int64_t>(rows_) * 1'000'000;
  if (chance.OneIn(50)) time -= kDayNs;
  ticks_->Set(*ts, Timestamp::FromNanos(time));
  ticks_->Set(*symbol, *code);
  ticks_->Set(*id, static_cast<int64_t>(rows_));
  if (chance.OneIn(3)) ticks_->Set(*note, std::string_view("a note of some length"));
  ++rows_;
  return ticks_->EndRow() ? absl::OkStatus() : ticks_->status();
}

absl::Status LiveMarket::AppendCounts() {
  auto rows = commits_->Handle<int64_t>("rows");
  auto kills = commits_->Handle<int64_t>("kills");
  if (!rows.ok() || !kills.ok()) return absl::InternalError("no column");
  commits_->Set(*rows, static_cast<int64_t>(rows_));
  commits_->Set(*kills, static_cast<int64_t>(kills_));
  return commits_->EndRow() ? absl::OkStatus() : commits_->status();
}

absl::Status LiveMarket::Commit(engine::Chance& chance) {
  const uint64_t before = rows_;
  const uint64_t more = 1 + chance.Below(20);
  for (uint64_t i = 0; i < more; ++i) {
    if (absl::Status status = AppendTick(chance); !status.ok()) return status;
  }
  if (chance.OneIn(4) && kills_ * kKillEvery < before) {
    ticks_->Kill(RowNumber(kills_ * kKillEvery));
    ++kills_;
  }
  if (absl::Status status = AppendCounts(); !status.ok()) return status;
  Appender* const both[] = {ticks_.get(), commits_.get()};
  return Appender::CommitTogether(both).status();
}

std::string MarketReader::CheckTicks(const Snapshot& snapshot, uint64_t rows, uint64_t kills) {
  auto scan = snapshot.Scan({.table = "ticks", .columns = {"id"}, .row_numbers = true});
  if (!scan.ok()) return scan.status().ToString();
  seen_.assign(rows, 0);
  uint64_t count = 0;
  while (true) {
    absl::StatusOr<size_t> batch = (*scan)->Next();
    if (!batch.ok()) return batch.status().ToString();
    if (*batch == 0) break;
    const std::span<const int64_t> ids = (*scan)->column(0).Values<int64_t>();
    for (size_t i = 0; i < *batch; ++i) {
      const uint64_t number = (*scan)->row_numbers()[i];
      if (static_cast<uint64_t>(ids[i]) != number)
        return Concat("row ", number, " has id ", ids[i]);
      if (number >= rows) return Concat("row ", number, " of ", rows);
      if (seen_[number]++ != 0) return Concat("row ", number, " twice");
      if (number % kKillEvery == 0 && number / kKillEvery < kills) {
        return Concat("row ", number, " was killed");
      }
      ++count;
    }
  }
  if (count == rows - kills) return {};
  return Concat(count, " rows, expected ", rows, " without ", kills);
}

std::string MarketReader::Check(const Snapshot& snapshot, bool whole) {
  const uint64_t lsn = snapshot.lsn().value();
  if (lsn < lsn_) return Concat("LSN ", lsn, " after ", lsn_);
  lsn_ = lsn;
  absl::StatusOr<Counts> counts = CountsIn(snapshot);
  // A writer that begins makes one table after the other.
  if (absl::IsNotFound(counts.status()) && rows_ == 0) return {};
  if (!counts.ok()) return counts.status().ToString();
  absl::StatusOr<RowNumber> end = snapshot.EndOfRows("main", "ticks");
  if (!end.ok()) return end.status().ToString();
  if (end->value() != counts->rows) {
    return Concat("LSN ", lsn, ": ", end->value(), " ticks, commits say ", counts->rows);
  }
  if (counts->rows < rows_) return Concat(counts->rows, " rows after ", rows_);
  rows_ = counts->rows;
  return whole ? CheckTicks(snapshot, counts->rows, counts->kills) : std::string();
}

}  // namespace tape
