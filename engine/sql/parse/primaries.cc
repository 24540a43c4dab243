// What operators work on: literals, names, calls, subqueries, CASE.
#include <charconv>
#include <system_error>
#include <utility>

#include "engine/sql/parse/grammar.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

constexpr uint16_t Number(Terminal terminal) { return terminal.number(); }

}  // namespace

bool Grammar::AtQuery() const { return At("SELECT") || At("WITH") || At("VALUES", "("); }

bool Grammar::AtTypedLiteral() const {
  if (!AtKind(TokenKind::kWord) || !AtName()) return false;
  if (AtString(1)) return true;
  if (At("DOUBLE", "PRECISION")) return AtString(2);
  const bool zoned = At("TIMESTAMP", "WITH") || At("TIMESTAMP", "WITHOUT");
  return zoned && At("TIME", 2) && At("ZONE", 3) && AtString(4);
}

Expression Grammar::ParsePrimary() {
  switch (Peek().kind) {
    case TokenKind::kNumber:
      return ParseLiteral(LiteralKind::kNumber);
    case TokenKind::kDuration:
      return ParseLiteral(LiteralKind::kDuration);
    case TokenKind::kString:
    case TokenKind::kEscapeString:
    case TokenKind::kDollarString:
      return ParseLiteral(LiteralKind::kString);
    case TokenKind::kParameter:
      return ParseParameter();
    case TokenKind::kWord:
    case TokenKind::kQuotedName:
      return ParseWord();
    default:
      break;
  }
  if (At("(")) return ParseParenthesised();
  if (At("?")) return ParseParameter();
  FailExpecting("an expression");
  return {};
}

Expression Grammar::ParseLiteral(LiteralKind kind) {
  const Place place = Here();
  Literal literal{.kind = kind};
  if (kind == LiteralKind::kString) {
    literal.text = ParseString("a string");
  } else {
    if (kind == LiteralKind::kNumber || kind == LiteralKind::kDuration)
      literal.text = TextOf(Peek());
    Skip();
  }
  return Make(std::move(literal), place);
}

Expression Grammar::ParseParameter() {
  const Place place = Here();
  const bool numbered = AtKind(TokenKind::kParameter);
  if (parameters_ > 0 && numbered != numbered_parameters_) {
    FailAt(place, "a statement has parameters of one kind, $1 or ?");
  }
  numbered_parameters_ = numbered;
  uint32_t number = parameters_ + 1;
  if (numbered) {
    const std::string_view digits = TextOf(Peek()).substr(1);
    const auto end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, number);
    constexpr uint32_t kMostParameters = 65'535;
    if (result.ec != std::errc() || number == 0 || number > kMostParameters) {
      FailAt(place, format::Concat("parameters are $1 to $", kMostParameters));
    }
  }
  Skip();
  parameters_ = std::max(parameters_, number);
  return Make(Parameter{number}, place);
}

Expression Grammar::ParseWord() {
  if (AtTypedLiteral()) return ParseTypedLiteral();
  if (AtKind(TokenKind::kWord) && Peek().terminal) {
    if (auto special = ParseSpecialWord()) return *std::move(special);
  }
  const bool function = At("LEFT", "(") || At("RIGHT", "(");
  if (!AtName() && !function) {
    FailExpecting("an expression");
    return {};
  }
  return ParseColumnOrCall();
}

std::optional<Expression> Grammar::ParseSpecialWord() {
  const bool call = At("(", 1);
  switch (Peek().terminal.number()) {
    case Number("NULL"):
      return ParseLiteral(LiteralKind::kNull);
    case Number("TRUE"):
      return ParseLiteral(LiteralKind::kTrue);
    case Number("FALSE"):
      return ParseLiteral(LiteralKind::kFalse);
    case Number("CASE"):
      return ParseCase();
    case Number("CAST"):
      return ParseCast();
    case Number("ARRAY"):
      return ParseArray();
    case Number("CURRENT_CATALOG"):
    case Number("CURRENT_DATE"):
    case Number("CURRENT_SCHEMA"):
    case Number("CURRENT_TIME"):
    case Number("CURRENT_TIMESTAMP"):
    case Number("CURRENT_USER"):
    case Number("LOCALTIME"):
    case Number("LOCALTIMESTAMP"):
    case Number("SESSION_USER"):
      return ParseCurrent();
    default:
      break;
  }
  if (!call) return std::nullopt;
  switch (Peek().terminal.number()) {
    case Number("EXISTS"):
      return ParseSubquery(SubqueryKind::kExists);
    case Number("ROW"):
      return ParseRow();
    case Number("EXTRACT"):
      return ParseExtract();
    case Number("POSITION"):
      return ParsePosition();
    case Number("SUBSTRING"):
      return ParseSubstring();
    case Number("TRIM"):
      return ParseTrim();
    default:
      return std::nullopt;
  }
}

// EXISTS (query), ARRAY(query)
Expression Grammar::ParseSubquery(SubqueryKind kind) {
  const Place place = Here();
  Skip();
  return Make(Subquery{kind, Owned<Query>(ParseQueryInParentheses())}, place);
}

// (query), (expression), (a, b)
Expression Grammar::ParseParenthesised() {
  const Place place = Here();
  Expect("(");
  if (AtQuery()) {
    Owned<Query> query = OwnQuery();
    Expect(")");
    return Make(Subquery{SubqueryKind::kScalar, std::move(query)}, place);
  }
  Expression first = ParseExpression();
  if (At(",")) {
    Row row;
    row.elements.push_back(std::move(first));
    while (Accept(",")) row.elements.push_back(ParseExpression());
    first = Make(std::move(row), place);
  } else if (AtQueryTail()) {
    std::vector<Expression> values;
    values.push_back(std::move(first));
    Owned<Query> query;
    if (BecomesQuery(values, query)) {
      first = Make(Subquery{SubqueryKind::kScalar, std::move(query)}, place);
    } else {
      first = std::move(values[0]);
    }
  }
  Expect(")");
  return first;
}

// What looked like one value in parentheses was a query, or the first term of one.
bool Grammar::BecomesQuery(std::vector<Expression>& values, Owned<Query>& query) {
  if (values.size() != 1) return false;
  auto* subquery = std::get_if<Subquery>(&values[0].form);
  if (subquery == nullptr || subquery->kind != SubqueryKind::kScalar) return false;
  query = std::move(subquery->query);
  if (AtQueryTail()) query = Owned(FinishQuery({}, std::move(*query), values[0].place));
  return true;
}

Expression Grammar::ParseCase() {
  const Place place = Here();
  Expect("CASE");
  Case form;
  if (!At("WHEN")) form.operand = OwnExpression();
  do {
    Expect("WHEN");
    Expression condition = ParseExpression();
    Expect("THEN");
    form.whens.push_back({std::move(condition), ParseExpression()});
  } while (At("WHEN"));
  if (Accept("ELSE")) form.otherwise = OwnExpression();
  Expect("END");
  return Make(std::move(form), place);
}

Expression Grammar::ParseCast() {
  const Place place = Here();
  Expect("CAST", "(");
  Owned<Expression> operand = OwnExpression();
  Expect("AS");
  Owned<TypeName> type(ParseType());
  Expect(")");
  return Make(Cast{std::move(operand), std::move(type)}, place);
}

Expression Grammar::ParseArray() {
  const Place place = Here();
  if (At("(", 1)) return ParseSubquery(SubqueryKind::kArray);
  Expect("ARRAY", "[");
  Array array;
  if (!At("]")) array.elements = ParseExpressions();
  Expect("]");
  return Make(std::move(array), place);
}

Expression Grammar::ParseRow() {
  const Place place = Here();
  Expect("ROW", "(");
  Row row;
  if (!At(")")) row.elements = ParseExpressions();
  Expect(")");
  return Make(std::move(row), place);
}

// DATE '2026-03-04', INTERVAL '5' DAY
Expression Grammar::ParseTypedLiteral() {
  const Place place = Here();
  const bool interval = At("INTERVAL");
  TypedLiteral literal{.type = Owned(ParseType())};
  literal.text = ParseString("a string");
  constexpr Terminal kUnits[] = {"YEAR",   "MONTH",  "WEEK",        "DAY",         "HOUR",
                                 "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"};
  for (const Terminal unit : kUnits) {
    if (!interval || !At(unit)) continue;
    if (literal.text.find_first_not_of("+-.0123456789") != std::string::npos ||
        literal.text.empty()) {
      FailAt(place, "before the unit of an interval stands a number");
    }
    literal.text += ' ';
    for (const char c : unit.text()) literal.text += static_cast<char>(c - 'A' + 'a');
    Skip();
    break;
  }
  return Make(std::move(literal), place);
}

// name, table.name, table.*, function(...)
Expression Grammar::ParseColumnOrCall() {
  constexpr size_t kMostParts = 4;
  const Place place = Here();
  ObjectName name;
  name.parts.push_back(TakeName());
  while (At(".")) {
    if (At("*", 1)) {
      Skip(2);
      return Make(Star{std::move(name)}, place);
    }
    Skip();
    if (name.parts.size() == kMostParts) FailExpecting("at most store.schema.table.column");
    name.parts.push_back(ParseQualifiedPart("a name"));
  }
  if (At("(")) return ParseCallOf(std::move(name));
  return Make(ColumnName{std::move(name)}, place);
}

}  // namespace tape::engine::sql
