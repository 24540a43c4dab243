#include "engine/write/folder.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "engine/write/slice_merger.h"
#include "format/kernels/kernels.h"

namespace tape::engine {
namespace {

using format::FileKind;
using format::Kill;
using format::ManifestState;
using format::Place;
using format::RowNumberRange;
using format::SliceEntry;

// Files stay mapped for the length of a step.
constexpr uint64_t kUnusedBytesMax = uint64_t{64} << 20;

// Ascending, so that std::lower_bound finds a row.
bool IsBelow(const Kill& kill, RowNumber row) { return kill.row < row; }

std::vector<Place> SectionsOf(const ManifestState& manifest, FileKind kind, uint32_t column,
                              int32_t day) {
  std::vector<Place> sections;
  for (const Place& place : manifest.bytes()) {
    if (place.kind == kind && place.column == column && place.day == day) sections.push_back(place);
  }
  return sections;
}

// Days that have slices, once each.
std::vector<Day> DaysOf(const ManifestState& manifest) {
  std::vector<Day> days;
  for (const auto& [day, slice] : manifest.days()) {
    if (days.empty() || days.back() != day) days.push_back(day);
  }
  return days;
}

}  // namespace

Folder::Folder(OpenTable& table, Lsn durable, int64_t now_ns)
    : table_(table),
      durable_(durable),
      horizon_(Horizon(now_ns)),
      manifest_(table.files->manifest()),
      rules_{.slice_rows = table.info.schema.options().slice_rows,
             .schema_version = table.info.version},
      reader_(table.files->place(), table.info.schema, kUnusedBytesMax) {}

Lsn Folder::Horizon(int64_t now_ns) const {
  const Schema& schema = table_.info.schema;
  switch (schema.history()) {
    case History::kNone:
      return durable_;
    case History::kInterval:
      return std::min(durable_,
                      table_.files->DurableAt(now_ns - schema.options().history_interval_ns));
    default:
      return Lsn(0);
  }
}

absl::StatusOr<bool> Folder::Step(FoldWhat what) {
  for (const Day day : DaysOf(*manifest_)) {
    absl::StatusOr<DayFold> fold = Plan(day, what);
    if (!fold.ok()) return fold.status();
    if (fold->slices.empty() && !fold->merges_kills) continue;
    if (absl::Status status = FoldDay(*fold); !status.ok()) return status;
    return true;
  }
  return FoldKeys(what);
}

// ---- what is to be done

absl::StatusOr<Folder::DayFold> Folder::Plan(Day day, FoldWhat what) {
  const bool all = what == FoldWhat::kEverything;
  DayFold fold{
      .day = day,
      .slices = all ? SlicesOfDay(*manifest_, day, rules_) : SlicesThatPay(*manifest_, day, rules_),
      .kills = {},
      .sections = SectionsOf(*manifest_, FileKind::kKills, 0, day.value())};
  fold.merges_kills = all ? fold.sections.size() > 1 : !SectionsThatPay(fold.sections).empty();
  if (fold.sections.empty()) return fold;
  const bool is_chosen = !fold.slices.empty() || fold.merges_kills;
  if (!is_chosen && !IsWorthReading(day, fold.sections)) return fold;
  if (absl::Status status = ReadKills(fold); !status.ok()) return status;
  AddSlicesOfDeadRows(fold, what);
  table_.folds[day] = {fold.sections.back(), horizon_};
  return fold;
}

// Not where the same kills were read before and the same of them were below the horizon.
bool Folder::IsWorthReading(Day day, std::span<const Place> sections) const {
  if (horizon_ == Lsn(0)) return false;
  const auto seen = table_.folds.find(day);
  if (seen == table_.folds.end() || seen->second.newest_kills != sections.back()) return true;
  return table_.info.schema.history() == History::kInterval && seen->second.horizon < horizon_;
}

absl::Status Folder::ReadKills(DayFold& fold) {
  format::KillsReader reader(format::BestKernels());
  for (const Place& section : fold.sections) {
    auto kills = reader_.Kills(section);
    if (!kills.ok()) return kills.status();
    if (absl::Status s = reader.ReadAll(**kills, fold.kills); !s.ok()) return s;
  }
  // Of several kills of a row the lowest LSN counts.
  std::sort(fold.kills.begin(), fold.kills.end());
  const auto same_row = [](const Kill& a, const Kill& b) { return a.row == b.row; };
  fold.kills.erase(std::unique(fold.kills.begin(), fold.kills.end(), same_row), fold.kills.end());
  return absl::OkStatus();
}

uint64_t Folder::CountDead(const SliceEntry& slice, std::span<const Kill> kills) const {
  uint64_t dead = 0;
  for (const RowNumberRange& run : slice.runs) {
    auto kill = std::lower_bound(kills.begin(), kills.end(), run.first, IsBelow);
    for (; kill != kills.end() && kill->row < run.first + run.rows; ++kill) {
      dead += IsDead(*kill) ? 1 : 0;
    }
  }
  return dead;
}

void Folder::AddSlicesOfDeadRows(DayFold& fold, FoldWhat what) const {
  if (horizon_ == Lsn(0)) return;
  const auto& days = manifest_->days();
  for (auto at = days.lower_bound({fold.day, 0}); at != days.end() && at->first == fold.day; ++at) {
    const SliceEntry& slice = manifest_->slices().at(at->second);
    if (slice.schema_version != rules_.schema_version) continue;
    const uint64_t dead = CountDead(slice, fold.kills);
    const bool pays = what == FoldWhat::kEverything ? dead > 0 : 2 * dead >= slice.shape.rows;
    if (!pays || std::ranges::count(fold.slices, slice.slice) != 0) continue;
    fold.slices.push_back(slice.slice);
  }
}

// ---- doing it

absl::Status Folder::FoldDay(const DayFold& fold) {
  TableChange change = table_.files->Begin(durable_);
  change.StartNewFiles();
  std::vector<SliceEntry> slices;
  for (const uint64_t number : fold.slices) {
    slices.push_back(manifest_->slices().at(number));
    change.RemoveSlice(number);
  }
  std::vector<RowNumber>
      dropped;  // and perhaps dead rows of slices that stay, which have no effect
  for (const Kill& kill : fold.kills) {
    if (IsDead(kill)) dropped.push_back(kill.row);
  }
  SliceMerger merger(reader_, table_.info.schema);
  absl::Status status =
      merger.Merge(slices, dropped, [&](const SliceRows& rows) { return change.AddSlice(rows); });
  if (!status.ok()) return status;
  std::erase_if(dropped, [&](RowNumber row) {
    return std::ranges::none_of(slices, [&](const SliceEntry& slice) {
      return std::ranges::any_of(slice.runs, [&](const RowNumberRange& run) {
        return run.first <= row && row < run.first + run.rows;
      });
    });
  });
  if (status = WriteKills(fold, dropped, change); !status.ok()) return status;
  if (!dropped.empty()) change.SetHistory(horizon_);
  return table_.files->Commit(std::move(change));
}

// Those of rows that are left, as one section; nothing changes where none went and none merge.
absl::Status Folder::WriteKills(const DayFold& fold, std::span<const RowNumber> dropped,
                                TableChange& change) {
  if (dropped.empty() && !fold.merges_kills) return absl::OkStatus();
  std::vector<Kill> left;
  for (const Kill& kill : fold.kills) {
    if (!std::binary_search(dropped.begin(), dropped.end(), kill.row)) left.push_back(kill);
  }
  for (const Place& section : fold.sections) change.RemoveBytes(section);
  return left.empty() ? absl::OkStatus() : change.AddKills(fold.day, left);
}

// ---- keys

absl::StatusOr<bool> Folder::FoldKeys(FoldWhat what) {
  std::map<uint32_t, std::vector<Place>> keys;
  for (const Place& place : manifest_->bytes()) {
    if (place.kind == FileKind::kKeyExtents) keys[place.column].push_back(place);
  }
  for (const auto& [key, sections] : keys) {
    const bool all = what == FoldWhat::kEverything && sections.size() > 1;
    const std::vector<Place> chosen = all ? sections : SectionsThatPay(sections);
    if (chosen.empty()) continue;
    if (absl::Status status = MergeKeys(key, chosen); !status.ok()) return status;
    return true;
  }
  return false;
}

absl::Status Folder::MergeKeys(uint32_t key, std::span<const Place> sections) {
  std::vector<RowNumberRange> runs;
  for (const auto& [number, slice] : manifest_->slices()) {
    runs.insert(runs.end(), slice.runs.begin(), slice.runs.end());
  }
  std::sort(runs.begin(), runs.end(),
            [](const RowNumberRange& a, const RowNumberRange& b) { return a.first < b.first; });
  const auto is_there = [&](RowNumber row) {
    const auto after = std::upper_bound(
        runs.begin(), runs.end(), row,
        [](RowNumber number, const RowNumberRange& run) { return number < run.first; });
    return after != runs.begin() && row - (after - 1)->first < (after - 1)->rows;
  };
  TableChange change = table_.files->Begin(durable_);
  change.StartNewFiles();
  std::vector<std::shared_ptr<const format::KeyExtentView>> kept;
  std::vector<format::KeyExtentView> views;
  for (const Place& section : sections) {
    auto view = reader_.Keys(section);
    if (!view.ok()) return view.status();
    kept.push_back(*view);
    views.push_back(**view);
    change.RemoveBytes(section);
  }
  format::KeyReader reader(format::BestKernels());
  absl::StatusOr<std::vector<format::KeyEntry>> entries =
      format::MergeKeyExtents(reader, views, is_there);
  if (!entries.ok()) return entries.status();
  if (!entries->empty()) {
    if (absl::Status s = change.AddKeys(key, *std::move(entries)); !s.ok()) return s;
  }
  return table_.files->Commit(std::move(change));
}

}  // namespace tape::engine
