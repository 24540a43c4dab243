// SELECT: names become columns, what is grouped is told from what is not, and operators are put
// together from the bottom up:
//
//   FROM, with WHERE   LATEST ON   GROUP BY   HAVING   list   DISTINCT   ORDER BY   DISTINCT ON
//   LIMIT
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "engine/exec/aggregate/aggregator.h"
#include "engine/exec/make.h"
#include "engine/exec/pipeline/row_operators.h"
#include "engine/exec/pipeline/sort_operator.h"
#include "engine/sql/plan/aggregation.h"
#include "engine/sql/plan/from.h"
#include "engine/sql/plan/planning.h"
#include "engine/sql/plan/subqueries.h"
#include "engine/sql/printer.h"
#include "engine/sql/tree/children.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;
using exec::OperatorPtr;
using format::Concat;

// One column of the list, before it is bound.
struct Item {
  const Expression* tree = nullptr;
  std::string name{};
};

class SelectPlanner {
 public:
  SelectPlanner(const Planning& planning, const Select& select, const QueryTail& tail)
      : planning_(planning), select_(select), tail_(tail), subqueries_(planning) {}

  absl::StatusOr<QueryPlan> Plan();

 private:
  absl::Status CheckIsThere() const;
  absl::Status ExpandItems();
  absl::Status ExpandStar(const Star& star, Place place);
  void AddColumnItem(const StarColumn& star);
  bool IsGrouped() const;
  absl::Status BindWhere();
  absl::Status BindKeys();
  absl::Status BindSample();
  absl::Status AddSampleKeys(const Expression& tree, size_t time);
  absl::StatusOr<const Expression*> KeyTree(const Expression& key) const;
  absl::Status BindItems();
  absl::Status BindDistinctOn();
  absl::Status BindOrder();
  absl::StatusOr<size_t> OrderColumn(const Expression& key);
  std::optional<size_t> ItemNamed(const Expression& key) const;
  BindHook* Hook() { return grouped_ ? static_cast<BindHook*>(&*groups_) : &subqueries_; }

  absl::Status NoteNeeded();
  void Note(const ExpressionPtr& expression);
  void ChooseOrder();
  absl::StatusOr<OperatorPtr> BuildRows();
  OperatorPtr BuildTail(OperatorPtr rows);
  OperatorPtr Distinct(OperatorPtr rows, size_t columns) const;

  const Planning& planning_;
  const Select& select_;
  const QueryTail& tail_;
  Subqueries subqueries_;
  From from_;
  std::vector<std::unique_ptr<Expression>> made_;  // trees of what * stands for
  std::vector<Item> items_;
  const Expression* sample_time_ = nullptr;  // of SAMPLE BY: its key
  bool grouped_ = false;
  std::optional<Aggregation> groups_;
  std::vector<Conjunct> where_;
  ExpressionPtr having_;
  // What is computed of each row: DISTINCT ON, the list, and what else ORDER BY needs.
  std::vector<ExpressionPtr> values_;
  size_t first_item_ = 0;
  std::vector<OutputColumn> columns_;
  std::vector<exec::SortKey> sort_;
  std::vector<bool> needed_;
};

absl::StatusOr<QueryPlan> SelectPlanner::Plan() {
  absl::Status status = CheckIsThere();
  if (status.ok()) status = BindFrom(planning_, select_.from, &subqueries_, from_);
  if (status.ok()) status = ExpandItems();
  if (status.ok()) status = BindWhere();
  grouped_ = IsGrouped();
  if (status.ok() && grouped_) status = BindKeys();
  if (status.ok()) status = BindDistinctOn();
  if (status.ok()) status = BindItems();
  if (status.ok()) status = BindOrder();
  if (status.ok()) status = NoteNeeded();
  if (!status.ok()) return status;
  ChooseOrder();
  absl::StatusOr<OperatorPtr> rows = BuildRows();
  if (!rows.ok()) return rows.status();
  return QueryPlan{.columns = std::move(columns_), .root = BuildTail(*std::move(rows))};
}

absl::Status SelectPlanner::CheckIsThere() const {
  if (!select_.windows.empty()) {
    return planning_.NotThere(select_.windows[0].name.place, "WINDOW");
  }
  return absl::OkStatus();
}

// ---- the list

absl::Status SelectPlanner::ExpandItems() {
  for (const SelectItem& item : select_.items) {
    if (const auto* star = item.value.As<Star>()) {
      if (absl::Status status = ExpandStar(*star, item.value.place); !status.ok()) return status;
      continue;
    }
    items_.push_back(
        {.tree = &item.value, .name = item.alias ? item.alias->text : OutputName(item.value)});
  }
  return absl::OkStatus();
}

absl::Status SelectPlanner::ExpandStar(const Star& star, Place place) {
  const std::vector<Name>& parts = star.table.parts;
  bool found = false;
  for (const StarColumn& column : from_.stars) {
    const FromRelation& relation = from_.relations[column.relation];
    const bool named = !parts.empty() && relation.name == parts.back().text &&
                       (parts.size() == 1 || relation.schema == parts[parts.size() - 2].text);
    if (parts.empty() ? column.hidden : !named) continue;
    AddColumnItem(column);
    found = true;
  }
  if (found || (parts.empty() && !from_.stars.empty())) return absl::OkStatus();
  return planning_.Invalid(
      place, parts.empty() ? std::string("* stands for nothing without FROM")
                           : Concat("there is no table ", Print(star.table), " in FROM"));
}

void SelectPlanner::AddColumnItem(const StarColumn& star) {
  const FromRelation& relation = from_.relations[star.relation];
  const ScopeColumn& column = from_.scope.column(star.column);
  ObjectName name;
  if (!relation.schema.empty()) name.parts.push_back({.text = relation.schema});
  if (!relation.name.empty()) name.parts.push_back({.text = relation.name});
  name.parts.push_back({.text = column.name});
  made_.push_back(std::make_unique<Expression>(Expression{.form = ColumnName{std::move(name)}}));
  items_.push_back({.tree = made_.back().get(), .name = column.name});
}

absl::Status SelectPlanner::BindItems() {
  Binder binder = planning_.BinderOf(&from_.scope, Hook());
  first_item_ = values_.size();
  for (const Item& item : items_) {
    absl::StatusOr<ExpressionPtr> bound = binder.Bind(*item.tree);
    if (!bound.ok()) return bound.status();
    const auto* literal = item.tree->As<Literal>();
    const bool unknown = literal != nullptr && (literal->kind == LiteralKind::kNull ||
                                                literal->kind == LiteralKind::kString);
    columns_.push_back({.name = item.name,
                        .type = (*bound)->type(),
                        .labels = (*bound)->labels(),
                        .unknown = unknown});
    values_.push_back(*std::move(bound));
  }
  if (!select_.having) return absl::OkStatus();
  absl::StatusOr<ExpressionPtr> having = binder.BindCondition(*select_.having);
  if (!having.ok()) return having.status();
  having_ = *std::move(having);
  return absl::OkStatus();
}

absl::Status SelectPlanner::BindDistinctOn() {
  Binder binder = planning_.BinderOf(&from_.scope, Hook());
  for (size_t i = 0; i < select_.distinct_on.size(); ++i) {
    const Expression& key = select_.distinct_on[i];
    const std::optional<size_t> named = ItemNamed(key);
    absl::StatusOr<ExpressionPtr> bound = binder.Bind(named ? *items_[*named].tree : key);
    if (!bound.ok()) return bound.status();
    values_.push_back(*std::move(bound));
    if (i >= tail_.order_by.size()) continue;
    const auto same = [&](const Expression& on) { return on == tail_.order_by[i].key; };
    if (std::none_of(select_.distinct_on.begin(), select_.distinct_on.end(), same)) {
      return planning_.Invalid(tail_.order_by[i].key.place,
                               "ORDER BY must begin with the expressions of DISTINCT ON");
    }
  }
  return absl::OkStatus();
}

// ---- WHERE and GROUP BY

absl::Status SelectPlanner::BindWhere() {
  if (!select_.where) return absl::OkStatus();
  Binder binder = planning_.BinderOf(&from_.scope, &subqueries_);
  return BindConjuncts(binder, *select_.where, where_);
}

bool SelectPlanner::IsGrouped() const {
  const auto item = [](const Item& one) { return HasAggregate(*one.tree); };
  const auto key = [](const OrderItem& one) { return HasAggregate(one.key); };
  return !select_.group_by.empty() || select_.having || select_.sample ||
         std::any_of(items_.begin(), items_.end(), item) ||
         std::any_of(tail_.order_by.begin(), tail_.order_by.end(), key);
}

absl::Status SelectPlanner::BindKeys() {
  groups_.emplace(planning_, from_.scope, subqueries_);
  if (absl::Status status = BindSample(); !status.ok()) return status;
  Binder binder = planning_.BinderOf(&from_.scope, &subqueries_);
  for (const Expression& key : select_.group_by) {
    const absl::StatusOr<const Expression*> tree = KeyTree(key);
    if (!tree.ok()) return tree.status();
    absl::StatusOr<ExpressionPtr> bound = binder.Bind(**tree);
    if (!bound.ok()) return bound.status();
    groups_->AddKey(**tree, *std::move(bound));
  }
  return absl::OkStatus();
}

// The time means its period from here on, and every other column of the list parts the rows.
absl::Status SelectPlanner::BindSample() {
  if (!select_.sample) return absl::OkStatus();
  absl::StatusOr<ExpressionPtr> period = BindPeriod(planning_, from_, *select_.sample);
  if (!period.ok()) return period.status();
  const size_t time = *TimeOf(from_.relations[0]);
  ObjectName name{.parts = {{.text = from_.scope.column(time).name}}};
  made_.push_back(std::make_unique<Expression>(Expression{.form = ColumnName{std::move(name)}}));
  sample_time_ = made_.back().get();
  groups_->AddKey(*sample_time_, *std::move(period), time);
  for (const Item& item : items_) {
    if (absl::Status status = AddSampleKeys(*item.tree, time); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SelectPlanner::AddSampleKeys(const Expression& tree, size_t time) {
  const auto* invocation = tree.As<Invocation>();
  const bool aggregate = invocation != nullptr && HasAggregate(tree) &&
                         exec::IsAggregateName(invocation->call->function.last().text);
  if (aggregate) return absl::OkStatus();
  if (const auto* column = tree.As<ColumnName>()) {
    const absl::StatusOr<size_t> index = from_.scope.Find(column->name);
    if (!index.ok()) return planning_.ErrorAt(tree.place, index.status());
    if (*index == time) return absl::OkStatus();
    const ScopeColumn& found = from_.scope.column(*index);
    groups_->AddKey(tree, exec::MakeColumn(*index, found.type, found.name, found.labels));
    return absl::OkStatus();
  }
  absl::Status status;
  ForEachChild(tree, [&](const Expression& child) {
    if (status.ok()) status = AddSampleKeys(child, time);
  });
  return status;
}

// A number is a column of the list; a name is one of the tables, and if none has it, of the list.
absl::StatusOr<const Expression*> SelectPlanner::KeyTree(const Expression& key) const {
  const absl::StatusOr<std::optional<size_t>> number =
      ColumnByNumber(planning_, key, items_.size(), "GROUP BY");
  if (!number.ok()) return number.status();
  if (number->has_value()) return items_[**number].tree;
  if (BareName(key) == nullptr || from_.scope.Find(key.As<ColumnName>()->name).ok()) return &key;
  const std::optional<size_t> item = ItemNamed(key);
  return item ? items_[*item].tree : &key;
}

// ---- ORDER BY

std::optional<size_t> SelectPlanner::ItemNamed(const Expression& key) const {
  const std::string* name = BareName(key);
  for (size_t i = 0; name != nullptr && i < items_.size(); ++i) {
    if (items_[i].name == *name) return i;
  }
  for (size_t i = 0; i < items_.size(); ++i) {
    if (*items_[i].tree == key) return i;
  }
  return std::nullopt;
}

absl::StatusOr<size_t> SelectPlanner::OrderColumn(const Expression& key) {
  const absl::StatusOr<std::optional<size_t>> number =
      ColumnByNumber(planning_, key, items_.size(), "ORDER BY");
  if (!number.ok()) return number.status();
  const std::optional<size_t> item = number->has_value() ? *number : ItemNamed(key);
  if (item) return first_item_ + *item;
  if (select_.distinct) {
    return planning_.Invalid(key.place,
                             "ORDER BY of SELECT DISTINCT takes what is in its list only");
  }
  Binder binder = planning_.BinderOf(&from_.scope, Hook());
  absl::StatusOr<ExpressionPtr> bound = binder.Bind(key);
  if (!bound.ok()) return bound.status();
  values_.push_back(*std::move(bound));
  return values_.size() - 1;
}

absl::Status SelectPlanner::BindOrder() {
  for (const OrderItem& item : tail_.order_by) {
    const absl::StatusOr<size_t> column = OrderColumn(item.key);
    if (!column.ok()) return column.status();
    sort_.push_back(SortKeyOf(item, *column, values_[*column]->labels()));
  }
  if (sample_time_ == nullptr || !sort_.empty() || select_.distinct) return absl::OkStatus();
  // Periods come in the order of time where nobody says another.
  const absl::StatusOr<size_t> column = OrderColumn(*sample_time_);
  if (!column.ok()) return column.status();
  sort_.push_back({.column = *column});
  return absl::OkStatus();
}

// ---- what is read, and in which order

void SelectPlanner::Note(const ExpressionPtr& expression) {
  for (size_t column : exec::ColumnsOf(*expression)) needed_[column] = true;
}

absl::Status SelectPlanner::NoteNeeded() {
  needed_.assign(from_.scope.columns(), false);
  if (grouped_) {
    groups_->NoteColumns(needed_);
  } else {
    for (const ExpressionPtr& value : values_) Note(value);
  }
  for (const Conjunct& conjunct : where_) Note(conjunct.condition);
  if (from_.root != nullptr) {
    absl::Status status = NoteJoins(planning_, from_, *from_.root, needed_);
    if (!status.ok()) return status;
  }
  for (const FromRelation& relation : from_.relations) {
    if (relation.latest == nullptr) continue;
    absl::Status status = NoteLatest(planning_, from_, {*relation.latest, &relation}, needed_);
    if (!status.ok()) return status;
  }
  if (!select_.latest) return absl::OkStatus();
  return NoteLatest(planning_, from_, {*select_.latest}, needed_);
}

void SelectPlanner::ChooseOrder() {
  if (from_.relations.empty()) return;
  FromRelation& first = from_.relations[0];
  if (select_.latest || (grouped_ && groups_->depends_on_order())) {
    first.spec.order = exec::SourceOrder::kTime;
  }
  const bool plain = !grouped_ && !select_.distinct && select_.distinct_on.empty() &&
                     !select_.latest && first.latest == nullptr && from_.relations.size() == 1;
  if (!plain || sort_.size() != 1 || sort_[0].descending || !first.time_column()) return;
  const exec::Expression& key = *values_[sort_[0].column];
  const bool by_time =
      key.kind() == exec::ExpressionKind::kColumn &&
      static_cast<const exec::ColumnReference&>(key).index() == *first.time_column();
  if (!by_time) return;
  first.spec.order = exec::SourceOrder::kTime;
  sort_.clear();
}

// ---- operators

absl::StatusOr<OperatorPtr> SelectPlanner::BuildRows() {
  const auto is_false = [](const Conjunct& conjunct) {
    const auto* constant = conjunct.condition->kind() == exec::ExpressionKind::kConstant
                               ? static_cast<const exec::Constant*>(conjunct.condition.get())
                               : nullptr;
    return constant != nullptr && !constant->value().IsTrue();
  };
  absl::StatusOr<OperatorPtr> rows =
      std::any_of(where_.begin(), where_.end(), is_false)
          ? std::make_unique<exec::ValuesOperator>(std::vector<exec::Batch>())
          : BuildFrom(planning_, from_, needed_, where_);
  if (!rows.ok()) return rows;
  std::vector<ExpressionPtr> rest;
  for (const Conjunct& conjunct : where_) {
    if (!conjunct.used) rest.push_back(conjunct.condition);
  }
  if (!rest.empty()) {
    rows = std::make_unique<exec::FilterOperator>(planning_.run(), *std::move(rows),
                                                  rest.size() == 1 ? rest[0] : exec::MakeAnd(rest));
  }
  if (select_.latest) {
    rows = BuildLatest(planning_, from_, {*select_.latest}, needed_, *std::move(rows));
    if (!rows.ok()) return rows;
  }
  if (grouped_) rows = groups_->Build(*std::move(rows));
  if (having_ != nullptr) {
    rows = std::make_unique<exec::FilterOperator>(planning_.run(), *std::move(rows), having_);
  }
  return rows;
}

OperatorPtr SelectPlanner::Distinct(OperatorPtr rows, size_t columns) const {
  std::vector<Type> types;
  for (size_t i = 0; i < columns; ++i) types.push_back(values_[i]->type());
  return std::make_unique<exec::DistinctOperator>(planning_.run(), std::move(rows),
                                                  std::move(types));
}

OperatorPtr SelectPlanner::BuildTail(OperatorPtr rows) {
  const bool on = !select_.distinct_on.empty();
  rows = std::make_unique<exec::ProjectOperator>(planning_.run(), std::move(rows), values_);
  if (select_.distinct && !on) rows = Distinct(std::move(rows), values_.size());
  if (!sort_.empty()) {
    std::vector<Type> types;
    for (const ExpressionPtr& value : values_) types.push_back(value->type());
    const bool limited = !on && tail_.limit <= exec::LimitOperator::kNoLimit - tail_.offset;
    rows = std::make_unique<exec::SortOperator>(
        planning_.run(), std::move(rows), std::move(types), sort_,
        limited ? tail_.limit + tail_.offset : exec::LimitOperator::kNoLimit);
  }
  if (on) rows = Distinct(std::move(rows), first_item_);
  if (values_.size() != columns_.size() || first_item_ != 0) {
    std::vector<ExpressionPtr> shown;
    for (size_t i = 0; i < items_.size(); ++i) {
      const exec::Expression& value = *values_[first_item_ + i];
      shown.push_back(
          exec::MakeColumn(first_item_ + i, value.type(), items_[i].name, value.labels()));
    }
    rows =
        std::make_unique<exec::ProjectOperator>(planning_.run(), std::move(rows), std::move(shown));
  }
  if (tail_.offset == 0 && tail_.limit == exec::LimitOperator::kNoLimit) return rows;
  return std::make_unique<exec::LimitOperator>(std::move(rows), tail_.offset, tail_.limit);
}

}  // namespace

absl::StatusOr<QueryPlan> PlanSelect(const Planning& planning, const Select& select,
                                     const QueryTail& tail) {
  return SelectPlanner(planning, select, tail).Plan();
}

}  // namespace tape::engine::sql
