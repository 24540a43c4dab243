// SELECT, and what stands around it.
#include <algorithm>
#include <utility>

#include "engine/sql/limits.h"
#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {

Query Grammar::ParseQuery() {
  const Nesting nesting(*this, kQueryLevels);
  const Place place = Here();
  With with;
  if (At("WITH")) with = ParseWith();
  return FinishQuery(std::move(with), std::nullopt, place);
}

// The rest of a query whose WITH, and perhaps whose first term, has been read.
Query Grammar::FinishQuery(With with, std::optional<Query> first, Place place) {
  const uint16_t outer = std::exchange(tallest_, HeightOf(with));
  if (first) tallest_ = std::max(tallest_, first->height.levels);
  Query query = ParseSetChain(false, std::move(first));
  const bool clauses = !with.tables.empty() || AtClausesOfQuery();
  if (clauses && !query.IsPlain()) {
    Query inside = std::move(query);
    query = Query{.body = Parenthesised{Owned(std::move(inside))}};
  }
  ParseQueryTail(query);
  if (!with.tables.empty()) query.with = std::move(with);
  query.place = place;
  query.height.levels = static_cast<uint16_t>(tallest_ + kQueryLevels);
  tallest_ = outer;
  Raise(query.height.levels, place);
  return query;
}

uint16_t Grammar::HeightOf(const With& with) {
  uint16_t height = 0;
  for (const WithTable& table : with.tables) height = std::max(height, table.query.height.levels);
  return height;
}

bool Grammar::AtClausesOfQuery() const {
  return At("ORDER") || At("LIMIT") || At("OFFSET") || At("FETCH") || At("FOR");
}

bool Grammar::AtQueryTail() const {
  return AtClausesOfQuery() || At("UNION") || At("EXCEPT") || At("INTERSECT");
}

Query Grammar::ParseQueryInParentheses() {
  Expect("(");
  Query query = ParseQuery();
  Expect(")");
  return query;
}

// Terms joined by INTERSECT, or such chains joined by UNION and EXCEPT.
Query Grammar::ParseSetChain(bool intersect, std::optional<Query> first) {
  const Place place = Here();
  const auto term = [&](std::optional<Query> read) {
    if (!intersect) return ParseSetChain(true, std::move(read));
    return read ? *std::move(read) : ParseQueryTerm();
  };
  const auto at_operator = [&] {
    return intersect ? At("INTERSECT") : At("UNION") || At("EXCEPT");
  };
  Query query = term(std::move(first));
  if (!at_operator()) return query;
  SetChain chain{.first = Owned(std::move(query))};
  while (at_operator()) {
    SetChain::Step step;
    step.op = At("UNION")    ? SetOperator::kUnion
              : At("EXCEPT") ? SetOperator::kExcept
                             : SetOperator::kIntersect;
    Skip();
    step.all = Accept("ALL");
    if (!step.all) Accept("DISTINCT");
    step.term = term(std::nullopt);
    chain.steps.push_back(std::move(step));
    CheckTerms(chain.steps.size(), place);
  }
  return {.body = std::move(chain), .place = place};
}

Query Grammar::ParseQueryTerm() {
  if (At("(")) return ParseQueryInParentheses();
  Query query{.place = Here()};
  if (At("VALUES")) {
    query.body = ParseValues();
  } else if (At("SELECT")) {
    query.body = ParseSelect();
  } else {
    FailExpecting("SELECT, VALUES or (");
  }
  return query;
}

void Grammar::ParseQueryTail(Query& query) {
  if (At("ORDER")) query.order_by = ParseOrderBy();
  ParseLimits(query);
  if (Accept("FOR")) ParseLock(query);
}

// LIMIT and OFFSET, in either order; FETCH FIRST n ROWS ONLY
void Grammar::ParseLimits(Query& query) {
  for (bool more = true; more && ok();) {
    more = false;
    if (!query.limit && Accept("LIMIT")) {
      more = true;
      if (!Accept("ALL")) query.limit = OwnExpression();
    } else if (!query.limit && Accept("FETCH")) {
      more = true;
      if (!Accept("FIRST")) Expect("NEXT");
      query.limit = At("ROW") || At("ROWS")
                        ? Owned(Make(Literal{LiteralKind::kNumber, "1"}, Here()))
                        : OwnAbove(Precedence::kSign);
      if (!Accept("ROW")) Expect("ROWS");
      Expect("ONLY");
    } else if (!query.offset && Accept("OFFSET")) {
      more = true;
      query.offset = OwnExpression();
      if (!Accept("ROWS")) Accept("ROW");
    }
  }
}

void Grammar::ParseLock(Query& query) {
  Expect("UPDATE");
  query.lock = RowLock::kUpdate;
  if (Accept("SKIP", "LOCKED")) query.lock = RowLock::kUpdateSkipLocked;
  if (Accept("NOWAIT")) query.lock = RowLock::kUpdateNowait;
}

With Grammar::ParseWith() {
  Expect("WITH");
  With with{.recursive = Accept("RECURSIVE")};
  ParseList([&] { with.tables.push_back(ParseWithTable()); });
  return with;
}

WithTable Grammar::ParseWithTable() {
  WithTable table{.name = ParseName("the name of a common table")};
  if (At("(")) table.columns = ParseParenthesisedNames("a column");
  Expect("AS");
  if (Accept("MATERIALIZED")) table.materialization = Materialization::kMaterialized;
  if (Accept("NOT", "MATERIALIZED")) table.materialization = Materialization::kNotMaterialized;
  table.query = ParseQueryInParentheses();
  return table;
}

Select Grammar::ParseSelect() {
  Select select;
  Expect("SELECT");
  ParseDistinct(select);
  select.items = ParseSelectItems();
  if (Accept("FROM")) select.from = ParseFrom();
  if (Accept("WHERE")) select.where = OwnExpression();
  if (AtLatest()) select.latest = Owned(ParseLatestOn());
  if (At("SAMPLE", "BY")) select.sample = Owned(ParseSampleBy());
  ParseSelectTail(select);
  return select;
}

void Grammar::ParseDistinct(Select& select) {
  if (!Accept("DISTINCT")) {
    Accept("ALL");
    return;
  }
  if (Accept("ON")) {
    Expect("(");
    select.distinct_on = ParseExpressions();
    Expect(")");
  } else {
    select.distinct = true;
  }
}

void Grammar::ParseSelectTail(Select& select) {
  if (Accept("GROUP", "BY")) select.group_by = ParseExpressions();
  if (!select.sample && At("SAMPLE", "BY")) select.sample = Owned(ParseSampleBy());
  if (Accept("HAVING")) select.having = OwnExpression();
  if (!Accept("WINDOW")) return;
  ParseList([&] {
    NamedWindow window{.name = ParseName("the name of a window")};
    Expect("AS");
    window.window = ParseWindowDefinition();
    select.windows.push_back(std::move(window));
  });
}

std::vector<SelectItem> Grammar::ParseSelectItems() {
  std::vector<SelectItem> items;
  ParseList([&] { items.push_back(ParseSelectItem()); });
  return items;
}

SelectItem Grammar::ParseSelectItem() {
  const Place place = Here();
  if (Accept("*")) return {.value = Make(Star{}, place)};
  SelectItem item{.value = ParseExpression()};
  if (Accept("AS")) {
    item.alias = ParseQualifiedPart("a name");
  } else if (AtName()) {
    item.alias = TakeName();
  }
  return item;
}

Values Grammar::ParseValues() {
  Values values;
  Expect("VALUES");
  ParseList([&] {
    std::vector<Expression>& row = values.rows.emplace_back();
    if (values.rows.size() > 1) row.reserve(values.rows.front().size());
    Expect("(");
    ParseList([&] { row.push_back(ParseValueOrDefault()); });
    Expect(")");
  });
  return values;
}

Expression Grammar::ParseValueOrDefault() {
  const Place place = Here();
  if (Accept("DEFAULT")) return Make(DefaultValue{}, place);
  return ParseExpression();
}

SampleBy Grammar::ParseSampleBy() {
  SampleBy sample{.place = Here()};
  Expect("SAMPLE", "BY");
  sample.period = ParseAbove(Precedence::kSign);
  while (ParseSampleClause(sample)) {
  }
  return sample;
}

// Each once, in any order.
bool Grammar::ParseSampleClause(SampleBy& sample) {
  if (!sample.from && Accept("FROM")) {
    sample.from = OwnExpression();
    if (Accept("TO")) sample.to = OwnExpression();
  } else if (!sample.from && !sample.to && Accept("TO")) {
    sample.to = OwnExpression();
  } else if (sample.fill.empty() && Accept("FILL")) {
    Expect("(");
    ParseList([&] { sample.fill.push_back(ParseFill()); });
    Expect(")");
  } else if (!sample.alignment && Accept("ALIGN")) {
    sample.alignment = ParseAlignment();
  } else {
    return false;
  }
  return ok();
}

Fill Grammar::ParseFill() {
  if (Accept("NONE")) return {FillKind::kNone, {}};
  if (Accept("NULL")) return {FillKind::kNull, {}};
  if (Accept("PREV")) return {FillKind::kPrev, {}};
  if (Accept("LINEAR")) return {FillKind::kLinear, {}};
  return {FillKind::kValue, OwnExpression()};
}

Alignment Grammar::ParseAlignment() {
  Alignment alignment;
  Expect("TO");
  if (Accept("FIRST", "OBSERVATION")) {
    alignment.to_first_observation = true;
    return alignment;
  }
  Expect("CALENDAR");
  if (Accept("TIME", "ZONE")) alignment.time_zone = OwnAbove(Precedence::kSign);
  if (Accept("WITH", "OFFSET")) alignment.offset = OwnAbove(Precedence::kSign);
  return alignment;
}

LatestOn Grammar::ParseLatestOn() {
  LatestOn latest{.place = Here()};
  Expect("LATEST");
  if (!Accept("BY")) Expect("ON");
  latest.time = ParseAbove(Precedence::kSign);
  Expect("PARTITION", "BY");
  latest.partition_by = ParseExpressions();
  return latest;
}

}  // namespace tape::engine::sql
