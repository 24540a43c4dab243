// ASOF JOIN: which times and keys it goes by.
#include <utility>

#include "engine/exec/make.h"
#include "engine/exec/operators/comparison.h"
#include "engine/exec/value.h"
#include "engine/sql/plan/from.h"
#include "tape/interval.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;

bool IsTime(const Type& type) {
  return type.kind() == TypeKind::kTimestamp || type.kind() == TypeKind::kTimestampTz;
}

// Of the first relation of the node that has one.
std::optional<size_t> TimeOf(const From& from, const FromNode& node) {
  for (const FromRelation& relation : from.relations) {
    if (relation.first < node.first || relation.end > node.end) continue;
    if (const std::optional<size_t> time = TimeOf(relation)) return time;
  }
  return std::nullopt;
}

ExpressionPtr ColumnAt(const From& from, size_t index) {
  const ScopeColumn& column = from.scope.column(index);
  return exec::MakeColumn(index, column.type, column.name, column.labels);
}

exec::AsofSide SideOf(AsofDirection direction) {
  switch (direction) {
    case AsofDirection::kForward:
      return exec::AsofSide::kForward;
    case AsofDirection::kNearest:
      return exec::AsofSide::kNearest;
    default:
      return exec::AsofSide::kBackward;
  }
}

absl::Status SetTolerance(const Planning& planning, const Expression& tolerance,
                          exec::AsofSpec& spec) {
  Binder binder = planning.BinderOf(nullptr, nullptr);
  const absl::StatusOr<ExpressionPtr> bound =
      binder.BindAssignment(tolerance, {.type = Type::Interval()});
  if (!bound.ok()) return bound.status();
  const absl::StatusOr<exec::Value> value = exec::EvaluateOnce(**bound, planning.session());
  if (!value.ok()) return planning.ErrorAt(tolerance.place, value.status());
  const absl::StatusOr<int64_t> nanos = FixedNanos(value->Get<Interval>());
  if (!nanos.ok()) return planning.ErrorAt(tolerance.place, nanos.status());
  if (value->is_null() || *nanos < 0) {
    return planning.Invalid(tolerance.place, "TOLERANCE takes an interval that is not negative");
  }
  spec.tolerance_ns = *nanos;
  return absl::OkStatus();
}

// A term of ON as a pair of keys.
bool AddKey(const FromNode& node, const ExpressionPtr& term, exec::AsofSpec& spec) {
  if (term->kind() != exec::ExpressionKind::kComparison) return false;
  const auto& test = static_cast<const exec::ComparisonExpression&>(*term);
  const bool equal =
      test.op() == exec::Comparator::kEqual && CanBeKeys(test.left()->type(), test.right()->type());
  const std::vector<size_t> left = exec::ColumnsOf(*test.left());
  const std::vector<size_t> right = exec::ColumnsOf(*test.right());
  if (!equal || left.empty() || right.empty()) return false;
  const bool turned = node.left->Covers(right) && node.right->Covers(left);
  if (!turned && !(node.left->Covers(left) && node.right->Covers(right))) return false;
  spec.left_keys.push_back(turned ? test.right() : test.left());
  spec.right_keys.push_back(turned ? test.left() : test.right());
  return true;
}

}  // namespace

std::optional<size_t> TimeOf(const FromRelation& relation) {
  if (relation.source != nullptr) return relation.time_column();
  std::optional<size_t> found;
  for (size_t i = 0; i < relation.plan.columns.size(); ++i) {
    if (!IsTime(relation.plan.columns[i].type)) continue;
    if (found) return std::nullopt;
    found = relation.first + i;
  }
  return found;
}

bool CanBeKeys(const Type& left, const Type& right) {
  const bool texts = left.IsString() && right.IsString();
  return left == right || (texts && !left.IsArray() && !right.IsArray());
}

absl::StatusOr<exec::AsofSpec> BindAsof(const Planning& planning, const From& from,
                                        const FromNode& node) {
  const Join& join = *node.join;
  if (join.kind != JoinKind::kInner && join.kind != JoinKind::kLeft) {
    return planning.NotThere(join.place, "ASOF JOIN other than inner and left");
  }
  const std::optional<size_t> left = TimeOf(from, *node.left);
  const std::optional<size_t> right = TimeOf(from, *node.right);
  if (!left || !right) {
    return planning.Invalid(join.place, left ? "ASOF JOIN: the right side has no time column"
                                             : "ASOF JOIN: the left side has no time column");
  }
  exec::AsofSpec spec{.left_time = ColumnAt(from, *left),
                      .right_time = ColumnAt(from, *right),
                      .side = SideOf(join.asof->direction),
                      .strict = join.asof->strict,
                      .keeps_left = join.kind == JoinKind::kLeft};
  for (const ExpressionPtr& term : node.on) {
    if (!AddKey(node, term, spec)) {
      return planning.NotThere(join.place, "ASOF JOIN by anything but equal columns of both sides");
    }
  }
  if (!join.asof->tolerance) return spec;
  absl::Status status = SetTolerance(planning, *join.asof->tolerance, spec);
  if (!status.ok()) return status;
  return spec;
}

absl::Status NoteJoins(const Planning& planning, const From& from, const FromNode& node,
                       std::vector<bool>& needed) {
  for (const ExpressionPtr& term : node.on) {
    for (size_t column : exec::ColumnsOf(*term)) needed[column] = true;
  }
  if (node.left == nullptr) return absl::OkStatus();
  if (node.join != nullptr && node.join->asof) {
    const absl::StatusOr<exec::AsofSpec> spec = BindAsof(planning, from, node);
    if (!spec.ok()) return spec.status();
    for (size_t column : exec::ColumnsOf(*spec->left_time)) needed[column] = true;
    for (size_t column : exec::ColumnsOf(*spec->right_time)) needed[column] = true;
  }
  absl::Status status = NoteJoins(planning, from, *node.left, needed);
  if (status.ok()) status = NoteJoins(planning, from, *node.right, needed);
  return status;
}

}  // namespace tape::engine::sql
