// Streams of seals, late in every way, and what folding them costs: rows are counted, not written.
#include "engine/write/fold_policy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "engine/io/chance.h"
#include "format/bytes/file_header.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::FileKind;
using format::ManifestRecord;
using format::Place;
using format::SliceEntry;

constexpr FoldRules kRules{.slice_rows = kDefaultSliceRows, .schema_version = 1};

// A table that only counts.
class Counted {
 public:
  Counted() { Apply({}, format::ManifestFrame::kCheckpoint); }

  void Seal(const std::map<int32_t, uint32_t>& rows_of_days) {
    std::vector<format::ManifestEntry> entries;
    for (const auto& [day, rows] : rows_of_days) {
      entries.emplace_back(Slice(day, rows, false));
      sealed_ += rows;
      ++seals_[day];
    }
    Apply(std::move(entries), format::ManifestFrame::kChange);
  }

  void FoldWhatPays() {
    for (const auto& [day, seals] : seals_) {
      const std::vector<uint64_t> slices = SlicesThatPay(state_, Day(day), kRules);
      if (slices.empty()) continue;
      std::vector<format::ManifestEntry> entries;
      uint32_t rows = 0;
      for (const uint64_t slice : slices) {
        EXPECT_FALSE(state_.slices().at(slice).folded);
        entries.emplace_back(format::SliceGone{slice});
        rows += state_.slices().at(slice).shape.rows;
      }
      entries.emplace_back(Slice(day, rows, true));
      folded_ += rows;
      Apply(std::move(entries), format::ManifestFrame::kChange);
    }
  }

  // Slices of a day that are small, against what the header promises after so many seals.
  void ExpectFewSlices() const {
    for (const auto& [day, seals] : seals_) {
      double small = 0;
      for (const auto& [number, slice] : state_.slices()) {
        if (slice.day == Day(day) && slice.shape.rows < kRules.slice_rows / 2) ++small;
      }
      const double root = std::sqrt(2.0 * static_cast<double>(seals));
      EXPECT_LE(small, root + std::max<double>(root, kLeastFolded) + 1) << seals << " seals";
    }
  }

  uint64_t sealed() const { return sealed_; }
  uint64_t folded() const { return folded_; }

 private:
  SliceEntry Slice(int32_t day, uint32_t rows, bool folded) {
    SliceEntry slice{.slice = next_slice_++,
                     .day = Day(day),
                     .schema_version = 1,
                     .shape = {rows, false, {}},
                     .folded = folded,
                     .least_lsn = Lsn(1),
                     .greatest_lsn = Lsn(1),
                     .runs = {{RowNumber(next_row_), rows}},
                     .places = {}};
    next_row_ += rows + 1;
    return slice;
  }

  void Apply(std::vector<format::ManifestEntry> entries, format::ManifestFrame type) {
    const absl::Status status = state_.Apply({.number = ++number_,
                                              .sealed_rows = RowNumber(next_row_),
                                              .next_slice = next_slice_,
                                              .entries = std::move(entries)},
                                             type);
    EXPECT_TRUE(status.ok()) << status;
  }

  format::ManifestState state_;
  uint64_t number_ = 0;
  uint64_t next_slice_ = 1;
  uint64_t next_row_ = 0;
  uint64_t sealed_ = 0;
  uint64_t folded_ = 0;
  std::map<int32_t, uint64_t> seals_;
};

// What of each of `seals` seals goes to which day.
using Stream = std::function<std::map<int32_t, uint32_t>(uint32_t seal, Chance& chance)>;

void Follow(const Stream& stream, uint32_t seals, double expected) {
  Counted table;
  Chance chance(seals);
  for (uint32_t seal = 0; seal < seals; ++seal) {
    table.Seal(stream(seal, chance));
    table.FoldWhatPays();
    ASSERT_LE(table.folded(), table.sealed());
  }
  table.ExpectFewSlices();
  const double amplification =
      1 + static_cast<double>(table.folded()) / static_cast<double>(table.sealed());
  EXPECT_LE(amplification, expected);
  testing::Test::RecordProperty("amplification", std::to_string(amplification));
}

TEST(FoldPolicy, OfOnePercentLateRowsCostsNextToNothing) {
  Follow(
      [](uint32_t seal, Chance&) {
        const auto day = static_cast<int32_t>(seal / 100);
        return std::map<int32_t, uint32_t>{{day, 259'523}, {day - 1, 2'621}};
      },
      1000, 1.01);
}

TEST(FoldPolicy, OfAStreamThatIsADayLateCostsNothing) {
  Follow(
      [](uint32_t seal, Chance&) {
        const auto day = static_cast<int32_t>(seal / 100);
        return std::map<int32_t, uint32_t>{{day - 1, kDefaultSliceRows}};
      },
      1000, 1.0);
}

TEST(FoldPolicy, OfEveryLatenessStaysBelowTwo) {
  Follow(
      [](uint32_t, Chance& chance) {  // sixty days in each seal
        std::map<int32_t, uint32_t> rows;
        for (int32_t day = 0; day < 60; ++day) rows[day] = 1 + chance.Below(8'000);
        return rows;
      },
      300, 2.0);
  Follow([](uint32_t, Chance&) { return std::map<int32_t, uint32_t>{{3, 1}}; }, 2000, 2.0);
  Follow(
      [](uint32_t, Chance& chance) {  // any size, large ones too
        return std::map<int32_t, uint32_t>{
            {static_cast<int32_t>(chance.Below(4)), 1 + chance.Below(kDefaultSliceRows)}};
      },
      1500, 2.0);
}

TEST(FoldPolicy, LeavesFewSlicesAloneAndThoseOfAnotherSchema) {
  Counted table;
  for (size_t i = 0; i + 1 < kLeastFolded; ++i) table.Seal({{1, 10}});
  table.FoldWhatPays();
  EXPECT_EQ(table.folded(), 0u);
  table.Seal({{1, 10}});
  table.FoldWhatPays();
  EXPECT_EQ(table.folded(), 10 * kLeastFolded);
}

TEST(FoldPolicy, MergesSectionsThatNoFoldHasMade) {
  std::vector<Place> sections = {{.kind = FileKind::kKills, .offset = format::kFileHeaderSize}};
  for (size_t i = 0; i < kLeastFolded; ++i) {
    EXPECT_TRUE(SectionsThatPay(sections).empty());
    sections.push_back({.kind = FileKind::kKills, .offset = 4096 * (i + 1)});
  }
  EXPECT_EQ(SectionsThatPay(sections).size(), kLeastFolded);
  for (uint32_t i = 0; i < kLeastFolded; ++i) {
    sections.push_back(
        {.kind = FileKind::kKills, .generation = i + 2, .offset = format::kFileHeaderSize});
  }
  EXPECT_TRUE(SectionsThatPay(sections).empty());
}

}  // namespace
}  // namespace tape::engine
