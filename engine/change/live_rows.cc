#include "engine/change/live_rows.h"

#include <algorithm>

#include "format/kernels/kernels.h"

namespace tape::engine {

using format::RowNumberRange;
using format::SliceEntry;

LiveRows::LiveRows() : reader_(format::BestKernels()) {}

absl::Status LiveRows::Use(const TableSnapshot& table) {
  lsn_ = table.lsn();
  end_row_ = table.rows();
  const bool same =
      sealed_ != nullptr && sealed_->version().number() == table.sealed().version().number();
  if (!same) UseSlices(table);
  return table.tail() != nullptr ? LearnKills(*table.tail()) : absl::OkStatus();
}

void LiveRows::UseSlices(const TableSnapshot& table) {
  sealed_ = table.shared_sealed();
  runs_.clear();
  kills_.clear();
  for (const auto& [number, slice] : sealed_->version().slices()) {
    uint32_t arrival = 0;
    for (const RowNumberRange& run : slice.runs) {
      const uint64_t first = run.first.value();
      runs_.push_back({first, first + run.rows, {&slice, arrival}});
      arrival += static_cast<uint32_t>(run.rows);
    }
  }
  std::ranges::sort(runs_, {}, &Run::first);
  // Kills that this version has in files are not the tail's to remember.
  killed_.clear();
  kills_seen_ = 0;
}

absl::Status LiveRows::LearnKills(const TailSnapshot& tail) {
  const uint64_t first = std::max(kills_seen_, tail.first_kill());
  if (first >= tail.end_kill()) return absl::OkStatus();
  const absl::Status status =
      tail.scan().ForEachKill(first, tail.end_kill(), [this](const TailKill& kill) {
        uint64_t& lsn = killed_.try_emplace(kill.row, kill.lsn).first->second;
        lsn = std::min(lsn, kill.lsn);
      });
  if (!status.ok()) return ExpiredIfGone(status);
  kills_seen_ = tail.end_kill();
  return absl::OkStatus();
}

std::optional<LiveRows::Place> LiveRows::PlaceOf(RowNumber row) const {
  const auto after = std::ranges::upper_bound(runs_, row.value(), {}, &Run::first);
  if (after == runs_.begin()) return std::nullopt;
  const Run& run = *std::prev(after);
  if (row.value() >= run.end) return std::nullopt;
  return Place{run.place.slice, run.place.arrival + static_cast<uint32_t>(row.value() - run.first)};
}

absl::StatusOr<bool> LiveRows::IsKilledInSlices(RowNumber row, Day day) {
  if (!sealed_->has_kills()) return false;
  auto known = kills_.find(day);
  if (known == kills_.end()) {
    absl::StatusOr<std::vector<SealedTable::Kills>> sections = sealed_->KillsOf(day);
    if (!sections.ok()) return sections.status();
    known = kills_.emplace(day, *std::move(sections)).first;
  }
  for (const SealedTable::Kills& section : known->second) {
    if (row < section->least_row() || row > section->greatest_row()) continue;
    absl::StatusOr<bool> dead = reader_.KilledAt(*section, row, lsn_);
    if (!dead.ok() || *dead) return dead;
  }
  return false;
}

absl::StatusOr<bool> LiveRows::IsLive(RowNumber row) {
  if (row.value() >= end_row_) return false;
  const auto killed = killed_.find(row.value());
  if (killed != killed_.end() && killed->second <= lsn_.value()) return false;
  if (row >= sealed_->version().sealed_rows()) return true;
  const std::optional<Place> place = PlaceOf(row);
  if (!place.has_value()) return false;
  absl::StatusOr<bool> dead = IsKilledInSlices(row, place->slice->day);
  if (!dead.ok()) return dead;
  return !*dead;
}

}  // namespace tape::engine
