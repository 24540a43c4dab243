#include "engine/sql/plan/from.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/exec/make.h"
#include "engine/sql/printer.h"
#include "engine/sql/tree/statement.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

class FromBinder {
 public:
  FromBinder(const Planning& planning, BindHook* hook, From& from)
      : planning_(planning), hook_(hook), from_(from) {}

  using Node = absl::StatusOr<std::unique_ptr<FromNode>>;

  Node BindItem(const FromItem& item);
  // Everything so far, with a comma behind it.
  static std::unique_ptr<FromNode> Beside(std::unique_ptr<FromNode> left,
                                          std::unique_ptr<FromNode> right);

 private:
  Node BindRelation(const Relation& relation, const std::vector<Name>& merged);
  absl::StatusOr<FromRelation> FindTable(const Relation& relation, const TableName& table);
  absl::StatusOr<FromRelation> FindCommon(const Relation& relation, const ObjectName& name);
  absl::StatusOr<FromRelation> PlanView(const Relation& relation, const CatalogEntry& entry);
  absl::StatusOr<FromRelation> PlanDerived(const Relation& relation, const DerivedTable& table);
  absl::Status SetAsOf(const TableName& table, FromRelation& relation);
  Node AddRelation(const Relation& syntax, FromRelation relation, const std::vector<Name>& merged);
  absl::StatusOr<std::vector<std::string>> Names(const Relation& syntax,
                                                 const FromRelation& relation) const;
  Node BindJoin(std::unique_ptr<FromNode> left, const Join& join);
  absl::Status BindOn(const Join& join, FromNode& node);
  absl::Status BindMerged(const std::vector<Name>& columns, FromNode& node);
  absl::StatusOr<exec::ExpressionPtr> ColumnNamed(const Name& name, const FromNode& node) const;

  const Planning& planning_;
  BindHook* const hook_;
  From& from_;
};

FromBinder::Node FromBinder::BindItem(const FromItem& item) {
  Node node = BindRelation(item.first, {});
  for (const Join& join : item.joins) {
    if (!node.ok()) return node;
    node = BindJoin(*std::move(node), join);
  }
  return node;
}

std::unique_ptr<FromNode> FromBinder::Beside(std::unique_ptr<FromNode> left,
                                             std::unique_ptr<FromNode> right) {
  auto node = std::make_unique<FromNode>();
  node->first = left->first;
  node->end = right->end;
  node->left = std::move(left);
  node->right = std::move(right);
  return node;
}

// ---- relations

FromBinder::Node FromBinder::BindRelation(const Relation& relation,
                                          const std::vector<Name>& merged) {
  if (const auto* joined = std::get_if<JoinedTables>(&relation.form)) {
    if (relation.alias) return planning_.NotThere(relation.place, "an alias of a join");
    if (relation.latest) return planning_.NotThere(relation.place, "LATEST ON of a join");
    return BindItem(*joined->tables);
  }
  absl::StatusOr<FromRelation> found = std::visit(
      Overloaded{
          [&](const TableName& table) { return FindTable(relation, table); },
          [&](const DerivedTable& table) { return PlanDerived(relation, table); },
          [&](const TableFunction&) -> absl::StatusOr<FromRelation> {
            return planning_.NotThere(relation.place, "a function in FROM");
          },
          [](const JoinedTables&) -> absl::StatusOr<FromRelation> { return FromRelation(); }},
      relation.form);
  if (!found.ok()) return found.status();
  return AddRelation(relation, *std::move(found), merged);
}

absl::StatusOr<FromRelation> FromBinder::FindTable(const Relation& relation,
                                                   const TableName& table) {
  if (table.name.parts.size() == 1) {
    absl::StatusOr<FromRelation> common = FindCommon(relation, table.name);
    if (!common.ok() || !common->name.empty()) return common;
  }
  if (planning_.context.catalog == nullptr) {
    return planning_.Invalid(relation.place, "there are no tables here");
  }
  const absl::StatusOr<CatalogEntry> entry = planning_.context.catalog->Find(table.name);
  if (!entry.ok()) return planning_.ErrorAt(relation.place, entry.status());
  if (entry->view != nullptr) {
    if (table.as_of) return planning_.NotThere(relation.place, "AS OF of a view");
    return PlanView(relation, *entry);
  }
  FromRelation found{.name = entry->name, .schema = entry->schema, .source = entry->source};
  if (absl::Status status = SetAsOf(table, found); !status.ok()) return status;
  return found;
}

// One without a name where there is none.
absl::StatusOr<FromRelation> FromBinder::FindCommon(const Relation& relation,
                                                    const ObjectName& name) {
  for (const VisibleTables* level = planning_.tables; level != nullptr; level = level->outer) {
    for (size_t i = level->visible; i-- > 0;) {
      const WithTable& table = level->with->tables[i];
      if (table.name.text != name.last().text) continue;
      // It sees those before it, and what its WITH sees.
      const VisibleTables before{.with = level->with, .visible = i, .outer = level->outer};
      Planning inside = planning_;
      inside.tables = &before;
      absl::StatusOr<QueryPlan> plan = PlanInside(inside, table.query);
      if (!plan.ok()) return plan.status();
      if (table.columns.size() > plan->columns.size()) {
        return planning_.Invalid(
            relation.place, Concat("WITH ", table.name.text, " names more columns than it has"));
      }
      for (size_t c = 0; c < table.columns.size(); ++c) {
        plan->columns[c].name = table.columns[c].text;
      }
      return FromRelation{.name = table.name.text, .plan = *std::move(plan)};
    }
  }
  return FromRelation();
}

absl::StatusOr<FromRelation> FromBinder::PlanView(const Relation& /*relation*/,
                                                  const CatalogEntry& entry) {
  Planning inside = planning_;
  inside.text = entry.view->text;
  inside.tables = nullptr;
  inside.parameters = {};
  absl::StatusOr<QueryPlan> plan = PlanInside(inside, entry.view->query);
  if (!plan.ok()) {
    const std::string what =
        Concat("view ", entry.schema, ".", entry.name, ": ", std::string(plan.status().message()));
    return absl::Status(plan.status().code(), what);
  }
  for (size_t i = 0; i < entry.view->columns.size() && i < plan->columns.size(); ++i) {
    plan->columns[i].name = entry.view->columns[i];
  }
  return FromRelation{.name = entry.name, .schema = entry.schema, .plan = *std::move(plan)};
}

absl::StatusOr<FromRelation> FromBinder::PlanDerived(const Relation& relation,
                                                     const DerivedTable& table) {
  if (table.lateral) return planning_.NotThere(relation.place, "LATERAL");
  absl::StatusOr<QueryPlan> plan = PlanInside(planning_, *table.query);
  if (!plan.ok()) return plan.status();
  return FromRelation{.plan = *std::move(plan)};
}

absl::Status FromBinder::SetAsOf(const TableName& table, FromRelation& relation) {
  if (!table.as_of) return absl::OkStatus();
  const Expression& point = table.as_of->point;
  Binder binder = planning_.BinderOf(nullptr, nullptr);
  const Type type = table.as_of->is_lsn ? Type::Bigint() : Type::TimestampTz();
  const absl::StatusOr<exec::ExpressionPtr> bound = binder.BindAssignment(point, {.type = type});
  if (!bound.ok()) return bound.status();
  const absl::StatusOr<exec::Value> value = exec::EvaluateOnce(**bound, planning_.session());
  if (!value.ok()) return planning_.ErrorAt(point.place, value.status());
  const auto number = value->Get<int64_t>();
  if (value->is_null() || (table.as_of->is_lsn && number < 0)) {
    return planning_.Invalid(point.place, "AS OF takes an LSN or a time");
  }
  if (table.as_of->is_lsn) {
    relation.spec.as_of = Lsn(static_cast<uint64_t>(number));
    return absl::OkStatus();
  }
  const absl::StatusOr<Lsn> lsn = planning_.context.catalog->LsnAt(Timestamp::FromNanos(number));
  if (!lsn.ok()) return planning_.ErrorAt(point.place, lsn.status());
  relation.spec.as_of = *lsn;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> FromBinder::Names(const Relation& syntax,
                                                           const FromRelation& relation) const {
  std::vector<std::string> names;
  if (relation.source != nullptr) {
    for (const exec::SourceColumn& column : relation.source->columns())
      names.push_back(column.name);
  } else {
    for (const OutputColumn& column : relation.plan.columns) names.push_back(column.name);
  }
  if (!syntax.alias) return names;
  if (syntax.alias->columns.size() > names.size()) {
    return planning_.Invalid(
        syntax.alias->name.place,
        Concat(syntax.alias->name.text, " has ", names.size(), " columns, names are given for ",
               syntax.alias->columns.size()));
  }
  for (size_t i = 0; i < syntax.alias->columns.size(); ++i) {
    names[i] = syntax.alias->columns[i].text;
  }
  return names;
}

FromBinder::Node FromBinder::AddRelation(const Relation& syntax, FromRelation relation,
                                         const std::vector<Name>& merged) {
  const absl::StatusOr<std::vector<std::string>> names = Names(syntax, relation);
  if (!names.ok()) return names.status();
  if (syntax.alias) relation.name = syntax.alias->name.text;
  if (syntax.alias) relation.schema.clear();
  for (const FromRelation& other : from_.relations) {
    if (!relation.name.empty() && other.name == relation.name && other.schema == relation.schema) {
      return planning_.Invalid(syntax.place,
                               Concat("table name ", relation.name, " is there more than once"));
    }
  }
  const size_t in_scope = from_.scope.AddRelation(relation.name, relation.schema);
  relation.first = from_.scope.columns();
  relation.latest = syntax.latest ? &*syntax.latest : nullptr;
  relation.place = syntax.place;
  for (size_t i = 0; i < names->size(); ++i) {
    const bool hidden = std::any_of(merged.begin(), merged.end(),
                                    [&](const Name& name) { return name.text == (*names)[i]; });
    ScopeColumn column{.name = (*names)[i], .qualified_only = hidden};
    if (relation.source != nullptr) {
      column.type = relation.source->columns()[i].type;
      column.labels = relation.source->columns()[i].labels;
    } else {
      column.type = relation.plan.columns[i].type;
      column.labels = relation.plan.columns[i].labels;
    }
    const size_t index = from_.scope.AddColumn(in_scope, std::move(column));
    from_.stars.push_back({.relation = from_.relations.size(), .column = index, .hidden = hidden});
  }
  relation.end = from_.scope.columns();
  auto node = std::make_unique<FromNode>();
  node->first = relation.first;
  node->end = relation.end;
  node->relation = from_.relations.size();
  from_.relations.push_back(std::move(relation));
  return node;
}

// ---- joins

FromBinder::Node FromBinder::BindJoin(std::unique_ptr<FromNode> left, const Join& join) {
  if (join.kind == JoinKind::kFull) return planning_.NotThere(join.place, "FULL JOIN");
  if (join.natural) return planning_.NotThere(join.place, "NATURAL JOIN");
  if (join.kind == JoinKind::kRight && !join.columns.empty()) {
    return planning_.NotThere(join.place, "RIGHT JOIN with USING");
  }
  Node right = BindRelation(join.relation, join.columns);
  if (!right.ok()) return right;
  std::unique_ptr<FromNode> node = Beside(std::move(left), *std::move(right));
  node->join = &join;
  absl::Status status = BindMerged(join.columns, *node);
  if (status.ok()) status = BindOn(join, *node);
  if (!status.ok()) return status;
  return node;
}

absl::StatusOr<exec::ExpressionPtr> FromBinder::ColumnNamed(const Name& name,
                                                            const FromNode& node) const {
  std::optional<size_t> found;
  for (const StarColumn& star : from_.stars) {
    const bool there = node.first <= star.column && star.column < node.end;
    if (!there || from_.scope.column(star.column).name != name.text) continue;
    if (star.hidden && found) continue;
    if (found) return planning_.Invalid(name.place, Concat("column ", name.text, " is ambiguous"));
    found = star.column;
  }
  if (!found) {
    return planning_.Invalid(name.place,
                             Concat("column ", name.text, " is not on both sides of the join"));
  }
  const ScopeColumn& column = from_.scope.column(*found);
  return exec::MakeColumn(*found, column.type, column.name, column.labels);
}

absl::Status FromBinder::BindMerged(const std::vector<Name>& columns, FromNode& node) {
  for (const Name& name : columns) {
    absl::StatusOr<exec::ExpressionPtr> left = ColumnNamed(name, *node.left);
    if (!left.ok()) return left.status();
    absl::StatusOr<exec::ExpressionPtr> right = ColumnNamed(name, *node.right);
    if (!right.ok()) return right.status();
    absl::StatusOr<exec::ExpressionPtr> equal =
        exec::MakeComparison(exec::Comparator::kEqual, *std::move(left), *std::move(right));
    if (!equal.ok()) return planning_.ErrorAt(name.place, equal.status());
    node.on.push_back(*std::move(equal));
  }
  return absl::OkStatus();
}

absl::Status FromBinder::BindOn(const Join& join, FromNode& node) {
  if (!join.on) return absl::OkStatus();
  Binder binder = planning_.BinderOf(&from_.scope, hook_);
  std::vector<const Expression*> terms;
  SplitConjunction(*join.on, terms);
  for (const Expression* term : terms) {
    absl::StatusOr<exec::ExpressionPtr> bound = binder.BindCondition(*term);
    if (!bound.ok()) return bound.status();
    if (!node.Covers(exec::ColumnsOf(**bound))) {
      return planning_.Invalid(term->place,
                               "ON names a column of a table that this join does not have");
    }
    node.on.push_back(*std::move(bound));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<Type> From::types() const {
  std::vector<Type> types;
  for (size_t i = 0; i < scope.columns(); ++i) types.push_back(scope.column(i).type);
  return types;
}

void SplitConjunction(const Expression& expression, std::vector<const Expression*>& terms) {
  const auto* logical = expression.As<Logical>();
  if (logical == nullptr || logical->is_or) {
    terms.push_back(&expression);
    return;
  }
  for (const Expression& operand : logical->operands) SplitConjunction(operand, terms);
}

absl::Status BindFrom(const Planning& planning, const std::vector<FromItem>& items, BindHook* hook,
                      From& from) {
  FromBinder binder(planning, hook, from);
  for (const FromItem& item : items) {
    FromBinder::Node node = binder.BindItem(item);
    if (!node.ok()) return node.status();
    from.root = from.root == nullptr ? *std::move(node)
                                     : FromBinder::Beside(std::move(from.root), *std::move(node));
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
