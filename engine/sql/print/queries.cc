// Queries.
#include <variant>

#include "engine/sql/print/sql_writer.h"

namespace tape::engine::sql {

void SqlWriter::Write(const Query& query) {
  if (!query.with.tables.empty()) Put(query.with, " ");
  std::visit([&](const auto& body) { Write(body); }, query.body);
  PutListIf(" ORDER BY ", query.order_by);
  PutOptional(" LIMIT ", query.limit);
  PutOptional(" OFFSET ", query.offset);
  constexpr std::string_view kLocks[] = {"", " FOR UPDATE", " FOR UPDATE SKIP LOCKED",
                                         " FOR UPDATE NOWAIT"};
  Put(kLocks[static_cast<size_t>(query.lock)]);
}

// A query as one term among others.
void SqlWriter::WriteTerm(const Query& query) {
  const bool bare = query.IsPlain() && (std::holds_alternative<Select>(query.body) ||
                                        std::holds_alternative<Values>(query.body));
  PutIf(!bare, "(");
  Write(query);
  PutIf(!bare, ")");
}

void SqlWriter::Write(const With& with) {
  Put("WITH ");
  PutIf(with.recursive, "RECURSIVE ");
  PutList(with.tables);
}

void SqlWriter::Write(const WithTable& table) {
  Put(table.name);
  PutParenthesisedIf(" ", table.columns);
  constexpr std::string_view kWords[] = {" AS (", " AS MATERIALIZED (", " AS NOT MATERIALIZED ("};
  Put(kWords[static_cast<size_t>(table.materialization)], table.query, ")");
}

void SqlWriter::Write(const Select& select) {
  Put("SELECT ");
  PutIf(select.distinct, "DISTINCT ");
  if (!select.distinct_on.empty()) {
    Put("DISTINCT ON ");
    PutParenthesised(select.distinct_on);
    Put(" ");
  }
  PutList(select.items);
  WriteFrom(" FROM ", select.from);
  PutOptional(" WHERE ", select.where);
  PutOptional(" ", select.latest);
  PutOptional(" ", select.sample);
  PutListIf(" GROUP BY ", select.group_by);
  PutOptional(" HAVING ", select.having);
  PutListIf(" WINDOW ", select.windows);
}

void SqlWriter::Write(const Values& values) {
  Put("VALUES ");
  bool first = true;
  for (const auto& row : values.rows) {
    PutIf(!std::exchange(first, false), ", ");
    PutParenthesised(row);
  }
}

void SqlWriter::Write(const SetChain& chain) {
  WriteTerm(*chain.first);
  for (const SetChain::Step& step : chain.steps) {
    constexpr std::string_view kWords[] = {" UNION ", " EXCEPT ", " INTERSECT "};
    Put(kWords[static_cast<size_t>(step.op)], step.all ? "ALL " : "");
    WriteTerm(step.term);
  }
}

void SqlWriter::Write(const Parenthesised& query) { Put("(", query.query, ")"); }

void SqlWriter::Write(const SelectItem& item) {
  Put(item.value);
  PutOptional(" AS ", item.alias);
}

void SqlWriter::Write(const NamedWindow& window) { Put(window.name, " AS (", window.window, ")"); }

void SqlWriter::Write(const LatestOn& latest) {
  Put("LATEST ON ");
  WriteAbove(latest.time, Precedence::kSign);
  PutListIf(" PARTITION BY ", latest.partition_by);
}

void SqlWriter::Write(const SampleBy& sample) {
  Put("SAMPLE BY ");
  WriteAbove(sample.period, Precedence::kSign);
  PutOptional(" FROM ", sample.from);
  PutOptional(" TO ", sample.to);
  PutParenthesisedIf(" FILL ", sample.fill);
  PutOptional(" ALIGN TO ", sample.alignment);
}

void SqlWriter::Write(const Fill& fill) {
  constexpr std::string_view kWords[] = {"NONE", "NULL", "PREV", "LINEAR"};
  if (fill.value) return Put(fill.value);
  Put(kWords[static_cast<size_t>(fill.kind)]);
}

void SqlWriter::Write(const Alignment& alignment) {
  if (alignment.to_first_observation) return Put("FIRST OBSERVATION");
  Put("CALENDAR");
  const auto part = [&](std::string_view words, const Owned<Expression>& value) {
    if (!value) return;
    Put(words);
    WriteAbove(value, Precedence::kSign);
  };
  part(" TIME ZONE ", alignment.time_zone);
  part(" WITH OFFSET ", alignment.offset);
}

void SqlWriter::WriteFrom(std::string_view prefix, const std::vector<FromItem>& items) {
  const bool outer = std::exchange(in_list_, items.size() > 1);
  PutListIf(prefix, items);
  in_list_ = outer;
}

void SqlWriter::Write(const FromItem& item) {
  Put(item.first);
  for (const Join& join : item.joins) Put(join);
}

void SqlWriter::Write(const Join& join) {
  constexpr std::string_view kKinds[] = {"", "LEFT ", "RIGHT ", "FULL ", "CROSS "};
  Put(join.natural ? " NATURAL " : " ", join.asof ? "ASOF " : "",
      kKinds[static_cast<size_t>(join.kind)], "JOIN ", join.relation);
  PutOptional(" ON ", join.on);
  PutParenthesisedIf(join.asof ? " ON " : " USING ", join.columns);
  if (!join.asof) return;
  constexpr std::string_view kDirections[] = {"", " FORWARD", " NEAREST"};
  Put(kDirections[static_cast<size_t>(join.asof->direction)], join.asof->strict ? " STRICT" : "");
  if (!join.asof->tolerance) return;
  Put(" TOLERANCE ");
  WriteAbove(join.asof->tolerance, Precedence::kSign);
}

void SqlWriter::Write(const Relation& relation) {
  const bool enclose = in_list_ && relation.latest;
  PutIf(enclose, "(");
  std::visit([&](const auto& form) { Write(form); }, relation.form);
  PutOptional(" AS ", relation.alias);
  PutOptional(" ", relation.latest);
  PutIf(enclose, ")");
}

void SqlWriter::Write(const TableName& table) {
  Put(table.name);
  PutOptional(" AS OF ", table.as_of);
}

void SqlWriter::Write(const TableFunction& function) { Put(function.call); }

void SqlWriter::Write(const DerivedTable& table) {
  Put(table.lateral ? "LATERAL (" : "(", table.query, ")");
}

void SqlWriter::Write(const JoinedTables& tables) { Put("(", tables.tables, ")"); }

// TIMESTAMP '...' says that it is a time; anything else needs the word.
void SqlWriter::Write(const AsOf& as_of) {
  const auto* literal = as_of.point.As<TypedLiteral>();
  const bool says = literal != nullptr && literal->type->name.last().text.starts_with("timestamp");
  Put(as_of.is_lsn ? "LSN " : says ? "" : "TIMESTAMP ");
  WriteAbove(as_of.point, Precedence::kAdditive);
}

void SqlWriter::Write(const Alias& alias) {
  Put(alias.name);
  PutParenthesisedIf(" ", alias.columns);
}

}  // namespace tape::engine::sql
