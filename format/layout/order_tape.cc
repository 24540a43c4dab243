#include "format/layout/order_tape.h"

#include <algorithm>
#include <numeric>

#include "format/bytes/message.h"

namespace tape::format {
namespace {

// A slice with more codes gets no samples: they would cost more than a thirtieth of what they help
// to find.
constexpr size_t kRowsPerSample = 32;
constexpr size_t kSampleRows = kSampleBlocks * kBlockRows;

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("order tape: ", what, ", found ", found));
}

// How often each rank occurs in each full interval but the last, interval by interval.
std::vector<int32_t> CountSamples(const SliceOrder& order) {
  const size_t ranks = order.ranked_codes().size();
  const size_t intervals = (order.rows() - 1) / kSampleRows;
  std::vector<int32_t> counts(intervals * ranks);
  for (size_t i = 0; i < intervals * kSampleRows; ++i) {
    ++counts[i / kSampleRows * ranks + order.tape()[i]];
  }
  return counts;
}

std::vector<int32_t> Displacements(std::span<const uint32_t> arrivals) {
  std::vector<int32_t> displacements(arrivals.size());
  for (size_t time = 0; time < arrivals.size(); ++time) {
    displacements[time] = static_cast<int32_t>(arrivals[time]) - static_cast<int32_t>(time);
  }
  return displacements;
}

bool SamplesPay(const SliceOrder& order) {
  const size_t intervals = (order.rows() - 1) / kSampleRows;
  return intervals > 0 && intervals * order.ranked_codes().size() * kRowsPerSample <= order.rows();
}

// Appends extents one after the other, each at its place.
class Section {
 public:
  Section(ExtentPlace place, ExtentWriter& writer, std::vector<std::byte>& out)
      : place_(place), writer_(writer), out_(out), begin_(out.size()) {}

  absl::Status Append(ExtentRole role, const ColumnView& column, uint32_t parameter) {
    const ExtentSpec spec{.role = role,
                          .seeds = place_.seeds,
                          .offset = place_.offset + (out_.size() - begin_),
                          .parameter = parameter};
    return writer_.Append(column, spec, out_);
  }

 private:
  ExtentPlace place_;
  ExtentWriter& writer_;
  std::vector<std::byte>& out_;
  size_t begin_;
};

template <typename T>
ColumnView ViewOf(std::span<const T> values) {
  return ColumnView::Fixed(Physical::kInt32, values.data(), values.size());
}

}  // namespace

absl::StatusOr<TapeContents> AppendOrderTape(const SliceOrder& order, bool with_samples,
                                             ExtentPlace place, ExtentWriter& writer,
                                             std::vector<std::byte>& out) {
  TapeContents contents;
  Section section(place, writer, out);
  absl::Status status;
  if (order.clustered()) {
    contents.has_tape = true;
    status = section.Append(ExtentRole::kOrderTape, ViewOf(order.tape()), 0);
    if (status.ok() && with_samples && SamplesPay(order)) {
      contents.has_samples = true;
      const std::vector<int32_t> samples = CountSamples(order);
      status = section.Append(ExtentRole::kTapeSamples, ViewOf(std::span<const int32_t>(samples)),
                              static_cast<uint32_t>(order.ranked_codes().size()));
    }
  }
  if (status.ok() && order.late()) {
    contents.has_displacement = true;
    const std::vector<int32_t> displacements = Displacements(order.arrivals());
    status = section.Append(ExtentRole::kDisplacement,
                            ViewOf(std::span<const int32_t>(displacements)), 0);
  }
  if (!status.ok()) return status;
  return contents;
}

absl::StatusOr<OrderTape> OrderTape::Parse(std::span<const std::byte> bytes,
                                           const ExtentPlace& place, const TapeContents& contents) {
  OrderTape tape;
  tape.contents_ = contents;
  uint64_t at = 0;
  const auto take = [&](ExtentRole role, std::optional<ExtentView>& out) -> absl::Status {
    if (at > bytes.size()) return Damaged("section cut short", bytes.size());
    absl::StatusOr<ExtentView> extent =
        ExtentView::Parse(bytes.subspan(at), {place.seeds, place.offset + at});
    if (!extent.ok()) return extent.status();
    const bool expected = extent->header().role == role && extent->physical() == Physical::kInt32;
    if (!expected) return Damaged("role", static_cast<uint8_t>(extent->header().role));
    at += extent->size_bytes();
    out = *extent;
    return absl::OkStatus();
  };
  absl::Status status;
  if (contents.has_tape) status = take(ExtentRole::kOrderTape, tape.tape_);
  if (status.ok() && contents.has_samples) status = take(ExtentRole::kTapeSamples, tape.samples_);
  if (status.ok() && contents.has_displacement) {
    status = take(ExtentRole::kDisplacement, tape.displacement_);
  }
  if (!status.ok()) return status;
  return tape;
}

absl::Status OrderTape::ReadRanks(ExtentReader& reader, size_t block, int32_t* out) const {
  if (!tape_.has_value()) return absl::FailedPreconditionError("order tape: none in this slice");
  return reader.ReadFixed(*tape_, block, out);
}

absl::Status OrderTape::ReadArrivals(ExtentReader& reader, size_t block, size_t rows,
                                     uint32_t* out) const {
  const auto first = static_cast<uint32_t>(block * kBlockRows);
  if (!displacement_.has_value()) {
    std::iota(out, out + rows, first);
    return absl::OkStatus();
  }
  absl::Status status = reader.ReadFixed(*displacement_, block, out);
  if (!status.ok()) return status;
  for (size_t i = 0; i < rows; ++i) out[i] += first + static_cast<uint32_t>(i);
  return absl::OkStatus();
}

absl::StatusOr<size_t> OrderTape::SkipIntervals(ExtentReader& reader, uint32_t rank,
                                                size_t& remaining) const {
  if (!samples_.has_value()) return size_t{0};
  const size_t ranks = samples_->header().parameter;
  if (ranks == 0 || rank >= ranks) return Damaged("ranks of the samples", ranks);
  ColumnBuffer counts(Physical::kInt32);
  if (absl::Status status = reader.AppendAll(*samples_, counts); !status.ok()) return status;
  const std::span<const int32_t> values = counts.view().Values<int32_t>();
  size_t interval = 0;
  for (; (interval + 1) * ranks <= values.size(); ++interval) {
    const auto here = static_cast<size_t>(std::max(values[interval * ranks + rank], 0));
    if (remaining < here) break;
    remaining -= here;
  }
  return interval * kSampleBlocks;
}

absl::StatusOr<size_t> OrderTape::FindOccurrence(ExtentReader& reader, uint32_t rank,
                                                 size_t n) const {
  if (!tape_.has_value()) return absl::FailedPreconditionError("order tape: none in this slice");
  size_t remaining = n;
  absl::StatusOr<size_t> first = SkipIntervals(reader, rank, remaining);
  if (!first.ok()) return first.status();
  alignas(64) int32_t ranks[kBlockRows];
  for (size_t block = *first; block < tape_->blocks(); ++block) {
    if (absl::Status status = ReadRanks(reader, block, ranks); !status.ok()) return status;
    for (size_t i = 0; i < tape_->BlockRows(block); ++i) {
      if (static_cast<uint32_t>(ranks[i]) != rank) continue;
      if (remaining == 0) return block * kBlockRows + i;
      --remaining;
    }
  }
  return absl::OutOfRangeError(Concat("order tape: rank ", rank, " has no row ", n));
}

}  // namespace tape::format
