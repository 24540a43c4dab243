#include "engine/sql/session/conflicts.h"

#include <algorithm>
#include <utility>

#include "engine/sql/session/returned_rows.h"
#include "engine/sql/session/stored_values.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using exec::Batch;
using exec::Selection;
using exec::Value;
using format::Concat;

namespace {

std::optional<size_t> KeyCalled(const TableDefinition& definition, std::string_view name) {
  size_t key = 0;
  if (definition.primary_key.has_value()) {
    if (definition.primary_key->name == name) return key;
    ++key;
  }
  for (const KeyConstraint& unique : definition.uniques) {
    if (unique.name == name) return key;
    ++key;
  }
  return std::nullopt;
}

bool NullsAreDistinct(const TableDefinition& definition, size_t key) {
  if (definition.primary_key.has_value()) {
    if (key == 0) return true;
    --key;
  }
  return definition.uniques[key].nulls_distinct;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Conflicts>> Conflicts::Bind(const OnConflict& conflict,
                                                           const ChangeTarget& target,
                                                           const StatementContext& context,
                                                           BindHook* hook) {
  std::unique_ptr<Conflicts> bound(new Conflicts(conflict, target, context));
  if (absl::Status status = bound->FindKeys(); !status.ok()) return status;
  if (absl::Status status = bound->BindUpdate(hook); !status.ok()) return status;
  for (size_t i = 0; i < target.types.size(); ++i) {
    const ColumnDefault& value = target.table->schema.column(i).default_value;
    const NamedType& type = target.types[i];
    std::optional<Value>& known = bound->defaults_.emplace_back();
    if (value.kind == ColumnDefault::Kind::kNone) known = Value::Null(type.type);
    if (value.kind != ColumnDefault::Kind::kLiteral) continue;
    absl::StatusOr<Value> literal = Value::Parse(type.type, value.literal, type.labels.get());
    if (!literal.ok()) return literal.status();
    known = *std::move(literal);
  }
  return bound;
}

absl::Status Conflicts::FindKeys() {
  const Schema& schema = target_.table->schema;
  const std::vector<std::vector<size_t>> all = KeysOf(schema);
  if (conflict_.constraint.has_value()) {
    const std::optional<size_t> key = KeyCalled(schema.definition(), conflict_.constraint->text);
    if (key.has_value()) keys_.push_back(*key);
    return key.has_value()
               ? absl::OkStatus()
               : context_.At(conflict_.constraint->place,
                             Concat("table \"", schema.name(), "\" has no PRIMARY KEY or UNIQUE \"",
                                    conflict_.constraint->text, "\""));
  }
  if (conflict_.target.empty()) {
    for (size_t key = 0; key < all.size(); ++key) keys_.push_back(key);
    if (conflict_.assignments.empty()) return absl::OkStatus();
    return context_.At(conflict_.place,
                       "ON CONFLICT DO UPDATE says which columns or constraint it is about");
  }
  std::vector<size_t> wanted;
  for (const IndexColumn& column : conflict_.target) {
    const auto* name = column.key.As<ColumnName>();
    if (name == nullptr || name->name.parts.size() != 1) {
      return context_.At(column.key.place, "ON CONFLICT names columns of a key");
    }
    absl::StatusOr<size_t> found = target_.FindColumn(name->name.last(), context_);
    if (!found.ok()) return found.status();
    wanted.push_back(*found);
  }
  std::ranges::sort(wanted);
  for (size_t key = 0; key < all.size(); ++key) {
    std::vector<size_t> columns = all[key];
    std::ranges::sort(columns);
    if (columns == wanted) keys_.push_back(key);
  }
  if (!keys_.empty()) return absl::OkStatus();
  return context_.At(conflict_.target[0].key.place,
                     "there is no PRIMARY KEY or UNIQUE of exactly these columns");
}

absl::Status Conflicts::BindUpdate(BindHook* hook) {
  if (conflict_.assignments.empty()) return absl::OkStatus();
  scope_ = target_.scope;
  AddTable(*target_.table, context_.catalog, {.alias = "excluded", .qualified_only = true}, scope_);
  Binder binder = context_.MakeBinder(&scope_, hook);
  absl::StatusOr<Assignments> set =
      Assignments::Bind(conflict_.assignments, target_, binder, context_);
  if (!set.ok()) return set.status();
  set_.emplace(*std::move(set));
  if (!conflict_.where) return absl::OkStatus();
  absl::StatusOr<exec::ExpressionPtr> where = binder.BindCondition(*conflict_.where);
  if (!where.ok()) return where.status();
  where_ = *std::move(where);
  return absl::OkStatus();
}

// What the row would be: given values, and defaults as far as they are known before.
absl::Status Conflicts::Propose(const GivenRows& given) {
  proposed_.clear();
  known_.assign(target_.types.size(), true);
  for (size_t column = 0; column < target_.types.size(); ++column) {
    ColumnBuffer& out = proposed_.emplace_back(GivenForm(target_.types[column].type));
    const auto at = std::ranges::find(given.columns, column);
    if (at != given.columns.end()) {
      out.AppendColumn(given.values[static_cast<size_t>(at - given.columns.begin())]);
    } else if (defaults_[column].has_value()) {
      AppendValue(*defaults_[column], out);
    } else {
      out.AppendNull();
      known_[column] = false;
    }
  }
  return absl::OkStatus();
}

// A value that is made for the row, of a sequence or by chance, is in nobody's way.
absl::StatusOr<std::optional<RowNumber>> Conflicts::FindInTheWay() {
  const std::vector<std::vector<size_t>> all = KeysOf(target_.table->schema);
  for (const size_t key : keys_) {
    const bool distinct = NullsAreDistinct(target_.table->schema.definition(), key);
    std::vector<ColumnView> views;
    bool may_be = true;
    for (const size_t column : all[key]) {
      views.push_back(proposed_[column].view());
      if (!known_[column] || (distinct && views.back().IsNull(0))) may_be = false;
    }
    if (!may_be) continue;
    absl::StatusOr<std::optional<RowNumber>> row =
        context_.change.Find(target_.table->id, key, views, 0);
    if (!row.ok() || row->has_value()) return row;
  }
  return std::optional<RowNumber>();
}

absl::StatusOr<std::optional<RowNumber>> Conflicts::Replace(RowNumber row) {
  if (put_.contains(row.value())) {
    return context_.At(conflict_.place,
                       "ON CONFLICT DO UPDATE command cannot affect row a second time: two rows of "
                       "the statement have the same key");
  }
  absl::StatusOr<StoredRows> stored =
      StoredRows::Read(context_.change, *target_.table, target_.types, {&row, 1});
  if (!stored.ok()) return stored.status();
  Batch batch = stored->batch();
  for (size_t i = 0; i < proposed_.size(); ++i) {
    batch.columns.push_back(VectorOfGiven(target_.types[i].type, proposed_[i].view()));
  }
  if (where_ != nullptr) {
    exec::Evaluation evaluation(batch, context_.values);
    std::vector<uint32_t> chosen;
    absl::Status status = exec::SelectTrue(*where_, evaluation, Selection::All(1), chosen);
    if (!status.ok()) return status;
    if (chosen.empty()) return std::optional<RowNumber>();
  }
  set_->Clear();
  if (absl::Status status = set_->Add(batch, Selection::All(1)); !status.ok()) return status;
  absl::StatusOr<RowNumber> fresh = context_.change.Replace(target_.table->id, row, set_->Row(0));
  if (!fresh.ok()) return fresh.status();
  put_.insert(fresh->value());
  return std::optional(*fresh);
}

absl::StatusOr<std::optional<RowNumber>> Conflicts::Insert(const GivenRows& given) {
  if (absl::Status status = Propose(given); !status.ok()) return status;
  absl::StatusOr<std::optional<RowNumber>> row = FindInTheWay();
  if (!row.ok()) return row;
  if (row->has_value()) {
    return set_.has_value() ? Replace(**row) : std::optional<RowNumber>();
  }
  absl::StatusOr<RowNumber> fresh = context_.change.Insert(target_.table->id, given);
  if (!fresh.ok()) return fresh.status();
  put_.insert(fresh->value());
  return std::optional(*fresh);
}

}  // namespace tape::engine::sql
