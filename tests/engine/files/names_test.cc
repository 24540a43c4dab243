#include "engine/files/names.h"

#include <gtest/gtest.h>

#include <limits>

#include "format/types/civil.h"

namespace tape::engine {
namespace {

using format::FileKind;
using format::kNanosPerDay;
using format::kNoDay;

TEST(Names, OfATableAreItsIdAndWhatTheEyeReads) {
  EXPECT_EQ(TableFolder(TableId(17), "scalp", "market_data"), "t000017-scalp.market_data");
  EXPECT_EQ(TableFolder(TableId(1234567), "main", "Trades \xC3\xA9/.."),
            "t1234567-main._rades____..");
  EXPECT_EQ(TableFolder(TableId(1), "main", std::string(60, 'x')),
            "t000001-main." + std::string(35, 'x'));
}

TEST(Names, OfFilesAreThoseOfTheDocument) {
  EXPECT_EQ(FileName({FileKind::kColumn, 3, 20109, 1}, "price"), "c0003-price.0001.col");
  EXPECT_EQ(FileName({FileKind::kColumn, 3, 20109, 1}), "c0003.0001.col");
  EXPECT_EQ(FileName({FileKind::kDictionary, 2, kNoDay, 1}, "symbol"), "c0002-symbol.0001.dict");
  EXPECT_EQ(FileName({FileKind::kKeyExtents, 1, kNoDay, 12345}, "x"), "key-0001.12345");
  EXPECT_EQ(FileName({FileKind::kManifest, 0, kNoDay, 1}), "manifest.0001");
  EXPECT_EQ(FileName({FileKind::kOrderTape, 0, 20109, 1}), "order.0001.tape");
  EXPECT_EQ(FileName({FileKind::kSummary, 0, 20109, 1}), "summary.0001");
  EXPECT_EQ(FileName({FileKind::kKills, 0, 20109, 1}), "kills.0001");
}

TEST(Names, AreReadBackWhateverIsForTheEye) {
  for (const FileKind kind :
       {FileKind::kColumn, FileKind::kDictionary, FileKind::kKeyExtents, FileKind::kManifest,
        FileKind::kOrderTape, FileKind::kSummary, FileKind::kKills}) {
    const bool has_number =
        kind == FileKind::kColumn || kind == FileKind::kDictionary || kind == FileKind::kKeyExtents;
    const TableFile file{kind, has_number ? 31 : 0u, kNoDay, 70000};
    for (const std::string_view name : {"", "price", "a.0002.col", "c-0009", "order.tape"}) {
      EXPECT_EQ(ParseFileName(FileName(file, name)), file) << FileName(file, name);
    }
  }
}

TEST(Names, ThatTapeDoesNotGiveAreNotRead) {
  for (const std::string_view name : {"",
                                      "manifest",
                                      "manifest.",
                                      "manifest.0000",
                                      "manifest.001",
                                      "manifest.00001",
                                      "manifest.0001.bak",
                                      ".manifest.0001.new",
                                      "manifest.4294967296",
                                      "c0003-price.0001",
                                      "c03-price.0001.col",
                                      "c-price.0001.col",
                                      "key-.0001",
                                      "key-0001",
                                      "order.0001",
                                      "order-x.0001.tape",
                                      "notes.txt",
                                      "c0000.0001.col",
                                      "manifest.+001",
                                      "c0003price.0001.col"}) {
    EXPECT_FALSE(ParseFileName(name).has_value()) << name;
  }
}

TEST(Names, OfDaysAreTheFirstDayOfThePartition) {
  EXPECT_EQ(DayFolder(Partition::kDay, Day(20109)), "2025-01-21");
  EXPECT_EQ(DayFolder(Partition::kDay, Day(-1)), "1969-12-31");
  EXPECT_EQ(DayFolder(Partition::kNone, kWithoutDay), "all");
  EXPECT_TRUE(IsDayFolder("2025-01-21"));
  EXPECT_TRUE(IsDayFolder("all"));
  EXPECT_FALSE(IsDayFolder("2025-01-211"));
  EXPECT_FALSE(IsDayFolder("2025-1-21"));
}

TEST(Names, PutATimeIntoItsPartitionEvenBefore1970) {
  const auto folder = [](Partition partition, int64_t time) {
    return DayFolder(partition, PartitionOf(partition, time));
  };
  const int64_t tuesday = 20109 * kNanosPerDay;
  EXPECT_EQ(folder(Partition::kDay, tuesday), "2025-01-21");
  EXPECT_EQ(folder(Partition::kDay, tuesday - 1), "2025-01-20");
  EXPECT_EQ(folder(Partition::kWeek, tuesday), "2025-01-20");
  EXPECT_EQ(folder(Partition::kWeek, tuesday - kNanosPerDay), "2025-01-20");
  EXPECT_EQ(folder(Partition::kWeek, tuesday - kNanosPerDay - 1), "2025-01-13");
  EXPECT_EQ(folder(Partition::kMonth, tuesday), "2025-01-01");
  EXPECT_EQ(folder(Partition::kDay, -1), "1969-12-31");
  EXPECT_EQ(folder(Partition::kWeek, -1), "1969-12-29");
  EXPECT_EQ(folder(Partition::kWeek, -4 * kNanosPerDay), "1969-12-22");
  EXPECT_EQ(folder(Partition::kMonth, -1), "1969-12-01");
  EXPECT_EQ(folder(Partition::kDay, std::numeric_limits<int64_t>::min()), "1677-09-21");
  EXPECT_EQ(folder(Partition::kDay, std::numeric_limits<int64_t>::max()), "2262-04-11");
  EXPECT_EQ(PartitionOf(Partition::kNone, tuesday), kWithoutDay);
}

}  // namespace
}  // namespace tape::engine
