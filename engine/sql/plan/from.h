// FROM: the relations of a SELECT, their columns under one numbering, and how they are joined.
//
//   From from;
//   absl::Status status = BindFrom(planning, select.from, hook, from);
//   from.scope.Find(name);                              // a column of any relation
//   absl::StatusOr<exec::OperatorPtr> rows = BuildFrom(planning, from, needed, conjuncts);
//
// Every operator of the SELECT below its list has batches as wide as the scope: a relation's
// columns stand at their places in it and those of others are NULL, until a join brings both
// together. So an expression is bound once and may be asked anywhere.
//
// Thread-bound.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/operator.h"
#include "engine/exec/pipeline/asof_operator.h"
#include "engine/exec/source.h"
#include "engine/sql/bind/scope.h"
#include "engine/sql/plan/planning.h"

namespace tape::engine::sql {

struct FromRelation {
  std::string name{};
  std::string schema{};
  size_t first = 0;  // of its columns
  size_t end = 0;
  std::shared_ptr<const exec::Source> source{};  // or a plan
  QueryPlan plan{};
  exec::SourceSpec spec{};
  const LatestOn* latest = nullptr;
  Place place{};

  // Its time column in the numbering of the scope.
  std::optional<size_t> time_column() const {
    if (source == nullptr || !source->time_column()) return std::nullopt;
    return first + *source->time_column();
  }
};

// A relation, or two nodes that are joined.
struct FromNode {
  size_t first = 0;  // of its columns
  size_t end = 0;
  std::optional<size_t> relation{};
  std::unique_ptr<FromNode> left{};
  std::unique_ptr<FromNode> right{};
  const Join* join = nullptr;  // nullptr: a comma
  std::vector<exec::ExpressionPtr> on{};

  bool Covers(const std::vector<size_t>& columns) const {
    return columns.empty() || (first <= columns.front() && columns.back() < end);
  }
};

// A column that * stands for.
struct StarColumn {
  size_t relation = 0;
  size_t column = 0;
  bool hidden = false;  // a join's second column of the same name
};

struct From {
  Scope scope{};
  std::vector<FromRelation> relations{};
  std::vector<StarColumn> stars{};
  std::unique_ptr<FromNode> root{};  // nullptr: there is no FROM

  std::vector<Type> types() const;
};

absl::Status BindFrom(const Planning& planning, const std::vector<FromItem>& items, BindHook* hook,
                      From& from);

// Whether equal values of these types have equal words (exec/pipeline/key_words.h).
bool CanBeKeys(const Type& left, const Type& right);

// The time column of a table; of a query in FROM its only timestamp.
std::optional<size_t> TimeOf(const FromRelation& relation);

// The beginning of the period of SAMPLE BY that a row is in.
absl::StatusOr<exec::ExpressionPtr> BindPeriod(const Planning& planning, const From& from,
                                               const SampleBy& sample);

// What an ASOF JOIN goes by; its columns are for the caller to fill in.
absl::StatusOr<exec::AsofSpec> BindAsof(const Planning& planning, const From& from,
                                        const FromNode& node);
// Marks what joins read.
absl::Status NoteJoins(const Planning& planning, const From& from, const FromNode& node,
                       std::vector<bool>& needed);

// A term of WHERE or ON, and where it stands.
struct Conjunct {
  exec::ExpressionPtr condition{};
  // Of x IN (a, b): x = a, x = b. What pruning can see of it.
  std::vector<exec::ExpressionPtr> alternatives{};
  std::vector<size_t> columns{};
  bool used = false;
};

// Takes what it can of the conjuncts; those without columns are left to the caller.
absl::StatusOr<exec::OperatorPtr> BuildFrom(const Planning& planning, From& from,
                                            const std::vector<bool>& needed,
                                            std::vector<Conjunct>& conjuncts);

// A LATEST ON and whose it is; nullptr: that of all of FROM.
struct LatestClause {
  const LatestOn& latest;
  const FromRelation* relation = nullptr;
};

// Of each partition the row with the greatest time, and of several such rows the one that came
// last: the child gives rows in time order. Columns that are needed keep their places.
absl::StatusOr<exec::OperatorPtr> BuildLatest(const Planning& planning, const From& from,
                                              const LatestClause& clause,
                                              const std::vector<bool>& needed,
                                              exec::OperatorPtr child);
// Marks what LATEST ON reads.
absl::Status NoteLatest(const Planning& planning, const From& from, const LatestClause& clause,
                        std::vector<bool>& needed);

// Binds the terms of a condition one by one.
absl::Status BindConjuncts(Binder& binder, const Expression& condition,
                           std::vector<Conjunct>& conjuncts);

// Terms of an AND, one by one.
void SplitConjunction(const Expression& expression, std::vector<const Expression*>& terms);

}  // namespace tape::engine::sql
