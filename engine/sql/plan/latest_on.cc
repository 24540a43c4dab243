// LATEST ON: the last row of each partition.
#include <memory>
#include <string>
#include <utility>

#include "engine/exec/make.h"
#include "engine/exec/pipeline/aggregate_operator.h"
#include "engine/exec/pipeline/row_operators.h"
#include "engine/sql/plan/from.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;

struct LatestKeys {
  ExpressionPtr time;
  std::vector<ExpressionPtr> partitions;
};

// The numbering of the scope, where only a relation's own columns have names.
Scope ScopeOf(const From& from, const FromRelation& relation) {
  Scope scope;
  const size_t in_scope = scope.AddRelation(relation.name, relation.schema);
  for (size_t i = 0; i < from.scope.columns(); ++i) {
    ScopeColumn column = from.scope.column(i);
    if (i < relation.first || i >= relation.end) column.name.clear();
    scope.AddColumn(in_scope, std::move(column));
  }
  return scope;
}

absl::StatusOr<LatestKeys> BindKeys(const Planning& planning, const From& from,
                                    const LatestClause& clause) {
  const Scope scope = clause.relation == nullptr ? from.scope : ScopeOf(from, *clause.relation);
  Binder binder = planning.BinderOf(&scope, nullptr);
  LatestKeys keys;
  absl::StatusOr<ExpressionPtr> time = binder.Bind(clause.latest.time);
  if (!time.ok()) return time.status();
  const TypeKind kind = (*time)->type().kind();
  if (kind != TypeKind::kTimestamp && kind != TypeKind::kTimestampTz) {
    return planning.Invalid(clause.latest.time.place, "LATEST ON takes a TIMESTAMP");
  }
  keys.time = *std::move(time);
  for (const Expression& partition : clause.latest.partition_by) {
    absl::StatusOr<ExpressionPtr> bound = binder.Bind(partition);
    if (!bound.ok()) return bound.status();
    keys.partitions.push_back(*std::move(bound));
  }
  return keys;
}

}  // namespace

absl::Status NoteLatest(const Planning& planning, const From& from, const LatestClause& clause,
                        std::vector<bool>& needed) {
  const absl::StatusOr<LatestKeys> keys = BindKeys(planning, from, clause);
  if (!keys.ok()) return keys.status();
  for (size_t column : exec::ColumnsOf(*keys->time)) needed[column] = true;
  for (const ExpressionPtr& partition : keys->partitions) {
    for (size_t column : exec::ColumnsOf(*partition)) needed[column] = true;
  }
  return absl::OkStatus();
}

// Groups of the partitions, with last(column, time) for each column; then every column goes back to
// its place.
absl::StatusOr<exec::OperatorPtr> BuildLatest(const Planning& planning, const From& from,
                                              const LatestClause& clause,
                                              const std::vector<bool>& needed,
                                              exec::OperatorPtr child) {
  absl::StatusOr<LatestKeys> keys = BindKeys(planning, from, clause);
  if (!keys.ok()) return keys.status();
  std::vector<exec::AggregateColumn> columns;
  std::vector<ExpressionPtr> places;
  for (size_t i = 0; i < from.scope.columns(); ++i) {
    const ScopeColumn& column = from.scope.column(i);
    const FromRelation* const relation = clause.relation;
    const bool there = relation == nullptr || (relation->first <= i && i < relation->end);
    if (!needed[i] || !there) {
      places.push_back(exec::MakeConstant(exec::Value::Null(column.type), column.labels));
      continue;
    }
    const Type types[] = {column.type, keys->time->type()};
    absl::StatusOr<exec::AggregatorPtr> last = exec::MakeAggregator("last", types);
    if (!last.ok()) return planning.ErrorAt(clause.latest.place, last.status());
    const size_t place = keys->partitions.size() + columns.size();
    places.push_back(exec::MakeColumn(place, column.type, column.name, column.labels));
    columns.push_back(
        {.function = *std::move(last),
         .arguments = {exec::MakeColumn(i, column.type, column.name, column.labels), keys->time}});
  }
  auto groups = std::make_unique<exec::AggregateOperator>(
      planning.run(), std::move(child), std::move(keys->partitions), std::move(columns));
  return std::make_unique<exec::ProjectOperator>(planning.run(), std::move(groups),
                                                 std::move(places));
}

}  // namespace tape::engine::sql
