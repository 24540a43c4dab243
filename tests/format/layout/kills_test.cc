#include "format/layout/kills.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "format/layout/section_cursor.h"
#include "tests/format/layout/section_damage.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

constexpr StoreUuid kStore = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70,
                              0x9b, 0x1d, 0x52, 0xc7, 0xe0, 0xa9, 0x6e, 0x14};
constexpr uint64_t kGreatest = std::numeric_limits<int64_t>::max();
constexpr Lsn kNewest(~uint64_t{0});

ExtentPlace Place(uint64_t offset = 64) {
  const FileIdentity file{.store = kStore, .table = 17, .generation = 1, .day = 20109};
  return {PlaceSeed(FileKind::kKills, file), offset};
}

using Bytes = std::vector<std::byte>;
using Oracle = std::map<uint64_t, uint64_t>;  // row to the lowest LSN that kills it

Kill At(uint64_t row, uint64_t lsn) { return {RowNumber(row), Lsn(lsn)}; }

// Every third row or so, killed by commits of many rows each.
std::vector<Kill> RandomKills(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Kill> kills;
  uint64_t row = 5'000'000;
  for (size_t i = 0; i < count; ++i) {
    row += 1 + random() % 5;
    kills.push_back(At(row, 700 + random() % 40));
  }
  std::shuffle(kills.begin(), kills.end(), random);
  return kills;
}

Oracle OracleOf(const std::vector<Kill>& kills) {
  Oracle oracle;
  for (const Kill& kill : kills) {
    uint64_t& lsn = oracle.try_emplace(kill.row.value(), kill.lsn.value()).first->second;
    lsn = std::min(lsn, kill.lsn.value());
  }
  return oracle;
}

bool IsDead(const Oracle& oracle, uint64_t row, uint64_t snapshot) {
  const auto kill = oracle.find(row);
  return kill != oracle.end() && kill->second <= snapshot;
}

class Kills : public testing::Test {
 protected:
  Bytes Write(const std::vector<Kill>& kills, const ExtentPlace& place = Place()) {
    Bytes bytes;
    const absl::Status status = AppendKills(writer_, kills, place, bytes);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(bytes.size() % 64, 0u);
    return bytes;
  }

  KillsView Parsed(std::span<const std::byte> bytes, const ExtentPlace& place = Place()) {
    absl::StatusOr<KillsView> view = KillsView::Parse(bytes, place);
    EXPECT_TRUE(view.ok()) << view.status();
    return *view;
  }

  std::vector<Kill> All(const KillsView& view) {
    std::vector<Kill> kills;
    const absl::Status status = reader_.ReadAll(view, kills);
    EXPECT_TRUE(status.ok()) << status;
    return kills;
  }

  bool KilledAt(const KillsView& view, uint64_t row, uint64_t snapshot) {
    const absl::StatusOr<bool> dead = reader_.KilledAt(view, RowNumber(row), Lsn(snapshot));
    EXPECT_TRUE(dead.ok()) << dead.status();
    return dead.ok() && *dead;
  }

  void ExpectScan(const KillsView& view, const Oracle& oracle, const RowNumberRange& range,
                  uint64_t snapshot) {
    std::vector<uint64_t> live(range.rows / 64 + 2, ~uint64_t{0});
    live.back() = 0x5555;
    ASSERT_TRUE(reader_.ApplyTo(view, range, Lsn(snapshot), live).ok());
    for (uint64_t i = 0; i < range.rows; ++i) {
      const bool is_live = ((live[i / 64] >> (i % 64)) & 1) != 0;
      ASSERT_EQ(is_live, !IsDead(oracle, range.first.value() + i, snapshot)) << i;
    }
    for (uint64_t i = range.rows; i < 64 * (live.size() - 1); ++i) {
      ASSERT_EQ((live[i / 64] >> (i % 64)) & 1, 1u) << "beyond the range: " << i;
    }
    ASSERT_EQ(live.back(), 0x5555u);
  }

  absl::Status ReadEverything(std::span<const std::byte> bytes) {
    const absl::StatusOr<KillsView> view = KillsView::Parse(bytes, Place());
    if (!view.ok()) return view.status();
    std::vector<Kill> kills;
    return reader_.ReadAll(*view, kills);
  }

  ExtentWriter writer_{BestKernels()};
  KillsReader reader_{BestKernels()};
};

TEST_F(Kills, ComeBackInOrderOfRows) {
  for (const size_t count : {1, 2, 1023, 1024, 1025, 4000}) {
    SCOPED_TRACE(count);
    std::vector<Kill> kills = RandomKills(count, count);
    const Bytes bytes = Write(kills);
    std::sort(kills.begin(), kills.end());
    const KillsView view = Parsed(bytes);
    EXPECT_EQ(All(view), kills);
    EXPECT_EQ(view.size(), count);
    EXPECT_EQ(view.size_bytes(), bytes.size());
    EXPECT_EQ(view.least_row(), kills.front().row);
    EXPECT_EQ(view.greatest_row(), kills.back().row);
  }
}

TEST_F(Kills, AnswersLikeAMapForEveryRowAndSnapshot) {
  const std::vector<Kill> kills = RandomKills(3000, 3);
  const Oracle oracle = OracleOf(kills);
  const Bytes bytes = Write(kills);
  const KillsView view = Parsed(bytes);
  const uint64_t first = view.least_row().value() - 3;
  const uint64_t last = view.greatest_row().value() + 3;
  for (uint64_t row = first; row <= last; row += 7) {
    for (const uint64_t snapshot : {0, 699, 700, 720, 738, 739, 800}) {
      ASSERT_EQ(KilledAt(view, row, snapshot), IsDead(oracle, row, snapshot)) << row;
    }
  }
  for (const uint64_t row : {uint64_t{0}, kGreatest, kGreatest + 1, ~uint64_t{0}}) {
    EXPECT_FALSE(KilledAt(view, row, ~uint64_t{0})) << row;
  }
}

TEST_F(Kills, ClearsTheBitsOfDeadRowsAndNoOthers) {
  const std::vector<Kill> kills = RandomKills(5000, 5);
  const Oracle oracle = OracleOf(kills);
  const Bytes bytes = Write(kills);
  const KillsView view = Parsed(bytes);
  const uint64_t least = view.least_row().value();
  const uint64_t greatest = view.greatest_row().value();
  for (const uint64_t snapshot : {699, 700, 715, 739, 1000}) {
    for (const uint64_t first : {uint64_t{0}, least - 100, least, least + 777, greatest - 5,
                                 greatest, greatest + 1, kGreatest}) {
      for (const uint64_t rows : {0, 1, 63, 64, 65, 1024, 20'000}) {
        ExpectScan(view, oracle, {RowNumber(first), rows}, snapshot);
      }
    }
  }
}

TEST_F(Kills, KeepTheLowestLsnOfARowKilledTwice) {
  const Bytes bytes = Write({At(9, 5), At(9, 3), At(9, 4), At(2, 8)});
  EXPECT_EQ(bytes, Write({At(2, 8), At(9, 3)}));
  const KillsView view = Parsed(bytes);
  EXPECT_FALSE(KilledAt(view, 9, 2));
  EXPECT_TRUE(KilledAt(view, 9, 3));
  EXPECT_EQ(view.least_lsn(), Lsn(3));
  EXPECT_EQ(view.greatest_lsn(), Lsn(8));
}

TEST_F(Kills, TakeTheGreatestRowAndLsn) {
  const Bytes bytes = Write({At(kGreatest, kGreatest), At(0, 1)});
  const KillsView view = Parsed(bytes);
  EXPECT_TRUE(KilledAt(view, kGreatest, kGreatest));
  EXPECT_TRUE(KilledAt(view, kGreatest, ~uint64_t{0}));
  EXPECT_FALSE(KilledAt(view, kGreatest, kGreatest - 1));
  EXPECT_TRUE(KilledAt(view, 0, 1));
  EXPECT_FALSE(KilledAt(view, kGreatest + 1, ~uint64_t{0}));
}

TEST_F(Kills, OfOneCommitTakeNoByteForTheirLsns) {
  std::vector<Kill> kills;
  for (uint64_t row = 0; row < 5000; ++row) kills.push_back(At(3 * row, 77));
  const Bytes bytes = Write(kills);
  const KillsView view = Parsed(bytes);
  EXPECT_EQ(view.lsns().size_bytes(), 64u + 5 * 32 + 64 + 32);
  EXPECT_LT(bytes.size(), 1000u) << "rows at equal distances cost nothing either";
}

TEST_F(Kills, RefusesWhatCannotBeWritten) {
  Bytes out(64, std::byte{1});
  const auto expect_invalid = [&](const std::vector<Kill>& kills, const ExtentPlace& place) {
    EXPECT_EQ(AppendKills(writer_, kills, place, out).code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(out, Bytes(64, std::byte{1}));
  };
  expect_invalid({}, Place());
  expect_invalid({At(1, 0)}, Place());
  expect_invalid({At(kGreatest + 1, 1)}, Place());
  expect_invalid({At(1, kGreatest + 1)}, Place());
  expect_invalid({At(1, 1)}, Place(65));
}

TEST_F(Kills, RefusesABitmapThatIsTooShort) {
  const Bytes bytes = Write({At(1, 1)});
  uint64_t live[2] = {};
  const KillsView view = Parsed(bytes);
  EXPECT_TRUE(reader_.ApplyTo(view, {RowNumber(0), 128}, kNewest, live).ok());
  EXPECT_EQ(reader_.ApplyTo(view, {RowNumber(0), 129}, kNewest, live).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reader_.ApplyTo(view, {RowNumber(0), ~uint64_t{0}}, kNewest, live).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(Kills, RefusesEveryFlipAndEveryCut) {
  ExpectDamageIsRefused(Write(RandomKills(50, 1)),
                        [&](std::span<const std::byte> bad) { return ReadEverything(bad); });
}

TEST_F(Kills, RefusesToBeReadElsewhere) {
  const Bytes bytes = Write(RandomKills(50, 1));
  EXPECT_FALSE(KillsView::Parse(bytes, Place(128)).ok());
  const FileIdentity tomorrow{.store = kStore, .table = 17, .generation = 1, .day = 20110};
  EXPECT_FALSE(KillsView::Parse(bytes, {PlaceSeed(FileKind::kKills, tomorrow), 64}).ok());
}

TEST_F(Kills, FailsOnlyWhereADamagedBlockIsAsked) {
  std::vector<Kill> kills;
  std::mt19937_64 random(1);
  for (uint64_t row = 0; row < 4000; ++row) kills.push_back(At(3 * row + random() % 3, 9));
  Bytes bytes = Write(kills);
  KillsView view = Parsed(bytes);
  const std::span<const std::byte> data = view.rows().BlockData(2);
  bytes[static_cast<size_t>(data.data() - bytes.data()) + 40] ^= std::byte{1};
  EXPECT_TRUE(reader_.KilledAt(view, RowNumber(3000), kNewest).ok());
  EXPECT_EQ(reader_.KilledAt(view, RowNumber(3 * 2050), kNewest).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_TRUE(reader_.KilledAt(view, RowNumber(3 * 2050), Lsn(8)).ok()) << "nobody had to look";
}

TEST_F(Kills, RefusesAHeaderThatLies) {
  const Bytes good = Write(RandomKills(50, 1));
  const auto expect_refused = [&](size_t offset, uint64_t value, size_t size) {
    Bytes bad = good;
    std::memcpy(bad.data() + offset, &value, size);
    Reseal(bad, Place(), 60, 64);
    EXPECT_EQ(ReadEverything(bad).code(), absl::StatusCode::kDataLoss) << offset << " " << value;
  };
  for (const uint64_t value : {0, 1, 49, 51, -1}) expect_refused(4, value, 4);
  for (const size_t offset : {8, 16, 24, 32, 40, 48}) {
    for (const uint64_t value : {uint64_t{63}, uint64_t{64}, uint64_t{1} << 31, uint64_t{1} << 63,
                                 ~uint64_t{0}, ~uint64_t{63}}) {
      expect_refused(offset, value, 8);
    }
  }
  expect_refused(56, 1, 4);
}

TEST_F(Kills, AreWalkedSectionBySection) {
  Bytes file(64);
  Oracle oracle;
  for (uint64_t section = 0; section < 5; ++section) {
    const std::vector<Kill> kills = RandomKills(200, section);
    ASSERT_TRUE(AppendKills(writer_, kills, Place(file.size()), file).ok());
    for (const auto& [row, lsn] : OracleOf(kills)) {
      uint64_t& lowest = oracle.try_emplace(row, lsn).first->second;
      lowest = std::min(lowest, lsn);
    }
    if (section % 2 == 1) file.resize(RoundUp(file.size(), kSyncAlignment));
  }
  std::vector<uint64_t> live(30, ~uint64_t{0});
  const RowNumberRange range{RowNumber(5'000'000), 30 * 64};
  SectionCursor<KillsView> cursor(file, Place().seeds);
  size_t sections = 0;
  for (;; ++sections) {
    const auto section = cursor.Next();
    ASSERT_TRUE(section.ok()) << section.status();
    if (!section->has_value()) break;
    ASSERT_TRUE(reader_.ApplyTo(**section, range, Lsn(720), live).ok());
  }
  EXPECT_EQ(sections, 5u);
  for (uint64_t i = 0; i < range.rows; ++i) {
    const bool is_live = ((live[i / 64] >> (i % 64)) & 1) != 0;
    ASSERT_EQ(is_live, !IsDead(oracle, 5'000'000 + i, 720)) << i;
  }
}

TEST_F(Kills, AreTheExampleOfTheSpecification) {
  const std::vector<Kill> kills = {At(100, 41), At(102, 41), At(117, 43)};
  EXPECT_TRUE(support::MatchesDocExample("kills.md", "section", Write(kills)));
  const auto documented = support::ReadDocExample("kills.md", "section");
  ASSERT_TRUE(documented.ok()) << documented.status();
  EXPECT_EQ(All(Parsed(*documented)), kills);
}

}  // namespace
}  // namespace tape::format
