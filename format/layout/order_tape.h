// The order tape on disk: what brings clustered rows back into time order and arrival order.
//
//   one file section = tape extent, then samples extent (if columns lie in another order than
//   stored), then displacement extent (if the slice is late)
//
//   absl::StatusOr<OrderTape> tape = OrderTape::Parse(bytes, place, contents, {rows, codes});
//   tape->ReadRanks(reader, block, ranks);           // 1,024 ranks in time order
//   tape->ReadArrivals(reader, block, arrivals);     // the arrival index of each of them
//
// The tape holds ranks into the slice's directory. A sample says how often a rank occurs in an
// interval of the tape, so that the time position of a symbol's n-th row is found by decoding its
// samples, which lie side by side, and one interval, not the whole tape. Bytes:
// docs/format/order-tape.md.
//
// OrderTape: immutable, does not own. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/layout/extent_view.h"
#include "format/layout/extent_writer.h"
#include "format/layout/slice_order.h"

namespace tape::format {

// Tape blocks of a sampled interval.
inline constexpr size_t kSampleBlocks = 32;

struct TapeContents {
  bool has_tape = false;
  bool has_samples = false;
  bool has_displacement = false;

  bool operator==(const TapeContents&) const = default;
};

// Appends the section of an arranged slice: nothing at all where stored, time and arrival order are
// the same. Samples are left out when there are too many codes for them to pay.
absl::StatusOr<TapeContents> AppendOrderTape(const SliceOrder& order, bool with_samples,
                                             ExtentPlace place, ExtentWriter& writer,
                                             std::vector<std::byte>& out);

// Of the slice that a section belongs to.
struct TapeSize {
  size_t rows = 0;
  size_t ranks = 0;  // 0 where it is not clustered
};

class OrderTape {
 public:
  // `contents` is what the slice's manifest record says that the section has.
  static absl::StatusOr<OrderTape> Parse(std::span<const std::byte> bytes, const ExtentPlace& place,
                                         const TapeContents& contents, const TapeSize& size);

  const TapeContents& contents() const { return contents_; }

  // Ranks of one tape block, in time order, not held to the directory. out[0..1024).
  absl::Status ReadRanks(ExtentReader& reader, size_t block, int32_t* out) const;

  // Arrival index of each time position of a block of 1,024; out[0..1024).
  absl::Status ReadArrivals(ExtentReader& reader, size_t block, size_t rows, uint32_t* out) const;

  // Time position of the n-th row (from 0) of a rank; kOutOfRange when the slice has fewer.
  absl::StatusOr<size_t> FindOccurrence(ExtentReader& reader, uint32_t rank, size_t n) const;

 private:
  // Tape blocks, from `begin` to before `end`.
  struct Interval {
    size_t begin;
    size_t end;
  };
  // Where the rank's occurrence `remaining` is, which loses those before it.
  absl::StatusOr<Interval> FindInterval(ExtentReader& reader, uint32_t rank,
                                        size_t& remaining) const;

  std::optional<ExtentView> tape_;
  std::optional<ExtentView> samples_;
  std::optional<ExtentView> displacement_;
  TapeContents contents_;
  TapeSize size_;
};

}  // namespace tape::format
