// Operators: precedence climbing over PostgreSQL's table.
#include <algorithm>
#include <optional>
#include <utility>

#include "engine/sql/limits.h"
#include "engine/sql/parse/grammar.h"
#include "engine/sql/tree/children.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

constexpr uint16_t Number(Terminal terminal) { return terminal.number(); }

// Of the operator that a token begins, kLowest where it begins none; NOT counts by what follows it.
Precedence InfixPrecedence(Terminal terminal, Terminal next) {
  switch (terminal.number()) {
    case Number("OR"):
      return Precedence::kOr;
    case Number("AND"):
      return Precedence::kAnd;
    case Number("IS"):
    case Number("ISNULL"):
    case Number("NOTNULL"):
      return Precedence::kIs;
    case Number("NOT"): {
      const bool range = next == Terminal("BETWEEN") || next == Terminal("IN") ||
                         next == Terminal("LIKE") || next == Terminal("ILIKE") ||
                         next == Terminal("SIMILAR");
      return range ? Precedence::kRange : Precedence::kLowest;
    }
    case Number("BETWEEN"):
    case Number("IN"):
    case Number("LIKE"):
    case Number("ILIKE"):
    case Number("SIMILAR"):
      return Precedence::kRange;
    case Number("AT"):
      return next == Terminal("TIME") ? Precedence::kAtTimeZone : Precedence::kLowest;
    default: {
      const auto meaning = MeaningOf(terminal);
      return meaning ? meaning->precedence : Precedence::kLowest;
    }
  }
}

}  // namespace

void Grammar::Enter(uint16_t levels) {
  depth_ = static_cast<uint16_t>(depth_ + levels);
  if (depth_ > kMaxNesting) FailTooDeep(Here());
}

void Grammar::Raise(uint16_t height, Place place) {
  tallest_ = std::max(tallest_, height);
  if (height > kMaxHeight) FailTooDeep(place);
}

void Grammar::FailTooDeep(Place place) {
  FailAtLimit(place, format::Concat("this is nested too deeply: at most ", kMaxHeight,
                                    " levels of operators, calls and queries are allowed, and ",
                                    kMaxNesting, " with parentheses"));
}

Expression Grammar::Make(ExpressionForm form, Place place) {
  Expression made{.form = std::move(form), .place = place};
  uint16_t height = 0;
  ForEachChild(made,
               [&](const Expression& child) { height = std::max(height, child.height.levels); });
  if (const auto* subquery = made.As<Subquery>()) height = subquery->query->height.levels;
  if (const auto* in = made.As<InQuery>()) height = std::max(height, in->query->height.levels);
  if (const auto* quantified = made.As<Quantified>(); quantified && quantified->query) {
    height = std::max(height, quantified->query->height.levels);
  }
  made.height.levels = static_cast<uint16_t>(height + 1);
  Raise(made.height.levels, place);
  return made;
}

void Grammar::CheckTerms(size_t count, Place place) {
  if (count <= kMaxTerms) return;
  FailAtLimit(
      place, format::Concat("at most ", kMaxTerms, " terms are allowed in one chain of operators"));
}

std::vector<Expression> Grammar::ParseExpressions() {
  std::vector<Expression> expressions;
  ParseList([&] { expressions.push_back(ParseExpression()); });
  return expressions;
}

Expression Grammar::ParseAbove(Precedence minimum) {
  const Nesting nesting(*this);
  Expression left = ParsePrefix();
  while (ParseInfix(left, minimum)) {
  }
  return left;
}

Expression Grammar::ParsePrefix() {
  const Place place = Here();
  const auto unary = [&](UnaryOperator op, Precedence minimum) {
    return Make(Unary{op, OwnAbove(minimum)}, place);
  };
  if (Accept("NOT")) return unary(UnaryOperator::kNot, Precedence::kNot);
  if (Accept("-")) return unary(UnaryOperator::kMinus, Precedence::kSign);
  if (Accept("+")) return unary(UnaryOperator::kPlus, Precedence::kSign);
  if (Accept("~")) return unary(UnaryOperator::kBitNot, Above(Precedence::kOther));
  return ParsePostfix(ParsePrimary());
}

// Takes one operator with its right side, or nothing.
bool Grammar::ParseInfix(Expression& left, Precedence minimum) {
  const Precedence level = InfixPrecedence(Peek().terminal, Peek(1).terminal);
  if (level == Precedence::kLowest || level < minimum || !ok()) return false;
  switch (level) {
    case Precedence::kOr:
      ParseLogical(left, true);
      break;
    case Precedence::kAnd:
      ParseLogical(left, false);
      break;
    case Precedence::kIs:
      ParseIs(left);
      break;
    case Precedence::kComparison:
      ParseComparison(left);
      break;
    case Precedence::kRange:
      ParseRange(left);
      break;
    case Precedence::kAtTimeZone: {
      const Place place = Here();
      Accept("AT", "TIME");
      Expect("ZONE");
      Owned<Expression> zone = OwnAbove(Precedence::kSign);
      left = Make(AtTimeZone{Owned(std::move(left)), std::move(zone)}, place);
      break;
    }
    default:
      ParseChain(left, level);
  }
  return ok();
}

void Grammar::ParseLogical(Expression& left, bool is_or) {
  const Place place = Here();
  const Terminal word = is_or ? Terminal("OR") : Terminal("AND");
  const Precedence above = Above(is_or ? Precedence::kOr : Precedence::kAnd);
  Logical logical{.is_or = is_or};
  logical.operands.push_back(std::move(left));
  while (Accept(word)) {
    logical.operands.push_back(ParseAbove(above));
    CheckTerms(logical.operands.size(), place);
  }
  left = Make(std::move(logical), place);
}

void Grammar::ParseChain(Expression& left, Precedence level) {
  const Place first = Here();
  Chain chain{.first = Owned(std::move(left))};
  for (auto next = MeaningOf(Peek().terminal); next && next->precedence == level;
       next = MeaningOf(Peek().terminal)) {
    const Place place = Here();
    Skip();
    chain.steps.push_back({next->op, place, ParseAbove(Above(level))});
    CheckTerms(chain.steps.size(), place);
  }
  left = Make(std::move(chain), first);
}

void Grammar::ParseComparison(Expression& left) {
  const Place place = Here();
  const BinaryOperator op = MeaningOf(Peek().terminal)->op;
  Skip();
  if (At("ANY", "(") || At("ALL", "(") || At("SOME", "(")) {
    ParseQuantified(left, op, place);
  } else {
    Owned<Expression> right = OwnAbove(Above(Precedence::kComparison));
    left = Make(Comparison{op, Owned(std::move(left)), std::move(right)}, place);
  }
  const auto next = MeaningOf(Peek().terminal);
  if (!next || next->precedence != Precedence::kComparison) return;
  FailAt(Here(), "comparisons do not chain: write (a < b) AND (b < c), or parentheses");
}

void Grammar::ParseQuantified(Expression& left, BinaryOperator op, Place place) {
  Quantified quantified;
  quantified.op = op;
  quantified.all = At("ALL");
  quantified.left = Owned(std::move(left));
  Skip(2);
  if (AtQuery()) {
    quantified.query = OwnQuery();
  } else {
    std::vector<Expression> values;
    values.push_back(ParseExpression());
    if (!BecomesQuery(values, quantified.query)) quantified.array = Owned(std::move(values[0]));
  }
  Expect(")");
  left = Make(std::move(quantified), place);
}

void Grammar::ParseIs(Expression& left) {
  const Place place = Here();
  if (At("ISNULL") || At("NOTNULL")) {
    const bool negated = Accept("NOTNULL") || !Accept("ISNULL");
    left = Make(Is{TruthTest::kNull, negated, Owned(std::move(left))}, place);
    return;
  }
  Expect("IS");
  const bool negated = Accept("NOT");
  if (Accept("DISTINCT", "FROM")) {
    Owned<Expression> right = OwnAbove(Above(Precedence::kIs));
    left = Make(IsDistinct{negated, Owned(std::move(left)), std::move(right)}, place);
    return;
  }
  TruthTest test = TruthTest::kNull;
  if (Accept("TRUE")) {
    test = TruthTest::kTrue;
  } else if (Accept("FALSE")) {
    test = TruthTest::kFalse;
  } else if (Accept("UNKNOWN")) {
    test = TruthTest::kUnknown;
  } else if (!Accept("NULL")) {
    FailExpecting("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
  }
  left = Make(Is{test, negated, Owned(std::move(left))}, place);
}

void Grammar::ParseRange(Expression& left) {
  const Place place = Here();
  const bool negated = Accept("NOT");
  if (Accept("BETWEEN")) {
    ParseBetween(left, negated, place);
  } else if (Accept("IN")) {
    ParseIn(left, negated, place);
  } else {
    ParseLike(left, negated, place);
  }
  if (InfixPrecedence(Peek().terminal, Peek(1).terminal) == Precedence::kRange) {
    FailAt(Here(), "BETWEEN, IN and LIKE do not chain: write parentheses");
  }
}

void Grammar::ParseBetween(Expression& left, bool negated, Place place) {
  Between between{.negated = negated, .symmetric = Accept("SYMMETRIC")};
  between.operand = Owned(std::move(left));
  between.low = OwnAbove(Above(Precedence::kRange));
  Expect("AND");
  between.high = OwnAbove(Above(Precedence::kRange));
  left = Make(std::move(between), place);
}

void Grammar::ParseIn(Expression& left, bool negated, Place place) {
  Owned<Expression> operand(std::move(left));
  Expect("(");
  if (AtQuery()) {
    left = Make(InQuery{negated, std::move(operand), OwnQuery()}, place);
  } else {
    std::vector<Expression> values = ParseExpressions();
    Owned<Query> query;
    if (BecomesQuery(values, query)) {
      left = Make(InQuery{negated, std::move(operand), std::move(query)}, place);
    } else {
      left = Make(InList{negated, std::move(operand), std::move(values)}, place);
    }
  }
  Expect(")");
}

void Grammar::ParseLike(Expression& left, bool negated, Place place) {
  Like like{.negated = negated};
  if (Accept("ILIKE")) {
    like.kind = LikeKind::kIlike;
  } else if (Accept("SIMILAR")) {
    like.kind = LikeKind::kSimilar;
    Expect("TO");
  } else {
    Expect("LIKE");
  }
  like.operand = Owned(std::move(left));
  like.pattern = OwnAbove(Above(Precedence::kRange));
  if (Accept("ESCAPE")) like.escape = OwnAbove(Above(Precedence::kRange));
  left = Make(std::move(like), place);
}

Expression Grammar::ParsePostfix(Expression operand) {
  while (ok()) {
    const Place place = Here();
    if (Accept("::")) {
      Owned<TypeName> type(ParseType());
      operand = Make(Cast{Owned(std::move(operand)), std::move(type)}, place);
    } else if (At("[")) {
      ParseSubscript(operand);
    } else {
      break;
    }
  }
  return operand;
}

void Grammar::ParseSubscript(Expression& operand) {
  const Place place = Here();
  Expect("[");
  Owned<Expression> from;
  Owned<Expression> to;
  if (!At(":")) from = OwnExpression();
  if (Accept(":")) {
    if (!At("]")) to = OwnExpression();
    operand = Make(ArraySlice{Owned(std::move(operand)), std::move(from), std::move(to)}, place);
  } else {
    operand = Make(Subscript{Owned(std::move(operand)), std::move(from)}, place);
  }
  Expect("]");
}

}  // namespace tape::engine::sql
