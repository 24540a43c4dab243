// FROM as operators.
#include <algorithm>
#include <memory>
#include <utility>

#include "engine/exec/make.h"
#include "engine/exec/operators/comparison.h"
#include "engine/exec/pipeline/join_operator.h"
#include "engine/exec/pipeline/row_operators.h"
#include "engine/exec/pipeline/scan_operator.h"
#include "engine/sql/plan/from.h"
#include "engine/sql/plan/pruning.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;
using exec::OperatorPtr;
using Pool = std::vector<Conjunct*>;

Pool PoolOf(std::vector<Conjunct>& conjuncts) {
  Pool pool;
  for (Conjunct& conjunct : conjuncts) pool.push_back(&conjunct);
  return pool;
}

class FromBuilder {
 public:
  FromBuilder(const Planning& planning, From& from, const std::vector<bool>& needed)
      : planning_(planning), from_(from), needed_(needed) {}

  using Built = absl::StatusOr<OperatorPtr>;

  Built Build(FromNode& node, const Pool& pool) {
    return node.relation ? BuildRelation(node, pool) : BuildJoin(node, pool);
  }

 private:
  Built BuildRelation(const FromNode& node, const Pool& pool);
  OperatorPtr BuildScan(FromRelation& relation);
  Built BuildJoin(FromNode& node, const Pool& pool);
  Built BuildInner(FromNode& node, Pool pool);
  Built BuildOuter(FromNode& node, const Pool& pool);
  Built BuildAsof(FromNode& node, const Pool& pool);
  // Terms of the pool that the two sides have together, as keys where they are equalities.
  void TakeTerms(const FromNode& probe, const FromNode& build, const Pool& pool,
                 exec::JoinSpec& spec) const;
  exec::JoinColumns ColumnsFor(const FromNode& build) const;
  // What of the pool the node has columns for, as a filter.
  OperatorPtr Filtered(OperatorPtr child, const FromNode& node, const Pool& pool) const;

  const Planning& planning_;
  From& from_;
  const std::vector<bool>& needed_;
};

// ---- relations

OperatorPtr FromBuilder::Filtered(OperatorPtr child, const FromNode& node, const Pool& pool) const {
  std::vector<ExpressionPtr> terms;
  for (Conjunct* conjunct : pool) {
    if (conjunct->used || conjunct->columns.empty() || !node.Covers(conjunct->columns)) continue;
    conjunct->used = true;
    terms.push_back(conjunct->condition);
  }
  if (terms.empty()) return child;
  ExpressionPtr all = terms.size() == 1 ? terms[0] : exec::MakeAnd(std::move(terms));
  return std::make_unique<exec::FilterOperator>(planning_.run(), std::move(child), std::move(all));
}

FromBuilder::Built FromBuilder::BuildRelation(const FromNode& node, const Pool& pool) {
  FromRelation& relation = from_.relations[*node.relation];
  const bool prunes = relation.source != nullptr && relation.latest == nullptr;
  for (Conjunct* conjunct : pool) {
    if (!prunes || conjunct->used || !node.Covers(conjunct->columns)) continue;
    conjunct->used = Prune(*relation.source, relation.first, *conjunct->condition,
                           planning_.session(), relation.spec) ||
                     PruneAny(*relation.source, relation.first, conjunct->alternatives,
                              planning_.session(), relation.spec);
  }
  const size_t width = from_.scope.columns();
  OperatorPtr rows;
  if (relation.source != nullptr) {
    rows = BuildScan(relation);
  } else {
    rows = std::make_unique<exec::PlaceOperator>(std::move(relation.plan.root), relation.first,
                                                 relation.end - relation.first, width);
  }
  if (relation.latest != nullptr) {
    Built latest =
        BuildLatest(planning_, from_, {*relation.latest, &relation}, needed_, std::move(rows));
    if (!latest.ok()) return latest;
    rows = *std::move(latest);
  }
  return Filtered(std::move(rows), node, pool);
}

OperatorPtr FromBuilder::BuildScan(FromRelation& relation) {
  if (relation.latest != nullptr) relation.spec.order = exec::SourceOrder::kTime;
  std::vector<size_t> places;
  for (size_t i = relation.first; i < relation.end; ++i) {
    if (!needed_[i]) continue;
    relation.spec.columns.push_back(i - relation.first);
    places.push_back(i);
  }
  return std::make_unique<exec::ScanOperator>(planning_.run(), relation.source, relation.spec,
                                              std::move(places), from_.scope.columns());
}

// ---- joins

FromBuilder::Built FromBuilder::BuildJoin(FromNode& node, const Pool& pool) {
  const bool inner = node.join == nullptr || node.join->kind == JoinKind::kInner ||
                     node.join->kind == JoinKind::kCross;
  if (node.join != nullptr && node.join->asof) {
    return BuildAsof(node, pool);
  }
  return inner ? BuildInner(node, pool) : BuildOuter(node, pool);
}

exec::JoinColumns FromBuilder::ColumnsFor(const FromNode& build) const {
  return {.types = from_.types(), .needed = needed_, .first = build.first, .end = build.end};
}

void FromBuilder::TakeTerms(const FromNode& probe, const FromNode& build, const Pool& pool,
                            exec::JoinSpec& spec) const {
  const auto both = [&](const std::vector<size_t>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](size_t column) {
      return probe.Covers({column}) || build.Covers({column});
    });
  };
  std::vector<ExpressionPtr> rest;
  for (Conjunct* conjunct : pool) {
    if (conjunct->used || conjunct->columns.empty() || !both(conjunct->columns)) continue;
    conjunct->used = true;
    const exec::Expression& condition = *conjunct->condition;
    const auto* test = condition.kind() == exec::ExpressionKind::kComparison
                           ? static_cast<const exec::ComparisonExpression*>(&condition)
                           : nullptr;
    const bool equal = test != nullptr && test->op() == exec::Comparator::kEqual &&
                       CanBeKeys(test->left()->type(), test->right()->type());
    if (!equal) {
      rest.push_back(conjunct->condition);
      continue;
    }
    const std::vector<size_t> left = exec::ColumnsOf(*test->left());
    const std::vector<size_t> right = exec::ColumnsOf(*test->right());
    const bool some = !left.empty() && !right.empty();
    if (some && probe.Covers(left) && build.Covers(right)) {
      spec.left_keys.push_back(test->left());
      spec.right_keys.push_back(test->right());
    } else if (some && probe.Covers(right) && build.Covers(left)) {
      spec.left_keys.push_back(test->right());
      spec.right_keys.push_back(test->left());
    } else {
      rest.push_back(conjunct->condition);
    }
  }
  if (rest.size() > 1) rest = {exec::MakeAnd(std::move(rest))};
  if (!rest.empty()) spec.condition = rest[0];
}

FromBuilder::Built FromBuilder::BuildInner(FromNode& node, Pool pool) {
  std::vector<Conjunct> on;
  for (const ExpressionPtr& term : node.on) {
    on.push_back({.condition = term, .columns = exec::ColumnsOf(*term)});
  }
  for (Conjunct& term : on) pool.push_back(&term);
  Built left = Build(*node.left, pool);
  if (!left.ok()) return left;
  Built right = Build(*node.right, pool);
  if (!right.ok()) return right;
  exec::JoinSpec spec{.columns = ColumnsFor(*node.right)};
  TakeTerms(*node.left, *node.right, pool, spec);
  OperatorPtr joined = std::make_unique<exec::JoinOperator>(planning_.run(), *std::move(left),
                                                            *std::move(right), std::move(spec));
  std::vector<ExpressionPtr> constants;  // ON true
  for (const Conjunct& term : on) {
    if (!term.used) constants.push_back(term.condition);
  }
  if (constants.empty()) return joined;
  return std::make_unique<exec::FilterOperator>(planning_.run(), std::move(joined),
                                                exec::MakeAnd(std::move(constants)));
}

// WHERE goes down the side that is kept; ON decides which rows of the other go with it.
FromBuilder::Built FromBuilder::BuildOuter(FromNode& node, const Pool& pool) {
  const bool right_kept = node.join->kind == JoinKind::kRight;
  FromNode& kept = right_kept ? *node.right : *node.left;
  FromNode& other = right_kept ? *node.left : *node.right;
  std::vector<Conjunct> on;
  for (const ExpressionPtr& term : node.on) {
    on.push_back({.condition = term, .columns = exec::ColumnsOf(*term)});
  }
  Built probe = Build(kept, pool);
  if (!probe.ok()) return probe;
  Built build = Build(other, PoolOf(on));
  if (!build.ok()) return build;
  exec::JoinSpec spec{.keeps_left = true, .columns = ColumnsFor(other)};
  TakeTerms(kept, other, PoolOf(on), spec);
  std::vector<ExpressionPtr> conditions;
  if (spec.condition != nullptr) conditions.push_back(spec.condition);
  for (const Conjunct& term : on) {
    if (!term.used) conditions.push_back(term.condition);
  }
  if (conditions.size() > 1) conditions = {exec::MakeAnd(std::move(conditions))};
  if (!conditions.empty()) spec.condition = conditions[0];
  OperatorPtr joined = std::make_unique<exec::JoinOperator>(planning_.run(), *std::move(probe),
                                                            *std::move(build), std::move(spec));
  return Filtered(std::move(joined), node, pool);
}

// WHERE must not take rows of the right away before the join: another one would be the nearest.
FromBuilder::Built FromBuilder::BuildAsof(FromNode& node, const Pool& pool) {
  absl::StatusOr<exec::AsofSpec> spec = BindAsof(planning_, from_, node);
  if (!spec.ok()) return spec.status();
  spec->columns = ColumnsFor(*node.right);
  if (node.right->relation) {
    from_.relations[*node.right->relation].spec.order = exec::SourceOrder::kTime;
  }
  Built left = Build(*node.left, pool);
  if (!left.ok()) return left;
  Built right = Build(*node.right, {});
  if (!right.ok()) return right;
  OperatorPtr joined = std::make_unique<exec::AsofOperator>(planning_.run(), *std::move(left),
                                                            *std::move(right), *std::move(spec));
  return Filtered(std::move(joined), node, pool);
}

// column BETWEEN a AND b as its two halves, so that pruning sees them.
absl::Status BindTerm(Binder& binder, const Expression& term, std::vector<Conjunct>& conjuncts) {
  const auto bind = [&](const Expression& part) -> absl::Status {
    absl::StatusOr<ExpressionPtr> bound = binder.BindCondition(part);
    if (!bound.ok()) return bound.status();
    std::vector<size_t> columns = exec::ColumnsOf(**bound);
    conjuncts.push_back({.condition = *std::move(bound), .columns = std::move(columns)});
    return absl::OkStatus();
  };
  const auto compare = [&](BinaryOperator op, const Expression& left, const Expression& right) {
    return Expression{.form = Comparison{.op = op, .left = Owned(left), .right = Owned(right)},
                      .place = term.place,
                      .height = term.height};
  };
  const auto* between = term.As<Between>();
  const bool plain = between != nullptr && !between->negated && !between->symmetric &&
                     between->operand->As<ColumnName>() != nullptr;
  if (plain) {
    const absl::Status low =
        bind(compare(BinaryOperator::kGreaterEqual, *between->operand, *between->low));
    if (!low.ok()) return low;
    return bind(compare(BinaryOperator::kLessEqual, *between->operand, *between->high));
  }
  if (absl::Status status = bind(term); !status.ok()) return status;
  const auto* list = term.As<InList>();
  if (list == nullptr || list->negated || list->operand->As<ColumnName>() == nullptr) {
    return absl::OkStatus();
  }
  for (const Expression& value : list->values) {
    absl::StatusOr<ExpressionPtr> equal =
        binder.BindCondition(compare(BinaryOperator::kEqual, *list->operand, value));
    if (!equal.ok()) return equal.status();
    conjuncts.back().alternatives.push_back(*std::move(equal));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BindConjuncts(Binder& binder, const Expression& condition,
                           std::vector<Conjunct>& conjuncts) {
  std::vector<const Expression*> terms;
  SplitConjunction(condition, terms);
  for (const Expression* term : terms) {
    if (absl::Status status = BindTerm(binder, *term, conjuncts); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<OperatorPtr> BuildFrom(const Planning& planning, From& from,
                                      const std::vector<bool>& needed,
                                      std::vector<Conjunct>& conjuncts) {
  if (from.root != nullptr) {
    return FromBuilder(planning, from, needed).Build(*from.root, PoolOf(conjuncts));
  }
  std::vector<exec::Batch> one;
  one.push_back({.rows = 1});
  return std::make_unique<exec::ValuesOperator>(std::move(one));
}

}  // namespace tape::engine::sql
