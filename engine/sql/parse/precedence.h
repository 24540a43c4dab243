// How strongly operators bind, as in PostgreSQL: for the parser and the printer.
//
//   MeaningOf("||")->precedence          // kOther
//   SpellingOf(BinaryOperator::kAdd)     // "+"
//
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/sql/lexer/terminals.h"
#include "engine/sql/tree/expression.h"

namespace tape::engine::sql {

// Each level binds more strongly than those before it.
enum class Precedence : uint8_t {
  kLowest,
  kOr,
  kAnd,
  kNot,
  kIs,
  kComparison,
  kRange,  // BETWEEN, IN, LIKE
  kOther,  // || -> @> and all others without a level of their own
  kAdditive,
  kMultiplicative,
  kPower,
  kAtTimeZone,
  kSign,
  kPostfix,
  kPrimary,
};

constexpr Precedence Above(Precedence level) {
  return static_cast<Precedence>(static_cast<uint8_t>(level) + 1);
}

struct OperatorMeaning {
  BinaryOperator op;
  Precedence precedence;
};

// Of a sign between two operands; nothing where it is none.
std::optional<OperatorMeaning> MeaningOf(Terminal sign);

Precedence PrecedenceOf(BinaryOperator op);
std::string_view SpellingOf(BinaryOperator op);

}  // namespace tape::engine::sql
