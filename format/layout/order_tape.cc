#include "format/layout/order_tape.h"

#include <algorithm>
#include <numeric>

#include "format/bytes/message.h"
#include "format/layout/sequence_extent.h"

namespace tape::format {
namespace {

// A slice with more codes gets no samples: they would cost more than a thirtieth of what they help
// to find.
constexpr size_t kRowsPerSample = 32;
constexpr size_t kSampleRows = kSampleBlocks * kBlockRows;

absl::Status Damaged(std::string_view what, uint64_t found) {
  return absl::DataLossError(Concat("order tape: ", what, ", found ", found));
}

constexpr SequenceSpec kTape{ExtentRole::kOrderTape, SequenceOrder::kNone, Physical::kInt32};
constexpr SequenceSpec kDisplacement{ExtentRole::kDisplacement, SequenceOrder::kNone,
                                     Physical::kInt32};

// All intervals but the last have samples.
size_t SampledIntervals(size_t rows) { return (rows - 1) / kSampleRows; }

// How often each rank occurs in each of those intervals, rank by rank.
std::vector<int32_t> CountSamples(const SliceOrder& order) {
  const size_t intervals = SampledIntervals(order.rows());
  std::vector<int32_t> counts(intervals * order.ranked_codes().size());
  for (size_t i = 0; i < intervals * kSampleRows; ++i) {
    ++counts[order.tape()[i] * intervals + i / kSampleRows];
  }
  return counts;
}

size_t CountEqual(std::span<const int32_t> values, int32_t wanted) {
  size_t count = 0;
  for (const int32_t value : values) count += value == wanted ? 1 : 0;
  return count;
}

std::vector<int32_t> Displacements(std::span<const uint32_t> arrivals) {
  std::vector<int32_t> displacements(arrivals.size());
  for (size_t time = 0; time < arrivals.size(); ++time) {
    displacements[time] = static_cast<int32_t>(arrivals[time]) - static_cast<int32_t>(time);
  }
  return displacements;
}

bool SamplesPay(const SliceOrder& order) {
  const size_t intervals = SampledIntervals(order.rows());
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
                                           const ExtentPlace& place, const TapeContents& contents,
                                           const TapeSize& size) {
  if (contents.has_tape != (size.ranks > 0)) return Damaged("tape for ranks", size.ranks);
  if (contents.has_samples && !contents.has_tape) return Damaged("samples without tape", 1);
  OrderTape tape;
  tape.contents_ = contents;
  tape.size_ = size;
  uint64_t at = 0;
  const auto take = [&](const SequenceSpec& spec, size_t rows,
                        std::optional<ExtentView>& out) -> absl::Status {
    if (at > bytes.size()) return Damaged("section cut short", bytes.size());
    absl::StatusOr<ExtentView> extent =
        ParseSequence(bytes.subspan(at), {place.seeds, place.offset + at}, spec, rows);
    if (!extent.ok()) return extent.status();
    at += extent->size_bytes();
    out = *extent;
    return absl::OkStatus();
  };
  const SequenceSpec samples{ExtentRole::kTapeSamples, SequenceOrder::kNone, Physical::kInt32,
                             static_cast<uint32_t>(size.ranks)};
  absl::Status status;
  if (contents.has_tape) status = take(kTape, size.rows, tape.tape_);
  if (status.ok() && contents.has_samples) {
    status = take(samples, SampledIntervals(size.rows) * size.ranks, tape.samples_);
  }
  if (status.ok() && contents.has_displacement) {
    status = take(kDisplacement, size.rows, tape.displacement_);
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

absl::StatusOr<OrderTape::Interval> OrderTape::FindInterval(ExtentReader& reader, uint32_t rank,
                                                            size_t& remaining) const {
  if (!samples_.has_value()) return Interval{0, tape_->blocks()};
  const size_t intervals = SampledIntervals(size_.rows);
  const size_t first = rank * intervals;
  alignas(64) int32_t counts[kBlockRows];
  for (size_t interval = 0; interval < intervals; ++interval) {
    const size_t at = (first + interval) % kBlockRows;
    if (interval == 0 || at == 0) {
      absl::Status status = reader.ReadFixed(*samples_, (first + interval) / kBlockRows, counts);
      if (!status.ok()) return status;
    }
    // One that is too high, as a negative one is here, leads to an interval without the row.
    const auto here = static_cast<uint32_t>(counts[at]);
    if (remaining < here) return Interval{interval * kSampleBlocks, (interval + 1) * kSampleBlocks};
    remaining -= here;
  }
  return Interval{intervals * kSampleBlocks, tape_->blocks()};
}

absl::StatusOr<size_t> OrderTape::FindOccurrence(ExtentReader& reader, uint32_t rank,
                                                 size_t n) const {
  if (!tape_.has_value()) return absl::FailedPreconditionError("order tape: none in this slice");
  if (rank >= size_.ranks) {
    return absl::InvalidArgumentError(Concat("order tape: rank ", rank, " of ", size_.ranks));
  }
  size_t remaining = n;
  absl::StatusOr<Interval> blocks = FindInterval(reader, rank, remaining);
  if (!blocks.ok()) return blocks.status();
  const auto wanted = static_cast<int32_t>(rank);
  alignas(64) int32_t ranks[kBlockRows];
  for (size_t block = blocks->begin; block < blocks->end; ++block) {
    if (absl::Status status = ReadRanks(reader, block, ranks); !status.ok()) return status;
    const std::span<const int32_t> here(ranks, tape_->BlockRows(block));
    const size_t count = CountEqual(here, wanted);
    if (remaining >= count) {
      remaining -= count;
      continue;
    }
    for (size_t i = 0;; ++i) {
      if (here[i] != wanted) continue;
      if (remaining-- == 0) return block * kBlockRows + i;
    }
  }
  if (blocks->end < tape_->blocks()) return Damaged("samples of rank", rank);
  return absl::OutOfRangeError(Concat("order tape: rank ", rank, " has no row ", n));
}

}  // namespace tape::format
