// A process that dies between the steps of a commit. Sweeps over operations of the disk cannot stop
// there: the commit makes none.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "tests/crash/model_store.h"
#include "tests/crash/revival.h"

namespace tape::engine {
namespace {

// A commit over two tables, as far as a step; the LSN it would have is the next one.
struct Step {
  const char* name;
  std::function<void(ModelStore&)> run;
};

absl::Status AppendToBoth(ModelStore& store, uint64_t rows) {
  absl::Status status = store.Append(0, rows);
  status.Update(store.Append(1, rows + 3));
  return status;
}

Lsn TakeOne(ModelStore& store) {
  for (size_t table = 0; table < kModelTables; ++table) {
    EXPECT_TRUE(store.appender(table).ReadyToCommit().ok());
  }
  return store.writer().sequence().Take();
}

std::vector<Step> StepsBeforeItsNumber() {
  return {
      {"a symbol was added",
       [](ModelStore& store) {
         auto& open = store.table(0);
         const SymbolCode next(open.symbols.Count(ColumnId(2)) + 1);
         ASSERT_TRUE(store.appender(0).AddSymbol(ColumnId(2), next, "unused").ok());
       }},
      {"rows were stored", [](ModelStore& store) { ASSERT_TRUE(AppendToBoth(store, 9).ok()); }},
      {"rows were stored into several chunks",
       [](ModelStore& store) { ASSERT_TRUE(AppendToBoth(store, 2500).ok()); }},
      {"kills were named",
       [](ModelStore& store) {
         store.Kill(0, 4);
         ASSERT_TRUE(AppendToBoth(store, 9).ok());
       }},
      {"it was ready",
       [](ModelStore& store) {
         store.Kill(0, 4);
         store.Kill(1, 2);
         ASSERT_TRUE(AppendToBoth(store, 9).ok());
         ASSERT_TRUE(store.appender(0).ReadyToCommit().ok());
       }},
  };
}

std::vector<Step> StepsAfterIt() {
  return {
      {"its number was taken",
       [](ModelStore& store) {
         ASSERT_TRUE(AppendToBoth(store, 9).ok());
         TakeOne(store);
       }},
      {"one table was stamped",
       [](ModelStore& store) {
         store.Kill(0, 4);
         ASSERT_TRUE(AppendToBoth(store, 9).ok());
         store.appender(0).Stamp(TakeOne(store));
       }},
      {"both tables were stamped",
       [](ModelStore& store) {
         store.Kill(0, 4);
         store.Kill(1, 2);
         ASSERT_TRUE(AppendToBoth(store, 2500).ok());
         const Lsn lsn = TakeOne(store);
         store.appender(0).Stamp(lsn);
         store.appender(1).Stamp(lsn);
       }},
      {"only kills were stamped",
       [](ModelStore& store) {
         store.Kill(0, 4);
         store.Kill(1, 40);
         const Lsn lsn = TakeOne(store);
         store.appender(0).Stamp(lsn);
         store.appender(1).Stamp(lsn);
       }},
      {"a later one was stamped before it",
       [](ModelStore& store) {
         ASSERT_TRUE(AppendToBoth(store, 9).ok());
         const Lsn first = TakeOne(store);
         const Lsn second = store.writer().sequence().Take();
         store.appender(1).Stamp(second);
         store.appender(0).Stamp(first);
       }},
      {"rows were abandoned, and others stamped in their place",
       [](ModelStore& store) {
         ASSERT_TRUE(AppendToBoth(store, 2500).ok());
         store.Abandon(0);
         ASSERT_TRUE(store.Append(0, 5).ok());
         store.appender(0).Stamp(TakeOne(store));
       }},
  };
}

std::vector<Step> Steps() {
  std::vector<Step> steps = StepsBeforeItsNumber();
  for (const Step& step : StepsAfterIt()) steps.push_back(step);
  return steps;
}

// What the store went through before: how much of it is in the WAL and in slices.
struct Past {
  const char* name;
  std::function<void(ModelStore&)> run;
};

const std::vector<Past>& Pasts() {
  static const auto* pasts = new std::vector<Past>{
      {"nothing", [](ModelStore&) {}},
      {"commits",
       [](ModelStore& store) {
         ASSERT_TRUE(AppendToBoth(store, 120).ok());
         ASSERT_TRUE(store.CommitTogether().ok());
         store.Kill(0, 3);
         ASSERT_TRUE(store.Commit().ok());
       }},
      {"commits, all of them durable and some sealed",
       [](ModelStore& store) {
         ASSERT_TRUE(AppendToBoth(store, 1300).ok());
         ASSERT_TRUE(store.CommitTogether().ok());
         store.Kill(0, 3);
         ASSERT_TRUE(store.Commit().ok());
         ASSERT_TRUE(store.MakeDurable().ok());
         ASSERT_TRUE(store.Seal(SealWhat::kFullSlices).ok());
       }},
      {"commits, all of them sealed",
       [](ModelStore& store) {
         ASSERT_TRUE(AppendToBoth(store, 1300).ok());
         store.Kill(0, 3);
         ASSERT_TRUE(store.CommitTogether().ok());
         ASSERT_TRUE(store.MakeDurable().ok());
         ASSERT_TRUE(store.Seal(SealWhat::kEverything).ok());
         ASSERT_TRUE(store.Release().ok());
       }},
  };
  return *pasts;
}

// Opens what is left, and goes on: the numbers that were lost are given out again.
void ExpectAsBefore(const MemoryFileSystem& files, Model model) {
  ManualHost host(5);
  const auto left = files.AfterProcessDeath();
  for (uint32_t attempt = 2; attempt < 5; ++attempt) {
    ModelStore store({*left, host}, {}, model);
    const absl::Status status = store.Open(attempt);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(store.Check(model, model.acknowledged()), "");
    ASSERT_TRUE(AppendToBoth(store, 7).ok());
    store.Kill(0, 1);
    ASSERT_TRUE(store.CommitTogether().ok());
    ASSERT_EQ(store.Check(model, model.acknowledged()), "");
    if (attempt == 3) {
      ASSERT_TRUE(store.MakeDurable().ok());
    }
  }
  // And once more from the WAL alone.
  ManualHost other(6);
  other.SetBoot({7, 7});
  const auto found = left->AfterPowerLoss(PowerLoss::KeepAll());
  ModelStore store({*found, other}, {}, model);
  ASSERT_TRUE(store.Open(9).ok());
  EXPECT_EQ(store.Check(model, model.durable()), "");
}

TEST(OpenCommit, IsGoneAfterADeathAtAnyOfItsStepsAndTheRestIsThere) {
  int deaths = 0;
  for (const Past& past : Pasts()) {
    for (const Step& step : Steps()) {
      SCOPED_TRACE(testing::Message() << "past: " << past.name << "; " << step.name);
      ManualHost host;
      const auto files = NewModelDisk();
      Model model;
      ModelStore store({*files, host}, {}, model);
      ASSERT_TRUE(store.Open(1).ok());
      past.run(store);
      const uint64_t committed = store.writer().sequence().committed().value();
      const uint64_t commits = model.acknowledged();
      step.run(store);
      ASSERT_EQ(store.writer().sequence().committed().value(), committed);
      ASSERT_EQ(model.acknowledged(), commits);
      ExpectAsBefore(*files, model);
      if (HasFailure()) return;
      ++deaths;
    }
  }
  std::cout << deaths << " deaths in open commits\n";
  EXPECT_EQ(deaths, 44);
}

TEST(OpenCommit, ThatWasPublishedIsThereWhole) {
  for (const Past& past : Pasts()) {
    SCOPED_TRACE(past.name);
    ManualHost host;
    const auto files = NewModelDisk();
    Model model;
    ModelStore store({*files, host}, {}, model);
    ASSERT_TRUE(store.Open(1).ok());
    past.run(store);
    store.Kill(0, 4);
    ASSERT_TRUE(AppendToBoth(store, 2500).ok());
    ASSERT_TRUE(store.CommitTogether().ok());
    ExpectAsBefore(*files, model);
  }
}

}  // namespace
}  // namespace tape::engine
