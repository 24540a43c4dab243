// Transactions, settings, EXPLAIN, other stores.
#include <utility>

#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {

StatementForm Grammar::ParseTransaction() {
  TransactionVerb verb = TransactionVerb::kBegin;
  if (Accept("COMMIT") || Accept("END")) {
    verb = TransactionVerb::kCommit;
  } else if (Accept("ROLLBACK") || Accept("ABORT")) {
    verb = TransactionVerb::kRollback;
  } else if (Accept("START")) {
    Expect("TRANSACTION");
    return Transaction{verb};
  } else {
    Expect("BEGIN");
  }
  if (!Accept("TRANSACTION")) Accept("WORK");
  return Transaction{verb};
}

// A word is a string; so are TRUE, ON and OFF, which every option reads as it likes.
Expression Grammar::ParseSettingValue() {
  const Place place = Here();
  const bool word = AtKind(TokenKind::kWord) && !AtTypedLiteral() && !At("(", 1) && !At(".", 1) &&
                    !At("CASE") && !At("CAST") && !At("ARRAY") && !At("NOT");
  if (!word) return ParseAbove(Precedence::kOther);
  if (At("NULL") || At("TRUE") || At("FALSE")) return ParseAbove(Precedence::kOther);
  return Make(Literal{LiteralKind::kString, TakeName().text}, place);
}

Set Grammar::ParseSet() {
  Set set;
  Expect("SET");
  set.local = Accept("LOCAL");
  if (!set.local && !At("=", 1)) Accept("SESSION");
  const Place place = Here();
  if (Accept("TIME", "ZONE")) {
    set.name.parts.push_back({"timezone", place});
  } else {
    set.name = ParseObjectName("the name of a setting");
    if (!Accept("=")) Expect("TO");
  }
  if (Accept("DEFAULT")) return set;
  ParseList([&] { set.values.push_back(ParseSettingValue()); });
  return set;
}

Show Grammar::ParseShow() {
  Expect("SHOW");
  if (Accept("ALL")) return {};
  return {ParseObjectName("the name of a setting")};
}

Explain Grammar::ParseExplain() {
  Expect("EXPLAIN");
  const bool analyze = Accept("ANALYZE");
  if (At("EXPLAIN")) FailExpecting("a statement to explain");
  return {analyze, Owned(ParseStatement())};
}

Attach Grammar::ParseAttach() {
  Expect("ATTACH");
  Attach attach{.path = ParseString("the folder of a store, as a string")};
  Expect("AS");
  attach.name = ParseName("a name for the store");
  return attach;
}

RefreshView Grammar::ParseRefresh() {
  Expect("REFRESH", "MATERIALIZED");
  Expect("VIEW");
  RefreshView refresh{.concurrently = Accept("CONCURRENTLY")};
  refresh.name = ParseObjectName("a materialized view");
  refresh.with_data = ParseWithData();
  return refresh;
}

}  // namespace tape::engine::sql
