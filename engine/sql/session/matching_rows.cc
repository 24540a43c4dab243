#include "engine/sql/session/matching_rows.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/sql/session/change_source.h"
#include "engine/sql/session/returned_rows.h"
#include "engine/sql/session/stored_values.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::Batch;
using exec::Selection;
using exec::Value;
using format::Concat;

std::vector<size_t> IndexesOf(const Schema& schema, const std::vector<std::string>& names) {
  std::vector<size_t> indexes;
  for (const std::string& name : names) indexes.push_back(schema.Find(name).value_or(0));
  return indexes;
}

}  // namespace

absl::StatusOr<ChangeTarget> ChangeTarget::Find(const ObjectName& name,
                                                const std::optional<Name>& alias,
                                                const StatementContext& context) {
  absl::StatusOr<const TableInfo*> table = context.FindTable(name);
  if (!table.ok()) return table.status();
  ChangeTarget target{.table = *table, .types = ValueTypesOf((*table)->schema, context.catalog)};
  const std::string_view called = alias.has_value() ? std::string_view(alias->text) : "";
  AddTable(**table, context.catalog, {.alias = called}, target.scope);
  return target;
}

absl::StatusOr<size_t> ChangeTarget::FindColumn(const Name& name,
                                                const StatementContext& context) const {
  const std::optional<size_t> column = table->schema.Find(name.text);
  if (column.has_value()) return *column;
  return context.At(name.place, Concat("column \"", name.text, "\" of table \"",
                                       table->schema.name(), "\" does not exist"));
}

std::vector<std::vector<size_t>> KeysOf(const Schema& schema) {
  const TableDefinition& definition = schema.definition();
  std::vector<std::vector<size_t>> keys;
  if (definition.primary_key.has_value()) {
    keys.push_back(IndexesOf(schema, definition.primary_key->columns));
  }
  for (const KeyConstraint& unique : definition.uniques) {
    keys.push_back(IndexesOf(schema, unique.columns));
  }
  return keys;
}

absl::Status MatchingRows::Bind(const Owned<Expression>& where) {
  if (!where) return absl::OkStatus();
  absl::StatusOr<exec::ExpressionPtr> bound =
      context_.MakeBinder(&target_.scope, hook_).BindCondition(*where);
  if (!bound.ok()) return bound.status();
  where_ = *std::move(bound);
  lookup_ = FindLookup(*where);
  return absl::OkStatus();
}

// ---- keys

std::optional<MatchingRows::KeyLookup> MatchingRows::FindLookup(const Expression& where) {
  const std::vector<std::vector<size_t>> keys = KeysOf(target_.table->schema);
  for (size_t key = 0; key < keys.size(); ++key) {
    KeyLookup lookup{.key = key, .values = {}};
    for (const size_t column : keys[key]) {
      std::optional<Value> value = EqualTo(where, column);
      if (!value.has_value()) break;
      lookup.values.push_back(*std::move(value));
    }
    if (lookup.values.size() == keys[key].size()) return lookup;
  }
  return std::nullopt;
}

// The value that the column has wherever the condition is true, as a value of its type. One that
// the type would round finds a row for which the condition is then false. A literal alone is
// looked at: what else has no columns may have a query, which runs once.
std::optional<Value> MatchingRows::EqualTo(const Expression& where, size_t column) {
  if (const auto* logical = where.As<Logical>(); logical != nullptr && !logical->is_or) {
    for (const Expression& operand : logical->operands) {
      if (std::optional<Value> value = EqualTo(operand, column)) return value;
    }
    return std::nullopt;
  }
  const auto* comparison = where.As<Comparison>();
  if (comparison == nullptr || comparison->op != BinaryOperator::kEqual) return std::nullopt;
  for (const bool mirrored : {false, true}) {
    const Expression& side = mirrored ? *comparison->right : *comparison->left;
    const Expression& other = mirrored ? *comparison->left : *comparison->right;
    const auto* name = side.As<ColumnName>();
    const bool is_literal = other.As<Literal>() != nullptr || other.As<TypedLiteral>() != nullptr;
    if (name == nullptr || !is_literal) continue;
    const absl::StatusOr<size_t> found = target_.scope.Find(name->name);
    if (!found.ok() || *found != column) continue;
    const NamedType& type = target_.types[column];
    if (type.type.physical() == Physical::kFloat32 || type.type.physical() == Physical::kFloat64) {
      continue;
    }
    absl::StatusOr<exec::ExpressionPtr> bound =
        context_.MakeBinder(nullptr, nullptr).BindAssignment(other, type);
    if (!bound.ok()) continue;
    absl::StatusOr<Value> value = exec::EvaluateOnce(**bound, context_.values);
    if (value.ok() && !value->is_null()) return *std::move(value);
  }
  return std::nullopt;
}

absl::Status MatchingRows::LookUp(const KeyLookup& lookup, const OnRows& function) {
  std::vector<ColumnBuffer> buffers;
  for (const Value& value : lookup.values) {
    AppendValue(value, buffers.emplace_back(GivenForm(value.type())));
  }
  std::vector<ColumnView> views;
  for (const ColumnBuffer& buffer : buffers) views.push_back(buffer.view());
  const TableInfo& table = *target_.table;
  absl::StatusOr<std::optional<RowNumber>> row =
      context_.change.Find(table.id, lookup.key, views, 0);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::OkStatus();
  const RowNumber number = **row;
  absl::StatusOr<StoredRows> stored =
      StoredRows::Read(context_.change, table, target_.types, {&number, 1});
  if (!stored.ok()) return stored.status();
  std::vector<uint32_t> chosen;
  if (absl::Status s = Choose(stored->batch(), chosen); !s.ok() || chosen.empty()) return s;
  return function(stored->batch(), Selection::Of(chosen), {&number, 1});
}

// ---- all rows

absl::Status MatchingRows::Choose(const Batch& batch, std::vector<uint32_t>& chosen) {
  if (where_ == nullptr) {
    for (uint32_t row = 0; row < batch.rows; ++row) chosen.push_back(row);
    return absl::OkStatus();
  }
  exec::Evaluation evaluation(batch, context_.values);
  return exec::SelectTrue(*where_, evaluation, Selection::All(batch.rows), chosen);
}

absl::Status MatchingRows::Read(const OnRows& function) {
  absl::StatusOr<std::unique_ptr<ChangeSource>> source =
      ChangeSource::Open(context_.change, *target_.table, context_.catalog);
  if (!source.ok()) return source.status();
  exec::SourceSpec spec{.order = exec::SourceOrder::kArrival, .row_numbers = true};
  for (size_t i = 0; i < target_.types.size(); ++i) spec.columns.push_back(i);
  absl::StatusOr<std::unique_ptr<exec::RowStream>> rows = (*source)->Open(spec);
  if (!rows.ok()) return rows.status();
  while (true) {
    absl::StatusOr<const Batch*> batch = (*rows)->Next();
    if (!batch.ok()) return batch.status();
    if (*batch == nullptr) return absl::OkStatus();
    std::vector<uint32_t> chosen;
    if (absl::Status status = Choose(**batch, chosen); !status.ok()) return status;
    std::vector<RowNumber> numbers;
    for (const uint32_t row : chosen) {
      numbers.emplace_back(static_cast<uint64_t>((*batch)->columns.back().At<int64_t>(row)));
    }
    if (chosen.empty()) continue;
    absl::Status status = function(**batch, Selection::Of(chosen), numbers);
    if (!status.ok()) return status;
  }
}

absl::Status MatchingRows::ForEach(const OnRows& function) {
  return lookup_.has_value() ? LookUp(*lookup_, function) : Read(function);
}

}  // namespace tape::engine::sql
