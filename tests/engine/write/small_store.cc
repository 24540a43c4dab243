#include "tests/engine/write/small_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "format/layout/kills.h"
#include "format/layout/slice_view.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr int64_t kMonday = int64_t{20109} * 86'400 * 1'000'000'000;

// The values of a row, told from its table and number. Some rows are of another day, some are late.
struct RowValues {
  RowValues(size_t table, uint64_t row)
      : time(kMonday + static_cast<int64_t>(row) * 1'000'000 +
             (row % 97 == 3 ? -int64_t{90'000} * 1'000'000'000 : 0)),
        symbol(Concat("S", table, "-", row % 7)),
        size(static_cast<int64_t>(row * 3 + table)),
        has_size(row % 5 != 1),
        note(row % 3 == 0 ? std::string(row % 50, 'n') : Concat("note ", row)),
        has_note(row % 4 != 2) {}

  int64_t time;
  std::string symbol;
  int64_t size;
  bool has_size;
  std::string note;
  bool has_note;
};

Schema TableSchema(size_t table) {
  auto schema = Schema::Builder(Concat("t", table))
                    .Column("ts", Type::Timestamp())
                    .NotNull()
                    .Column("symbol", Type::Symbol())
                    .NotNull()
                    .Column("size", Type::Bigint())
                    .Column("note", Type::Text())
                    .PartitionBy(Partition::kDay, "ts")
                    .ClusterBy("symbol")
                    .SliceRows(kMinSliceRows)
                    .Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return *std::move(schema);
}

// Why a row of columns is not row `row`; empty where it is.
std::string Difference(size_t table, uint64_t row, const std::vector<ColumnView>& columns,
                       uint64_t at, const SymbolCodes& symbols) {
  const RowValues expected(table, row);
  const auto different = [&](std::string_view what) {
    return Concat("table ", table, ", row ", row, ": another ", what);
  };
  if (columns[0].Values<int64_t>()[at] != expected.time) return different("time");
  const SymbolCode code(columns[1].Values<uint32_t>()[at]);
  if (symbols.Text(ColumnId(2), code) != expected.symbol) return different("symbol");
  if (columns[2].IsNull(at) == expected.has_size) return different("NULL of size");
  if (expected.has_size && columns[2].Values<int64_t>()[at] != expected.size) {
    return different("size");
  }
  if (columns[3].IsNull(at) == expected.has_note) return different("NULL of note");
  if (expected.has_note && columns[3].Bytes(at) != expected.note) return different("note");
  return {};
}

}  // namespace

SmallStore::SmallStore(FileSystem& files, ManualHost& host, Promises& promises)
    : files_(files), host_(host), promises_(promises) {}

absl::Status SmallStore::Open(const SmallOptions& options) {
  auto writer =
      StoreWriter::Open({files_, host_}, {.folder = "/store",
                                          .create = true,
                                          .shared_memory = "/shm",
                                          .tail_bytes_max = options.tail_bytes_max,
                                          .wal_segment_bytes = options.wal_segment_bytes,
                                          .small_tail_segments = options.small_tail_segments});
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  for (size_t table = 0; table < kSmallTables; ++table) {
    if (absl::Status status = OpenTable(table); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SmallStore::OpenTable(size_t table) {
  tables_[table] = writer_->Find("main", Concat("t", table));
  if (tables_[table] == nullptr) {
    if (promises_.tables > table) return absl::DataLossError("a table is gone");
    absl::StatusOr<TableId> id = writer_->CreateTable(TableSchema(table));
    if (!id.ok()) return id.status();
    tables_[table] = writer_->Find(*id);
  }
  promises_.tables = std::max(promises_.tables, table + 1);
  appenders_[table] = std::make_unique<TailAppender>(*tables_[table]->tail, writer_->sequence(),
                                                     FullTail::kPrepare);
  // What counts after a loss is what was found; commits that were tried and are gone, are gone.
  return appenders_[table]->Start(uint64_t{tables_[table]->symbols.Count(ColumnId(2))} + 1);
}

absl::Status SmallStore::Append(size_t table, uint64_t rows) {
  TailAppender& appender = *appenders_[table];
  const uint64_t first = appender.rows();
  for (uint64_t row = first; row < first + rows; ++row) {
    const RowValues values(table, row);
    absl::StatusOr<SymbolCode> code = tables_[table]->symbols.Intern(
        ColumnId(2), values.symbol, [&](ColumnId column, SymbolCode fresh, std::string_view text) {
          return appender.AddSymbol(column, fresh, text);
        });
    if (!code.ok()) return code.status();
    appender.Put<int64_t>(0, values.time);
    appender.Put<uint32_t>(1, code->value());
    if (values.has_size) appender.Put<int64_t>(2, values.size);
    if (values.has_note) appender.PutBytes(3, values.note);
    if (!appender.EndRow()) return appender.status();
  }
  return absl::OkStatus();
}

void SmallStore::Kill(size_t table, uint64_t row) {
  appenders_[table]->Kill(RowNumber(row));
  killed_[table].push_back(row);
}

absl::Status SmallStore::Commit() {
  for (size_t table = 0; table < kSmallTables; ++table) {
    if (!appenders_[table]->has_changes()) continue;
    std::array<uint64_t, kSmallTables> rows = promises_.rows.back();
    rows[table] = appenders_[table]->rows();
    for (uint64_t row : killed_[table]) {
      promises_.kills.push_back({promises_.rows.size(), table, row});
    }
    killed_[table].clear();
    promises_.rows.push_back(rows);
    absl::StatusOr<Lsn> lsn = appenders_[table]->Commit();
    if (!lsn.ok()) return lsn.status();
    if (IsDead()) return absl::AbortedError("the power failed before");
    promises_.acknowledged = promises_.rows.size() - 1;
  }
  return absl::OkStatus();
}

absl::Status SmallStore::MakeDurable() {
  const uint64_t commits = promises_.acknowledged;
  absl::Status status = writer_->wal().MakeDurable(writer_->sequence().committed());
  if (IsDead()) return absl::AbortedError("the power failed before");
  if (status.ok()) promises_.durable = commits;
  return status;
}

absl::Status SmallStore::TakeSequence(uint32_t count) {
  absl::StatusOr<int64_t> first = writer_->TakeSequence(tables_[0]->info.id, ColumnId(3), count);
  if (!first.ok()) return first.status();
  if (*first <= promises_.sequence) {
    return absl::DataLossError(Concat("value ", *first, " again after ", promises_.sequence));
  }
  promises_.sequence = *first + count - 1;
  return absl::OkStatus();
}

absl::Status SmallStore::Seal(SealWhat what) {
  for (const std::shared_ptr<struct OpenTable>& table : tables_) {
    absl::StatusOr<uint64_t> rows = writer_->Seal(table->info.id, what);
    if (!rows.ok()) return rows.status();
  }
  return absl::OkStatus();
}

absl::Status SmallStore::Fold(FoldWhat what) {
  for (const std::shared_ptr<struct OpenTable>& table : tables_) {
    absl::StatusOr<bool> folded = true;
    while (folded.ok() && *folded) folded = writer_->FoldStep(table->info.id, what);
    if (!folded.ok()) return folded.status();
  }
  return absl::OkStatus();
}

absl::Status SmallStore::Release() { return writer_->Release(); }

absl::Status SmallStore::Close() {
  const uint64_t commits = promises_.acknowledged;
  for (auto& appender : appenders_) appender.reset();
  for (auto& table : tables_) table.reset();
  absl::Status status = writer_->Close();
  if (status.ok()) promises_.durable = commits;
  writer_.reset();
  return status;
}

// ---- checking

std::string SmallStore::Check(uint64_t promised) {
  std::array<uint64_t, kSmallTables> rows{};
  for (size_t table = 0; table < kSmallTables; ++table) {
    if (std::string wrong = CheckTable(table, rows[table]); !wrong.empty()) return wrong;
  }
  for (size_t commits = promises_.rows.size(); commits-- > 0;) {
    if (promises_.rows[commits] != rows) continue;
    if (commits < promised) {
      return Concat(commits, " commits are there, ", promised, " were promised");
    }
    // From here on this is what happened.
    promises_.rows.resize(commits + 1);
    promises_.acknowledged = commits;
    std::erase_if(promises_.kills, [&](const PromisedKill& kill) { return kill.commit > commits; });
    for (size_t table = 0; table < kSmallTables; ++table) {
      if (std::string wrong = CheckKills(table); !wrong.empty()) return wrong;
    }
    return {};
  }
  return Concat(rows[0], " and ", rows[1], " rows are what no prefix of the commits has");
}

std::string SmallStore::CheckKills(size_t table) {
  std::set<uint64_t> expected;
  for (const PromisedKill& kill : promises_.kills) {
    if (kill.table == table) expected.insert(kill.row);
  }
  absl::StatusOr<std::set<uint64_t>> found = DeadRows(table);
  if (!found.ok()) return found.status().ToString();
  if (*found == expected) return {};
  return Concat("table ", table, ": ", found->size(), " rows are dead, not ", expected.size());
}

absl::StatusOr<std::set<uint64_t>> SmallStore::DeadRows(size_t table) {
  std::set<uint64_t> dead;
  TableTail& tail = *tables_[table]->tail;
  const TableControl& control = tail.control();
  absl::Status status =
      tail.scan().ForEachKill(control.sealed_kills.Load(), control.kills.Load(),
                              [&](const TailKill& kill) { dead.insert(kill.row); });
  if (!status.ok()) return status;
  TableReader reader(Place(table), tables_[table]->info.schema, 1 << 20);
  auto version = reader.Load();
  if (!version.ok()) return version.status();
  for (const format::Place& place : (*version)->bytes()) {
    if (place.kind != format::FileKind::kKills) continue;
    auto kills = reader.Kills(place);
    if (!kills.ok()) return kills.status();
    std::vector<format::Kill> all;
    status = format::KillsReader(format::BestKernels()).ReadAll(**kills, all);
    if (!status.ok()) return status;
    for (const format::Kill& kill : all) dead.insert(kill.row.value());
  }
  return dead;
}

TablePlace SmallStore::Place(size_t table) const {
  return TablePlaceOf({files_, host_}, "/store", writer_->store(), tables_[table]->info);
}

std::string SmallStore::CheckTable(size_t table, uint64_t& rows) {
  if (std::string wrong = CheckSlices(table, rows); !wrong.empty()) return wrong;
  return CheckTail(table, rows);
}

// Every row below the sealed ones is in one slice, as it should be.
std::string SmallStore::CheckSlices(size_t table, uint64_t& rows) {
  struct OpenTable& open = *tables_[table];
  TableReader reader(Place(table), open.info.schema, 1 << 20);
  auto version = reader.Load();
  if (!version.ok()) return version.status().ToString();
  rows = (*version)->sealed_rows().value();
  std::vector<bool> seen(rows);
  for (const auto& [number, entry] : (*version)->slices()) {
    std::string wrong = CheckSlice(table, reader, entry, seen);
    if (!wrong.empty()) return Concat(wrong, " in slice ", number);
  }
  const auto missing = std::ranges::find(seen, false);
  if (missing == seen.end()) return {};
  return Concat("table ", table, ": row ", missing - seen.begin(), " is in no slice");
}

std::string SmallStore::CheckSlice(size_t table, TableReader& reader,
                                   const format::SliceEntry& entry, std::vector<bool>& seen) {
  const std::vector<ColumnId> ids = {ColumnId(1), ColumnId(2), ColumnId(3), ColumnId(4)};
  auto slice = reader.OpenSlice(entry, ids);
  if (!slice.ok()) return slice.status().ToString();
  format::SliceReader slices(format::BestKernels());
  slices.Open((*slice)->view());
  std::vector<ColumnBuffer> buffers;
  std::vector<ColumnView> columns;
  for (size_t i = 0; i < ids.size(); ++i) {
    buffers.emplace_back(tables_[table]->info.schema.physical(i));
    absl::Status status =
        slices.ReadColumn(*(*slice)->Column(i), format::RowOrder::kArrival, buffers.back());
    if (!status.ok()) return status.ToString();
  }
  for (const ColumnBuffer& buffer : buffers) columns.push_back(buffer.view());
  uint64_t at = 0;
  for (const format::RowNumberRange& run : entry.runs) {
    for (uint64_t row = run.first.value(); row < run.first.value() + run.rows; ++row, ++at) {
      std::string wrong = Difference(table, row, columns, at, tables_[table]->symbols);
      if (!wrong.empty()) return wrong;
      if (row >= seen.size()) return Concat("row ", row, " is not sealed");
      if (seen[row]) return Concat("row ", row, " is there twice");
      seen[row] = true;
    }
  }
  return {};
}

// The rows behind them are in the tail.
std::string SmallStore::CheckTail(size_t table, uint64_t& rows) {
  TableTail& tail = *tables_[table]->tail;
  const ChunkPlan plan = PlanRows(tail.table().columns, true, 1, 1);
  std::string wrong;
  const auto check = [&](const TailPiece& piece) {
    ColumnBuffer notes(Physical::kBytes);
    for (const TailBytes& value : piece.Entries<TailBytes>(plan.values[3])) {
      auto bytes = tail.scan().Bytes(value);
      if (!bytes.ok()) return bytes.status();
      notes.AppendBytes(*bytes);
    }
    const std::vector<ColumnView> columns = {
        ColumnView::Of(piece.Entries<int64_t>(plan.values[0])),
        ColumnView::Of(piece.Entries<uint32_t>(plan.values[1])),
        ColumnView::Of(piece.Entries<int64_t>(plan.values[2]),
                       piece.Entries<uint8_t>(*plan.validity[2]).data()),
        ColumnView::Bytes(notes.view().Offsets(), notes.view().Heap(),
                          piece.Entries<uint8_t>(*plan.validity[3]).data())};
    for (uint64_t at = 0; at < piece.rows && wrong.empty(); ++at) {
      wrong = Difference(table, piece.first + at, columns, at, tables_[table]->symbols);
    }
    rows += piece.rows;
    return absl::OkStatus();
  };
  const absl::Status status = tail.scan().ForEachPiece(rows, tail.control().visible.Load(), check);
  return status.ok() ? wrong : status.ToString();
}

}  // namespace tape::engine
