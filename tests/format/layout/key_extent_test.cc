#include "format/layout/key_extent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "format/layout/key_hash.h"
#include "format/layout/section_cursor.h"
#include "tests/format/layout/section_damage.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

constexpr StoreUuid kStore = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70,
                              0x9b, 0x1d, 0x52, 0xc7, 0xe0, 0xa9, 0x6e, 0x14};

ExtentPlace Place(uint64_t offset = 64) {
  const FileIdentity file{.store = kStore, .table = 17, .column = 1, .generation = 1};
  return {PlaceSeed(FileKind::kKeyExtents, file), offset};
}

using Entries = std::vector<KeyEntry>;
using Bytes = std::vector<std::byte>;

Entries RandomEntries(size_t count, uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Entries entries(count);
  for (size_t i = 0; i < count; ++i) entries[i] = {random(), RowNumber(1'000'000 + i)};
  return entries;
}

Entries Sorted(Entries entries) {
  std::sort(entries.begin(), entries.end());
  return entries;
}

class KeyExtent : public testing::Test {
 protected:
  Bytes Write(const Entries& entries, const ExtentPlace& place = Place()) {
    Bytes bytes;
    const absl::Status status = AppendKeyExtent(writer_, entries, place, bytes);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(bytes.size() % 64, 0u);
    return bytes;
  }

  KeyExtentView Parsed(std::span<const std::byte> bytes, const ExtentPlace& place = Place()) {
    absl::StatusOr<KeyExtentView> view = KeyExtentView::Parse(bytes, place);
    EXPECT_TRUE(view.ok()) << view.status();
    return *view;
  }

  std::vector<RowNumber> Found(const KeyExtentView& view, uint64_t hash) {
    std::vector<RowNumber> rows;
    const absl::Status status = reader_.Find(view, hash, rows);
    EXPECT_TRUE(status.ok()) << status;
    return rows;
  }

  Entries All(const KeyExtentView& view) {
    Entries entries;
    const absl::Status status = reader_.ReadAll(view, entries);
    EXPECT_TRUE(status.ok()) << status;
    return entries;
  }

  bool MayContain(const KeyExtentView& view, uint64_t hash) {
    const absl::StatusOr<bool> may = view.MayContain(hash);
    EXPECT_TRUE(may.ok()) << may.status();
    return may.ok() && *may;
  }

  absl::Status ReadEverything(std::span<const std::byte> bytes) {
    const absl::StatusOr<KeyExtentView> view = KeyExtentView::Parse(bytes, Place());
    return view.ok() ? reader_.Verify(*view) : view.status();
  }

  ExtentWriter writer_{BestKernels()};
  KeyReader reader_{BestKernels()};
};

TEST_F(KeyExtent, FindsEveryRowByItsHash) {
  for (const size_t count : {1, 2, 39, 40, 41, 1023, 1024, 1025, 5000}) {
    SCOPED_TRACE(count);
    const Entries entries = RandomEntries(count, count);
    const Bytes bytes = Write(entries);
    const KeyExtentView view = Parsed(bytes);
    EXPECT_EQ(view.entries(), count);
    EXPECT_EQ(view.size_bytes(), bytes.size());
    EXPECT_EQ(view.least_row(), RowNumber(1'000'000));
    EXPECT_EQ(view.greatest_row(), RowNumber(1'000'000 + count - 1));
    EXPECT_EQ(view.filter_blocks(), (count + 39) / 40);
    EXPECT_TRUE(reader_.Verify(view).ok());
    EXPECT_EQ(All(view), Sorted(entries));
    for (size_t i = 0; i < count; i += 1 + count / 300) {
      ASSERT_TRUE(MayContain(view, entries[i].hash));
      ASSERT_EQ(Found(view, entries[i].hash), std::vector{entries[i].row});
      ASSERT_TRUE(Found(view, entries[i].hash + 1).empty());
      ASSERT_TRUE(Found(view, entries[i].hash - 1).empty());
    }
  }
}

TEST_F(KeyExtent, KeepsUnsignedOrderAndExtremes) {
  const uint64_t top = uint64_t{1} << 63;
  const uint64_t hashes[] = {0, 1, top - 1, top, top + 1, ~uint64_t{0} - 1, ~uint64_t{0}};
  Entries entries;
  for (const uint64_t hash : hashes) entries.push_back({hash, RowNumber(hash % 1000)});
  entries.push_back({5, RowNumber(top - 1)});
  std::reverse(entries.begin(), entries.end());
  const Bytes bytes = Write(entries);
  const KeyExtentView view = Parsed(bytes);
  EXPECT_EQ(All(view), Sorted(entries));
  EXPECT_EQ(view.least_row(), RowNumber(0));
  EXPECT_EQ(view.greatest_row(), RowNumber(top - 1));
  for (const uint64_t hash : hashes) {
    EXPECT_EQ(Found(view, hash), std::vector{RowNumber(hash % 1000)}) << hash;
    EXPECT_TRUE(MayContain(view, hash)) << hash;
  }
  EXPECT_TRUE(Found(view, 2).empty());
}

TEST_F(KeyExtent, FindsRowsOfEqualHashesAcrossBlocks) {
  Entries entries = RandomEntries(300);
  std::map<uint64_t, std::vector<RowNumber>> expected;
  for (uint64_t i = 0; i < 3000; ++i) {
    const uint64_t hash = (i % 3) << 62;
    entries.push_back({hash, RowNumber(i)});
    expected[hash].push_back(RowNumber(i));
  }
  const Bytes bytes = Write(entries);
  const KeyExtentView view = Parsed(bytes);
  EXPECT_EQ(view.filter_blocks(), (303u + 39) / 40) << "equal hashes need no bits of their own";
  for (const auto& [hash, rows] : expected) EXPECT_EQ(Found(view, hash), rows);
  EXPECT_TRUE(reader_.Verify(view).ok());
}

TEST_F(KeyExtent, WritesTheSameBytesForAnyOrderAndTwice) {
  Entries entries = RandomEntries(3000);
  const Bytes bytes = Write(entries);
  EXPECT_EQ(Write(Sorted(entries)), bytes);
  std::reverse(entries.begin(), entries.end());
  entries.insert(entries.end(), entries.begin(), entries.begin() + 500);
  EXPECT_EQ(Write(entries), bytes);
}

TEST_F(KeyExtent, LetsFewerThanOneInAHundredAbsentKeysThroughTheFilter) {
  constexpr size_t kProbes = 400'000;
  for (const size_t count : {100'000, 262'144}) {
    const Bytes bytes = Write(RandomEntries(count));
    const KeyExtentView view = Parsed(bytes);
    std::mt19937_64 random(2);
    size_t passed = 0;
    for (size_t i = 0; i < kProbes; ++i) passed += MayContain(view, random()) ? 1 : 0;
    const double rate = static_cast<double>(passed) / kProbes;
    RecordProperty("filter_rate_" + std::to_string(count), std::to_string(rate));
    EXPECT_LT(rate, 0.01) << count;
    EXPECT_GT(rate, 0.001) << "a filter this sharp was not the one that was built";
  }
}

// Keys as they come, not random numbers: the filter must not see the order of ids.
TEST_F(KeyExtent, FiltersHashesOfConsecutiveIdsAsWell) {
  constexpr int64_t kIds = 100'000;
  Entries entries;
  const auto hash_of = [](int64_t id) {
    KeyHash key(kStore);
    key.AddInteger(id);
    return key.Finish();
  };
  for (int64_t id = 0; id < kIds; ++id) {
    entries.push_back({hash_of(id), RowNumber(static_cast<uint64_t>(id))});
  }
  const Bytes bytes = Write(entries);
  const KeyExtentView view = Parsed(bytes);
  size_t passed = 0;
  for (int64_t id = kIds; id < 3 * kIds; ++id) passed += MayContain(view, hash_of(id)) ? 1 : 0;
  EXPECT_LT(passed, 2 * kIds / 100);
  for (int64_t id = 0; id < kIds; id += 997) {
    ASSERT_EQ(Found(view, hash_of(id)), std::vector{RowNumber(static_cast<uint64_t>(id))});
  }
}

TEST_F(KeyExtent, TakesTenBytesAKey) {
  const size_t size = Write(RandomEntries(262'144)).size();
  EXPECT_LT(static_cast<double>(size) / 262'144, 10.6);
  RecordProperty("bytes_a_key", std::to_string(static_cast<double>(size) / 262'144));
}

TEST_F(KeyExtent, MergesAndDropsWhatIsNotKept) {
  Bytes bytes[3];
  std::vector<KeyExtentView> views;
  Entries expected;
  for (uint64_t part = 0; part < 3; ++part) {
    Entries entries = RandomEntries(1500 + part, part);
    for (KeyEntry& entry : entries) entry.row = RowNumber(entry.row.value() * 3 + part);
    if (part > 0) entries.push_back({7, RowNumber(part)});
    bytes[part] = Write(entries);
    views.push_back(Parsed(bytes[part]));
    for (const KeyEntry& entry : entries) {
      if (entry.row.value() % 2 == 0) expected.push_back(entry);
    }
  }
  views.push_back(views[1]);  // a part that is there twice changes nothing
  const auto merged =
      MergeKeyExtents(reader_, views, [](RowNumber row) { return row.value() % 2 == 0; });
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(*merged, Sorted(expected));
  EXPECT_EQ(Write(*merged), Write(expected));
  EXPECT_TRUE(MergeKeyExtents(reader_, {}, [](RowNumber) { return true; })->empty());
}

TEST_F(KeyExtent, RefusesWhatCannotBeWritten) {
  Bytes out(64, std::byte{1});
  const auto expect_invalid = [&](const Entries& entries, const ExtentPlace& place) {
    EXPECT_EQ(AppendKeyExtent(writer_, entries, place, out).code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(out, Bytes(64, std::byte{1}));
  };
  expect_invalid({}, Place());
  expect_invalid({{1, RowNumber(uint64_t{1} << 63)}}, Place());
  expect_invalid({{1, RowNumber(1)}}, Place(65));
}

TEST_F(KeyExtent, AppendsBehindOtherSections) {
  Bytes file(64);
  const Entries first = RandomEntries(50);
  const Entries second = RandomEntries(2000, 9);
  ASSERT_TRUE(AppendKeyExtent(writer_, first, Place(64), file).ok());
  const size_t middle = file.size();
  ASSERT_TRUE(AppendKeyExtent(writer_, second, Place(middle), file).ok());
  EXPECT_EQ(All(Parsed(std::span(file).subspan(64))), Sorted(first));
  EXPECT_EQ(All(Parsed(std::span(file).subspan(middle), Place(middle))), Sorted(second));
  SectionCursor<KeyExtentView> cursor(file, Place().seeds);
  EXPECT_EQ((*cursor.Next())->entries(), 50u);
  EXPECT_EQ((*cursor.Next())->entries(), 2000u);
  EXPECT_FALSE(cursor.Next()->has_value());
}

TEST_F(KeyExtent, RefusesEveryFlipAndEveryCut) {
  ExpectDamageIsRefused(Write(RandomEntries(60)),
                        [&](std::span<const std::byte> bad) { return ReadEverything(bad); });
}

TEST_F(KeyExtent, RefusesToBeReadElsewhere) {
  const Bytes bytes = Write(RandomEntries(60));
  EXPECT_FALSE(KeyExtentView::Parse(bytes, Place(128)).ok());
  const FileIdentity other{.store = kStore, .table = 17, .column = 2, .generation = 1};
  const PlaceSeed seeds(FileKind::kKeyExtents, other);
  EXPECT_FALSE(KeyExtentView::Parse(bytes, {seeds, 64}).ok());
}

TEST_F(KeyExtent, RefusesOneDamagedFilterBlockAndAnswersFromTheOthers) {
  Bytes bytes = Write(RandomEntries(400));
  bytes[64 + 64 * 3 + 17] ^= std::byte{4};
  const KeyExtentView view = Parsed(bytes);
  const uint64_t step = ~uint64_t{0} / view.filter_blocks();
  for (size_t block = 0; block < view.filter_blocks(); ++block) {
    EXPECT_EQ(view.MayContain(block * step + step / 2).ok(), block != 3) << block;
  }
}

// Header fields that say what is not there, under a right checksum.
TEST_F(KeyExtent, RefusesAHeaderThatLies) {
  const Bytes good = Write(RandomEntries(60));
  const auto expect_refused = [&](size_t offset, uint64_t value, size_t size) {
    Bytes bad = good;
    std::memcpy(bad.data() + offset, &value, size);
    Reseal(bad, Place(), 60, 64);
    EXPECT_EQ(ReadEverything(bad).code(), absl::StatusCode::kDataLoss) << offset << " " << value;
  };
  for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{59}, uint64_t{61},
                               uint64_t{0x8000'0000}, uint64_t{0xFFFF'FFFF}}) {
    expect_refused(4, value, 4);
  }
  for (const size_t offset : {8, 16, 24, 32, 40, 48}) {
    for (const uint64_t value : {uint64_t{63}, uint64_t{64}, uint64_t{1} << 31, uint64_t{1} << 58,
                                 uint64_t{1} << 63, ~uint64_t{0}, ~uint64_t{63}}) {
      expect_refused(offset, value, 8);
    }
  }
  expect_refused(56, 1, 4);
}

TEST_F(KeyExtent, RefusesAFilterOfOtherKeys) {
  const Bytes good = Write(RandomEntries(60));
  const Bytes other = Write(RandomEntries(60, 2));
  Bytes bad = good;
  std::copy_n(other.begin() + 64, 128, bad.begin() + 64);
  EXPECT_EQ(ReadEverything(bad).message(), "key extent: other bits in filter block, found 0");
}

// Hashes that fall, in blocks whose checksums are right: written as values of no order.
TEST_F(KeyExtent, RefusesHashesOutOfOrder) {
  Bytes bytes = Write({{10, RowNumber(0)}, {20, RowNumber(1)}, {30, RowNumber(2)}});
  const KeyExtentView view = Parsed(bytes);
  const size_t at = 64 + 64 * view.filter_blocks();
  const int64_t top = std::numeric_limits<int64_t>::min();
  const int64_t falling[] = {top + 10, top + 30, top + 20};
  Bytes hashes;
  const ExtentSpec spec{.role = ExtentRole::kKeyHashes, .seeds = Place().seeds, .offset = 64 + at};
  ASSERT_TRUE(writer_.Append(ColumnView::Of(std::span<const int64_t>(falling)), spec, hashes).ok());
  ASSERT_EQ(hashes.size(), view.hashes().size_bytes());
  std::copy(hashes.begin(), hashes.end(), bytes.begin() + static_cast<ptrdiff_t>(at));
  std::vector<RowNumber> rows;
  const absl::Status status = reader_.Find(Parsed(bytes), 20, rows);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("out of order"), std::string::npos) << status;
}

TEST_F(KeyExtent, IsTheExampleOfTheSpecification) {
  Entries entries;
  for (const int64_t code : {7, 3, 9}) {
    KeyHash key(kStore);
    key.AddInteger(1'737'449'100'000'000'000);
    key.AddInteger(code);
    entries.push_back({key.Finish(), RowNumber(entries.size())});
  }
  const Bytes bytes = Write(entries);
  EXPECT_TRUE(support::MatchesDocExample("key-extent.md", "section", bytes));

  const auto documented = support::ReadDocExample("key-extent.md", "section");
  ASSERT_TRUE(documented.ok()) << documented.status();
  EXPECT_EQ(All(Parsed(*documented)), Sorted(entries));
}

}  // namespace
}  // namespace tape::format
