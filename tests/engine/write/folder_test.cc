#include "engine/write/folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/chance.h"
#include "engine/io/faulty_file_system.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "tests/engine/write/fold_table.h"

namespace tape::engine {
namespace {

constexpr int32_t kMonday = 20108;

size_t Sections(const format::ManifestState& manifest, format::FileKind kind) {
  size_t sections = 0;
  for (const format::Place& place : manifest.bytes()) sections += place.kind == kind ? 1 : 0;
  return sections;
}

TEST(Folder, MakesSmallSlicesOneAndKeepsEveryRow) {
  MemoryFileSystem files;
  ManualHost host;
  FoldTable table(files, host, History::kAll);
  ASSERT_TRUE(table.Open().ok());
  ASSERT_TRUE(table.Seal({{kMonday, 900}, {kMonday + 1, 5}}).ok());
  for (int i = 0; i < 7; ++i) {
    ASSERT_TRUE(table.Seal({{kMonday, 40}, {kMonday + 1, 3}}, 7).ok());
  }
  ASSERT_EQ(table.manifest().slices().size(), 16u);
  absl::StatusOr<bool> folded = table.Fold(FoldWhat::kWhatPays);
  ASSERT_TRUE(folded.ok()) << folded.status();
  EXPECT_TRUE(*folded);
  EXPECT_EQ(table.Check(), "");
  EXPECT_EQ(table.manifest().slices().size(), 9u) << "Monday has seven small slices, no reason";
  EXPECT_FALSE(*table.Fold(FoldWhat::kWhatPays));
  while (*table.Fold(FoldWhat::kEverything)) ASSERT_EQ(table.Check(), "");
  EXPECT_EQ(table.manifest().slices().size(), 2u);
  EXPECT_EQ(table.Check(), "");
}

TEST(Folder, DropsWhatWasKilledBeforeTheHorizonAndNothingElse) {
  for (const History history : {History::kNone, History::kAll, History::kInterval}) {
    MemoryFileSystem files;
    ManualHost host;
    FoldTable table(files, host, history);
    ASSERT_TRUE(table.Open().ok());
    ASSERT_TRUE(table.Seal({{kMonday, 100}}).ok());
    for (uint64_t row = 0; row < 60; ++row) ASSERT_TRUE(table.Kill(row).ok());
    host.Advance(2'000'000);  // the interval is one
    for (uint64_t row = 60; row < 70; ++row) ASSERT_TRUE(table.Kill(row).ok());
    while (*table.Fold(FoldWhat::kWhatPays)) ASSERT_EQ(table.Check(), "");
    EXPECT_EQ(table.Check(), "");
    const uint32_t expected = history == History::kAll ? 100 : history == History::kNone ? 30 : 40;
    ASSERT_EQ(table.manifest().slices().size(), 1u);
    EXPECT_EQ(table.manifest().slices().begin()->second.shape.rows, expected);
    EXPECT_EQ(table.manifest().history() == Lsn(0), history == History::kAll);
    EXPECT_EQ(Sections(table.manifest(), format::FileKind::kKills),
              history == History::kNone ? 0u : 1u);
  }
}

TEST(Folder, OfASliceWithoutAnyRowLeftLeavesNone) {
  MemoryFileSystem files;
  ManualHost host;
  FoldTable table(files, host, History::kNone);
  ASSERT_TRUE(table.Open().ok());
  ASSERT_TRUE(table.Seal({{kMonday, 5}}).ok());
  ASSERT_TRUE(table.Seal({{kMonday, 5}}).ok());
  for (uint64_t row = 0; row < 5; ++row) ASSERT_TRUE(table.Kill(row).ok());
  while (*table.Fold(FoldWhat::kWhatPays)) ASSERT_EQ(table.Check(), "");
  EXPECT_EQ(table.manifest().slices().size(), 1u);
  EXPECT_EQ(table.manifest().sealed_rows(), RowNumber(10));
  EXPECT_TRUE(table.manifest().bytes().empty());
}

// Seals, kills and folds by chance; every LSN from the history on is answered as the model does.
TEST(Folder, ChangesNoAnswerInAnyStory) {
  const uint64_t stories = std::getenv("TAPE_TEST_FULL") != nullptr ? 300 : 12;
  uint64_t folds = 0;
  for (uint64_t seed = 0; seed < stories; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const History history =
        std::vector{History::kNone, History::kAll, History::kInterval}[seed % 3];
    Chance chance(seed);
    MemoryFileSystem files;
    ManualHost host;
    FoldTable table(files, host, history);
    ASSERT_TRUE(table.Open().ok());
    for (int step = 0; step < 60; ++step) {
      host.Advance(static_cast<int64_t>(chance.Below(200'000)));
      const uint64_t choice = chance.Below(10);
      if (table.rows() == 0 || choice < 5) {
        ASSERT_TRUE(table
                        .Seal({{kMonday, chance.Below(chance.OneIn(5) ? 700 : 30)},
                               {kMonday + 1, 1 + chance.Below(20)}},
                              1 + chance.Below(9))
                        .ok());
      } else if (choice < 7) {
        for (int i = 0; i < 12; ++i) {
          const uint64_t row = chance.Below(table.rows());
          ASSERT_TRUE(table.kills().contains(row) || table.Kill(row).ok());
        }
      } else if (choice < 8) {
        ASSERT_TRUE(table.Open().ok());
      } else {
        const auto what = chance.OneIn(4) ? FoldWhat::kEverything : FoldWhat::kWhatPays;
        absl::StatusOr<bool> folded = table.Fold(what);
        ASSERT_TRUE(folded.ok()) << folded.status();
        folds += *folded ? 1 : 0;
        ASSERT_EQ(table.Check(), "");
      }
    }
    ASSERT_EQ(table.Check(), "");
  }
  EXPECT_GT(folds, stories * 3);
}

// In bytes, of real slices.
TEST(Folder, WritesLessThanSealsDid) {
  const auto amplification = [](const std::vector<FoldTable::Part>& parts) {
    MemoryFileSystem files;
    ManualHost host;
    FoldTable table(files, host, History::kNone);
    EXPECT_TRUE(table.Open().ok());
    for (int seal = 0; seal < 60; ++seal) {
      EXPECT_TRUE(table.Seal(parts).ok());
      while (*table.Fold(FoldWhat::kWhatPays)) continue;
    }
    EXPECT_EQ(table.Check(), "");
    return 1 +
           static_cast<double>(table.folded_bytes()) / static_cast<double>(table.sealed_bytes());
  };
  EXPECT_LT(amplification({{kMonday, 1014}, {kMonday - 1, 10}}), 1.5);
  EXPECT_EQ(amplification({{kMonday - 1, 1024}}), 1.0);
  EXPECT_LT(amplification({{kMonday, 20}, {kMonday + 1, 20}, {kMonday + 2, 20}}), 2.0);
}

// ---- crashes and faults

// Slices to fold, kills to drop, kills to keep.
absl::Status Prepare(FoldTable& table) {
  if (absl::Status s = table.Open(); !s.ok()) return s;
  for (int i = 0; i < 8; ++i) {
    if (absl::Status s = table.Seal({{kMonday, 20}, {kMonday + 1, 300}}); !s.ok()) return s;
  }
  for (const uint64_t row : {3, 50, 51, 52, 400}) {
    if (absl::Status s = table.Kill(row); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status FoldAll(FoldTable& table) {
  absl::StatusOr<bool> folded = true;
  for (const FoldWhat what : {FoldWhat::kWhatPays, FoldWhat::kEverything}) {
    folded = true;
    while (folded.ok() && *folded) folded = table.Fold(what);
  }
  return folded.status();
}

TEST(Folder, ACrashAtAnyOperationLeavesTheOldOrTheNew) {
  const uint64_t seeds = std::getenv("TAPE_TEST_FULL") != nullptr ? 60 : 2;
  uint64_t states = 0;
  bool crashed = true;
  for (uint64_t n = 1; crashed; n += seeds > 2 ? 1 : 3) {
    MemoryFileSystem files;
    ManualHost host;
    FoldTable table(files, host, History::kNone);
    ASSERT_TRUE(Prepare(table).ok());
    files.PowerFailsAt(n);
    crashed = !FoldAll(table).ok();
    std::vector<PowerLoss> losses = {PowerLoss::LoseAll(), PowerLoss::KeepAll()};
    for (uint64_t seed = 0; seed < seeds; ++seed) losses.push_back(PowerLoss::Random(n + seed));
    for (const PowerLoss& loss : losses) {
      SCOPED_TRACE(testing::Message() << "operation " << n << ", seed " << loss.seed);
      const auto left = files.AfterPowerLoss(loss);
      FoldTable after = table.On(*left, host);
      const absl::Status status = after.Open();
      ASSERT_TRUE(status.ok()) << status;
      ASSERT_EQ(after.Check(), "");
      ASSERT_TRUE(FoldAll(after).ok());
      ASSERT_EQ(after.Check(), "");
      ++states;
    }
  }
  EXPECT_GT(states, 120u);
  RecordProperty("states", static_cast<int>(states));
}

TEST(Folder, EveryFaultLeavesTheOldOrTheNew) {
  const uint64_t step = std::getenv("TAPE_TEST_FULL") != nullptr ? 1 : 3;
  uint64_t fired = 0;
  for (const FileVerb verb :
       {FileVerb::kOpen, FileVerb::kStat, FileVerb::kRead, FileVerb::kWrite, FileVerb::kSync,
        FileVerb::kMap, FileVerb::kMakeDirectory, FileVerb::kSyncDirectory}) {
    for (const bool forever : {false, true}) {
      bool any = true;
      for (uint64_t n = forever ? 2 : 1; any; n += step) {
        MemoryFileSystem disk;
        FaultyFileSystem files(disk);
        ManualHost host;
        FoldTable table(files, host, History::kNone);
        ASSERT_TRUE(Prepare(table).ok());
        files.Inject({.verb = verb,
                      .path_part = "",
                      .nth = n,
                      .forever = forever,
                      .error = absl::UnavailableError("injected")});
        const absl::Status status = FoldAll(table);
        any = !files.injected().empty();
        fired += any ? 1 : 0;
        files.Inject({});
        ASSERT_EQ(table.Check(), "") << FileVerbName(verb) << " " << n << ": " << status;
        FoldTable after = table.On(disk, host);
        ASSERT_TRUE(after.Open().ok());
        ASSERT_EQ(after.Check(), "");
      }
    }
  }
  EXPECT_GT(fired, 60u);
  RecordProperty("faults", static_cast<int>(fired));
}

}  // namespace
}  // namespace tape::engine
