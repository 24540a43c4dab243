#include "format/records/frame.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string_view>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"
#include "format/bytes/zero_padding.h"
#include "format/layout/section_cursor.h"

namespace tape::format {
namespace {

uint64_t RoundUpToFrame(uint64_t size) {
  return (size + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
}

uint64_t NextSync(uint64_t offset) { return (offset / kSyncAlignment + 1) * kSyncAlignment; }

// Of a frame with its padding.
uint32_t FrameCrc(const PlaceSeed& seeds, uint64_t offset, std::span<const std::byte> frame) {
  const uint32_t head = ExtendCrc32c(seeds.At(offset), frame.first(offsetof(FrameHeader, crc)));
  return ExtendCrc32c(head, frame.subspan(sizeof(FrameHeader)));
}

absl::Status Damaged(uint64_t offset, std::string_view what) {
  return absl::DataLossError(Concat("frame: offset ", offset, ": ", what));
}

absl::Status CheckHeader(const FrameHeader& header, const FramePosition& position,
                         size_t bytes_left) {
  const uint64_t at = position.offset;
  if (header.size < kMinRecordSize || header.size > kMaxRecordSize) {
    return Damaged(at, Concat("size: expected ", kMinRecordSize, " to ", kMaxRecordSize, ", found ",
                              header.size));
  }
  if (position.chain.has_value() && header.chain != *position.chain) {
    return Damaged(at,
                   Concat("chain: expected ", Hex(*position.chain), ", found ", Hex(header.chain)));
  }
  const uint64_t length = sizeof(header) + RoundUpToFrame(header.size);
  if (length > bytes_left) {
    return Damaged(at, Concat("expected ", length, " bytes, found ", bytes_left));
  }
  return absl::OkStatus();
}

// What only a writer of another version would make: the checksum is right.
absl::Status CheckFields(const FrameHeader& header, uint64_t offset,
                         std::span<const std::byte> frame) {
  if (header.type == 0) return Damaged(offset, "type: expected one above 0, found 0");
  if ((header.flags & ~kFrameMayBeSkipped) != 0) {
    return Damaged(offset, Concat("flags: expected 0 or 1, found ", Hex(header.flags)));
  }
  if (header.reserved_12 != 0 || header.reserved_24 != 0) {
    return Damaged(offset, "reserved bytes: expected 0, found others");
  }
  if (!AllZero(frame.subspan(sizeof(FrameHeader) + header.size))) {
    return Damaged(offset, "padding: expected zeros, found others");
  }
  return absl::OkStatus();
}

}  // namespace

// ---- writing

FrameWriter::FrameWriter(const PlaceSeed& seeds, const FramePosition& position,
                         std::vector<std::byte>& out)
    : seeds_(seeds),
      out_(out),
      record_(out),
      offset_(position.offset),
      chain_(position.chain.value_or(0)) {
  assert(position.chain.has_value());
  assert(offset_ % kFrameAlignment == 0 && out.size() % kFrameAlignment == 0);
}

ByteWriter& FrameWriter::Begin(const FrameStart& start) {
  begin_ = out_.size();
  header_ = {.type = start.type, .flags = start.flags, .chain = chain_, .lsn = start.lsn.value()};
  record_.WriteZeros(sizeof(FrameHeader));
  return record_;
}

absl::Status FrameWriter::End() {
  const size_t size = out_.size() - begin_ - sizeof(FrameHeader);
  if (size < kMinRecordSize || size > kMaxRecordSize) {
    Abandon();
    return absl::ResourceExhaustedError(Concat("frame: record of ", size, " bytes, expected ",
                                               kMinRecordSize, " to ", kMaxRecordSize));
  }
  record_.Pad(kFrameAlignment);
  header_.size = static_cast<uint32_t>(size);
  const std::span<std::byte> frame = std::span(out_).subspan(begin_);
  std::memcpy(frame.data(), &header_, sizeof(header_));
  header_.crc = FrameCrc(seeds_, offset_, frame);
  std::memcpy(frame.data(), &header_, sizeof(header_));
  offset_ += frame.size();
  chain_ = header_.crc;
  ++frames_;
  return absl::OkStatus();
}

void FrameWriter::Abandon() { out_.resize(begin_); }

void FrameWriter::PadToSync() {
  const uint64_t end = RoundUp(offset_, kSyncAlignment);
  record_.WriteZeros(end - offset_);
  offset_ = end;
}

// ---- reading

FrameReader::FrameReader(std::span<const std::byte> bytes, uint64_t first, const PlaceSeed& seeds,
                         const FramePosition& position)
    : bytes_(bytes), first_(first), seeds_(seeds), position_(position) {
  assert(position.offset >= first && position.offset % kFrameAlignment == 0);
}

std::span<const std::byte> FrameReader::rest() const {
  return bytes_.subspan(std::min<uint64_t>(position_.offset - first_, bytes_.size()));
}

absl::StatusOr<std::optional<Frame>> FrameReader::Next() {
  const std::span<const std::byte> bytes = rest();
  if (AllZero(bytes.first(std::min(bytes.size(), kFrameAlignment)))) return std::optional<Frame>();
  FrameHeader header;
  if (bytes.size() < sizeof(header)) {
    return Damaged(offset(), Concat("expected ", sizeof(header), " bytes, found ", bytes.size()));
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (absl::Status status = CheckHeader(header, position_, bytes.size()); !status.ok()) {
    return status;
  }
  const std::span<const std::byte> frame =
      bytes.first(sizeof(header) + RoundUpToFrame(header.size));
  const uint32_t crc = FrameCrc(seeds_, offset(), frame);
  bytes_checked_ += frame.size();
  if (crc != header.crc) {
    return Damaged(offset(), Concat("checksum: expected ", Hex(crc), ", found ", Hex(header.crc)));
  }
  if (absl::Status status = CheckFields(header, offset(), frame); !status.ok()) return status;
  const Frame read{.type = header.type,
                   .flags = header.flags,
                   .lsn = Lsn(header.lsn),
                   .crc = crc,
                   .offset = offset(),
                   .end = offset() + frame.size(),
                   .record = frame.subspan(sizeof(header), header.size)};
  position_ = {read.end, crc};
  return std::optional<Frame>(read);
}

bool FrameReader::ClaimsToFollow() const {
  const std::span<const std::byte> bytes = rest();
  FrameHeader header;
  if (bytes.size() < sizeof(header)) return false;
  std::memcpy(&header, bytes.data(), sizeof(header));
  return header.size != 0 && header.chain == position_.chain;
}

absl::Status FrameReader::SkipToSync() {
  const std::span<const std::byte> bytes = rest();
  const uint64_t gap = RoundUp(offset(), kSyncAlignment) - offset();
  if (!AllZero(bytes.first(std::min<uint64_t>(gap, bytes.size())))) {
    return Damaged(offset(), Concat("expected a frame or ", gap, " zero bytes, found others"));
  }
  position_.offset += std::min<uint64_t>(gap, bytes.size());
  return absl::OkStatus();
}

bool FrameReader::JumpToSync() {
  const uint64_t next = NextSync(offset());
  if (next - first_ >= bytes_.size()) return false;
  position_ = {next, std::nullopt};
  return true;
}

}  // namespace tape::format
