#include "format/records/manifest_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/format/records/manifests.h"
#include "tests/format/records/places.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

struct Written {
  Bytes bytes;
  std::vector<uint64_t> ends;  // of each record's frame, without padding
};

// A checkpoint and as many changes, each of one slice of three columns.
Written WriteFile(int changes) {
  Written written;
  Bytes& bytes = written.bytes;
  const ManifestRecord checkpoint = RecordOf(1, {SliceOf(1, 0, 3)}, 2);
  EXPECT_TRUE(AppendManifestFile(kFileOfTests, checkpoint, kDurableOfTests, bytes).ok());
  for (int i = 0; i < changes; ++i) {
    const auto manifest = ManifestFile::Read(bytes, kFileOfTests);
    EXPECT_TRUE(manifest.ok()) << manifest.status();
    EXPECT_EQ(manifest->end().offset, bytes.size());
    FrameWriter frames(manifest->seeds(), manifest->end(), bytes);
    const uint64_t slice = manifest->state().next_slice();
    const ManifestRecord change =
        RecordOf(manifest->state().number() + 1, {SliceOf(slice, 2000 * slice, 3)}, slice + 1);
    EXPECT_TRUE(AppendManifestRecord(change, ManifestFrame::kChange, kDurableOfTests, frames).ok());
    written.ends.push_back(frames.offset());
    frames.PadToSync();
  }
  return written;
}

TEST(ManifestFile, ComesBackWithItsChanges) {
  const Written written = WriteFile(3);
  const auto manifest = ManifestFile::Read(written.bytes, kFileOfTests);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  EXPECT_EQ(manifest->state().slices().size(), 4u);
  EXPECT_EQ(manifest->durable(), kDurableOfTests);
  EXPECT_EQ(manifest->cut(), "");
}

TEST(ManifestFile, WhatWasAppendedIsReadWithoutTheRest) {
  const Written written = WriteFile(3);
  auto manifest = ManifestFile::Read(std::span(written.bytes).first(3 * 4096), kFileOfTests);
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->state().slices().size(), 2u);
  ASSERT_TRUE(manifest->ReadMore(written.bytes).ok());
  EXPECT_EQ(manifest->state().slices().size(), 4u);
  ASSERT_TRUE(manifest->ReadMore(written.bytes).ok());
  EXPECT_EQ(manifest->state().slices().size(), 4u);
}

TEST(ManifestFile, ALastRecordThatIsTornIsCut) {
  const Written written = WriteFile(2);
  const size_t begin = written.bytes.size() - 4096;
  for (uint64_t size = begin; size < written.ends.back(); ++size) {
    const auto manifest = ManifestFile::Read(std::span(written.bytes).first(size), kFileOfTests);
    ASSERT_TRUE(manifest.ok()) << size << manifest.status();
    EXPECT_EQ(manifest->state().slices().size(), 2u);
    EXPECT_EQ(manifest->end().offset, begin);
    EXPECT_EQ(manifest->cut().empty(), size < begin + 1) << size;
  }
}

TEST(ManifestFile, EveryFlippedBitOfASyncedRecordIsDamage) {
  const Written written = WriteFile(2);
  for (size_t bit = 0; bit < (written.bytes.size() - 4096) * 8; bit += 3) {
    Bytes bytes = written.bytes;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    const auto manifest = ManifestFile::Read(bytes, kFileOfTests);
    ASSERT_FALSE(manifest.ok()) << bit;
  }
}

TEST(ManifestFile, AFlippedBitOfTheLastRecordCutsIt) {
  const Written written = WriteFile(2);
  const size_t begin = written.bytes.size() - 4096;
  for (size_t bit = begin * 8; bit < written.ends.back() * 8; ++bit) {
    Bytes bytes = written.bytes;
    bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    const auto manifest = ManifestFile::Read(bytes, kFileOfTests);
    ASSERT_TRUE(manifest.ok()) << bit << manifest.status();
    EXPECT_EQ(manifest->state().slices().size(), 2u);
    EXPECT_NE(manifest->cut(), "");
  }
}

TEST(ManifestFile, IsOfOneTableAndGeneration) {
  const Written written = WriteFile(0);
  FileIdentity other = kFileOfTests;
  other.generation = 2;
  EXPECT_FALSE(ManifestFile::Read(written.bytes, other).ok());
  EXPECT_FALSE(ManifestFile::Read(std::span(written.bytes).first(4096), kFileOfTests).ok());
}

TEST(ManifestFile, RecordsOfUnknownTypesAreForNewerReaders) {
  for (const uint16_t flags : {uint16_t{0}, kFrameMayBeSkipped}) {
    Bytes bytes = WriteFile(0).bytes;
    const auto manifest = ManifestFile::Read(bytes, kFileOfTests);
    FrameWriter frames(manifest->seeds(), manifest->end(), bytes);
    frames.Begin({.type = 9, .flags = flags}).WriteU64(1);
    ASSERT_TRUE(frames.End().ok());
    frames.PadToSync();
    const auto read = ManifestFile::Read(bytes, kFileOfTests);
    EXPECT_EQ(read.ok(), flags != 0);
    EXPECT_EQ(absl::IsUnimplemented(read.status()), flags == 0);
  }
}

}  // namespace
}  // namespace tape::format
