// Expressions, with the parentheses that precedence asks for.
#include <variant>

#include "engine/sql/lexer/terminals.h"
#include "engine/sql/print/sql_writer.h"

namespace tape::engine::sql {
namespace {

// How strongly what is printed holds together.
Precedence PrecedenceOf(const Expression& expression) {
  return std::visit(
      Overloaded{
          [](const Logical& form) { return form.is_or ? Precedence::kOr : Precedence::kAnd; },
          [](const Unary& form) {
            switch (form.op) {
              case UnaryOperator::kNot:
                return Precedence::kNot;
              case UnaryOperator::kBitNot:
                return Precedence::kOther;
              default:
                return Precedence::kSign;
            }
          },
          [](const Is&) { return Precedence::kIs; },
          [](const IsDistinct&) { return Precedence::kIs; },
          [](const Comparison&) { return Precedence::kComparison; },
          [](const Quantified&) { return Precedence::kComparison; },
          [](const Between&) { return Precedence::kRange; },
          [](const InList&) { return Precedence::kRange; },
          [](const InQuery&) { return Precedence::kRange; },
          [](const Like&) { return Precedence::kRange; },
          [](const Chain& form) { return sql::PrecedenceOf(form.steps.front().op); },
          [](const AtTimeZone&) { return Precedence::kAtTimeZone; },
          [](const Subscript&) { return Precedence::kPostfix; },
          [](const ArraySlice&) { return Precedence::kPostfix; },
          [](const auto&) { return Precedence::kPrimary; },
      },
      expression.form);
}

bool IsBareName(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9') || name[0] == '$') return false;
  for (const char c : name) {
    const bool part = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
    if (!part) return false;
  }
  const Terminal terminal = FindTerminal(name);
  return !terminal || terminal.kind() == TerminalKind::kFree;
}

// Types whose names are printed in upper case: the words that SQL itself has for them.
bool IsKnownType(std::string_view name) {
  constexpr std::string_view kKnown[] = {"bigint",
                                         "bigserial",
                                         "boolean",
                                         "bytea",
                                         "character varying",
                                         "date",
                                         "datetime",
                                         "decimal",
                                         "double precision",
                                         "inet",
                                         "integer",
                                         "interval",
                                         "json",
                                         "jsonb",
                                         "numeric",
                                         "real",
                                         "serial",
                                         "smallint",
                                         "symbol",
                                         "text",
                                         "time",
                                         "timestamp",
                                         "timestamp with time zone",
                                         "timestamp without time zone",
                                         "timestamptz",
                                         "trigger",
                                         "time with time zone",
                                         "time without time zone",
                                         "uuid",
                                         "varchar"};
  for (const std::string_view known : kKnown) {
    if (name == known) return true;
  }
  return false;
}

}  // namespace

void SqlWriter::WriteName(std::string_view name) {
  if (IsBareName(name)) return Put(name);
  Put("\"");
  for (const char c : name) {
    if (c == '"') out_ += c;
    out_ += c;
  }
  Put("\"");
}

void SqlWriter::WriteString(std::string_view text) {
  Put("'");
  for (const char c : text) {
    if (c == '\'') out_ += c;
    out_ += c;
  }
  Put("'");
}

void SqlWriter::Write(const ObjectName& name) {
  bool first = true;
  for (const Name& part : name.parts) {
    PutIf(!std::exchange(first, false), ".");
    Write(part);
  }
}

void SqlWriter::Write(const TypeName& type) {
  const bool known = type.name.parts.size() == 1 && IsKnownType(type.name.last().text);
  // TIMESTAMP(3) WITH TIME ZONE: the modifiers stand in the middle.
  const std::string_view name =
      known ? std::string_view(type.name.last().text) : std::string_view();
  const size_t zone = name.find(" with");
  const bool split = zone != std::string_view::npos;
  const auto put_upper = [&](std::string_view text) {
    for (const char c : text) out_ += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  };
  if (known) {
    put_upper(name.substr(0, zone));
  } else {
    Write(type.name);
  }
  if (!type.modifiers.empty()) {
    std::vector<std::string> numbers;
    for (const uint32_t modifier : type.modifiers) numbers.push_back(std::to_string(modifier));
    PutParenthesised(numbers);
  }
  if (split) put_upper(name.substr(zone));
  for (int i = 0; i < type.dimensions; ++i) Put("[]");
}

void SqlWriter::Write(const Expression& expression) {
  std::visit([&](const auto& form) { Write(form); }, expression.form);
}

void SqlWriter::WriteAbove(const Owned<Expression>& expression, Precedence minimum) {
  WriteAbove(*expression, minimum);
}

void SqlWriter::WriteAbove(const Expression& expression, Precedence minimum) {
  const bool parentheses = PrecedenceOf(expression) < minimum;
  PutIf(parentheses, "(");
  Write(expression);
  PutIf(parentheses, ")");
}

void SqlWriter::Write(const Literal& form) {
  switch (form.kind) {
    case LiteralKind::kNull:
      return Put("NULL");
    case LiteralKind::kTrue:
      return Put("TRUE");
    case LiteralKind::kFalse:
      return Put("FALSE");
    case LiteralKind::kString:
      return WriteString(form.text);
    default:
      return Put(form.text);
  }
}

void SqlWriter::Write(const TypedLiteral& form) {
  Put(form.type, " ");
  WriteString(form.text);
}

void SqlWriter::Write(const ColumnName& form) { Put(form.name); }

void SqlWriter::Write(const Star& form) {
  Put(form.table);
  Put(form.table.parts.empty() ? "*" : ".*");
}

void SqlWriter::Write(const Parameter& form) { Put("$", std::to_string(form.number)); }

void SqlWriter::Write(const DefaultValue&) { Put("DEFAULT"); }

void SqlWriter::Write(const Unary& form) {
  switch (form.op) {
    case UnaryOperator::kNot:
      Put("NOT ");
      return WriteAbove(form.operand, Precedence::kNot);
    case UnaryOperator::kBitNot:
      Put("~");
      return WriteAbove(form.operand, Above(Precedence::kOther));
    default:
      // Two signs in a row would begin a comment.
      Put(form.op == UnaryOperator::kMinus ? "-" : "+");
      return WriteAbove(form.operand, Precedence::kPostfix);
  }
}

void SqlWriter::Write(const Comparison& form) {
  WriteAbove(form.left, Above(Precedence::kComparison));
  Put(" ", SpellingOf(form.op), " ");
  WriteAbove(form.right, Above(Precedence::kComparison));
}

void SqlWriter::Write(const Chain& form) {
  const Precedence above = Above(sql::PrecedenceOf(form.steps.front().op));
  WriteAbove(form.first, above);
  for (const Chain::Step& step : form.steps) {
    Put(" ", SpellingOf(step.op), " ");
    WriteAbove(step.operand, above);
  }
}

void SqlWriter::Write(const Logical& form) {
  const Precedence above = Above(form.is_or ? Precedence::kOr : Precedence::kAnd);
  bool first = true;
  for (const Expression& operand : form.operands) {
    PutIf(!std::exchange(first, false), form.is_or ? " OR " : " AND ");
    WriteAbove(operand, above);
  }
}

void SqlWriter::Write(const Quantified& form) {
  WriteAbove(form.left, Above(Precedence::kComparison));
  Put(" ", SpellingOf(form.op), form.all ? " ALL (" : " ANY (");
  if (form.query) {
    Put(form.query);
  } else {
    Put(form.array);
  }
  Put(")");
}

void SqlWriter::Write(const Is& form) {
  WriteAbove(form.operand, Above(Precedence::kIs));
  Put(form.negated ? " IS NOT " : " IS ");
  constexpr std::string_view kTests[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
  Put(kTests[static_cast<size_t>(form.test)]);
}

void SqlWriter::Write(const IsDistinct& form) {
  WriteAbove(form.left, Above(Precedence::kIs));
  Put(form.negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
  WriteAbove(form.right, Above(Precedence::kIs));
}

void SqlWriter::Write(const Between& form) {
  WriteAbove(form.operand, Above(Precedence::kRange));
  Put(form.negated ? " NOT" : "", " BETWEEN ", form.symmetric ? "SYMMETRIC " : "");
  WriteAbove(form.low, Above(Precedence::kRange));
  Put(" AND ");
  WriteAbove(form.high, Above(Precedence::kRange));
}

void SqlWriter::Write(const InList& form) {
  WriteAbove(form.operand, Above(Precedence::kRange));
  Put(form.negated ? " NOT IN " : " IN ");
  PutParenthesised(form.values);
}

void SqlWriter::Write(const InQuery& form) {
  WriteAbove(form.operand, Above(Precedence::kRange));
  Put(form.negated ? " NOT IN (" : " IN (", form.query, ")");
}

void SqlWriter::Write(const Like& form) {
  WriteAbove(form.operand, Above(Precedence::kRange));
  constexpr std::string_view kWords[] = {" LIKE ", " ILIKE ", " SIMILAR TO "};
  Put(form.negated ? " NOT" : "", kWords[static_cast<size_t>(form.kind)]);
  WriteAbove(form.pattern, Above(Precedence::kRange));
  if (!form.escape) return;
  Put(" ESCAPE ");
  WriteAbove(form.escape, Above(Precedence::kRange));
}

void SqlWriter::Write(const Case& form) {
  Put("CASE");
  PutOptional(" ", form.operand);
  for (const Case::When& when : form.whens) Put(" WHEN ", when.condition, " THEN ", when.result);
  PutOptional(" ELSE ", form.otherwise);
  Put(" END");
}

void SqlWriter::Write(const Cast& form) { Put("CAST(", form.operand, " AS ", form.type, ")"); }

void SqlWriter::Write(const AtTimeZone& form) {
  WriteAbove(form.operand, Precedence::kAtTimeZone);
  Put(" AT TIME ZONE ");
  WriteAbove(form.zone, Above(Precedence::kAtTimeZone));
}

void SqlWriter::Write(const Extract& form) {
  Put("EXTRACT(");
  WriteName(form.field);
  Put(" FROM ", form.operand, ")");
}

void SqlWriter::Write(const Array& form) {
  Put("ARRAY[");
  PutList(form.elements);
  Put("]");
}

void SqlWriter::Write(const Row& form) {
  PutIf(form.elements.size() < 2, "ROW");
  PutParenthesised(form.elements);
}

void SqlWriter::Write(const Subscript& form) {
  WriteAbove(form.operand, Precedence::kPostfix);
  Put("[", form.index, "]");
}

void SqlWriter::Write(const ArraySlice& form) {
  WriteAbove(form.operand, Precedence::kPostfix);
  Put("[");
  PutOptional("", form.from);
  Put(" : ");
  PutOptional("", form.to);
  Put("]");
}

void SqlWriter::Write(const Subquery& form) {
  constexpr std::string_view kWords[] = {"(", "EXISTS (", "ARRAY("};
  Put(kWords[static_cast<size_t>(form.kind)], form.query, ")");
}

void SqlWriter::Write(const Invocation& form) { Put(form.call); }

}  // namespace tape::engine::sql
