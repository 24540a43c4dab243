#include "format/records/frame.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "format/bytes/crc32c.h"
#include "tests/format/records/places.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

const PlaceSeed kSeeds = SeedsOf(FileKind::kWalSegment);
constexpr uint64_t kFirst = 4096;

struct Written {
  Bytes bytes;
  std::vector<FramePosition> positions;  // of each frame, and behind the last
};

void AppendFrame(size_t size, uint16_t type, FrameWriter& frames) {
  ByteWriter& record = frames.Begin({.type = type, .lsn = Lsn(900 + type)});
  for (size_t i = 0; i < size; ++i) record.WriteU8(static_cast<uint8_t>(7 * i + type));
  EXPECT_TRUE(frames.End().ok());
}

Written WriteFrames(const std::vector<size_t>& sizes) {
  Written written;
  FrameWriter frames(kSeeds, {kFirst, 77}, written.bytes);
  uint16_t type = 0;
  for (const size_t size : sizes) {
    written.positions.push_back(frames.position());
    AppendFrame(size, ++type, frames);
  }
  written.positions.push_back(frames.position());
  EXPECT_EQ(frames.frames(), sizes.size());
  return written;
}

FrameReader ReaderOf(std::span<const std::byte> bytes,
                     const FramePosition& position = {kFirst, 77}) {
  return FrameReader(bytes, kFirst, kSeeds, position);
}

void ExpectFrame(FrameReader& reader, size_t size, uint16_t type) {
  const auto frame = reader.Next();
  ASSERT_TRUE(frame.ok()) << frame.status();
  ASSERT_TRUE(frame->has_value());
  EXPECT_EQ((*frame)->type, type);
  EXPECT_EQ((*frame)->lsn, Lsn(900 + type));
  ASSERT_EQ((*frame)->record.size(), size);
  for (size_t i = 0; i < size; ++i) {
    ASSERT_EQ((*frame)->record[i], static_cast<std::byte>(static_cast<uint8_t>(7 * i + type)));
  }
}

void ExpectDamaged(FrameReader& reader) {
  const FramePosition before = reader.position();
  const auto frame = reader.Next();
  EXPECT_EQ(frame.status().code(), absl::StatusCode::kDataLoss) << frame.status();
  EXPECT_EQ(reader.position(), before);
}

TEST(Frame, RecordsOfEverySizeComeBack) {
  const std::vector<size_t> sizes = {8, 9, 15, 16, 17, 31, 32, 33, 1000, 5000};
  const Written written = WriteFrames(sizes);
  EXPECT_EQ(written.bytes.size() % kFrameAlignment, 0u);
  FrameReader reader = ReaderOf(written.bytes);
  uint16_t type = 0;
  for (const size_t size : sizes) ExpectFrame(reader, size, ++type);
  EXPECT_EQ(reader.position(), written.positions.back());
  const auto end = reader.Next();
  ASSERT_TRUE(end.ok());
  EXPECT_FALSE(end->has_value());
}

TEST(Frame, HasTheBytesOfTheDocument) {
  Bytes bytes;
  FrameWriter frames(kSeeds, {kFirst, 0xAABBCCDD}, bytes);
  frames.Begin({.type = 5, .flags = kFrameMayBeSkipped, .lsn = Lsn(0x0102)}).WriteU64(0x99);
  ASSERT_TRUE(frames.End().ok());
  ASSERT_EQ(bytes.size(), 48u);
  Bytes covered;
  ByteWriter by_hand(covered);
  by_hand.WriteU32(8);
  by_hand.WriteU16(5);
  by_hand.WriteU16(1);
  by_hand.WriteU32(0xAABBCCDD);
  by_hand.WriteU32(0);
  by_hand.WriteU64(0x0102);
  by_hand.WriteU32(0);
  Bytes expected = covered;
  by_hand.WriteU64(0x99);
  by_hand.WriteU64(0);
  ByteWriter whole(expected);
  whole.WriteU32(ExtendCrc32c(kSeeds.At(kFirst), covered));
  whole.WriteU64(0x99);
  whole.WriteU64(0);
  EXPECT_EQ(bytes, expected);
}

TEST(Frame, EveryFlippedBitIsRefusedOrEndsTheFrames) {
  const Written written = WriteFrames({8, 20, 100});
  for (size_t bit = 0; bit < written.bytes.size() * 8; ++bit) {
    Bytes bytes = written.bytes;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    FrameReader reader = ReaderOf(bytes);
    size_t frames = 0;
    auto frame = reader.Next();
    for (; frame.ok() && frame->has_value(); frame = reader.Next()) ++frames;
    ASSERT_EQ(frame.status().code(), absl::StatusCode::kDataLoss) << bit;
    ASSERT_LT(written.positions[frames].offset - kFirst, bit / 8 + 1) << bit;
    ASSERT_GT(written.positions[frames + 1].offset - kFirst, bit / 8) << bit;
  }
}

TEST(Frame, EveryTruncationIsRefusedOrEndsBetweenFrames) {
  const Written written = WriteFrames({8, 20, 100});
  for (size_t size = 0; size < written.bytes.size(); ++size) {
    FrameReader reader = ReaderOf(std::span(written.bytes).first(size));
    auto frame = reader.Next();
    while (frame.ok() && frame->has_value()) frame = reader.Next();
    EXPECT_EQ(frame.ok(), reader.offset() - kFirst == size) << size;
  }
}

TEST(Frame, AnotherPlaceSaltOrChainIsRefused) {
  const Written written = WriteFrames({100});
  FrameReader moved(written.bytes, kFirst + 16, kSeeds, {kFirst + 16, 77});
  ExpectDamaged(moved);
  const PlaceSeed salted(FileKind::kWalSegment, kFileOfTests, 5);
  FrameReader other(written.bytes, kFirst, salted, {kFirst, 77});
  ExpectDamaged(other);
  FrameReader chain = ReaderOf(written.bytes, {kFirst, 78});
  EXPECT_FALSE(chain.ClaimsToFollow());
  ExpectDamaged(chain);
  EXPECT_TRUE(ReaderOf(written.bytes).ClaimsToFollow());
}

TEST(Frame, AMissingFrameBreaksTheChain) {
  const Written written = WriteFrames({8, 8, 8});
  FrameReader reader = ReaderOf(written.bytes);
  ExpectFrame(reader, 8, 1);
  reader.Return({written.positions[2].offset, reader.position().chain});
  ExpectDamaged(reader);
}

TEST(Frame, AnUnknownChainIsLearnedFromTheFirstFrame) {
  const Written written = WriteFrames({8, 8});
  FrameReader reader = ReaderOf(written.bytes, {kFirst, std::nullopt});
  ExpectFrame(reader, 8, 1);
  EXPECT_EQ(reader.position(), written.positions[1]);
  ExpectFrame(reader, 8, 2);
}

// A frame with a right checksum whose header breaks one rule.
Bytes Resealed(size_t offset, uint8_t value) {
  Bytes bytes = WriteFrames({20}).bytes;
  bytes[offset] = static_cast<std::byte>(value);
  const auto frame = std::span(bytes);
  const uint32_t crc =
      ExtendCrc32c(ExtendCrc32c(kSeeds.At(kFirst), frame.first(28)), frame.subspan(32));
  StoreLe<uint32_t>(bytes.data() + 28, crc);
  return bytes;
}

TEST(Frame, RulesBrokenBehindARightChecksumAreRefused) {
  struct Case {
    size_t offset;
    uint8_t value;
    const char* named;
  };
  for (const Case& broken : {Case{0, 7, "size"}, Case{0, 60, "bytes"}, Case{3, 0x80, "size"},
                             Case{4, 0, "type"}, Case{6, 2, "flags"}, Case{12, 1, "reserved"},
                             Case{24, 1, "reserved"}, Case{52, 1, "padding"}}) {
    SCOPED_TRACE(broken.offset);
    const Bytes bytes = Resealed(broken.offset, broken.value);
    FrameReader reader = ReaderOf(bytes);
    const auto frame = reader.Next();
    ASSERT_EQ(frame.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_NE(std::string(frame.status().message()).find(broken.named), std::string::npos)
        << frame.status();
  }
}

TEST(Frame, TooSmallARecordIsTakenBack) {
  Bytes bytes;
  FrameWriter frames(kSeeds, {kFirst, 0}, bytes);
  frames.Begin({.type = 1}).WriteU32(1);
  EXPECT_EQ(frames.End().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(frames.position(), (FramePosition{kFirst, 0}));
}

TEST(Frame, SyncPaddingIsSkippedOverZerosOnly) {
  Bytes bytes;
  FrameWriter frames(kSeeds, {kFirst, 77}, bytes);
  AppendFrame(8, 1, frames);
  frames.PadToSync();
  EXPECT_EQ(frames.offset(), 2 * kFirst);
  AppendFrame(8, 2, frames);
  FrameReader reader = ReaderOf(bytes);
  ExpectFrame(reader, 8, 1);
  ASSERT_FALSE(reader.Next()->has_value());
  Bytes damaged = bytes;
  damaged[4000] = std::byte{1};
  FrameReader other = ReaderOf(damaged, reader.position());
  EXPECT_EQ(other.SkipToSync().code(), absl::StatusCode::kDataLoss);
  ASSERT_TRUE(reader.SkipToSync().ok());
  ASSERT_TRUE(reader.SkipToSync().ok());  // there already
  ExpectFrame(reader, 8, 2);
}

TEST(Frame, JumpsGoToEveryMultipleBehindAndForgetTheChain) {
  const Bytes bytes(3 * 4096);
  FrameReader reader = ReaderOf(bytes);
  ASSERT_TRUE(reader.JumpToSync());
  EXPECT_EQ(reader.position(), (FramePosition{8192, std::nullopt}));
  ASSERT_TRUE(reader.JumpToSync());
  EXPECT_FALSE(reader.JumpToSync());
  EXPECT_EQ(reader.offset(), 12288u);
}

}  // namespace
}  // namespace tape::format
