// A segment of the WAL: its header, and the groups in it. Bytes: docs/format/wal.md.
//
//   WalSegment segment{.store = uuid, .salt = salt, .number = 7, .size = 64 << 20, ...};
//   AppendSegmentStart(segment, bytes);                     // 4,096 bytes
//   FrameWriter frames(segment.Seeds(), segment.Start(), bytes);
//   WalGroupWriter group(frames, Lsn(900));
//   absl::Status status = AppendRows(rows, frames);         // wal_records.h
//   status = group.Close({.last = Lsn(905), .durable = Lsn(899), .time = now});
//   frames.PadToSync();                                     // where a sync follows
//
//   absl::StatusOr<WalSegment> read = WalSegment::Parse(file, uuid, 7);
//   WalGroupReader reader(*read, file);
//   absl::StatusOr<const WalGroup*> group = reader.Next();  // nullptr: reader.stop() says why
//   absl::StatusOr<WalRemains> remains = reader.ScanBehind();
//
// The reader says which groups are whole, where they end, why, and what lies behind. Whether that
// is a torn tail or corruption is for recovery to decide: it needs all segments and all manifests.
//
// WalSegment: value type. WalGroupWriter, WalGroupReader: thread-compatible; what they were made
// from must outlive them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "format/records/frame.h"
#include "tape/ids.h"

namespace tape::format {

// ---- as it lies in a file

struct WalSegmentHeader {
  uint64_t number = 0;
  uint64_t size = 0;
  uint64_t first_lsn = 0;
  uint64_t durable_lsn = 0;
  uint32_t chain = 0;
  uint32_t reserved_36 = 0;
  int64_t time = 0;
  uint64_t reserved_48 = 0;
  uint32_t reserved_56 = 0;
  uint32_t crc = 0;  // of bytes 0..59 of this header
};
static_assert(sizeof(WalSegmentHeader) == 64);
static_assert(offsetof(WalSegmentHeader, size) == 8);
static_assert(offsetof(WalSegmentHeader, first_lsn) == 16);
static_assert(offsetof(WalSegmentHeader, durable_lsn) == 24);
static_assert(offsetof(WalSegmentHeader, chain) == 32);
static_assert(offsetof(WalSegmentHeader, time) == 40);
static_assert(offsetof(WalSegmentHeader, reserved_48) == 48);
static_assert(offsetof(WalSegmentHeader, crc) == 60);

struct WalGroupRecord {
  uint64_t first_lsn = 0;
  uint64_t last_lsn = 0;
  uint64_t durable_lsn = 0;
  int64_t time = 0;
  uint64_t size = 0;  // of the frames of the group before this record's
  uint32_t frames = 0;
  uint32_t reserved_44 = 0;
};
static_assert(sizeof(WalGroupRecord) == 48);
static_assert(offsetof(WalGroupRecord, last_lsn) == 8);
static_assert(offsetof(WalGroupRecord, durable_lsn) == 16);
static_assert(offsetof(WalGroupRecord, time) == 24 && offsetof(WalGroupRecord, size) == 32);
static_assert(offsetof(WalGroupRecord, frames) == 40);

inline constexpr uint64_t kWalSegmentSize = uint64_t{64} << 20;
inline constexpr uint64_t kWalFirstGroup = 4096;  // where the first group of a segment begins

// ---- the segment

struct WalSegment {
  StoreUuid store{};
  uint64_t salt = 0;  // random for every use
  uint64_t number = 0;
  uint64_t size = kWalSegmentSize;  // of the file
  Lsn first_lsn{};                  // that its first group begins with
  Lsn durable_lsn{};                // when it was begun
  uint32_t chain = 0;               // the CRC of the last frame of the segment before
  int64_t time = 0;                 // when it was begun
  uint32_t crc = 0;                 // of the segment header: what its first frame repeats; made by
                                    // AppendSegmentStart, read by Parse

  // `file` is all of the segment, or its first 4,096 bytes. kDataLoss for headers that are damaged,
  // or of another store or number, and for a file larger than it says; a smaller one has lost
  // bytes, which the groups will show. kUnimplemented for a newer one.
  static absl::StatusOr<WalSegment> Parse(std::span<const std::byte> file, const StoreUuid& store,
                                          uint64_t number);

  PlaceSeed Seeds() const;
  FramePosition Start() const { return {kWalFirstGroup, crc}; }

  friend bool operator==(const WalSegment&, const WalSegment&) = default;
};

// Appends the headers and zeros up to the first group to `out`, which is empty, and sets
// segment.crc.
void AppendSegmentStart(WalSegment& segment, std::vector<std::byte>& out);

// ---- groups

struct WalGroupEnd {
  Lsn last{};     // first - 1: a group without commits
  Lsn durable{};  // what was synced when the group is written; below first
  int64_t time = 0;
};

// Marks where a group began, and closes it.
class WalGroupWriter {
 public:
  // The next frame is the group's first.
  WalGroupWriter(FrameWriter& frames, Lsn first);

  // Appends the group record. kInvalidArgument for LSNs out of order.
  absl::Status Close(const WalGroupEnd& end);

 private:
  FrameWriter& frames_;
  Lsn first_;
  uint64_t begin_;
  uint64_t frames_before_;
};

struct WalGroup {
  Lsn first{};
  Lsn last{};
  Lsn durable{};
  int64_t time = 0;
  uint64_t offset = 0;          // of its first frame
  uint64_t end = 0;             // behind its group record
  uint32_t crc = 0;             // of its last frame: the chain of what follows
  std::vector<Frame> frames{};  // all but the group record's
};

struct WalStop {
  enum class Kind : uint8_t {
    kNone,  // there may be another group
    kEnd,   // nothing here claims to follow the last group: zeros, an earlier use, the end
    kBad,   // something does, and is not a valid group
  };
  Kind kind = Kind::kNone;
  uint64_t offset = 0;   // where the group that is not valid, or not there, begins
  std::string reason{};  // names the offset of the frame, expected and found
};

// What lies behind the place where reading stopped.
struct WalRemains {
  uint64_t groups = 0;        // valid ones
  uint64_t first_offset = 0;  // of the first of them
  Lsn first{};                // its first LSN
  Lsn last{};                 // the highest last LSN
  Lsn durable{};              // the highest durable LSN; Lsn(0) without groups
};

class WalGroupReader {
 public:
  WalGroupReader(const WalSegment& segment, std::span<const std::byte> file);

  // The next group, valid with all its records; it lives until the next call. nullptr once reading
  // has stopped. kUnimplemented for a valid frame of a type that is unknown and may not be skipped.
  absl::StatusOr<const WalGroup*> Next();

  const WalStop& stop() const { return stop_; }

  // Once reading has stopped: all valid groups behind it. kDataLoss where looking would take longer
  // than any file that tape wrote can make it take.
  absl::StatusOr<WalRemains> ScanBehind() const;

  // Where the next group would be written, and the LSN and chain that it would have: the end of the
  // last valid group.
  const FramePosition& end() const { return end_; }
  Lsn next_lsn() const { return next_lsn_; }

 private:
  bool FindGroup();
  void Stop(WalStop::Kind kind, std::string_view reason);

  WalSegment segment_;
  std::span<const std::byte> file_;
  FrameReader reader_;
  FramePosition end_;
  Lsn next_lsn_;
  WalGroup group_;
  WalStop stop_;
};

}  // namespace tape::format
