// What a text prints as once it was parsed, for tests that show each construct with its form.
//
//   EXPECT_EQ(Printed("select 1"), "SELECT 1");
//   EXPECT_EQ(PrintedExpression("a+b"), "a + b");
//   EXPECT_EQ(Refused("SELECT"), "line 1, column 7: ...");
//
// Each also holds that what was printed parses to the same tree and prints the same.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "engine/sql/parser.h"
#include "engine/sql/printer.h"

namespace tape::engine::sql {

template <typename Parse>
std::string PrintedBy(Parse parse, std::string_view text) {
  const auto tree = parse(text);
  if (!tree.ok()) return std::string(tree.status().message());
  const std::string printed = Print(*tree);
  const auto again = parse(printed);
  if (!again.ok()) return printed + "\n does not parse: " + std::string(again.status().message());
  if (!(*again == *tree)) return printed + "\n is another tree, which prints\n" + Print(*again);
  EXPECT_EQ(Print(*again), printed);
  return printed;
}

inline std::string Printed(std::string_view text) { return PrintedBy(ParseStatement, text); }

inline std::string PrintedExpression(std::string_view text) {
  return PrintedBy(ParseExpression, text);
}

// The statement is printed as it was written.
inline void ExpectCanonical(std::string_view text) { EXPECT_EQ(Printed(text), text); }

// What a refused text is told; empty where it was not refused.
inline std::string Refused(std::string_view text) {
  const auto statement = ParseStatement(text);
  return statement.ok() ? "" : std::string(statement.status().message());
}

}  // namespace tape::engine::sql
