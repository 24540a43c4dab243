// INSERT, UPDATE, DELETE.
#include <utility>

#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {

Insert Grammar::ParseInsert(With with) {
  Insert insert{.with = std::move(with)};
  Expect("INSERT", "INTO");
  insert.table = ParseObjectName("a table");
  if (Accept("AS")) insert.alias = ParseName("a name for the table");
  const bool query = At("(", "SELECT") || At("(", "WITH") || At("(", "VALUES") || At("(", "(");
  if (At("(") && !query) insert.columns = ParseParenthesisedNames("a column");
  if (!Accept("DEFAULT", "VALUES")) insert.source = OwnQuery();
  if (At("ON", "CONFLICT")) insert.on_conflict = ParseOnConflict();
  insert.returning = ParseReturning();
  return insert;
}

OnConflict Grammar::ParseOnConflict() {
  OnConflict conflict{.place = Here()};
  Expect("ON", "CONFLICT");
  if (At("(")) {
    conflict.target = ParseIndexColumns();
    if (Accept("WHERE")) conflict.target_where = OwnExpression();
  } else if (Accept("ON", "CONSTRAINT")) {
    conflict.constraint = ParseName("a constraint");
  }
  Expect("DO");
  if (Accept("NOTHING")) return conflict;
  if (!At("UPDATE")) FailExpecting("NOTHING or UPDATE");
  Expect("UPDATE");
  Expect("SET");
  conflict.assignments = ParseAssignments();
  if (Accept("WHERE")) conflict.where = OwnExpression();
  return conflict;
}

Update Grammar::ParseUpdate(With with) {
  Update update{.with = std::move(with)};
  Expect("UPDATE");
  Accept("ONLY");
  update.table = ParseObjectName("a table");
  update.alias = ParseTargetAlias();
  Expect("SET");
  update.assignments = ParseAssignments();
  if (Accept("FROM")) update.from = ParseFrom();
  if (Accept("WHERE")) update.where = OwnExpression();
  update.returning = ParseReturning();
  return update;
}

Delete Grammar::ParseDelete(With with) {
  Delete form{.with = std::move(with)};
  Expect("DELETE", "FROM");
  Accept("ONLY");
  form.table = ParseObjectName("a table");
  form.alias = ParseTargetAlias();
  if (Accept("USING")) form.from = ParseFrom();
  if (Accept("WHERE")) form.where = OwnExpression();
  form.returning = ParseReturning();
  return form;
}

std::vector<Assignment> Grammar::ParseAssignments() {
  std::vector<Assignment> assignments;
  ParseList([&] { assignments.push_back(ParseAssignment()); });
  return assignments;
}

// column = value, (a, b) = (value, value), (a, b) = (query)
Assignment Grammar::ParseAssignment() {
  Assignment assignment;
  const bool several = At("(");
  if (several) {
    assignment.columns = ParseParenthesisedNames("a column");
  } else {
    assignment.columns.push_back(ParseName("a column"));
  }
  Expect("=");
  const Place place = Here();
  if (!several) {
    assignment.value = ParseValueOrDefault();
    return assignment;
  }
  Accept("ROW");
  Expect("(");
  if (AtQuery()) {
    assignment.value = Make(Subquery{SubqueryKind::kScalar, OwnQuery()}, place);
  } else {
    Row row;
    ParseList([&] { row.elements.push_back(ParseValueOrDefault()); });
    Owned<Query> query;
    if (BecomesQuery(row.elements, query)) {
      assignment.value = Make(Subquery{SubqueryKind::kScalar, std::move(query)}, place);
    } else {
      assignment.value = Make(std::move(row), place);
    }
  }
  Expect(")");
  return assignment;
}

std::vector<SelectItem> Grammar::ParseReturning() {
  if (!Accept("RETURNING")) return {};
  return ParseSelectItems();
}

std::optional<Name> Grammar::ParseTargetAlias() {
  if (!Accept("AS") && (!AtName() || At("SET"))) return std::nullopt;
  return ParseName("a name for the table");
}

}  // namespace tape::engine::sql
