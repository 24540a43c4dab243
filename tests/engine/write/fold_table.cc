#include "tests/engine/write/fold_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "engine/files/names.h"
#include "engine/files/table_reader.h"
#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "format/types/civil.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::RowNumberRange;

uint32_t CodeOf(uint64_t row) { return static_cast<uint32_t>(1 + row * 7 % 13); }
int64_t SizeOf(uint64_t row) { return static_cast<int64_t>(row * row % 10'007); }
std::string NoteOf(uint64_t row) { return row % 9 == 4 ? Concat("note ", row) : std::string(); }

Schema FoldSchema(History history) {
  TableOptions options;
  options.history = history;
  options.slice_rows = kMinSliceRows;
  if (history == History::kInterval) options.history_interval_ns = 1'000'000;
  auto schema = Schema::Builder("folded")
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

// A slice's rows while they are put together.
struct Gathered {
  Gathered() {
    for (const Physical physical :
         {Physical::kInt64, Physical::kCode32, Physical::kInt64, Physical::kBytes}) {
      buffers.emplace_back(physical);
    }
  }

  void Add(uint64_t row, int64_t time, Lsn lsn) {
    buffers[0].Append(time);
    buffers[1].Append(CodeOf(row));
    row % 11 == 3 ? buffers[2].AppendNull() : static_cast<void>(buffers[2].Append(SizeOf(row)));
    buffers[3].AppendBytes(NoteOf(row));
    if (runs.empty() || runs.back().first + runs.back().rows != RowNumber(row)) {
      runs.push_back({RowNumber(row), 0});
    }
    ++runs.back().rows;
    lsns.push_back(lsn);
  }

  absl::Status WriteTo(TableChange& change, Day day, bool with_lsns) {
    for (const ColumnBuffer& buffer : buffers) columns.push_back(buffer.view());
    SliceRows rows{.day = day,
                   .columns = columns,
                   .runs = runs,
                   .least_lsn = lsns.front(),
                   .greatest_lsn = lsns.back()};
    if (with_lsns) rows.lsns = lsns;
    return change.AddSlice(rows);
  }

  std::vector<ColumnBuffer> buffers;
  std::vector<ColumnView> columns;
  std::vector<RowNumberRange> runs;
  std::vector<Lsn> lsns;
};

}  // namespace

FoldTable::FoldTable(FileSystem& files, ManualHost& host, History history)
    : files_(files), host_(host), schema_(FoldSchema(history)) {
  files.MakeDirectory("/store").IgnoreError();
  files.SyncDirectory("/").IgnoreError();
  place_ = {.files = &files,
            .host = &host,
            .folder = JoinPath("/store", TableFolder(TableId(17), "main", "folded")),
            .store = {1, 2, 3},
            .table = TableId(17)};
}

FoldTable FoldTable::On(FileSystem& files, ManualHost& host) const {
  FoldTable other(files, host, schema_.history());
  other.rows_ = rows_;
  other.kills_ = kills_;
  other.lsn_ = lsn_;
  return other;
}

absl::Status FoldTable::Open() {
  table_ = std::make_unique<OpenTable>(TableInfo{.id = TableId(17),
                                                 .version = 1,
                                                 .schema = schema_,
                                                 .record = {},
                                                 .first_schema = "main",
                                                 .first_name = "folded",
                                                 .since = Lsn(1),
                                                 .added = {},
                                                 .first_types = {}});
  auto files = TableFiles::Create(place_, schema_, 1, Lsn(1));
  if (absl::IsAlreadyExists(files.status())) files = TableFiles::Open(place_, schema_, 1);
  if (!files.ok()) return files.status();
  table_->files = *std::move(files);
  manifest_ = table_->files->manifest();
  return table_->files->RemoveLeftovers();
}

absl::Status FoldTable::Commit(TableChange change, uint64_t& bytes) {
  for (const format::SliceEntry& slice : change.new_slices()) {
    for (const format::Place& place : slice.places) bytes += place.length;
  }
  absl::Status status = table_->files->Commit(std::move(change));
  manifest_ = table_->files->manifest();
  return status;
}

absl::Status FoldTable::Seal(std::vector<Part> parts, uint64_t turn) {
  const std::vector<Row> before = rows_;
  const uint64_t lsn_before = lsn_;
  std::map<int32_t, Gathered> days;
  for (bool any = true; any;) {
    any = false;
    for (Part& part : parts) {
      const uint64_t some = std::min(part.rows, turn);
      if (some == 0) continue;
      any = true;
      ++lsn_;
      for (uint64_t i = 0; i < some; ++i) {
        const uint64_t row = rows_.size();
        const int64_t late = row % 17 == 5 ? 40'000 : 0;
        const int64_t time =
            part.day * format::kNanosPerDay + 50'000 + static_cast<int64_t>(row) * 900 - late;
        rows_.push_back({time, lsn_});
        days[part.day].Add(row, time, Lsn(lsn_));
      }
      part.rows -= some;
    }
  }
  TableChange change = table_->files->Begin(Lsn(lsn_));
  absl::Status status;
  for (auto& [day, gathered] : days) {
    status.Update(gathered.WriteTo(change, Day(day), schema_.history() != History::kNone));
  }
  change.SetSealedRows(RowNumber(rows_.size()));
  status.Update(Commit(std::move(change), sealed_bytes_));
  if (status.ok()) return status;
  rows_ = before;
  lsn_ = lsn_before;
  return status;
}

absl::Status FoldTable::Kill(uint64_t row) {
  const Day day = PartitionOf(Partition::kDay, rows_[row].time);
  TableChange change = table_->files->Begin(Lsn(lsn_ + 1));
  absl::Status status = change.AddKills(day, {{format::Kill{RowNumber(row), Lsn(lsn_ + 1)}}});
  status.Update(Commit(std::move(change), sealed_bytes_));
  if (status.ok()) kills_.try_emplace(row, ++lsn_);
  return status;
}

absl::StatusOr<bool> FoldTable::Fold(FoldWhat what) {
  const uint64_t next = manifest_->next_slice();
  absl::StatusOr<bool> folded = Folder(*table_, Lsn(lsn_), host_.RealTimeNs()).Step(what);
  manifest_ = table_->files->manifest();
  for (auto at = manifest_->slices().lower_bound(next); at != manifest_->slices().end(); ++at) {
    for (const format::Place& place : at->second.places) folded_bytes_ += place.length;
  }
  return folded;
}

// ---- checking

std::string FoldTable::CheckRow(uint64_t row, const std::vector<ColumnView>& columns,
                                size_t at) const {
  const bool is_null = row % 11 == 3;
  if (row >= rows_.size()) return Concat("row ", row, " was never sealed");
  if (columns[0].Values<int64_t>()[at] != rows_[row].time) return Concat("row ", row, ": time");
  if (columns[1].Values<uint32_t>()[at] != CodeOf(row)) return Concat("row ", row, ": symbol");
  if (columns[2].IsNull(at) != is_null) return Concat("row ", row, ": NULL");
  if (!is_null && columns[2].Values<int64_t>()[at] != SizeOf(row)) {
    return Concat("row ", row, ": size");
  }
  return columns[3].Bytes(at) == NoteOf(row) ? std::string() : Concat("row ", row, ": note");
}

absl::Status FoldTable::ReadSlice(TableReader& reader, const format::SliceEntry& entry,
                                  std::map<uint64_t, uint64_t>& lsns, std::string& wrong) const {
  const std::vector<ColumnId> ids = {ColumnId(1), ColumnId(2), ColumnId(3), ColumnId(4)};
  auto slice = reader.OpenSlice(entry, ids);
  if (!slice.ok()) return slice.status();
  format::SliceReader values(format::BestKernels());
  values.Open((*slice)->view());
  std::vector<ColumnBuffer> buffers;
  std::vector<ColumnView> columns;
  for (size_t i = 0; i < ids.size(); ++i) {
    ColumnBuffer& buffer = buffers.emplace_back(schema_.physical(i));
    absl::Status s = values.ReadColumn(*(*slice)->Column(i), format::RowOrder::kArrival, buffer);
    if (!s.ok()) return s;
  }
  for (const ColumnBuffer& buffer : buffers) columns.push_back(buffer.view());
  std::vector<Lsn> of_rows(entry.shape.rows, entry.greatest_lsn);
  auto extent = reader.Lsns(entry);
  if (!extent.ok()) return extent.status();
  const bool known = *extent != nullptr || entry.least_lsn == entry.greatest_lsn;
  if (*extent != nullptr) {
    of_rows.clear();
    absl::Status s = format::LsnReader(format::BestKernels()).ReadAll(**extent, of_rows);
    if (!s.ok()) return s;
  }
  size_t at = 0;
  for (const RowNumberRange& run : entry.runs) {
    for (uint64_t i = 0; i < run.rows; ++i, ++at) {
      const uint64_t row = run.first.value() + i;
      if (wrong.empty()) wrong = CheckRow(row, columns, at);
      if (!wrong.empty()) return absl::OkStatus();
      if (known && of_rows[at] != Lsn(rows_[row].lsn)) wrong = Concat("row ", row, ": LSN");
      if (!lsns.emplace(row, rows_[row].lsn).second) wrong = Concat("row ", row, " twice");
      if (!known && schema_.history() != History::kNone) wrong = Concat("row ", row, ": no LSN");
    }
  }
  return absl::OkStatus();
}

// A row that is gone is one that nobody can ask for from the history on.
std::string FoldTable::CheckVisible(const std::map<uint64_t, uint64_t>& lsns,
                                    const std::map<uint64_t, uint64_t>& kills, Lsn history) const {
  for (uint64_t row = 0; row < manifest_->sealed_rows().value(); ++row) {
    const auto killed = kills_.find(row);
    const auto found = kills.find(row);
    const bool is_there = lsns.contains(row);
    const bool must_be = killed == kills_.end() || Lsn(killed->second) > history;
    if (!is_there && must_be) return Concat("row ", row, " is gone");
    if (!is_there && found != kills.end()) return Concat("row ", row, " is gone, not its kill");
    if (!is_there) continue;
    const uint64_t expected = killed == kills_.end() ? 0 : killed->second;
    const uint64_t lsn = found == kills.end() ? 0 : found->second;
    if (lsn != expected) return Concat("row ", row, ": killed at ", lsn, " and not ", expected);
  }
  return {};
}

std::string FoldTable::Check() const {
  TableReader reader(place_, schema_, 1 << 20);
  auto version = reader.Load();
  if (!version.ok()) return version.status().ToString();
  std::string wrong;
  std::map<uint64_t, uint64_t> lsns;
  for (const auto& [number, entry] : (*version)->slices()) {
    absl::Status status = ReadSlice(reader, entry, lsns, wrong);
    if (!status.ok()) return status.ToString();
    if (!wrong.empty()) return wrong;
  }
  std::map<uint64_t, uint64_t> kills;
  for (const format::Place& place : (*version)->bytes()) {
    if (place.kind != format::FileKind::kKills) continue;
    auto view = reader.Kills(place);
    if (!view.ok()) return view.status().ToString();
    std::vector<format::Kill> all;
    absl::Status status = format::KillsReader(format::BestKernels()).ReadAll(**view, all);
    if (!status.ok()) return status.ToString();
    for (const format::Kill& kill : all) kills.emplace(kill.row.value(), kill.lsn.value());
  }
  return CheckVisible(lsns, kills, (*version)->history());
}

}  // namespace tape::engine
