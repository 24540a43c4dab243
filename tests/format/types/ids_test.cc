#include "tape/ids.h"

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>
#include <unordered_set>

namespace tape {
namespace {

static_assert(!std::is_convertible_v<uint64_t, RowNumber>);
static_assert(!std::is_convertible_v<RowNumber, uint64_t>);
static_assert(!std::is_constructible_v<Lsn, RowNumber>);
static_assert(!std::is_assignable_v<Lsn&, RowNumber>);
static_assert(std::is_trivially_copyable_v<RowNumber>);

TEST(Ids, StepsAndDistancesArePlainNumbers) {
  RowNumber row(17);
  EXPECT_EQ((row + 3).value(), 20u);
  EXPECT_EQ((row - 17).value(), 0u);
  EXPECT_EQ(RowNumber(30) - row, 13u);
  EXPECT_EQ((++row).value(), 18u);
  EXPECT_EQ(Day(-3) - Day(4), -7);
  EXPECT_EQ((Day(-3) + 5).value(), 2);
}

TEST(Ids, CompareByTheirNumber) {
  EXPECT_LT(Lsn(1), Lsn(2));
  EXPECT_EQ(Lsn(2), Lsn(2));
  EXPECT_NE(Lsn(1), Lsn(2));
  EXPECT_GT(Day(0), Day(-1));
  EXPECT_GT(RowNumber(UINT64_MAX), RowNumber(0));
}

TEST(Ids, StartAtZeroWhichIsNullForSymbols) {
  EXPECT_EQ(SymbolCode(), kNullSymbol);
  EXPECT_EQ(kNullSymbol.value(), 0u);
}

TEST(Ids, Hash) {
  std::unordered_set<SymbolCode> codes;
  for (uint32_t code = 0; code < 100; ++code) codes.insert(SymbolCode(code % 10));
  EXPECT_EQ(codes.size(), 10u);
}

TEST(Ids, PrintTheirNumber) {
  std::ostringstream out;
  out << RowNumber(7) << ' ' << Day(-1) << ' ' << FileOffset(4096);
  EXPECT_EQ(out.str(), "7 -1 4096");
  EXPECT_EQ(TableId(12).ToString(), "12");
}

}  // namespace
}  // namespace tape
