#include "tests/engine/files/small_table.h"

#include <gtest/gtest.h>
#include <stdlib.h>  // getenv

#include <array>
#include <utility>

#include "engine/files/names.h"
#include "engine/io/chance.h"
#include "engine/io/memory_file_system.h"
#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "format/types/civil.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr ColumnId kSymbol{2};
constexpr std::array<std::string_view, 3> kFirstSymbols = {"AAPL", "MSFT", "NVDA"};
constexpr std::array<std::string_view, 2> kMoreSymbols = {"IBM", ""};

std::vector<format::KeyEntry> Keys(RowNumber first, size_t count) {
  std::vector<format::KeyEntry> keys;
  for (size_t i = 0; i < count; ++i) keys.push_back({Chance(first.value() + i).Next(), first + i});
  return keys;
}

template <typename Sections>
absl::Status AddSections(TableReader& reader, const TableVersion& version, Sections add) {
  for (const format::Place& place : version.bytes()) {
    if (absl::Status status = reader.VerifyPlace(place); !status.ok()) return status;
    if (absl::Status status = add(place); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status AddLsns(TableReader& reader, const format::SliceEntry& slice, std::string& out) {
  auto lsns = reader.Lsns(slice);
  if (!lsns.ok() || *lsns == nullptr) return lsns.status();
  std::vector<Lsn> all;
  absl::Status status = format::LsnReader(format::BestKernels()).ReadAll(**lsns, all);
  out += "  LSNs";
  for (const Lsn lsn : all) out += Concat(" ", lsn.value());
  out += "\n";
  return status;
}

absl::Status AddSlice(TableReader& reader, const Schema& schema, const format::SliceEntry& slice,
                      std::string& out) {
  for (const format::Place& place : slice.places) {
    if (absl::Status status = reader.VerifyPlace(place); !status.ok()) return status;
  }
  std::vector<ColumnId> ids;
  for (const Column& column : schema.columns()) ids.push_back(column.id);
  absl::StatusOr<std::shared_ptr<const MappedSlice>> mapped = reader.OpenSlice(slice, ids);
  if (!mapped.ok()) return mapped.status();
  auto summary = reader.Summary(slice);
  if (!summary.ok()) return summary.status();
  out += Concat("slice ", slice.slice, " day ", slice.day.value(), " rows ", (*summary)->rows());
  for (const auto& run : slice.runs) out += Concat(" ", run.first.value(), "+", run.rows);
  format::SliceReader rows(format::BestKernels());
  rows.Open((*mapped)->view());
  for (size_t i = 0; i < ids.size(); ++i) {
    ColumnBuffer values(schema.physical(i));
    absl::Status status =
        rows.ReadColumn(*(*mapped)->Column(i), format::RowOrder::kArrival, values);
    if (!status.ok()) return status;
    out += Concat("\n  ", schema.column(i).name, RowsAsText(values.view()));
  }
  out += "\n";
  return AddLsns(reader, slice, out);
}

absl::Status AddBytes(TableReader& reader, const format::Place& place, std::string& out) {
  if (place.kind == format::FileKind::kKills) {
    auto kills = reader.Kills(place);
    if (!kills.ok()) return kills.status();
    std::vector<format::Kill> all;
    absl::Status status = format::KillsReader(format::BestKernels()).ReadAll(**kills, all);
    out += Concat("kills of day ", place.day);
    for (const auto& kill : all) out += Concat(" ", kill.row.value(), "@", kill.lsn.value());
    out += "\n";
    return status;
  }
  auto keys = reader.Keys(place);
  if (!keys.ok()) return keys.status();
  format::KeyReader key_reader(format::BestKernels());
  if (absl::Status status = key_reader.Verify(**keys); !status.ok()) return status;
  std::vector<format::KeyEntry> all;
  absl::Status status = key_reader.ReadAll(**keys, all);
  out += Concat("key ", place.column);
  for (const auto& key : all) out += Concat(" ", key.hash, "=", key.row.value());
  out += "\n";
  return status;
}

absl::Status AddSymbols(TableReader& reader, const TableVersion& version, std::string& out) {
  for (const auto& [column, counts] : version.symbols()) {
    if (absl::Status status = reader.VerifySymbols(version, column); !status.ok()) return status;
    out += Concat("symbols of ", column.value());
    for (uint32_t code = 1; code <= counts.symbols; ++code) {
      auto text = reader.Text(version, column, SymbolCode(code));
      if (!text.ok()) return text.status();
      auto back = reader.Code(version, column, **text);
      if (!back.ok()) return back.status();
      out += Concat(" '", **text, "'=", back->value());
    }
    out += "\n";
  }
  return absl::OkStatus();
}

}  // namespace

Schema SmallSchema() {
  return *Schema::Builder("quotes")
              .Column("ts", Type::Timestamp())
              .NotNull()
              .Column("symbol", Type::Symbol())
              .NotNull()
              .Column("price", Type::Decimal(18, 2))
              .PartitionBy(Partition::kDay, "ts")
              .ClusterBy("symbol")
              .Build();
}

SmallRows::SmallRows(Day which, RowNumber first, size_t count, uint64_t seed) : day(which) {
  buffers.emplace_back(Physical::kInt64);
  buffers.emplace_back(Physical::kCode32);
  buffers.emplace_back(Physical::kInt64);
  Chance chance(seed);
  for (size_t i = 0; i < count; ++i) {
    const int64_t late = chance.OneIn(5) ? 5'000 : 0;
    const int64_t time =
        day.value() * format::kNanosPerDay + 10'000 + static_cast<int64_t>(i) * 700;
    buffers[0].Append(time - late);
    buffers[1].Append(static_cast<uint32_t>(1 + chance.Below(3)));
    chance.OneIn(7)
        ? buffers[2].AppendNull()
        : static_cast<void>(buffers[2].Append(static_cast<int64_t>(10'000 + chance.Below(300))));
  }
  for (const ColumnBuffer& buffer : buffers) columns.push_back(buffer.view());
  runs.push_back({first, count});
}

SliceRows SmallRows::Slice(Lsn lsn) const {
  const size_t rows = columns[0].rows();
  lsns.assign(rows, lsn);
  if (lsn > Lsn(1)) std::fill_n(lsns.begin(), rows / 2, lsn - 1);
  return {.day = day,
          .columns = columns,
          .runs = runs,
          .least_lsn = lsns.front(),
          .greatest_lsn = lsn,
          .lsns = lsns};
}

SmallTable::SmallTable(FileSystem& files, std::string store) : schema_(SmallSchema()) {
  files.MakeDirectory(store).IgnoreError();
  files.SyncDirectory(std::string(ParentPath(store))).IgnoreError();
  place_ = {.files = &files,
            .host = &host_,
            .folder = JoinPath(store, TableFolder(TableId(17), "main", "quotes")),
            .store = {1, 2, 3},
            .table = TableId(17)};
}

absl::Status SmallTable::Create() {
  table_.reset();
  auto table = TableFiles::Create(place_, schema_, 1, Lsn(1));
  if (table.ok()) table_ = *std::move(table);
  return table.status();
}

absl::Status SmallTable::Open() {
  table_.reset();
  auto table = TableFiles::Open(place_, schema_, 1);
  if (table.ok()) table_ = *std::move(table);
  return table.status();
}

// The two first slices of Monday become one.
absl::Status SmallTable::Fold(TableChange& change) {
  SmallRows rows(kMonday, RowNumber(0), 40, 1);
  rows.runs = {{RowNumber(0), 30}, {RowNumber(60), 10}};
  change.RemoveSlice(1);
  change.RemoveSlice(3);
  return change.AddSlice(rows.Slice(Lsn(2)));
}

absl::Status SmallTable::Run(size_t step) {
  if (step == kRewritingStep) return table_->RewriteManifest(Lsn(step));
  const Lsn lsn(step + 1);
  TableChange change = table_->Begin(lsn);
  const auto slice = [&](Day day, uint64_t first, size_t rows) {
    change.SetSealedRows(RowNumber(first + rows));
    SmallRows some(day, RowNumber(first), rows, first);
    return change.AddSlice(some.Slice(lsn)).ok();
  };
  const auto kill = [&](Day day, uint64_t row) {
    return change.AddKills(day, {{format::Kill{RowNumber(row), lsn}}}).ok();
  };
  bool ok = true;
  switch (step) {
    case 0:
      ok = change.AddSymbols(kSymbol, kFirstSymbols).ok() && slice(kMonday, 0, 30);
      break;
    case 1:
      ok = slice(kTuesday, 30, 30) && change.AddKeys(1, Keys(RowNumber(30), 30)).ok();
      break;
    case 2:
      ok = slice(kMonday, 60, 10) && slice(kTuesday, 70, 3) &&
           change.AddSymbols(kSymbol, kMoreSymbols).ok();
      break;
    case 3:
      ok = kill(kMonday, 5) && kill(kTuesday, 33) && change.AddKeys(1, Keys(RowNumber(73), 2)).ok();
      break;
    case 4:
      ok = Fold(change).ok();
      break;
    case 5:
      ok = slice(kMonday, 73, 9);
      break;
    case 7:
      change.RemoveDay(kTuesday);
      break;
    case 8:
      ok = slice(kTuesday, 82, 4) && kill(kTuesday, 83);
      break;
    case 9:  // the last slice of Monday's files goes, and one comes
      change.RemoveSlice(6);
      ok = slice(kMonday, 86, 12);
      break;
    default:
      change.SetHistory(Lsn(4));
      ok = change.AddSymbols(kSymbol, {{"LAST"}}).ok();
      break;
  }
  absl::Status status = table_->Commit(std::move(change));
  return ok || !status.ok() ? status : absl::InternalError("committed what had failed");
}

absl::Status SmallTable::RunAll() {
  for (size_t step = 0; step < kSteps; ++step) {
    if (absl::Status status = Run(step); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::unique_ptr<TableReader> SmallTable::Reader() const {
  return std::make_unique<TableReader>(place_, schema_, uint64_t{1} << 20);
}

absl::StatusOr<std::string> SmallTable::Content() const {
  const std::unique_ptr<TableReader> reader = Reader();
  return ContentOf(*reader, schema_);
}

absl::StatusOr<std::string> ContentOf(TableReader& reader, const Schema& schema) {
  absl::StatusOr<std::shared_ptr<const TableVersion>> version = reader.Load();
  if (!version.ok()) return version.status();
  std::string out = Concat("sealed ", (*version)->sealed_rows().value(), ", history ",
                           (*version)->history().value(), "\n");
  for (const auto& [number, slice] : (*version)->slices()) {
    if (absl::Status status = AddSlice(reader, schema, slice, out); !status.ok()) return status;
  }
  absl::Status status = AddSections(
      reader, **version, [&](const format::Place& place) { return AddBytes(reader, place, out); });
  if (status.ok()) status = AddSymbols(reader, **version, out);
  if (!status.ok()) return status;
  return out;
}

std::string RowsAsText(const ColumnView& column) {
  std::string text;
  for (size_t i = 0; i < column.rows(); ++i) {
    if (column.IsNull(i)) {
      text += " NULL";
    } else if (column.physical() == Physical::kCode32) {
      text += Concat(" ", column.Values<uint32_t>()[i]);
    } else if (column.physical() == Physical::kBytes) {
      text += Concat(" '", column.Bytes(i), "'");
    } else {
      text += Concat(" ", column.Values<int64_t>()[i]);
    }
  }
  return text;
}

const std::vector<std::string>& RightContents() {
  static const auto* const kContents = [] {
    auto* contents = new std::vector<std::string>;
    MemoryFileSystem files;
    SmallTable table(files);
    EXPECT_TRUE(table.Create().ok());
    contents->push_back(table.Content().value_or("unreadable"));
    for (size_t step = 0; step < SmallTable::kSteps; ++step) {
      const absl::Status status = table.Run(step);
      EXPECT_TRUE(status.ok()) << "step " << step << ": " << status;
      const absl::StatusOr<std::string> content = table.Content();
      EXPECT_TRUE(content.ok()) << "step " << step << ": " << content.status();
      contents->push_back(content.value_or("unreadable"));
    }
    return contents;
  }();
  return *kContents;
}

uint64_t Tries(uint64_t few, uint64_t all) {
  return ::getenv("TAPE_TEST_FULL") == nullptr ? few : all;
}

}  // namespace tape::engine
