#include "tests/crash/read_back.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "engine/files/names.h"
#include "engine/files/table_paths.h"
#include "engine/files/table_reader.h"
#include "engine/tail/tail_scan.h"
#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "format/layout/slice_view.h"

namespace tape::engine {
namespace {

using format::Concat;

absl::Status Wrong(std::string what) { return absl::InternalError(what); }

class TableReading {
 public:
  TableReading(OpenTable& table, const StoreThere& store)
      : table_(table),
        reader_(
            {.files = &store.machine.files,
             .host = &store.machine.host,
             .folder = JoinPath(store.folder, TableFolder(table.info.id, table.info.first_schema,
                                                          table.info.first_name)),
             .store = store.store,
             .table = table.info.id},
            table.info.schema, uint64_t{1} << 20) {}

  absl::Status Load() {
    auto version = reader_.Load();
    if (!version.ok()) return version.status();
    version_ = *std::move(version);
    return absl::OkStatus();
  }

  absl::StatusOr<uint64_t> Rows(size_t index, const Model& model);
  absl::StatusOr<uint64_t> Kills();

 private:
  using Judge = absl::FunctionRef<absl::Status(uint64_t row, const std::vector<ColumnView>& columns,
                                               uint64_t at)>;

  absl::Status ReadSlice(const format::SliceEntry& entry, Judge judge);
  absl::Status ReadTail(Judge judge);

  OpenTable& table_;
  TableReader reader_;
  std::shared_ptr<const TableVersion> version_;
};

absl::StatusOr<uint64_t> TableReading::Rows(size_t index, const Model& model) {
  const uint64_t sealed = version_->sealed_rows().value();
  std::vector<bool> seen(std::max(sealed, table_.tail->control().visible.Load()));
  const auto judge = [&](uint64_t row, const std::vector<ColumnView>& columns, uint64_t at) {
    if (row >= seen.size()) return Wrong(Concat("row ", row, " of ", seen.size()));
    if (seen[row]) return Wrong(Concat("row ", row, " is there twice"));
    seen[row] = true;
    const std::string wrong =
        DifferenceOf(model.Row(index, row), columns, at,
                     [&](SymbolCode code) { return table_.symbols.Text(ColumnId(2), code); });
    return wrong.empty() ? absl::OkStatus()
                         : Wrong(Concat("table ", index, ", row ", row, ": ", wrong));
  };
  for (const auto& [number, entry] : version_->slices()) {
    if (absl::Status status = ReadSlice(entry, judge); !status.ok()) return status;
  }
  const auto missing =
      std::find(seen.begin(), seen.begin() + static_cast<ptrdiff_t>(sealed), false);
  if (missing - seen.begin() != static_cast<ptrdiff_t>(sealed)) {
    return Wrong(Concat("table ", index, ": row ", missing - seen.begin(), " is in no slice"));
  }
  if (absl::Status status = ReadTail(judge); !status.ok()) return status;
  return seen.size();
}

absl::Status TableReading::ReadSlice(const format::SliceEntry& entry, Judge judge) {
  const std::vector<ColumnId> ids = {ColumnId(1), ColumnId(2), ColumnId(3), ColumnId(4)};
  auto slice = reader_.OpenSlice(entry, ids);
  if (!slice.ok()) return slice.status();
  format::SliceReader slices(format::BestKernels());
  slices.Open((*slice)->view());
  std::vector<ColumnBuffer> buffers;
  std::vector<ColumnView> columns;
  for (size_t i = 0; i < ids.size(); ++i) {
    buffers.emplace_back(table_.info.schema.physical(i));
    absl::Status status =
        slices.ReadColumn(*(*slice)->Column(i), format::RowOrder::kArrival, buffers.back());
    if (!status.ok()) return status;
  }
  for (const ColumnBuffer& buffer : buffers) columns.push_back(buffer.view());
  uint64_t at = 0;
  for (const format::RowNumberRange& run : entry.runs) {
    for (uint64_t row = run.first.value(); row < run.first.value() + run.rows; ++row, ++at) {
      if (absl::Status status = judge(row, columns, at); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status TableReading::ReadTail(Judge judge) {
  TableTail& tail = *table_.tail;
  const ChunkPlan plan = PlanRows(tail.table().columns, true, 1, 1);
  const auto read = [&](const TailPiece& piece) {
    ColumnBuffer notes(Physical::kBytes);
    absl::Status status = tail.scan().AppendBytes(piece, plan.values[3], plan.validity[3], notes);
    const std::vector<ColumnView> columns = {
        ColumnView::Of(piece.Entries<int64_t>(plan.values[0])),
        ColumnView::Of(piece.Entries<uint32_t>(plan.values[1])),
        ColumnView::Of(piece.Entries<int64_t>(plan.values[2]),
                       piece.Entries<uint8_t>(*plan.validity[2]).data()),
        notes.view()};
    for (uint64_t at = 0; at < piece.rows && status.ok(); ++at) {
      status = judge(piece.first + at, columns, at);
    }
    return status;
  };
  return tail.scan().ForEachPiece(version_->sealed_rows().value(), tail.control().visible.Load(),
                                  read);
}

// A kill may be sealed and in the tail at the same time, but never different.
absl::StatusOr<uint64_t> TableReading::Kills() {
  std::vector<format::Kill> kills;
  format::KillsReader sections(format::BestKernels());
  for (const format::Place& place : version_->bytes()) {
    if (place.kind != format::FileKind::kKills) continue;
    auto section = reader_.Kills(place);
    if (!section.ok()) return section.status();
    if (absl::Status s = sections.ReadAll(**section, kills); !s.ok()) return s;
  }
  const TableControl& control = table_.tail->control();
  const absl::Status status = table_.tail->scan().ForEachKill(
      control.sealed_kills.Load(), control.kills.Load(), [&](const TailKill& kill) {
        kills.push_back({RowNumber(kill.row), Lsn(kill.lsn)});
      });
  if (!status.ok()) return status;
  const std::set<format::Kill> distinct(kills.begin(), kills.end());
  uint64_t count = 0;
  for (const format::Kill& kill : distinct) {
    if (kill.row.value() != KilledRow(count)) {
      return Wrong(Concat("row ", kill.row.value(), " is killed, expected ", KilledRow(count)));
    }
    ++count;
  }
  return count;
}

}  // namespace

absl::StatusOr<TableFound> ReadTableBack(OpenTable& table, size_t index, const Model& model,
                                         const StoreThere& store) {
  TableReading reading(table, store);
  if (absl::Status status = reading.Load(); !status.ok()) return status;
  absl::StatusOr<uint64_t> rows = reading.Rows(index, model);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<uint64_t> kills = reading.Kills();
  if (!kills.ok()) return kills.status();
  return TableFound{*rows, *kills};
}

absl::StatusOr<uint64_t> CountKills(OpenTable& table, const StoreThere& store) {
  TableReading reading(table, store);
  if (absl::Status status = reading.Load(); !status.ok()) return status;
  return reading.Kills();
}

}  // namespace tape::engine
