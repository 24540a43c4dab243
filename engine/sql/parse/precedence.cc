#include "engine/sql/parse/precedence.h"

#include <array>

namespace tape::engine::sql {
namespace {

struct Operator {
  Terminal sign;
  BinaryOperator op;
  Precedence precedence;
};

using enum BinaryOperator;

// In the order of BinaryOperator.
constexpr std::array kOperators = {
    Operator{"=", kEqual, Precedence::kComparison},
    Operator{"<>", kNotEqual, Precedence::kComparison},
    Operator{"<", kLess, Precedence::kComparison},
    Operator{"<=", kLessEqual, Precedence::kComparison},
    Operator{">", kGreater, Precedence::kComparison},
    Operator{">=", kGreaterEqual, Precedence::kComparison},
    Operator{"||", kConcatenate, Precedence::kOther},
    Operator{"->", kJsonGet, Precedence::kOther},
    Operator{"->>", kJsonGetText, Precedence::kOther},
    Operator{"#>", kJsonPath, Precedence::kOther},
    Operator{"#>>", kJsonPathText, Precedence::kOther},
    Operator{"@>", kContains, Precedence::kOther},
    Operator{"<@", kContainedIn, Precedence::kOther},
    Operator{"&&", kOverlaps, Precedence::kOther},
    Operator{"?", kHasKey, Precedence::kOther},
    Operator{"?|", kHasAnyKey, Precedence::kOther},
    Operator{"?&", kHasAllKeys, Precedence::kOther},
    Operator{"~", kMatches, Precedence::kOther},
    Operator{"~*", kMatchesAnyCase, Precedence::kOther},
    Operator{"!~", kNotMatches, Precedence::kOther},
    Operator{"!~*", kNotMatchesAnyCase, Precedence::kOther},
    Operator{"&", kBitAnd, Precedence::kOther},
    Operator{"|", kBitOr, Precedence::kOther},
    Operator{"#", kBitXor, Precedence::kOther},
    Operator{"<<", kShiftLeft, Precedence::kOther},
    Operator{">>", kShiftRight, Precedence::kOther},
    Operator{"+", kAdd, Precedence::kAdditive},
    Operator{"-", kSubtract, Precedence::kAdditive},
    Operator{"*", kMultiply, Precedence::kMultiplicative},
    Operator{"/", kDivide, Precedence::kMultiplicative},
    Operator{"%", kModulo, Precedence::kMultiplicative},
    Operator{"^", kPower, Precedence::kPower},
};

static_assert([] {
  for (size_t i = 0; i < kOperators.size(); ++i) {
    if (static_cast<size_t>(kOperators[i].op) != i) return false;
  }
  return true;
}());

// By the number of a terminal: its operator plus one, or 0.
constexpr auto kOperatorOf = [] {
  std::array<uint8_t, terminals_internal::kCount> table{};
  for (size_t i = 0; i < kOperators.size(); ++i) {
    table[kOperators[i].sign.number()] = static_cast<uint8_t>(i + 1);
  }
  table[Terminal("!=").number()] = static_cast<uint8_t>(kNotEqual) + 1;
  return table;
}();

const Operator& Find(BinaryOperator op) { return kOperators[static_cast<size_t>(op)]; }

}  // namespace

std::optional<OperatorMeaning> MeaningOf(Terminal sign) {
  const uint8_t found = kOperatorOf[sign.number()];
  if (found == 0) return std::nullopt;
  return OperatorMeaning{kOperators[found - 1].op, kOperators[found - 1].precedence};
}

Precedence PrecedenceOf(BinaryOperator op) { return Find(op).precedence; }
std::string_view SpellingOf(BinaryOperator op) { return Find(op).sign.text(); }

}  // namespace tape::engine::sql
