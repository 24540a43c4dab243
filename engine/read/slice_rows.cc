#include "engine/read/slice_rows.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "format/layout/lsn_extent.h"
#include "format/layout/tape_walker.h"

namespace tape::engine {

absl::Status SliceRows::Open(const TableSnapshot& table, const PartSpec& spec,
                             const format::SliceEntry& slice) {
  runs_ = slice.runs;
  rows_ = slice.shape.rows;
  live_.clear();
  begins_.clear();
  uint32_t begin = 0;
  for (const format::RowNumberRange& run : runs_) {
    begins_.push_back(begin);
    begin += static_cast<uint32_t>(run.rows);
  }
  ClearOthers(spec.rows);
  if (slice.greatest_lsn > spec.at) {
    if (absl::Status status = ClearLater(table, spec.at, slice); !status.ok()) return status;
  }
  return table.has_kills() ? ClearKilled(table, spec.at, slice.day) : absl::OkStatus();
}

uint64_t SliceRows::NumberInRuns(uint32_t arrival) const {
  const auto after = std::ranges::upper_bound(begins_, arrival);
  const auto run = static_cast<size_t>(after - begins_.begin()) - 1;
  return runs_[run].first.value() + (arrival - begins_[run]);
}

void SliceRows::Clear(uint32_t arrival) {
  if (live_.empty()) live_.assign(rows_ / 64 + 1, ~uint64_t{0});
  live_[arrival / 64] &= ~(uint64_t{1} << (arrival % 64));
}

void SliceRows::ClearOthers(const RowNumbers& rows) {
  for (size_t run = 0; run < runs_.size(); ++run) {
    const uint64_t first = runs_[run].first.value();
    if (rows.first <= first && first + runs_[run].rows <= rows.end) continue;
    for (uint64_t i = 0; i < runs_[run].rows; ++i) {
      if (!rows.Contains(first + i)) Clear(begins_[run] + static_cast<uint32_t>(i));
    }
  }
}

// LSNs never fall in arrival order: rows of later commits are the last of the slice.
absl::Status SliceRows::ClearLater(const TableSnapshot& table, Lsn at,
                                   const format::SliceEntry& slice) {
  absl::StatusOr<std::shared_ptr<const format::LsnExtentView>> lsns =
      table.sealed().reader().Lsns(slice);
  if (!lsns.ok()) return ExpiredIfGone(lsns.status());
  format::LsnReader reader(format::BestKernels());
  absl::StatusOr<size_t> rows = reader.RowsUpTo(**lsns, at);
  if (!rows.ok()) return rows.status();
  for (size_t arrival = *rows; arrival < rows_; ++arrival) Clear(static_cast<uint32_t>(arrival));
  return absl::OkStatus();
}

absl::Status SliceRows::ClearKilled(const TableSnapshot& table, Lsn at, Day day) {
  if (table.sealed().has_kills()) {
    absl::StatusOr<std::vector<SealedTable::Kills>> sections = table.sealed().KillsOf(day);
    if (!sections.ok()) return sections.status();
    format::KillsReader reader(format::BestKernels());
    for (const SealedTable::Kills& kills : *sections) {
      if (absl::Status status = ClearKilled(reader, *kills, at); !status.ok()) return status;
    }
  }
  if (table.tail() == nullptr || !table.tail()->has_kills()) return absl::OkStatus();
  return ClearKilledInTail(*table.tail(), at);
}

absl::Status SliceRows::ClearKilled(format::KillsReader& reader, const format::KillsView& kills,
                                    Lsn at) {
  std::vector<uint64_t> live;
  for (size_t run = 0; run < runs_.size(); ++run) {
    const format::RowNumberRange& range = runs_[run];
    if (range.first > kills.greatest_row()) continue;
    if (range.first + (range.rows - 1) < kills.least_row()) continue;
    live.assign(range.rows / 64 + 1, ~uint64_t{0});
    if (absl::Status status = reader.ApplyTo(kills, range, at, live); !status.ok()) return status;
    for (uint64_t i = 0; i < range.rows; ++i) {
      const bool dead = (live[i / 64] >> (i % 64) & 1) == 0;
      if (dead) Clear(begins_[run] + static_cast<uint32_t>(i));
    }
  }
  return absl::OkStatus();
}

absl::Status SliceRows::ClearKilledInTail(const TailSnapshot& tail, Lsn at) {
  absl::StatusOr<std::vector<TailKill>> kills = tail.Kills(at);
  if (!kills.ok()) return ExpiredIfGone(kills.status());
  for (size_t run = 0; run < runs_.size(); ++run) {
    const uint64_t first = runs_[run].first.value();
    auto kill = std::ranges::lower_bound(*kills, first, {}, &TailKill::row);
    for (; kill != kills->end() && kill->row - first < runs_[run].rows; ++kill) {
      Clear(begins_[run] + static_cast<uint32_t>(kill->row - first));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadArrivals(const format::SliceView& slice, format::ExtentReader& extents,
                          std::vector<uint32_t>& arrivals) {
  const size_t rows = slice.rows();
  arrivals.resize(rows);
  format::TapeWalker walker;
  if (absl::Status status = walker.Start(slice, extents); !status.ok()) return status;
  alignas(64) uint32_t stored[kBlockRows];
  alignas(64) uint32_t arrived[kBlockRows];
  for (size_t first = 0; first < rows; first += kBlockRows) {
    const size_t count = std::min<size_t>(kBlockRows, rows - first);
    absl::Status status = walker.Next(slice, extents, stored);
    if (!status.ok()) return status;
    status = slice.order().ReadArrivals(extents, first / kBlockRows, count, arrived);
    if (!status.ok()) return status;
    for (size_t i = 0; i < count; ++i) {
      if (arrived[i] >= rows) {
        return absl::DataLossError(
            format::Concat("slice: arrival index ", arrived[i], " of ", rows));
      }
      arrivals[stored[i]] = arrived[i];
    }
  }
  return walker.Finish(slice);
}

}  // namespace tape::engine
