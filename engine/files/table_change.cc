// TableChange of table_files.h: what each call writes, and what the record says of it.
#include <algorithm>
#include <limits>
#include <utility>

#include "engine/files/names.h"
#include "engine/files/table_files.h"
#include "engine/files/table_state.h"
#include "format/bytes/message.h"
#include "format/layout/lsn_extent.h"
#include "format/layout/summary.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::ExtentPlace;
using format::FileKind;
using format::ManifestState;
using format::Place;
using format::SliceEntry;

TableFile ColumnFile(uint32_t column, Day day) {
  return {.kind = FileKind::kColumn, .column = column, .day = day.value()};
}

TableFile DayFile(FileKind kind, Day day) { return {.kind = kind, .day = day.value()}; }

// Of the files that a change makes (change_files.h). A table with 2^32 records would have been
// sealed a thousand times a second for seven weeks; then Begin gives 0, which no place may have.
Generation NewGeneration(const ManifestState& state) {
  const uint64_t number = state.number() + 1;
  return Generation(number > std::numeric_limits<uint32_t>::max() ? 0
                                                                  : static_cast<uint32_t>(number));
}

}  // namespace

TableChange::State::State(TableFiles::State& owner, Lsn durable_lsn)
    : table(owner),
      number(owner.current),
      durable(durable_lsn),
      files(owner.place, owner.paths, owner.named, NewGeneration(*owner.manifest->state())),
      sealed_rows(owner.manifest->state()->sealed_rows()),
      history(owner.manifest->state()->history()),
      next_slice(owner.manifest->state()->next_slice()) {}

absl::Status TableChange::State::Check() const {
  if (!table.manifest->failure().ok()) return table.manifest->failure();
  if (number == table.current) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Concat(table.place.folder, ": the change has ended: another has begun or was committed"));
}

// ---- slices

absl::Status TableChange::State::CheckRows(const SliceRows& rows) const {
  const size_t columns = table.schema.columns().size();
  if (rows.columns.size() != columns) {
    return absl::InvalidArgumentError(
        Concat("slice: ", rows.columns.size(), " columns, the schema has ", columns));
  }
  for (size_t i = 0; i < columns; ++i) {
    if (rows.columns[i].physical() == table.schema.physical(i)) continue;
    return absl::InvalidArgumentError(
        Concat("slice: column ", table.schema.column(i).name, " is not in the schema's form"));
  }
  if (rows.lsns.empty() || columns == 0) return absl::OkStatus();
  if (rows.lsns.size() == rows.columns[0].rows() && rows.lsns.front() == rows.least_lsn &&
      rows.lsns.back() == rows.greatest_lsn) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Concat("slice: ", rows.lsns.size(), " LSNs of ", rows.columns[0].rows(), " rows, not from ",
             rows.least_lsn.value(), " to ", rows.greatest_lsn.value()));
}

absl::Status TableChange::State::SetPlaces(Day day, format::SliceSpec& spec) {
  for (format::SliceColumn& column : spec.columns) {
    absl::StatusOr<ExtentPlace> place = files.Next(ColumnFile(column.id, day));
    if (!place.ok()) return place.status();
    column.place = *place;
  }
  absl::StatusOr<ExtentPlace> order = files.Next(DayFile(FileKind::kOrderTape, day));
  if (!order.ok()) return order.status();
  spec.order_place = *order;
  return absl::OkStatus();
}

absl::Status TableChange::State::SetTimes(const SliceRows& rows, SliceEntry& slice) const {
  if (table.schema.time_column().has_value()) {
    const std::span<const int64_t> times =
        rows.columns[*table.schema.time_column()].Values<int64_t>();
    const auto [least, greatest] = std::minmax_element(times.begin(), times.end());
    slice.least_time = *least;
    slice.greatest_time = *greatest;
  }
  const Partition partition = table.schema.partition();
  if (PartitionOf(partition, slice.least_time) == rows.day &&
      PartitionOf(partition, slice.greatest_time) == rows.day) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(Concat("slice: times ", slice.least_time, " to ",
                                           slice.greatest_time, " are not all of day ",
                                           rows.day.value()));
}

absl::Status TableChange::State::AddSlice(const SliceRows& rows) {
  if (absl::Status s = CheckRows(rows); !s.ok()) return s;
  format::SliceSpec spec = table.layout;
  if (absl::Status s = SetPlaces(rows.day, spec); !s.ok()) return s;
  if (absl::Status s = table.builder.Build(rows.columns, spec, built); !s.ok()) return s;
  SliceEntry slice{.slice = next_slice,
                   .day = rows.day,
                   .schema_version = table.schema_version,
                   .shape = built.shape,
                   .attached = rows.attached,
                   .folded = rows.folded,
                   // One LSN of all rows is known without.
                   .has_lsns = !rows.lsns.empty() && rows.least_lsn != rows.greatest_lsn,
                   .least_lsn = rows.least_lsn,
                   .greatest_lsn = rows.greatest_lsn,
                   .runs = {rows.runs.begin(), rows.runs.end()},
                   .places = {}};
  if (absl::Status s = SetTimes(rows, slice); !s.ok()) return s;
  if (absl::Status s = WriteSlice(rows, slice); !s.ok()) return s;
  ++next_slice;
  slices.push_back(std::move(slice));
  return absl::OkStatus();
}

absl::Status TableChange::State::WriteSlice(const SliceRows& rows, SliceEntry& slice) {
  const Day day = rows.day;
  for (size_t i = 0; i < built.columns.size(); ++i) {
    absl::StatusOr<Place> place =
        files.Append(ColumnFile(table.layout.columns[i].id, day), built.columns[i]);
    if (!place.ok()) return place.status();
    slice.places.push_back(*place);
  }
  if (!built.order.empty()) {
    absl::StatusOr<Place> order = files.Append(DayFile(FileKind::kOrderTape, day), built.order);
    if (!order.ok()) return order.status();
    slice.places.push_back(*order);
  }
  if (slice.has_lsns) {
    if (absl::Status s = WriteLsns(rows, slice); !s.ok()) return s;
  }
  return WriteSummary(day, slice);
}

absl::Status TableChange::State::WriteLsns(const SliceRows& rows, SliceEntry& slice) {
  const TableFile file = DayFile(FileKind::kLsns, rows.day);
  absl::StatusOr<ExtentPlace> at = files.Next(file);
  if (!at.ok()) return at.status();
  section.clear();
  absl::Status written = format::AppendLsns(table.writer, rows.lsns, *at, section);
  if (!written.ok()) return written;
  absl::StatusOr<Place> place = files.Append(file, section);
  if (place.ok()) slice.places.push_back(*place);
  return place.status();
}

absl::Status TableChange::State::WriteSummary(Day day, SliceEntry& slice) {
  std::sort(built.summaries.begin(), built.summaries.end(),
            [](const auto& a, const auto& b) { return a.column < b.column; });
  const TableFile file = DayFile(FileKind::kSummary, day);
  absl::StatusOr<ExtentPlace> at = files.Next(file);
  if (!at.ok()) return at.status();
  section.clear();
  absl::Status written =
      format::AppendSummary({slice.slice, slice.shape.rows, built.summaries}, *at, section);
  if (!written.ok()) return written;
  absl::StatusOr<Place> place = files.Append(file, section);
  if (!place.ok()) return place.status();
  slice.places.push_back(*place);
  return absl::OkStatus();
}

// ---- what else a seal brings

absl::Status TableChange::State::AddSymbols(ColumnId column,
                                            std::span<const std::string_view> texts) {
  const auto& counted = table.manifest->state()->symbols();
  auto entry = symbols.find(column);
  format::SymbolChain chain;
  if (entry != symbols.end()) {
    chain = {entry->second.symbols, entry->second.crc};
  } else if (const auto before = counted.find(column); before != counted.end()) {
    chain = {before->second.symbols, before->second.crc};
  }
  const TableFile file{.kind = FileKind::kDictionary, .column = column.value()};
  absl::StatusOr<ExtentPlace> at = files.Next(file);
  if (!at.ok()) return at.status();
  section.clear();
  absl::Status written = format::AppendSymbolSection(texts, *at, chain, section);
  if (!written.ok()) return written;
  absl::StatusOr<Place> place = files.Append(file, section);
  if (!place.ok()) return place.status();
  symbols[column] = {.column = column,
                     .generation = Generation(place->generation),
                     .symbols = chain.symbols,
                     .crc = chain.crc,
                     .length = place->offset + place->length};
  return absl::OkStatus();
}

absl::Status TableChange::State::AddKills(Day day, std::span<const format::Kill> kills) {
  for (const format::Kill& kill : kills) {
    if (kill.lsn <= durable) continue;
    return absl::InvalidArgumentError(Concat("kill of row ", kill.row.value(), ": LSN ",
                                             kill.lsn.value(), ", durable ", durable.value()));
  }
  const TableFile file = DayFile(FileKind::kKills, day);
  absl::StatusOr<ExtentPlace> at = files.Next(file);
  if (!at.ok()) return at.status();
  section.clear();
  absl::Status written = format::AppendKills(table.writer, kills, *at, section);
  if (!written.ok()) return written;
  absl::StatusOr<Place> place = files.Append(file, section);
  if (place.ok()) bytes.push_back({*place});
  return place.status();
}

absl::Status TableChange::State::AddKeys(uint32_t key, std::vector<format::KeyEntry> entries) {
  const TableFile file{.kind = FileKind::kKeyExtents, .column = key};
  absl::StatusOr<ExtentPlace> at = files.Next(file);
  if (!at.ok()) return at.status();
  section.clear();
  absl::Status written = format::AppendKeyExtent(table.writer, std::move(entries), *at, section);
  if (!written.ok()) return written;
  absl::StatusOr<Place> place = files.Append(file, section);
  if (place.ok()) bytes.push_back({*place});
  return place.status();
}

// ---- the public face

TableChange::TableChange(std::unique_ptr<State> state) : state_(std::move(state)) {}
TableChange::TableChange(TableChange&&) noexcept = default;
TableChange& TableChange::operator=(TableChange&&) noexcept = default;
TableChange::~TableChange() = default;

absl::Status TableChange::AddSlice(const SliceRows& rows) {
  return state_->Do([&] { return state_->AddSlice(rows); });
}

absl::Status TableChange::AddSymbols(ColumnId column, std::span<const std::string_view> texts) {
  return state_->Do([&] { return state_->AddSymbols(column, texts); });
}

absl::Status TableChange::AddKills(Day day, std::span<const format::Kill> kills) {
  return state_->Do([&] { return state_->AddKills(day, kills); });
}

absl::Status TableChange::AddKeys(uint32_t key, std::vector<format::KeyEntry> entries) {
  return state_->Do([&] { return state_->AddKeys(key, std::move(entries)); });
}

void TableChange::StartNewFiles() { state_->files.StartAnew(); }

void TableChange::RemoveSlice(uint64_t slice) { state_->slices_gone.push_back({slice}); }
void TableChange::RemoveBytes(const Place& place) { state_->bytes_gone.push_back({place}); }
void TableChange::RemoveDay(Day day) { state_->days_gone.push_back({day}); }

void TableChange::SetSealedRows(RowNumber rows) {
  state_->sealed_rows = std::max(state_->sealed_rows, rows);
}

void TableChange::SetHistory(Lsn lsn) { state_->history = std::max(state_->history, lsn); }

const std::vector<SliceEntry>& TableChange::new_slices() const { return state_->slices; }

format::ManifestRecord TableChange::record() const {
  format::ManifestRecord record{.sealed_rows = state_->sealed_rows,
                                .history = state_->history,
                                .schema_version = state_->table.schema_version,
                                .next_slice = state_->next_slice,
                                .entries = {}};
  const auto add = [&](const auto& entries) {
    for (const auto& entry : entries) record.entries.emplace_back(entry);
  };
  add(state_->days_gone);
  add(state_->slices_gone);
  add(state_->bytes_gone);
  for (const auto& [column, entry] : state_->symbols) record.entries.emplace_back(entry);
  add(state_->bytes);
  add(state_->slices);
  return record;
}

}  // namespace tape::engine
