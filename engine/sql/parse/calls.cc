// Calls, the forms that are calls in disguise, and windows.
#include <utility>

#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {

Expression Grammar::ParseCallOf(ObjectName function) {
  const Place place = function.parts.front().place;
  Call call = ParseCall(std::move(function));
  return Make(Invocation{Owned(std::move(call))}, place);
}

Call Grammar::ParseCall(ObjectName function) {
  Call call{.function = std::move(function)};
  call.place = call.function.parts.front().place;
  Expect("(");
  if (Accept("*")) {
    call.star = true;
  } else if (!At(")")) {
    ParseArguments(call);
  }
  Expect(")");
  ParseAfterArguments(call);
  return call;
}

void Grammar::ParseArguments(Call& call) {
  call.distinct = Accept("DISTINCT");
  if (!call.distinct) Accept("ALL");
  ParseList([&] {
    Argument argument;
    if (AtName() && (At("=>", 1) || At(":=", 1))) {
      argument.name = TakeName();
      Skip();
    }
    argument.value = ParseExpression();
    call.arguments.push_back(std::move(argument));
  });
  if (At("ORDER", "BY")) call.order_by = ParseOrderBy();
}

void Grammar::ParseAfterArguments(Call& call) {
  if (Accept("FILTER", "(")) {
    Expect("WHERE");
    call.filter = OwnExpression();
    Expect(")");
  }
  if (Accept("IGNORE", "NULLS")) call.nulls = NullTreatment::kIgnore;
  if (Accept("RESPECT", "NULLS")) call.nulls = NullTreatment::kRespect;
  if (At("OVER") && (At("(", 1) || AtName(1))) {
    Skip();
    call.over = ParseWindow();
  }
}

Expression Grammar::MakeCall(std::string_view function, std::vector<Expression> arguments,
                             Place place) {
  Call call{.function = {{{std::string(function), place}}}, .place = place};
  for (Expression& argument : arguments) call.arguments.push_back({.value = std::move(argument)});
  return Make(Invocation{Owned(std::move(call))}, place);
}

// EXTRACT(hour FROM ts)
Expression Grammar::ParseExtract() {
  const Place place = Here();
  Expect("EXTRACT", "(");
  Extract extract;
  if (AtString()) {
    extract.field = ParseString("a field");
  } else {
    extract.field = ParseName("a field, such as hour or epoch").text;
  }
  Expect("FROM");
  extract.operand = OwnExpression();
  Expect(")");
  return Make(std::move(extract), place);
}

// POSITION(part IN whole), which is strpos(whole, part)
Expression Grammar::ParsePosition() {
  const Place place = Here();
  Expect("POSITION", "(");
  Expression part = ParseAbove(Precedence::kOther);
  Expect("IN");
  Expression whole = ParseAbove(Precedence::kOther);
  Expect(")");
  std::vector<Expression> arguments;
  arguments.push_back(std::move(whole));
  arguments.push_back(std::move(part));
  return MakeCall("strpos", std::move(arguments), place);
}

// SUBSTRING(text FROM start FOR count), which is substr(text, start, count)
Expression Grammar::ParseSubstring() {
  const Place place = Here();
  Expect("SUBSTRING", "(");
  std::vector<Expression> arguments = ParseExpressions();
  if (At("FROM") || At("FOR")) {
    if (Accept("FROM")) {
      arguments.push_back(ParseExpression());
    } else {
      arguments.push_back(Make(Literal{LiteralKind::kNumber, "1"}, Here()));
    }
    if (Accept("FOR")) arguments.push_back(ParseExpression());
  }
  Expect(")");
  return MakeCall("substr", std::move(arguments), place);
}

// TRIM(LEADING 'x' FROM text), which is ltrim(text, 'x')
Expression Grammar::ParseTrim() {
  const Place place = Here();
  Expect("TRIM", "(");
  std::string_view function = "btrim";
  if (Accept("LEADING")) {
    function = "ltrim";
  } else if (Accept("TRAILING")) {
    function = "rtrim";
  } else {
    Accept("BOTH");
  }
  std::vector<Expression> arguments;
  if (Accept("FROM")) {
    arguments.push_back(ParseExpression());
  } else {
    arguments = ParseExpressions();
    if (Accept("FROM")) arguments.insert(arguments.begin(), ParseExpression());
  }
  Expect(")");
  return MakeCall(function, std::move(arguments), place);
}

// CURRENT_TIMESTAMP and its like; a precision is taken and means nothing, since times are whole
// nanoseconds.
Expression Grammar::ParseCurrent() {
  const Place place = Here();
  Call call{.bare = true, .place = place};
  call.function.parts.push_back(TakeName());
  if (Accept("(")) {
    ParseCount("a number of digits");
    Expect(")");
  }
  return Make(Invocation{Owned(std::move(call))}, place);
}

Window Grammar::ParseWindow() {
  if (!At("(")) return {.named = ParseName("the name of a window"), .name_only = true};
  return ParseWindowDefinition();
}

Window Grammar::ParseWindowDefinition() {
  Window window;
  Expect("(");
  const bool clause = At("PARTITION", "BY") || At("ROWS") || At("RANGE") || At("GROUPS");
  if (AtName() && !clause) window.named = TakeName();
  if (Accept("PARTITION", "BY")) window.partition_by = ParseExpressions();
  if (At("ORDER", "BY")) window.order_by = ParseOrderBy();
  if (At("ROWS") || At("RANGE") || At("GROUPS")) window.frame = ParseFrame();
  Expect(")");
  return window;
}

Frame Grammar::ParseFrame() {
  Frame frame;
  if (Accept("ROWS")) {
    frame.mode = FrameMode::kRows;
  } else if (Accept("GROUPS")) {
    frame.mode = FrameMode::kGroups;
  } else {
    Expect("RANGE");
  }
  const bool between = Accept("BETWEEN");
  frame.start = ParseFrameBound();
  if (between) {
    Expect("AND");
    frame.end = ParseFrameBound();
  }
  if (!Accept("EXCLUDE")) return frame;
  if (Accept("CURRENT", "ROW")) {
    frame.exclusion = FrameExclusion::kCurrentRow;
  } else if (Accept("GROUP")) {
    frame.exclusion = FrameExclusion::kGroup;
  } else if (Accept("TIES")) {
    frame.exclusion = FrameExclusion::kTies;
  } else if (!Accept("NO", "OTHERS")) {
    FailExpecting("CURRENT ROW, GROUP, TIES or NO OTHERS");
  }
  return frame;
}

FrameBound Grammar::ParseFrameBound() {
  if (Accept("CURRENT", "ROW")) return {FrameEdge::kCurrentRow, {}};
  if (Accept("UNBOUNDED", "PRECEDING")) return {FrameEdge::kUnboundedPreceding, {}};
  if (Accept("UNBOUNDED", "FOLLOWING")) return {FrameEdge::kUnboundedFollowing, {}};
  Owned<Expression> distance = OwnAbove(Precedence::kOther);
  if (Accept("FOLLOWING")) return {FrameEdge::kFollowing, std::move(distance)};
  if (!Accept("PRECEDING")) FailExpecting("PRECEDING or FOLLOWING");
  return {FrameEdge::kPreceding, std::move(distance)};
}

std::vector<OrderItem> Grammar::ParseOrderBy() {
  Expect("ORDER", "BY");
  std::vector<OrderItem> items;
  ParseList([&] {
    OrderItem item{.key = ParseExpression()};
    ParseDirection(item.descending, item.nulls);
    items.push_back(std::move(item));
  });
  return items;
}

void Grammar::ParseDirection(bool& descending, NullsOrder& nulls) {
  descending = Accept("DESC");
  if (!descending) Accept("ASC");
  if (Accept("NULLS", "FIRST")) nulls = NullsOrder::kFirst;
  if (Accept("NULLS", "LAST")) nulls = NullsOrder::kLast;
}

}  // namespace tape::engine::sql
