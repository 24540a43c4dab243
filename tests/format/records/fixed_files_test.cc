// TAPE and LIVE.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/records/live_file.h"
#include "format/records/store_file.h"
#include "tests/format/records/places.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

constexpr int64_t kMorning = 1'737'448'200'000'000'000;  // 2025-01-21T08:30:00Z

LiveFile Live() {
  LiveFile live{.store = kStoreOfTests,
                .epoch = 3,
                .device = 24,
                .inode = 77,
                .state = LiveState::kClean,
                .owner = 1000,
                .mode = 0700,
                .process = 4242,
                .since = kMorning,
                .clean_lsn = Lsn(900),
                .path = "/dev/shm/tape-1000"};
  for (uint8_t i = 0; i < 16; ++i) {
    live.boot[i] = i;
    live.nonce[i] = static_cast<uint8_t>(0xF0 + i);
  }
  return live;
}

TEST(StoreFile, ComesBack) {
  const StoreFile store{.store = kStoreOfTests, .created = kMorning, .optional_features = 4};
  const auto bytes = store.Serialize();
  const auto read = StoreFile::Parse(bytes);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, store);
}

TEST(StoreFile, EveryFlippedBitAndOtherSizeIsRefused) {
  const auto bytes = StoreFile{.store = kStoreOfTests, .created = kMorning}.Serialize();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    EXPECT_FALSE(StoreFile::Parse(damaged).ok()) << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(StoreFile::Parse(std::span(bytes).first(size)).status().code(),
              absl::StatusCode::kDataLoss);
  }
  Bytes longer(bytes.begin(), bytes.end());
  longer.push_back(std::byte{0});
  EXPECT_FALSE(StoreFile::Parse(longer).ok());
}

TEST(StoreFile, AFeatureThatIsUnknownIsForNewerReaders) {
  const StoreFile store{.store = kStoreOfTests, .mandatory_features = 1u << 31};
  EXPECT_TRUE(absl::IsUnimplemented(StoreFile::Parse(store.Serialize()).status()));
}

TEST(LiveFile, ComesBack) {
  LiveFile live = Live();
  for (const std::string& path :
       {std::string("live"), std::string("/x"), "/" + std::string(3903, 'a')}) {
    live.path = path;
    const auto bytes = live.Serialize();
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    ASSERT_EQ(bytes->size(), 4096u);
    const auto read = LiveFile::Parse(*bytes, kStoreOfTests);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, live);
  }
  EXPECT_FALSE(LiveFile::Parse(*live.Serialize(), StoreUuid{}).ok());
}

TEST(LiveFile, EveryFlippedBitAndTruncationIsRefused) {
  const Bytes bytes = *Live().Serialize();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    ASSERT_FALSE(LiveFile::Parse(damaged, kStoreOfTests).ok()) << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(LiveFile::Parse(std::span(bytes).first(size), kStoreOfTests).ok()) << size;
  }
}

TEST(LiveFile, WhatCannotBeIsNotWritten) {
  const auto refuses = [](const LiveFile& live) {
    return absl::IsInvalidArgument(live.Serialize().status());
  };
  LiveFile live = Live();
  EXPECT_FALSE(refuses(live));
  live.state = LiveState::kOpen;
  EXPECT_TRUE(refuses(live));
  live.clean_lsn = Lsn(0);
  EXPECT_FALSE(refuses(live));
  for (const std::string& path : {std::string(), std::string("relative"), std::string("/a\0b", 4),
                                  "/" + std::string(3904, 'a')}) {
    live.path = path;
    EXPECT_TRUE(refuses(live)) << path;
  }
}

}  // namespace
}  // namespace tape::format
