// Records in frames: how WAL, manifest and catalog lie in their files. Bytes: docs/format/wal.md,
// "Frame".
//
//   FrameWriter frames(seeds, {.offset = 4096, .chain = 0}, bytes);
//   ByteWriter& record = frames.Begin({.type = 1, .lsn = Lsn(900)});
//   record.WriteU64(...);                                  // written where it will lie
//   absl::Status status = frames.End();
//   frames.PadToSync();                                    // where a sync follows
//
//   FrameReader reader(file, 0, seeds, {.offset = 4096, .chain = 0});
//   absl::StatusOr<std::optional<Frame>> frame = reader.Next();
//   // kDataLoss: something else lies at reader.offset(). None: zeros begin there, or the bytes
//   end.
//
// Each frame repeats the CRC of the one before it: a frame that is valid and missing breaks the
// chain of the next. A reader that starts in the middle knows no chain and learns it from the first
// frame.
//
// FrameWriter, FrameReader: thread-compatible; what they were made from must outlive them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "format/bytes/writer.h"
#include "tape/ids.h"

namespace tape::format {

// ---- as it lies in a file

struct FrameHeader {
  uint32_t size = 0;  // of the record, without padding
  uint16_t type = 0;
  uint16_t flags = 0;
  uint32_t chain = 0;  // the CRC of the frame before
  uint32_t reserved_12 = 0;
  uint64_t lsn = 0;
  uint32_t reserved_24 = 0;
  uint32_t crc = 0;  // of bytes 0..27 and 32 to the end of the padding
};
static_assert(sizeof(FrameHeader) == 32);
static_assert(offsetof(FrameHeader, type) == 4 && offsetof(FrameHeader, flags) == 6);
static_assert(offsetof(FrameHeader, chain) == 8 && offsetof(FrameHeader, reserved_12) == 12);
static_assert(offsetof(FrameHeader, lsn) == 16 && offsetof(FrameHeader, reserved_24) == 24);
static_assert(offsetof(FrameHeader, crc) == 28);

// Frames lie at multiples of this, and so do their records: 128-bit values are read in place.
inline constexpr size_t kFrameAlignment = 16;

inline constexpr uint32_t kMinRecordSize = 8;

// Far above any group that is written at once, and far below where sizes could overflow.
inline constexpr uint32_t kMaxRecordSize = uint32_t{1} << 30;

// Flag: whoever does not know the type may pass over the frame.
inline constexpr uint16_t kFrameMayBeSkipped = 1;

// Where the next frame begins in the file, and what it has to repeat of the one before. No chain:
// unknown, the first frame is believed.
struct FramePosition {
  uint64_t offset = 0;
  std::optional<uint32_t> chain = 0;

  friend bool operator==(const FramePosition&, const FramePosition&) = default;
};

// ---- writing

struct FrameStart {
  uint16_t type = 0;
  uint16_t flags = 0;
  Lsn lsn{};
};

class FrameWriter {
 public:
  // `out` is the caller's, and may hold bytes already; the first frame is appended to it. Its size
  // and the position's offset are multiples of kFrameAlignment, the position has a chain.
  FrameWriter(const PlaceSeed& seeds, const FramePosition& position, std::vector<std::byte>& out);

  // Where the next frame begins; while one is open, where that one does.
  uint64_t offset() const { return offset_; }
  // The CRC of the last frame.
  uint32_t chain() const { return chain_; }
  // Frames that were ended.
  uint64_t frames() const { return frames_; }
  FramePosition position() const { return {offset_, chain_}; }

  // Begins a frame and gives the writer that appends its record to `out`. Pad(16) and less pad as
  // in the file.
  ByteWriter& Begin(const FrameStart& start);

  // Ends the frame: padding, header, checksum. kResourceExhausted for a record above
  // kMaxRecordSize, which is then taken back as if it had not begun.
  absl::Status End();

  // Takes back the frame that was begun.
  void Abandon();

  // Zeros up to the next multiple of 4,096 in the file: bytes written after a sync never share one
  // with bytes that were synced.
  void PadToSync();

 private:
  PlaceSeed seeds_;
  std::vector<std::byte>& out_;
  ByteWriter record_;
  uint64_t offset_;
  uint32_t chain_;
  uint64_t frames_ = 0;
  size_t begin_ = 0;  // of the open frame within out_
  FrameHeader header_;
};

// ---- reading

struct Frame {
  uint16_t type = 0;
  uint16_t flags = 0;
  Lsn lsn{};
  uint32_t crc = 0;
  uint64_t offset = 0;                  // in the file
  uint64_t end = 0;                     // where the next one may begin
  std::span<const std::byte> record{};  // without padding
};

class FrameReader {
 public:
  // `bytes` are those of the file from `first` on; a multiple of kFrameAlignment in the file and in
  // memory. The position is within them.
  FrameReader(std::span<const std::byte> bytes, uint64_t first, const PlaceSeed& seeds,
              const FramePosition& position);

  // Where the next frame is looked for, with the chain it must have.
  const FramePosition& position() const { return position_; }
  uint64_t offset() const { return position_.offset; }

  // The next frame; none where the bytes end or zeros begin; kDataLoss where anything else stands,
  // and then the reader stays there.
  absl::StatusOr<std::optional<Frame>> Next();

  // Whether what stands at offset() at least claims to follow the last frame: what does not is of
  // an earlier use of the file, or never was written.
  bool ClaimsToFollow() const;

  // Over zeros to the next multiple of 4,096 (not at all where one has been reached), or the end.
  // kDataLoss for anything else.
  absl::Status SkipToSync();

  // Goes to a multiple of 4,096 behind offset(), whatever stands between; the chain is unknown
  // again. False, and nothing changed, where the bytes end before.
  bool JumpToSync();

  // Goes to a position within the bytes.
  void Return(const FramePosition& position) { position_ = position; }

  // Bytes whose checksum was computed so far, of valid frames and others.
  uint64_t bytes_checked() const { return bytes_checked_; }

 private:
  std::span<const std::byte> rest() const;

  std::span<const std::byte> bytes_;
  uint64_t first_;
  PlaceSeed seeds_;
  FramePosition position_;
  uint64_t bytes_checked_ = 0;
};

}  // namespace tape::format
