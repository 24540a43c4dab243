// Scans against a plain vector of rows, over generated stories.
#include "tape/scan.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "format/bytes/message.h"
#include "tape/snapshot.h"
#include "tests/engine/read/read_story.h"

namespace tape::engine {
namespace {

using format::Concat;

uint64_t Times(uint64_t few, uint64_t many) {
  return std::getenv("TAPE_TEST_FULL") != nullptr ? many : few;
}

std::unique_ptr<MemoryFileSystem> NewDisk() {
  auto files = std::make_unique<MemoryFileSystem>();
  EXPECT_TRUE(files->MakeDirectory("/shm").ok());
  EXPECT_TRUE(files->MarkVolatile("/shm").ok());
  return files;
}

ScanOptions RandomOptions(Chance& chance, const std::vector<StoryRow>& rows, bool clustered) {
  ScanOptions options;
  options.order = static_cast<ScanOrder>(chance.Below(3));
  if (chance.OneIn(2) && !rows.empty()) {
    const int64_t time = rows[chance.Below(rows.size())].time;
    options.from = Timestamp::FromNanos(time);
    if (chance.OneIn(2))
      options.to = Timestamp::FromNanos(time + static_cast<int64_t>(chance.Below(400'000'000)));
  } else if (chance.OneIn(3) && !rows.empty()) {
    options.to = Timestamp::FromNanos(rows[chance.Below(rows.size())].time);
  }
  if (clustered && chance.OneIn(2)) {
    for (uint64_t i = 0; i <= chance.Below(3); ++i) {
      options.symbols.push_back(Concat("S", chance.Below(14)));
    }
  }
  const std::vector<std::vector<std::string>> columns = {
      {}, {"note"}, {"id", "size"}, {"symbol", "ts"}, {"size", "note", "size"}};
  options.columns = columns[chance.Below(columns.size())];
  if (chance.OneIn(4)) options.limit = chance.Below(3000);
  return options;
}

// What a snapshot has to show, for as long as it is held.
struct Held {
  std::shared_ptr<const StoreSnapshot> snapshot;
  std::vector<StoryRow> rows;
};

struct StoryCase {
  uint64_t seed;
  StoryShape shape;
};

void Check(const Held& held, const StoryShape& shape, Chance& chance, int scans) {
  for (int i = 0; i < scans; ++i) {
    const ScanOptions options = RandomOptions(chance, held.rows, shape.clustered);
    ASSERT_EQ(CheckScan(held.snapshot, options, held.rows), "")
        << "order " << static_cast<int>(options.order) << ", from "
        << (options.from ? options.from->nanos() : -1) << ", to "
        << (options.to ? options.to->nanos() : -1) << ", " << options.symbols.size() << " symbols, "
        << options.columns.size() << " columns, limit " << options.limit.value_or(0);
  }
}

absl::Status Step(ReadStory& story, Chance& chance) {
  absl::Status status = story.Append(chance.Below(900), chance);
  if (!status.ok()) return status;
  for (uint64_t i = chance.Below(4) == 0 ? chance.Below(40) : 0; i > 0; --i) {
    if (!story.rows().empty()) story.Kill(chance.Below(story.rows().size()));
  }
  if (status = story.Commit(); !status.ok()) return status;
  if (chance.OneIn(3)) {
    status = story.Seal(chance.OneIn(2) ? SealWhat::kEverything : SealWhat::kFullSlices);
  }
  if (!status.ok() || !chance.OneIn(12)) return status;
  if (chance.OneIn(2)) {
    if (status = story.Close(); !status.ok()) return status;
  } else {
    story.Die();
  }
  return story.Open();
}

void RunStory(const StoryCase& story_case) {
  SCOPED_TRACE(Concat("seed ", story_case.seed));
  auto files = NewDisk();
  ManualHost host(story_case.seed);
  ReadStory story({*files, host}, story_case.shape);
  Chance chance(story_case.seed);
  absl::Status status = story.Open();
  ASSERT_TRUE(status.ok()) << status;
  auto reader = StoreReader::Open({*files, host}, "/store");
  ASSERT_TRUE(reader.ok()) << reader.status();
  std::vector<Held> held;
  for (int step = 0; step < 14; ++step) {
    status = Step(story, chance);
    ASSERT_TRUE(status.ok()) << status;
    auto snapshot = (*reader)->TakeSnapshot();
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    ASSERT_EQ((*snapshot)->lsn().value(), story.committed());
    held.push_back({*snapshot, story.rows()});
    Check(held.back(), story_case.shape, chance, 4);
    if (testing::Test::HasFatalFailure()) return;
  }
  // Those that were taken before see what they saw.
  for (const Held& before : held) {
    Check(before, story_case.shape, chance, 2);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Scan, GivesTheRowsOfAPlainVectorInEveryOrderOverWholeStories) {
  for (uint64_t seed = 1; seed <= Times(12, 400); ++seed) {
    RunStory({seed, {.clustered = seed % 4 != 0, .late = seed % 3 != 0, .symbols = 12}});
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tape::engine
