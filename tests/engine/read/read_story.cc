#include "tests/engine/read/read_story.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "engine/write/live_tail.h"
#include "format/bytes/message.h"
#include "tape/snapshot.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr int64_t kDayNs = int64_t{86'400} * 1'000'000'000;
constexpr int64_t kMonday = int64_t{20109} * kDayNs;

bool IsThere(const StoryRow& row, const ScanOptions& options, uint64_t lsn) {
  const uint64_t at = options.as_of.has_value() ? options.as_of->value() : lsn;
  if (row.lsn > at || row.killed <= at) return false;
  if (options.from.has_value() && row.time < options.from->nanos()) return false;
  if (options.to.has_value() && row.time >= options.to->nanos()) return false;
  return options.symbols.empty() || std::ranges::count(options.symbols, row.symbol) != 0;
}

}  // namespace

std::vector<StoryRow> Expected(const std::vector<StoryRow>& rows, const ScanOptions& options,
                               uint64_t lsn) {
  std::vector<StoryRow> found;
  for (const StoryRow& row : rows) {
    if (IsThere(row, options, lsn)) found.push_back(row);
  }
  if (options.order == ScanOrder::kTime) {
    std::ranges::stable_sort(found, {}, &StoryRow::time);
  }
  if (options.limit.has_value() && found.size() > *options.limit) found.resize(*options.limit);
  return found;
}

ReadStory::ReadStory(const Machine& machine, const StoryShape& shape, std::string folder,
                     std::string memory)
    : machine_(machine), shape_(shape), folder_(std::move(folder)), memory_(std::move(memory)) {}

Schema ReadStory::TableSchema() const {
  Schema::Builder builder("ticks");
  builder.Column("ts", Type::Timestamp()).NotNull();
  builder.Column("symbol", Type::Symbol()).NotNull();
  builder.Column("id", Type::Bigint()).NotNull();
  builder.Column("size", Type::Bigint());
  builder.Column("note", Type::Text());
  builder.PartitionBy(Partition::kDay, "ts");
  TableOptions options;
  if (shape_.history) options.history = History::kAll;
  options.slice_rows = shape_.slice_rows;
  builder.With(options);
  shape_.clustered ? builder.ClusterBy("symbol") : builder.NotClustered();
  auto schema = builder.Build();
  EXPECT_TRUE(schema.ok()) << schema.status();
  return *std::move(schema);
}

absl::Status ReadStory::Open() {
  auto writer = StoreWriter::Open(machine_, {.folder = folder_,
                                             .create = true,
                                             .shared_memory = memory_,
                                             .tail_bytes_max = 64 << 20,
                                             .wal_segment_bytes = 256 << 10});
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  table_ = writer_->Find("main", "ticks");
  if (table_ == nullptr) {
    absl::StatusOr<TableId> id = writer_->CreateTable(TableSchema());
    if (!id.ok()) return id.status();
    table_ = writer_->Find(*id);
  }
  if (absl::Status status = SaveCatalog(); !status.ok()) return status;
  const uint64_t kept = table_->tail->control().visible.Load();
  if (kept > rows_.size()) return absl::DataLossError("more rows than were committed");
  rows_.resize(kept);
  appender_ =
      std::make_unique<TailAppender>(*table_->tail, writer_->sequence(), FullTail::kPrepare);
  return appender_->Start(uint64_t{table_->symbols.Count(ColumnId(2))} + 1);
}

// Readers of a tail know the catalog from its file.
absl::Status ReadStory::SaveCatalog() {
  auto catalog = Catalog::Load(machine_.files, folder_, writer_->store());
  if (!catalog.ok()) return catalog.status();
  if (catalog->Find(table_->info.id) != nullptr) return absl::OkStatus();
  auto records = catalog->CreateTable(TableSchema(), 0);
  if (!records.ok()) return records.status();
  for (const format::CatalogRecord& record : *records) {
    if (absl::Status s = catalog->Apply(table_->info.since, record); !s.ok()) return s;
  }
  return catalog->Save(machine_.files, folder_, catalog->changed());
}

absl::StatusOr<std::unique_ptr<Mapping>> ReadStory::MapControl() {
  auto live = FindLiveTail(machine_, folder_, writer_->store());
  if (!live.ok()) return live.status();
  auto file = machine_.files.Open(JoinPath(live->folder, "control"), OpenMode::kReadWrite);
  if (!file.ok()) return file.status();
  return (*file)->Map(0, kStoreControlSize, MapMode::kReadWrite);
}

// ---- writing

StoryRow ReadStory::MakeRow(uint64_t number, Chance& chance) const {
  StoryRow row{.number = number};
  row.time = kMonday + static_cast<int64_t>(number / 3) * 1'000'000;
  if (shape_.late && chance.Below(40) == 0)
    row.time -= static_cast<int64_t>(chance.Below(500)) * 1'000'000;
  if (shape_.late && chance.Below(90) == 0) row.time -= kDayNs;
  row.symbol = Concat("S", chance.Below(shape_.symbols));
  row.id = static_cast<int64_t>(number * 10);
  if (chance.Below(5) != 0) row.size = static_cast<int64_t>(chance.Below(1000));
  if (chance.Below(4) != 0)
    row.note = std::string(chance.Below(30), 'a' + static_cast<char>(number % 26));
  return row;
}

absl::Status ReadStory::Put(const StoryRow& row) {
  absl::StatusOr<SymbolCode> code = table_->symbols.Intern(
      ColumnId(2), row.symbol, [&](ColumnId column, SymbolCode fresh, std::string_view text) {
        return appender_->AddSymbol(column, fresh, text);
      });
  if (!code.ok()) return code.status();
  appender_->Put<int64_t>(0, row.time);
  appender_->Put<uint32_t>(1, code->value());
  appender_->Put<int64_t>(2, row.id);
  if (row.size.has_value()) appender_->Put<int64_t>(3, *row.size);
  if (row.note.has_value()) appender_->PutBytes(4, *row.note);
  return appender_->EndRow() ? absl::OkStatus() : appender_->status();
}

absl::Status ReadStory::Append(uint64_t rows, Chance& chance) {
  for (uint64_t i = 0; i < rows; ++i) {
    open_.push_back(MakeRow(rows_.size() + open_.size(), chance));
    if (absl::Status status = Put(open_.back()); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void ReadStory::Kill(uint64_t row) {
  if (row >= rows_.size() || rows_[row].killed != ~uint64_t{0}) return;
  if (std::ranges::count(open_kills_, row) != 0) return;
  open_kills_.push_back(row);
  appender_->Kill(RowNumber(row));
}

absl::Status ReadStory::Commit() {
  if (!appender_->has_changes()) return absl::OkStatus();
  absl::StatusOr<Lsn> lsn = appender_->Commit();
  if (!lsn.ok()) return lsn.status();
  for (StoryRow& row : open_) {
    row.lsn = lsn->value();
    rows_.push_back(row);
  }
  for (uint64_t row : open_kills_) rows_[row].killed = lsn->value();
  open_.clear();
  open_kills_.clear();
  return absl::OkStatus();
}

absl::Status ReadStory::Seal(SealWhat what) {
  absl::Status status = writer_->wal().MakeDurable(writer_->sequence().committed());
  if (!status.ok()) return status;
  auto mapping = MapControl();
  if (!mapping.ok()) return mapping.status();
  auto& control = *reinterpret_cast<StoreControl*>((*mapping)->writable().data());
  const uint64_t generation = control.generation.Load();
  absl::StatusOr<uint64_t> sealed = writer_->Seal(table_->info.id, what);
  if (!sealed.ok()) return sealed.status();
  if (control.generation.Load() == generation) control.generation.Store(generation + 1);
  return absl::OkStatus();
}

absl::Status ReadStory::Close() {
  appender_.reset();
  table_.reset();
  auto mapping = MapControl();
  absl::Status status = writer_->Close();
  if (mapping.ok() && status.ok()) {
    reinterpret_cast<StoreControl*>((*mapping)->writable().data())->left.Store(1);
  }
  writer_.reset();
  return status;
}

void ReadStory::Die() {
  appender_.reset();
  table_.reset();
  writer_.reset();
  open_.clear();
  open_kills_.clear();
}

// ---- comparing

namespace {

// Why a value is not the row's; empty where it is.
std::string WrongValue(const TableSnapshot& table, const StoryRow& row, std::string_view name,
                       const ColumnView& column, size_t at) {
  const auto wrong = [&] { return Concat("row ", row.number, ": another ", name); };
  if (name == "ts") return column.Values<int64_t>()[at] == row.time ? "" : wrong();
  if (name == "id") return column.Values<int64_t>()[at] == row.id ? "" : wrong();
  if (name == "symbol") {
    auto text = table.Text(ColumnId(2), SymbolCode(column.Values<uint32_t>()[at]));
    if (!text.ok()) return text.status().ToString();
    return *text == row.symbol ? "" : wrong();
  }
  if (name == "size") {
    if (column.IsNull(at) == row.size.has_value()) return wrong() + " NULL";
    return !row.size.has_value() || column.Values<int64_t>()[at] == *row.size ? "" : wrong();
  }
  if (column.IsNull(at) == row.note.has_value()) return wrong() + " NULL";
  return !row.note.has_value() || column.Bytes(at) == *row.note ? "" : wrong();
}

// Why a row of the scan's batch is not this one; empty where it is.
std::string WrongRow(const TableSnapshot& table, const Scan& scan, size_t at,
                     const std::vector<std::string>& columns, const StoryRow& expected) {
  if (scan.row_numbers()[at] != expected.number) {
    return Concat("expected row ", expected.number, ", found ", scan.row_numbers()[at]);
  }
  std::string wrong;
  for (size_t c = 0; c < columns.size() && wrong.empty(); ++c) {
    wrong = WrongValue(table, expected, columns[c], scan.column(c), at);
  }
  return wrong;
}

}  // namespace

std::string Difference(const StoreSnapshot& snapshot, Scan& scan,
                       const std::vector<std::string>& columns,
                       const std::vector<StoryRow>& expected) {
  const TableSnapshot& table = *snapshot.Find("main", "ticks");
  size_t seen = 0;
  while (true) {
    absl::StatusOr<size_t> rows = scan.Next();
    if (!rows.ok()) return rows.status().ToString();
    if (*rows == 0) break;
    if (*rows > kBlockRows) return "a batch that is too large";
    for (size_t i = 0; i < *rows; ++i, ++seen) {
      if (seen == expected.size()) return Concat("more than ", seen, " rows");
      std::string wrong = WrongRow(table, scan, i, columns, expected[seen]);
      if (!wrong.empty()) return Concat("at ", seen, ": ", wrong);
    }
  }
  if (seen == expected.size()) return {};
  return Concat("expected ", expected.size(), " rows, found ", seen);
}

std::string CheckScan(const std::shared_ptr<const StoreSnapshot>& snapshot, ScanOptions options,
                      const std::vector<StoryRow>& rows) {
  options.table = "ticks";
  options.row_numbers = true;
  const std::vector<std::string> columns =
      options.columns.empty() ? std::vector<std::string>{"ts", "symbol", "id", "size", "note"}
                              : options.columns;
  std::vector<StoryRow> expected = Expected(rows, options, snapshot->lsn().value());
  const bool stored = options.order == ScanOrder::kStored;
  auto scan = Snapshot(snapshot).Scan(options);
  if (!scan.ok()) return scan.status().ToString();
  if (!stored) return Difference(*snapshot, **scan, columns, expected);
  // Stored order is whatever it is, but the same twice: rows are compared as it gives them.
  std::vector<StoryRow> given;
  while (true) {
    absl::StatusOr<size_t> batch = (*scan)->Next();
    if (!batch.ok()) return batch.status().ToString();
    if (*batch == 0) break;
    for (uint64_t number : (*scan)->row_numbers()) {
      if (number >= rows.size()) return Concat("there is no row ", number);
      given.push_back(rows[number]);
    }
  }
  std::vector<StoryRow> sorted = given;
  std::ranges::sort(sorted, {}, &StoryRow::number);
  std::vector<StoryRow> all = Expected(
      rows,
      {.from = options.from, .to = options.to, .symbols = options.symbols, .as_of = options.as_of},
      snapshot->lsn().value());
  if (given.size() != expected.size()) {
    return Concat("expected ", expected.size(), " rows in stored order, found ", given.size());
  }
  for (const StoryRow& row : sorted) {
    const auto known = std::ranges::lower_bound(all, row.number, {}, &StoryRow::number);
    if (known == all.end() || known->number != row.number)
      return Concat("row ", row.number, " is not wanted");
  }
  const auto twice = std::ranges::adjacent_find(sorted, {}, &StoryRow::number);
  if (twice != sorted.end()) return Concat("row ", twice->number, " comes twice");
  auto again = Snapshot(snapshot).Scan(options);
  if (!again.ok()) return again.status().ToString();
  return Difference(*snapshot, **again, columns, given);
}

}  // namespace tape::engine
