// Orders of a slice, of SliceCheck in slice_check.h.
#include <algorithm>
#include <utility>

#include "engine/keep/slice_check.h"
#include "engine/read/slice_rows.h"
#include "format/bytes/message.h"
#include "format/kernels/kernels.h"
#include "format/layout/tape_walker.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::RowOrder;

}  // namespace

// Arrival indexes are a permutation, and (time, arrival) ascends along the tape, and along the rows
// of each code as they are stored. Where they do, they are the only order that does.
void SliceCheck::CheckOrder() {
  const std::optional<size_t> time = table_.info.schema.time_column();
  const auto at_time = time.has_value()
                           ? std::ranges::find(opened_, table_.info.schema.column(*time).id)
                           : opened_.end();
  std::vector<int64_t> times(slice_->shape.rows, 0);
  if (at_time != opened_.end()) {
    const auto index = open_->Column(static_cast<size_t>(at_time - opened_.begin()));
    ColumnBuffer stored(Physical::kInt64);
    if (!index.has_value() || !Read(*index, RowOrder::kStored, stored, at_)) return;
    const std::span<const int64_t> values = stored.view().Values<int64_t>();
    times.assign(values.begin(), values.end());
    CheckTimes(times);
  }
  if (!CheckTape(times)) open_ = nullptr;  // what depends on the order says nothing more
}

void SliceCheck::CheckTimes(std::span<const int64_t> times) {
  const auto [least, greatest] = std::ranges::minmax_element(times);
  findings_.Expect(at_, *least == slice_->least_time && *greatest == slice_->greatest_time,
                   Concat("slice ", slice_->slice, ": times of its rows"),
                   Concat(slice_->least_time, " to ", slice_->greatest_time),
                   Concat(*least, " to ", *greatest));
}

bool SliceCheck::CheckTape(std::span<const int64_t> times) {
  const format::Place* place = slice_->OrderTapePlace();
  const FindingPlace at = place != nullptr ? PlaceOf(*place) : at_;
  std::vector<uint32_t> arrivals;
  if (!findings_.Check(at, ReadArrivals(open_->view(), extents_, arrivals))) return false;
  std::vector<bool> seen(arrivals.size());
  for (const uint32_t arrival : arrivals) {
    if (!findings_.Expect(
            at, !seen[arrival],
            Concat("slice ", slice_->slice, ": arrival index ", arrival, " comes up twice"))) {
      return false;
    }
    seen[arrival] = true;
  }
  const auto key = [&](uint32_t row) { return std::pair(times[row], arrivals[row]); };
  format::TapeWalker walker;
  if (!findings_.Check(at, walker.Start(open_->view(), extents_))) return false;
  alignas(64) uint32_t rows[kBlockRows];
  std::vector<int32_t> ranks;
  std::optional<uint32_t> before;
  for (size_t first = 0; first < times.size(); first += kBlockRows) {
    if (!findings_.Check(at, walker.Next(open_->view(), extents_, rows))) return false;
    const size_t count = std::min<size_t>(kBlockRows, times.size() - first);
    if (slice_->shape.clustered) ranks.insert(ranks.end(), walker.ranks(), walker.ranks() + count);
    for (size_t i = 0; i < count; ++i) {
      if (before.has_value() && key(rows[i]) <= key(*before)) {
        findings_.Add(at, FindingKind::kDamage,
                      Concat("slice ", slice_->slice,
                             ": the order tape is not the order of time, "
                             "from time position ",
                             first + i, " on"));
        return false;
      }
      before = rows[i];
    }
  }
  return findings_.Check(at, walker.Finish(open_->view())) && CheckSamples(ranks);
}

// How often each rank comes up in each interval of the tape.
bool SliceCheck::CheckSamples(std::span<const int32_t> ranks) {
  if (!slice_->shape.order.has_samples) return true;
  const format::Place& place = *slice_->OrderTapePlace();
  const FindingPlace at = PlaceOf(place);
  auto file = mapped_.Get(TableFile::Of(place), place.offset + place.length);
  if (!findings_.Check(at, file.status())) return false;
  const std::span<const std::byte> bytes = (*file)->bytes().subspan(place.offset, place.length);
  format::ExtentPlace from = (*file)->At(place.offset);
  absl::StatusOr<format::ExtentView> tape = format::ExtentView::Parse(bytes, from);
  if (!findings_.Check(at, tape.status())) return false;
  from.offset += tape->size_bytes();
  absl::StatusOr<format::ExtentView> samples =
      format::ExtentView::Parse(bytes.subspan(tape->size_bytes()), from);
  if (!findings_.Check(at, samples.status())) return false;
  ColumnBuffer stated(samples->physical());
  if (!findings_.Check(at, extents_.AppendAll(*samples, stated))) return false;
  constexpr size_t kIntervalRows = format::kSampleBlocks * kBlockRows;
  const size_t intervals = (ranks.size() - 1) / kIntervalRows;
  std::vector<int32_t> counted(stated.rows());
  for (size_t row = 0; row < std::min(ranks.size(), intervals * kIntervalRows); ++row) {
    const size_t index = static_cast<size_t>(ranks[row]) * intervals + row / kIntervalRows;
    if (index < counted.size()) ++counted[index];
  }
  return findings_.Expect(
      at, std::ranges::equal(counted, stated.view().Values<int32_t>()),
      Concat("slice ", slice_->slice, ": the order tape's samples are not what the tape gives"));
}

}  // namespace tape::engine
