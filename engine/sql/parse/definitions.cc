// CREATE of everything but tables.
#include <utility>

#include "engine/sql/lexer/lexer.h"
#include "engine/sql/parse/grammar.h"
#include "engine/sql/parse/trigger_body.h"

namespace tape::engine::sql {

StatementForm Grammar::ParseCreate() {
  Expect("CREATE");
  if (Accept("OR", "REPLACE")) return ParseCreateReplaceable(true);
  if (At("VIEW") || At("FUNCTION") || At("TRIGGER")) return ParseCreateReplaceable(false);
  if (Accept("TABLE")) return ParseCreateTable();
  if (Accept("SCHEMA")) return ParseCreateSchema();
  if (Accept("TYPE")) return ParseCreateEnum();
  if (Accept("EXTENSION")) return ParseCreateExtension();
  if (Accept("MATERIALIZED", "VIEW")) return ParseCreateView(false, true);
  if (Accept("UNIQUE", "INDEX")) return ParseCreateIndex(true);
  if (Accept("INDEX")) return ParseCreateIndex(false);
  FailExpecting(
      "TABLE, INDEX, VIEW, MATERIALIZED VIEW, TYPE, SCHEMA, FUNCTION, TRIGGER or EXTENSION");
  return {};
}

StatementForm Grammar::ParseCreateReplaceable(bool or_replace) {
  if (Accept("VIEW")) return ParseCreateView(or_replace, false);
  if (Accept("FUNCTION")) return ParseCreateFunction(or_replace);
  if (Accept("TRIGGER")) return ParseCreateTrigger(or_replace);
  FailExpecting("VIEW, FUNCTION or TRIGGER");
  return {};
}

CreateSchema Grammar::ParseCreateSchema() {
  const bool if_not_exists = ParseIfNotExists();
  return {if_not_exists, ParseName("the name of a schema")};
}

CreateEnum Grammar::ParseCreateEnum() {
  CreateEnum type{.name = ParseObjectName("the name of a type")};
  Expect("AS", "ENUM");
  Expect("(");
  if (!At(")")) ParseList([&] { type.values.push_back(ParseString("a value, as a string")); });
  Expect(")");
  return type;
}

CreateExtension Grammar::ParseCreateExtension() {
  CreateExtension extension{.if_not_exists = ParseIfNotExists()};
  extension.name = ParseName("the name of an extension");
  extension.cascade = Accept("CASCADE");
  return extension;
}

CreateIndex Grammar::ParseCreateIndex(bool unique) {
  CreateIndex index{.unique = unique, .concurrently = Accept("CONCURRENTLY")};
  index.if_not_exists = ParseIfNotExists();
  if (!At("ON")) index.name = ParseName("the name of an index");
  Expect("ON");
  index.table = ParseObjectName("a table");
  if (Accept("USING")) index.method = ParseName("a method, such as btree");
  index.columns = ParseIndexColumns();
  if (Accept("INCLUDE")) index.include = ParseParenthesisedNames("a column");
  index.nulls_not_distinct = ParseNullsNotDistinct();
  if (Accept("WITH")) index.options = ParseOptions();
  if (Accept("WHERE")) index.where = OwnExpression();
  return index;
}

CreateView Grammar::ParseCreateView(bool or_replace, bool materialized) {
  CreateView view{
      .or_replace = or_replace, .if_not_exists = ParseIfNotExists(), .materialized = materialized};
  view.name = ParseObjectName("the name of a view");
  if (At("(")) view.columns = ParseParenthesisedNames("a column");
  if (Accept("WITH")) view.options = ParseOptions();
  Expect("AS");
  view.query = ParseQuery();
  if (materialized) view.with_data = ParseWithData();
  return view;
}

// WITH [NO] DATA
bool Grammar::ParseWithData() {
  if (!Accept("WITH")) return true;
  const bool no = Accept("NO");
  Expect("DATA");
  return !no;
}

CreateFunction Grammar::ParseCreateFunction(bool or_replace) {
  CreateFunction function{.or_replace = or_replace};
  function.name = ParseObjectName("the name of a function");
  Expect("(");
  if (!At(")"))
    FailAt(Here(), "functions have no parameters: only trigger functions are supported");
  Expect(")");
  Expect("RETURNS");
  function.returns = ParseType();
  const Place place = Here();
  while (ParseFunctionClause(function)) {
  }
  if (function.body.empty()) FailAt(place, "expected AS and the body of the function, in $$");
  return function;
}

bool Grammar::ParseFunctionClause(CreateFunction& function) {
  if (!function.language && Accept("LANGUAGE")) {
    function.language = ParseName("a language");
  } else if (function.body.empty() && Accept("AS")) {
    ParseFunctionBody(function);
  } else {
    return false;
  }
  return ok();
}

void Grammar::ParseFunctionBody(CreateFunction& function) {
  const Token token = Peek();
  function.body = ParseString("the body of the function, in $$");
  if (!ok()) return;
  if (token.kind != TokenKind::kDollarString) {
    function.trigger = ParseTriggerBody(function.body);
    return;
  }
  // In place, so that what is wrong with it is shown where it stands.
  const std::string_view body = DollarText(text_, token);
  const auto begin = static_cast<uint32_t>(body.data() - text_.data());
  function.trigger = ParseTriggerBody(text_, begin, begin + static_cast<uint32_t>(body.size()));
}

CreateTrigger Grammar::ParseCreateTrigger(bool or_replace) {
  CreateTrigger trigger{.or_replace = or_replace, .name = ParseName("the name of a trigger")};
  if (Accept("AFTER")) {
    trigger.timing = TriggerTiming::kAfter;
  } else if (Accept("INSTEAD", "OF")) {
    trigger.timing = TriggerTiming::kInsteadOf;
  } else if (!Accept("BEFORE")) {
    FailExpecting("BEFORE, AFTER or INSTEAD OF");
  }
  ParseTriggerEvents(trigger);
  Expect("ON");
  trigger.table = ParseObjectName("a table");
  if (Accept("FOR")) {
    Accept("EACH");
    trigger.for_each_row = Accept("ROW");
    if (!trigger.for_each_row) Expect("STATEMENT");
  }
  if (Accept("WHEN", "(")) {
    trigger.when = OwnExpression();
    Expect(")");
  }
  Expect("EXECUTE");
  if (!Accept("PROCEDURE")) Expect("FUNCTION");
  trigger.function = ParseObjectName("a function");
  Expect("(");
  if (!At(")")) FailAt(Here(), "trigger functions take no arguments");
  Expect(")");
  return trigger;
}

// INSERT OR UPDATE OF a, b OR DELETE
void Grammar::ParseTriggerEvents(CreateTrigger& trigger) {
  do {
    if (Accept("INSERT")) {
      trigger.events.push_back(TriggerEvent::kInsert);
    } else if (Accept("DELETE")) {
      trigger.events.push_back(TriggerEvent::kDelete);
    } else {
      if (!Accept("UPDATE")) FailExpecting("INSERT, UPDATE or DELETE");
      trigger.events.push_back(TriggerEvent::kUpdate);
      if (Accept("OF")) trigger.update_columns = ParseNames("a column");
    }
  } while (Accept("OR"));
}

}  // namespace tape::engine::sql
