#include "engine/write/sealer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/files/names.h"
#include "engine/write/day_span.h"
#include "format/layout/kills.h"

namespace tape::engine {
namespace {

// What a seal holds in memory at a time; more rows are for the next one.
constexpr uint64_t kSlicesPerSeal = 4;
// And so many kills are sealed though rows have to wait.
constexpr uint64_t kKillsPerSeal = 65'536;

// Which day a row lies in, from the runs of slices.
class DayOfRow {
 public:
  void Add(const format::SliceEntry& slice) {
    for (const format::RowNumberRange& run : slice.runs) {
      runs_[run.first.value()] = {run.rows, slice.day};
    }
  }
  // Nothing where no slice has the row any more.
  std::optional<Day> Find(uint64_t row) const {
    auto after = runs_.upper_bound(row);
    if (after == runs_.begin()) return std::nullopt;
    const auto& [first, run] = *std::prev(after);
    if (row - first >= run.first) return std::nullopt;
    return run.second;
  }

 private:
  std::map<uint64_t, std::pair<uint64_t, Day>> runs_;
};

}  // namespace

Sealer::Sealer(OpenTable& table, Lsn durable)
    : table_(table),
      durable_(durable),
      plan_(PlanRows(table.tail->table().columns, table.tail->table().cluster_column.has_value(), 1,
                     table.tail->table().schema_version)),
      keys_(table.files->place().store, KeysOf(table.info)) {}

absl::StatusOr<uint64_t> Sealer::Seal(SealWhat what) {
  TableControl& control = table_.tail->control();
  const uint64_t sealed = control.sealed.Load();
  absl::StatusOr<uint64_t> end = table_.tail->scan().EndOfCommitted(sealed, durable_);  // W2
  if (!end.ok()) return end;
  const uint64_t slice_rows = table_.info.schema.options().slice_rows;
  uint64_t rows = std::min(*end - sealed, kSlicesPerSeal * slice_rows);
  if (what == SealWhat::kFullSlices) rows -= rows % slice_rows;
  const uint64_t sealed_kills = control.sealed_kills.Load();
  // Kills wait for the rows before them, unless there are so many that they would fill the tail.
  const uint64_t waiting = control.kills.Load() - sealed_kills;
  const bool kills = waiting >= kKillsPerSeal || (rows == *end - sealed && waiting != 0);
  if (rows == 0 && !kills) return uint64_t{0};

  TableChange change = table_.files->Begin(durable_);
  if (absl::StatusOr<bool> symbols = AddSymbols(change); !symbols.ok()) return symbols.status();
  absl::Status status = table_.tail->scan().ForEachPiece(
      sealed, sealed + rows, [&](const TailPiece& piece) { return Deal(piece, change); });
  if (!status.ok()) return status;
  for (auto& [day, gathered] : days_) {
    if (gathered.rows == 0) continue;
    if (status = AddSlice(day, gathered, change); !status.ok()) return status;
  }
  if (status = keys_.WriteTo(change); !status.ok()) return status;
  absl::StatusOr<uint64_t> kills_end = AddKills(change, sealed + rows);
  if (!kills_end.ok()) return kills_end;
  if (rows == 0 && *kills_end == sealed_kills) return uint64_t{0};  // they have to wait
  change.SetSealedRows(RowNumber(sealed + rows));
  if (status = table_.files->Commit(std::move(change)); !status.ok()) return status;
  control.sealed_kills.Store(*kills_end);
  control.sealed.Store(sealed + rows);
  return rows;
}

absl::Status Sealer::SealSymbols() {
  TableChange change = table_.files->Begin(durable_);
  absl::StatusOr<bool> any = AddSymbols(change);
  if (!any.ok() || !*any) return any.status();
  return table_.files->Commit(std::move(change));
}

// ---- symbols and kills

absl::StatusOr<bool> Sealer::AddSymbols(TableChange& change) {
  const std::shared_ptr<const format::ManifestState> manifest = table_.files->manifest();
  std::map<ColumnId, std::vector<std::string_view>> fresh;
  const absl::Status status = table_.tail->scan().ForEachSymbol(
      table_.tail->symbols().first_entry(), table_.tail->control().symbols.Load(),
      [&](const TailSymbol& symbol) {
        const auto counts = manifest->symbols().find(symbol.column);
        const uint32_t known = counts == manifest->symbols().end() ? 0 : counts->second.symbols;
        if (symbol.code.value() > known) fresh[symbol.column].push_back(symbol.text);
      });
  if (!status.ok()) return status;
  for (const auto& [column, texts] : fresh) {
    if (absl::Status s = change.AddSymbols(column, texts); !s.ok()) return s;
  }
  return !fresh.empty();
}

absl::StatusOr<uint64_t> Sealer::AddKills(TableChange& change, uint64_t end) {
  const TableControl& control = table_.tail->control();
  uint64_t sealed = control.sealed_kills.Load();
  std::vector<format::Kill> kills;
  bool open = true;  // no kill was met yet that has to wait
  absl::Status status =
      table_.tail->scan().ForEachKill(sealed, control.kills.Load(), [&](const TailKill& kill) {
        open = open && kill.lsn <= durable_.value() && kill.row < end;
        if (open) kills.push_back({RowNumber(kill.row), Lsn(kill.lsn)});
      });
  if (!status.ok()) return status;
  if (kills.empty()) return sealed;
  DayOfRow day_of_row;
  const std::shared_ptr<const format::ManifestState> manifest = table_.files->manifest();
  for (const auto& [number, slice] : manifest->slices()) day_of_row.Add(slice);
  for (const format::SliceEntry& slice : change.new_slices()) day_of_row.Add(slice);
  std::map<Day, std::vector<format::Kill>> by_day;
  for (const format::Kill& kill : kills) {
    // A row that is in no slice was dropped since: nobody can see it.
    if (std::optional<Day> day = day_of_row.Find(kill.row.value())) by_day[*day].push_back(kill);
  }
  for (const auto& [day, of_day] : by_day) {
    if (status = change.AddKills(day, of_day); !status.ok()) return status;
  }
  return sealed + kills.size();
}

// ---- rows

absl::Status Sealer::Deal(const TailPiece& piece, TableChange& change) {
  const std::optional<size_t> time_column = table_.info.schema.time_column();
  const Partition partition = table_.info.schema.partition();
  if (!time_column.has_value() || partition == Partition::kNone) {
    return Gather(piece, kWithoutDay, change);
  }
  const std::span<const int64_t> times = piece.Entries<int64_t>(plan_.values[*time_column]);
  for (uint64_t row = 0; row < piece.rows;) {
    const DaySpan day = DaySpan::Around(times[row]);
    uint64_t end = row + 1;
    while (end < piece.rows && day.Contains(times[end])) ++end;
    const TailPiece rows{piece.chunk, piece.begin + row, end - row, piece.first + row};
    absl::Status status = Gather(rows, PartitionOf(partition, times[row]), change);
    if (!status.ok()) return status;
    row = end;
  }
  return absl::OkStatus();
}

absl::Status Sealer::Gather(const TailPiece& rows, Day day, TableChange& change) {
  const uint64_t slice_rows = table_.info.schema.options().slice_rows;
  for (uint64_t done = 0; done < rows.rows;) {
    DayRows& gathered = days_[day];
    const uint64_t some = std::min(rows.rows - done, slice_rows - gathered.rows);
    const TailPiece part{rows.chunk, rows.begin + done, some, rows.first + done};
    const std::vector<TailColumn>& columns = table_.tail->table().columns;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (gathered.columns.size() <= i) gathered.columns.emplace_back(columns[i].physical);
      absl::Status status = GatherColumn(part, i, gathered.columns[i]);
      if (!status.ok()) return status;
    }
    const std::span<const uint64_t> lsns = part.Entries<uint64_t>(plan_.lsn);
    if (gathered.rows == 0) gathered.least_lsn = Lsn(lsns.front());
    gathered.greatest_lsn = Lsn(lsns.back());
    if (table_.info.schema.history() != History::kNone) {
      for (uint64_t lsn : lsns) gathered.lsns.emplace_back(lsn);
    }
    const bool follows =
        !gathered.runs.empty() &&
        gathered.runs.back().first.value() + gathered.runs.back().rows == part.first;
    if (!follows) gathered.runs.push_back({RowNumber(part.first), 0});
    gathered.runs.back().rows += some;
    gathered.rows += some;
    done += some;
    if (gathered.rows < slice_rows) continue;
    if (absl::Status status = AddSlice(day, gathered, change); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Sealer::GatherColumn(const TailPiece& rows, size_t column, ColumnBuffer& out) {
  const size_t array = plan_.values[column];
  const std::optional<size_t> validity = plan_.validity[column];
  const Physical physical = table_.tail->table().columns[column].physical;
  if (physical == Physical::kBytes) {
    return table_.tail->scan().AppendBytes(rows, array, validity, out);
  }
  const uint8_t* valid = validity.has_value() ? rows.Entries<uint8_t>(*validity).data() : nullptr;
  const std::byte* values = rows.chunk->Entries<std::byte>(array).data();
  out.AppendColumn(
      ColumnView::Fixed(physical, values + rows.begin * PhysicalSize(physical), rows.rows, valid));
  return absl::OkStatus();
}

absl::Status Sealer::AddSlice(Day day, DayRows& rows, TableChange& change) {
  std::vector<ColumnView> columns;
  for (const ColumnBuffer& column : rows.columns) columns.push_back(column.view());
  absl::Status status = keys_.Add(columns, rows.runs);
  if (!status.ok()) return status;
  status = change.AddSlice({.day = day,
                            .columns = columns,
                            .runs = rows.runs,
                            .least_lsn = rows.least_lsn,
                            .greatest_lsn = rows.greatest_lsn,
                            .lsns = rows.lsns});
  for (ColumnBuffer& column : rows.columns) {
    column.Clear();
    column.DropValidity();
  }
  rows.runs.clear();
  rows.lsns.clear();
  rows.rows = 0;
  return status;
}

}  // namespace tape::engine
