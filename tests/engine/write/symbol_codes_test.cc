#include "engine/write/symbol_codes.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

constexpr ColumnId kSymbol(2);

absl::Status Accept(ColumnId, SymbolCode, std::string_view) { return absl::OkStatus(); }

TEST(SymbolCodes, NewTextsGetTheNextCodeAndOldOnesKeepTheirs) {
  SymbolCodes codes;
  std::vector<std::pair<uint32_t, std::string>> added;
  const auto add = [&](ColumnId column, SymbolCode code, std::string_view text) {
    EXPECT_EQ(column, kSymbol);
    added.emplace_back(code.value(), text);
    return absl::OkStatus();
  };
  for (int round = 0; round < 2; ++round) {
    for (uint32_t i = 1; i <= 5000; ++i) {
      auto code = codes.Intern(kSymbol, format::Concat("s", i), add);
      ASSERT_TRUE(code.ok());
      ASSERT_EQ(code->value(), i);
    }
  }
  ASSERT_EQ(added.size(), 5000u);
  EXPECT_EQ(added[4999], std::make_pair(5000u, std::string("s5000")));
  EXPECT_EQ(codes.Text(kSymbol, SymbolCode(17)), "s17");
  EXPECT_EQ(codes.Find(kSymbol, "s17"), SymbolCode(17));
  EXPECT_EQ(codes.Find(kSymbol, "none"), kNullSymbol);
  EXPECT_EQ(codes.Find(ColumnId(3), "s17"), kNullSymbol);
  EXPECT_EQ(codes.Count(kSymbol), 5000u);
}

TEST(SymbolCodes, ATextThatCouldNotBeAddedHasNoCode) {
  SymbolCodes codes;
  const auto refuse = [](ColumnId, SymbolCode, std::string_view) {
    return absl::ResourceExhaustedError("full");
  };
  EXPECT_TRUE(absl::IsResourceExhausted(codes.Intern(kSymbol, "A", refuse).status()));
  EXPECT_EQ(codes.Count(kSymbol), 0u);
  auto code = codes.Intern(kSymbol, "A", Accept);
  ASSERT_TRUE(code.ok());
  EXPECT_EQ(*code, SymbolCode(1));
}

TEST(SymbolCodes, LearningContradictionsIsRefused) {
  SymbolCodes codes;
  EXPECT_TRUE(codes.Learn(kSymbol, SymbolCode(1), "A").ok());
  EXPECT_TRUE(codes.Learn(kSymbol, SymbolCode(1), "A").ok());
  EXPECT_TRUE(absl::IsDataLoss(codes.Learn(kSymbol, SymbolCode(1), "B")));
  EXPECT_TRUE(absl::IsDataLoss(codes.Learn(kSymbol, SymbolCode(3), "C")));
  EXPECT_TRUE(absl::IsDataLoss(codes.Learn(kSymbol, SymbolCode(0), "")));
  EXPECT_EQ(codes.Count(kSymbol), 1u);
}

TEST(SymbolCodes, AnEmptyTextIsAValueAndALongOneIsRefused) {
  SymbolCodes codes;
  auto empty = codes.Intern(kSymbol, "", Accept);
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(*empty, SymbolCode(1));
  EXPECT_TRUE(codes.Intern(kSymbol, std::string(kMaxSymbolBytes, 'x'), Accept).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(
      codes.Intern(kSymbol, std::string(kMaxSymbolBytes + 1, 'x'), Accept).status()));
}

}  // namespace
}  // namespace tape::engine
