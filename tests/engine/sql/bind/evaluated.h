// What the text of an expression comes to, for tables of expressions beside their values.
//
//   constexpr Example kSums[] = {{"1 + 2", "3"}, {"1 / 0", "division by zero: 1 / 0"}};
//   ExpectValues(kSums);
//
// Values are what PostgreSQL 15 gives with `SELECT (expression)::text`, unless a table says
// otherwise. Where it is an error there, the second text is the message here, without its place.
#pragma once

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <string_view>

#include "engine/exec/expression.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/parser.h"
#include "tape/timestamp.h"

namespace tape::engine::sql {

struct Example {
  const char* expression;
  const char* value;
};

// The first line of an error, without "line 1, column 5: ".
inline std::string Complaint(const absl::Status& status) {
  std::string text(status.message());
  text.resize(text.find('\n') == std::string::npos ? text.size() : text.find('\n'));
  if (text.starts_with("line ")) text.erase(0, text.find(": ") + 2);
  return text;
}

inline absl::StatusOr<exec::Value> ValueOf(std::string_view text, const BindOptions& options = {},
                                           const exec::Session& session = {}) {
  const absl::StatusOr<Expression> tree = ParseExpression(text);
  if (!tree.ok()) return tree.status();
  Binder binder(text, options);
  const absl::StatusOr<exec::ExpressionPtr> bound = binder.Bind(*tree);
  if (!bound.ok()) return bound.status();
  return exec::EvaluateOnce(**bound, session);
}

inline std::string Evaluated(std::string_view text) {
  const exec::Session session{.now = *Timestamp::Parse("2025-01-21 14:30:00.123456789")};
  const absl::StatusOr<exec::Value> value = ValueOf(text, {}, session);
  return value.ok() ? value->ToText() : Complaint(value.status());
}

inline void ExpectValues(std::span<const Example> examples) {
  for (const Example& example : examples) {
    EXPECT_EQ(Evaluated(example.expression), example.value) << example.expression;
  }
}

}  // namespace tape::engine::sql
