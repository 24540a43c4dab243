// FROM: tables, functions, subqueries, joins.
#include <utility>

#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {

std::vector<FromItem> Grammar::ParseFrom() {
  std::vector<FromItem> items;
  ParseList([&] { items.push_back(ParseFromItem()); });
  return items;
}

FromItem Grammar::ParseFromItem() {
  const Place place = Here();
  FromItem item{.first = ParseRelation()};
  while (ParseJoin(item)) CheckTerms(item.joins.size(), place);
  return item;
}

bool Grammar::ParseJoin(FromItem& item) {
  Join join{.place = Here()};
  if (!ParseJoinKind(join)) return false;
  join.relation = ParseRelation();
  if (join.kind != JoinKind::kCross && !join.natural) ParseJoinCondition(join);
  if (join.asof) ParseAsofTail(*join.asof);
  item.joins.push_back(std::move(join));
  return ok();
}

// [NATURAL | ASOF] [INNER | LEFT | RIGHT | FULL | CROSS] JOIN; false where there is no join.
bool Grammar::ParseJoinKind(Join& join) {
  const bool sided = At("LEFT") || At("RIGHT") || At("FULL") || At("INNER") || At("CROSS");
  const bool asof = At("ASOF") && (At("JOIN", 1) || At("LEFT", 1) || At("INNER", 1));
  if (!sided && !asof && !At("JOIN") && !At("NATURAL")) return false;
  join.natural = Accept("NATURAL");
  if (Accept("ASOF")) join.asof.emplace();
  if (Accept("CROSS")) {
    join.kind = JoinKind::kCross;
  } else if (!Accept("INNER")) {
    if (Accept("LEFT")) join.kind = JoinKind::kLeft;
    if (Accept("RIGHT")) join.kind = JoinKind::kRight;
    if (Accept("FULL")) join.kind = JoinKind::kFull;
    if (join.kind != JoinKind::kInner) Accept("OUTER");
    if (join.kind == JoinKind::kLeft && Accept("ASOF")) join.asof.emplace();
  }
  Expect("JOIN");
  return true;
}

void Grammar::ParseJoinCondition(Join& join) {
  if (At("USING")) {
    Skip();
    join.columns = ParseParenthesisedNames("a column");
    return;
  }
  const bool keys = At("ON", "(") && AtName(2) && (At(",", 3) || At(")", 3));
  if (join.asof && keys) {
    Skip();
    join.columns = ParseParenthesisedNames("a column");
  } else if (Accept("ON")) {
    join.on = OwnExpression();
  } else if (!join.asof) {
    FailExpecting("ON or USING");
  }
}

// [FORWARD | BACKWARD | NEAREST] [STRICT] [TOLERANCE period], in any order
void Grammar::ParseAsofTail(Asof& asof) {
  for (bool more = true; more && ok();) {
    if (Accept("FORWARD")) {
      asof.direction = AsofDirection::kForward;
    } else if (Accept("NEAREST")) {
      asof.direction = AsofDirection::kNearest;
    } else if (Accept("BACKWARD")) {
      asof.direction = AsofDirection::kBackward;
    } else if (Accept("STRICT")) {
      asof.strict = true;
    } else if (!asof.tolerance && Accept("TOLERANCE")) {
      asof.tolerance = OwnAbove(Precedence::kSign);
    } else {
      more = false;
    }
  }
}

Relation Grammar::ParseRelation() {
  Relation relation{.place = Here()};
  ParseRelationForm(relation);
  auto* table = std::get_if<TableName>(&relation.form);
  if (table != nullptr && !table->as_of) table->as_of = ParseAsOf();
  if (!relation.alias) relation.alias = ParseAlias();
  if (table != nullptr && !table->as_of) table->as_of = ParseAsOf();
  if (AtLatest() && !relation.latest) relation.latest = Owned(ParseLatestOn());
  return relation;
}

void Grammar::ParseRelationForm(Relation& relation) {
  const bool lateral = Accept("LATERAL");
  if (At("(") && (At("SELECT", 1) || At("WITH", 1) || At("VALUES", 1) || lateral)) {
    relation.form = DerivedTable{lateral, Owned<Query>(ParseQueryInParentheses())};
  } else if (At("(")) {
    ParseParenthesisedRelation(relation);
  } else {
    Accept("ONLY");
    ObjectName name = ParseObjectName("a table");
    if (At("(") && ok()) {
      relation.form = TableFunction{ParseCall(std::move(name))};
    } else {
      relation.form = TableName{.name = std::move(name)};
    }
  }
}

// (a JOIN b), (a), and ((query) UNION query), of which the first parenthesis says too little.
void Grammar::ParseParenthesisedRelation(Relation& relation) {
  const Nesting nesting(*this);
  const Place place = Here();
  Expect("(");
  FromItem item = ParseFromItem();
  Raise(static_cast<uint16_t>(tallest_ + 1), place);
  auto* derived = std::get_if<DerivedTable>(&item.first.form);
  const bool alone = item.joins.empty() && !item.first.alias && !item.first.latest;
  if (alone && derived != nullptr && !derived->lateral) {
    Query query = std::move(*derived->query);
    if (AtQueryTail()) query = FinishQuery({}, std::move(query), place);
    relation.form = DerivedTable{false, Owned(std::move(query))};
  } else if (item.joins.empty()) {
    relation = std::move(item.first);
  } else {
    relation.form = JoinedTables{Owned(std::move(item))};
  }
  Expect(")");
}

// AS OF LSN n, AS OF TIMESTAMP '...', which is the literal itself.
std::optional<AsOf> Grammar::ParseAsOf() {
  if (!At("AS", "OF") || !(At("LSN", 2) || At("TIMESTAMP", 2))) return std::nullopt;
  Skip(2);
  AsOf as_of{.is_lsn = At("LSN")};
  if (as_of.is_lsn || !AtTypedLiteral()) Skip();
  as_of.point = ParseAbove(Precedence::kAdditive);
  return as_of;
}

bool Grammar::AtBareAlias() const {
  if (!AtName()) return false;
  const bool clause = AtLatest() || At("SAMPLE", "BY") || At("FORWARD") || At("BACKWARD") ||
                      At("NEAREST") || At("STRICT") || At("TOLERANCE") ||
                      (At("ASOF") && (At("JOIN", 1) || At("LEFT", 1) || At("INNER", 1)));
  return AtKind(TokenKind::kQuotedName) || !clause;
}

std::optional<Alias> Grammar::ParseAlias() {
  const bool as_of = At("AS", "OF") && (At("LSN", 2) || At("TIMESTAMP", 2));
  if (as_of) return std::nullopt;
  if (!Accept("AS") && !AtBareAlias()) return std::nullopt;
  Alias alias{.name = ParseName("a name for the table")};
  if (At("(")) alias.columns = ParseParenthesisedNames("a column");
  return alias;
}

}  // namespace tape::engine::sql
