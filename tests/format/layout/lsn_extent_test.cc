#include "format/layout/lsn_extent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "tests/format/layout/section_damage.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

using Bytes = std::vector<std::byte>;

constexpr StoreUuid kStore = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70,
                              0x9b, 0x1d, 0x52, 0xc7, 0xe0, 0xa9, 0x6e, 0x14};

ExtentPlace PlaceAt(uint64_t offset = 64) {
  const FileIdentity file{.store = kStore, .table = 17, .generation = 1, .day = 20109};
  return {PlaceSeed(FileKind::kLsns, file), offset};
}

Bytes Write(const std::vector<Lsn>& lsns) {
  ExtentWriter writer(BestKernels());
  Bytes bytes;
  const absl::Status status = AppendLsns(writer, lsns, PlaceAt(), bytes);
  EXPECT_TRUE(status.ok()) << status;
  return bytes;
}

// Commits of one row and of many, some numbers of which are another table's.
std::vector<Lsn> RandomLsns(size_t rows, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Lsn> lsns;
  uint64_t lsn = 1 + random() % 1000;
  while (lsns.size() < rows) {
    const size_t commit = random() % 3 == 0 ? random() % 50 : 1;
    for (size_t i = 0; i < commit && lsns.size() < rows; ++i) lsns.emplace_back(lsn);
    lsn += 1 + random() % 4;
  }
  return lsns;
}

absl::Status ReadEverything(std::span<const std::byte> bytes, std::vector<Lsn>& lsns) {
  const absl::StatusOr<LsnExtentView> view = LsnExtentView::Parse(bytes, PlaceAt());
  return view.ok() ? LsnReader(BestKernels()).ReadAll(*view, lsns) : view.status();
}

TEST(Lsns, ComeBackAndSayHowManyRowsASnapshotSees) {
  for (const size_t rows : {1, 2, 1023, 1024, 1025, 5000}) {
    const std::vector<Lsn> lsns = RandomLsns(rows, rows);
    const Bytes bytes = Write(lsns);
    const absl::StatusOr<LsnExtentView> view = LsnExtentView::Parse(bytes, PlaceAt());
    ASSERT_TRUE(view.ok()) << view.status();
    EXPECT_EQ(view->size_bytes(), bytes.size());
    EXPECT_EQ(view->least(), lsns.front());
    EXPECT_EQ(view->greatest(), lsns.back());
    for (const Kernels* kernels : AllUsableKernels()) {
      LsnReader reader(*kernels);
      std::vector<Lsn> read;
      ASSERT_TRUE(reader.ReadAll(*view, read).ok());
      EXPECT_EQ(read, lsns);
      std::vector<Lsn> asked = {Lsn(0), Lsn(~uint64_t{0})};
      for (size_t i = 0; i < rows; i += 1 + rows / 200) {
        for (const uint64_t by : {0, 1, 2}) asked.push_back(lsns[i] - 1 + by);
      }
      for (const Lsn snapshot : asked) {
        const auto expected = std::upper_bound(lsns.begin(), lsns.end(), snapshot) - lsns.begin();
        const absl::StatusOr<size_t> seen = reader.RowsUpTo(*view, snapshot);
        ASSERT_TRUE(seen.ok()) << seen.status();
        EXPECT_EQ(*seen, static_cast<size_t>(expected)) << snapshot;
      }
    }
  }
}

TEST(Lsns, TakeTwoBitsARowWhereCommitsAreOfOneRow) {
  std::vector<Lsn> lsns;
  std::mt19937_64 random(1);
  for (uint64_t lsn = 1; lsns.size() < 262'144; lsn += 1 + random() % 4) lsns.emplace_back(lsn);
  EXPECT_LT(Write(lsns).size() * 8, lsns.size() * 3);
  EXPECT_LT(Write(std::vector<Lsn>(262'144, Lsn(7))).size(), 20'000u);
}

TEST(Lsns, ThatCannotBeAreNotWritten) {
  ExtentWriter writer(BestKernels());
  const Lsn too_great(uint64_t{1} << 63);
  const std::vector<std::vector<Lsn>> wrong = {{}, {Lsn(0)}, {Lsn(5), Lsn(4)}, {Lsn(1), too_great}};
  for (const std::vector<Lsn>& lsns : wrong) {
    Bytes out(64, std::byte{1});
    EXPECT_EQ(AppendLsns(writer, lsns, PlaceAt(), out).code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(out, Bytes(64, std::byte{1}));
  }
  Bytes out;
  EXPECT_EQ(AppendLsns(writer, std::vector{Lsn(1)}, PlaceAt(65), out).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Lsns, RefuseEveryFlipAndEveryCut) {
  ExpectDamageIsRefused(Write(RandomLsns(60, 2)), [](std::span<const std::byte> bad) {
    std::vector<Lsn> lsns;
    return ReadEverything(bad, lsns);
  });
}

// What a program would write that knows the checksums and not the rules.
TEST(Lsns, ThatFallOrAreZeroOrOfAnotherRoleAreDamaged) {
  ExtentWriter writer(BestKernels());
  const auto written = [&](std::vector<int64_t> values, ExtentRole role) {
    Bytes bytes;
    const ExtentSpec spec{.role = role, .seeds = PlaceAt().seeds, .offset = 64};
    EXPECT_TRUE(writer.Append(ColumnView::Of(std::span<const int64_t>(values)), spec, bytes).ok());
    std::vector<Lsn> lsns;
    const absl::Status status = ReadEverything(bytes, lsns);
    EXPECT_TRUE(status.ok() || lsns.empty());
    return status.code();
  };
  EXPECT_EQ(written({3, 4}, ExtentRole::kRowLsns), absl::StatusCode::kOk);
  EXPECT_EQ(written({3, 4}, ExtentRole::kKillLsns), absl::StatusCode::kDataLoss);
  EXPECT_EQ(written({4, 3}, ExtentRole::kRowLsns), absl::StatusCode::kDataLoss);
  EXPECT_EQ(written({0, 3}, ExtentRole::kRowLsns), absl::StatusCode::kDataLoss);
  std::vector<int64_t> falls(3000, 7);
  falls.back() = 6;
  EXPECT_EQ(written(falls, ExtentRole::kRowLsns), absl::StatusCode::kDataLoss);
}

TEST(Lsns, AreThoseOfTheDocument) {
  std::vector<Lsn> lsns(4, Lsn(41));
  lsns.insert(lsns.end(), 6, Lsn(42));
  lsns.insert(lsns.end(), 2, Lsn(47));
  EXPECT_TRUE(support::MatchesDocExample("slice.md", "lsns", Write(lsns)));
}

}  // namespace
}  // namespace tape::format
