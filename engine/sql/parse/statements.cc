// Which statement it is, and that nothing follows it.
#include <utility>

#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {

std::vector<Name> Grammar::ParseNames(std::string_view what) {
  std::vector<Name> names;
  ParseList([&] { names.push_back(ParseName(what)); });
  return names;
}

std::vector<Name> Grammar::ParseParenthesisedNames(std::string_view what) {
  Expect("(");
  std::vector<Name> names = ParseNames(what);
  Expect(")");
  return names;
}

void Grammar::ExpectEnd() {
  if (!AtEnd()) FailExpecting("the end of the statement");
}

Statement Grammar::ParseWholeStatement() {
  Statement statement = ParseStatement();
  ExpectEnd();
  statement.parameters = parameters_;
  return statement;
}

Query Grammar::ParseWholeQuery() {
  Query query = ParseQuery();
  ExpectEnd();
  return query;
}

Expression Grammar::ParseWholeExpression() {
  Expression expression = ParseExpression();
  ExpectEnd();
  return expression;
}

Statement Grammar::ParseStatement() {
  const Place place = Here();
  return {.form = ParseStatementForm(), .place = place};
}

StatementForm Grammar::ParseStatementForm() {
  if (At("SELECT") || At("VALUES") || At("(")) return ParseQuery();
  if (At("WITH")) return ParseWithStatement();
  if (At("INSERT")) return ParseInsert({});
  if (At("UPDATE")) return ParseUpdate({});
  if (At("DELETE")) return ParseDelete({});
  if (At("CREATE")) return ParseCreate();
  if (At("ALTER")) return ParseAlter();
  if (At("DROP")) return ParseDrop();
  if (At("COMMENT")) return ParseComment();
  if (At("BEGIN") || At("START") || At("COMMIT") || At("END") || At("ROLLBACK") || At("ABORT")) {
    return ParseTransaction();
  }
  if (At("SET")) return ParseSet();
  if (At("SHOW")) return ParseShow();
  if (At("EXPLAIN")) return ParseExplain();
  if (At("ATTACH")) return ParseAttach();
  if (Accept("DETACH")) return Detach{ParseName("a store")};
  if (At("REFRESH")) return ParseRefresh();
  FailExpecting("a statement, such as SELECT, INSERT or CREATE");
  return {};
}

// WITH before a query or a change.
StatementForm Grammar::ParseWithStatement() {
  const Place place = Here();
  With with = ParseWith();
  if (At("INSERT")) return ParseInsert(std::move(with));
  if (At("UPDATE")) return ParseUpdate(std::move(with));
  if (At("DELETE")) return ParseDelete(std::move(with));
  return FinishQuery(std::move(with), std::nullopt, place);
}

}  // namespace tape::engine::sql
