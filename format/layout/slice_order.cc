#include "format/layout/slice_order.h"

#include <algorithm>
#include <numeric>

namespace tape::format {
namespace {

// Below this many rows a code, a slice has hardly any neighbours of the same symbol to gain from,
// while directory and tape cost as much as the symbol column they replace.
constexpr size_t kRowsPerCodeToCluster = 4;

// Codes are looked up in a table when it would be small against the slice, or small at all.
constexpr size_t kSmallTable = size_t{1} << 16;
constexpr size_t kTableEntriesPerRow = 4;

constexpr uint32_t kAbsent = UINT32_MAX;

}  // namespace

void SliceOrder::Arrange(std::span<const int64_t> times, std::span<const uint32_t> codes) {
  rows_ = std::max(times.size(), codes.size());
  clustered_ = false;
  late_ = false;
  ranked_codes_.clear();
  first_rows_.clear();
  tape_.clear();
  arrivals_.clear();
  stored_.clear();
  ArrangeByTime(times);
  if (codes.empty()) return;
  RankCodes(codes);
  clustered_ =
      ranked_codes_.size() == 1 || ranked_codes_.size() * kRowsPerCodeToCluster <= codes.size();
  if (clustered_) LayOutTape();
}

void SliceOrder::ArrangeByTime(std::span<const int64_t> times) {
  uint32_t falls = 0;
  for (size_t i = 1; i < times.size(); ++i) falls += times[i] < times[i - 1] ? 1 : 0;
  late_ = falls > 0;
  if (late_) MergeLateRows(times);
}

// Most rows of a late stream are in order: the few that are behind the greatest time so far are
// sorted by themselves and merged in. Equal times keep their order of arrival.
void SliceOrder::MergeLateRows(std::span<const int64_t> times) {
  arrivals_.reserve(rows_);
  late_rows_.clear();
  int64_t latest = times[0];
  for (uint32_t row = 0; row < times.size(); ++row) {
    const bool in_order = times[row] >= latest;
    (in_order ? arrivals_ : late_rows_).push_back(row);
    latest = std::max(latest, times[row]);
  }
  const auto earlier = [&](uint32_t a, uint32_t b) {
    return times[a] != times[b] ? times[a] < times[b] : a < b;
  };
  std::sort(late_rows_.begin(), late_rows_.end(), earlier);
  const size_t in_order = arrivals_.size();
  arrivals_.insert(arrivals_.end(), late_rows_.begin(), late_rows_.end());
  std::inplace_merge(arrivals_.begin(), arrivals_.begin() + static_cast<ptrdiff_t>(in_order),
                     arrivals_.end(), earlier);
}

// Fills ranked_codes_, and stored_ with the rank of each arriving row for LayOutTape.
void SliceOrder::RankCodes(std::span<const uint32_t> codes) {
  stored_.resize(codes.size());
  const auto [least, greatest] = std::minmax_element(codes.begin(), codes.end());
  const size_t range = size_t{*greatest} - *least + 1;
  if (range <= std::max(kSmallTable, kTableEntriesPerRow * codes.size())) {
    RankByTable(codes, *least, *greatest);
  } else {
    RankBySorting(codes);
  }
}

void SliceOrder::RankByTable(std::span<const uint32_t> codes, uint32_t least, uint32_t greatest) {
  table_.assign(size_t{greatest} - least + 1, kAbsent);
  for (const uint32_t code : codes) table_[code - least] = 0;
  for (size_t i = 0; i < table_.size(); ++i) {
    if (table_[i] == kAbsent) continue;
    table_[i] = static_cast<uint32_t>(ranked_codes_.size());
    ranked_codes_.push_back(least + static_cast<uint32_t>(i));
  }
  for (size_t row = 0; row < codes.size(); ++row) stored_[row] = table_[codes[row] - least];
}

void SliceOrder::RankBySorting(std::span<const uint32_t> codes) {
  ranked_codes_.assign(codes.begin(), codes.end());
  std::sort(ranked_codes_.begin(), ranked_codes_.end());
  ranked_codes_.erase(std::unique(ranked_codes_.begin(), ranked_codes_.end()), ranked_codes_.end());
  for (size_t row = 0; row < codes.size(); ++row) {
    const auto at = std::lower_bound(ranked_codes_.begin(), ranked_codes_.end(), codes[row]);
    stored_[row] = static_cast<uint32_t>(at - ranked_codes_.begin());
  }
}

// A counting sort by rank, of rows in time order.
void SliceOrder::LayOutTape() {
  first_rows_.assign(ranked_codes_.size(), 0);
  for (const uint32_t rank : stored_) ++first_rows_[rank];
  std::exclusive_scan(first_rows_.begin(), first_rows_.end(), first_rows_.begin(), 0u);
  cursors_ = first_rows_;
  if (late_) {
    tape_.resize(rows_);
    for (size_t time = 0; time < rows_; ++time) tape_[time] = stored_[arrivals_[time]];
  } else {
    std::swap(tape_, stored_);
  }
  stored_.resize(rows_);
  for (uint32_t time = 0; time < rows_; ++time) {
    stored_[cursors_[tape_[time]]++] = late_ ? arrivals_[time] : time;
  }
}

}  // namespace tape::format
