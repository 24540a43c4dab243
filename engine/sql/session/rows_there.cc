#include "engine/sql/session/rows_there.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "engine/exec/make.h"
#include "engine/sql/session/change_source.h"
#include "engine/sql/session/compiled_rules.h"
#include "engine/sql/session/matching_rows.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/session/stored_values.h"
#include "engine/write/open_table.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::Batch;
using exec::Selection;
using exec::Value;
using exec::Vector;
using format::Concat;

// The rows of a table, as its new definition has them.
class RowsAfter {
 public:
  RowsAfter(Change& change, const TableInfo& before, const TableInfo& after,
            const CatalogState& catalog)
      : change_(change), before_(before), after_(after), catalog_(catalog) {}

  // With the new types where `cast`; a value that does not fit is the error.
  template <typename Function>
  absl::Status ForEach(bool cast, Function&& function) {
    absl::StatusOr<std::unique_ptr<ChangeSource>> source =
        ChangeSource::Open(change_, before_, catalog_);
    if (!source.ok()) return source.status();
    exec::SourceSpec spec;
    std::vector<std::optional<size_t>> places = Places(spec);
    absl::StatusOr<std::unique_ptr<exec::RowStream>> rows = (*source)->Open(spec);
    if (!rows.ok()) return rows.status();
    while (true) {
      absl::StatusOr<const Batch*> from = (*rows)->Next();
      if (!from.ok()) return from.status();
      if (*from == nullptr) return absl::OkStatus();
      Batch batch{.rows = (*from)->rows};
      for (size_t i = 0; i < places.size(); ++i) {
        absl::StatusOr<Vector> column = ColumnOf(**from, places[i], i, cast);
        if (!column.ok()) return column.status();
        batch.columns.push_back(*std::move(column));
      }
      if (absl::Status status = function(batch); !status.ok()) return status;
    }
  }

 private:
  // Where each new column's values are among those of the spec; nothing for one that is new.
  std::vector<std::optional<size_t>> Places(exec::SourceSpec& spec) const {
    std::vector<std::optional<size_t>> places;
    for (const Column& column : after_.schema.columns()) {
      const std::vector<Column>& old = before_.schema.columns();
      const auto found = std::ranges::find(old, column.id, &Column::id);
      if (found == old.end()) {
        places.emplace_back();
        continue;
      }
      places.emplace_back(spec.columns.size());
      spec.columns.push_back(static_cast<size_t>(found - old.begin()));
    }
    return places;
  }

  absl::StatusOr<Vector> ColumnOf(const Batch& from, std::optional<size_t> place, size_t index,
                                  bool cast) const {
    const Column& column = after_.schema.column(index);
    const NamedType type = ValueTypeOf(column.type, catalog_);
    if (!place.has_value()) {
      if (column.default_value.kind != ColumnDefault::Kind::kLiteral) {
        return Vector::Null(type.type);
      }
      absl::StatusOr<Value> value =
          Value::Parse(type.type, column.default_value.literal, type.labels.get());
      if (!value.ok()) return value.status();
      return Vector::Constant(*value);
    }
    const Vector& values = from.columns[*place];
    if (!cast) return values;
    absl::StatusOr<exec::ExpressionPtr> converted =
        exec::MakeCast(exec::MakeColumn(*place, values.type(), column.name), type.type,
                       exec::CastContext::kAssignment, type.labels);
    if (!converted.ok()) return converted.status();
    const exec::Session session;
    exec::Evaluation evaluation(from, session);
    absl::StatusOr<Vector> result = (*converted)->Evaluate(evaluation, Selection::All(from.rows));
    if (result.ok()) return result;
    return absl::FailedPreconditionError(Concat("column \"", column.name, "\" of table \"",
                                                after_.schema.name(),
                                                "\": ", std::string(result.status().message())));
  }

  Change& change_;
  const TableInfo& before_;
  const TableInfo& after_;
  const CatalogState& catalog_;
};

absl::Status Broken(const TableInfo& table, std::string_view what) {
  return absl::FailedPreconditionError(
      Concat("table \"", table.schema.name(), "\" has rows: ", what));
}

absl::Status CheckNotNull(RowsAfter& rows, const TableInfo& table, const RowsRule& rule) {
  const std::optional<size_t> column = table.schema.Find(rule.name);
  if (!column.has_value()) return absl::OkStatus();
  return rows.ForEach(false, [&](const Batch& batch) {
    for (size_t row = 0; row < batch.rows; ++row) {
      if (!batch.columns[*column].IsNull(row)) continue;
      return Broken(table, Concat("column \"", rule.name, "\" is NULL in one of them"));
    }
    return absl::OkStatus();
  });
}

// The values of some columns of a row as one text; nothing where one of them is NULL.
struct KeyText {
  std::string text;
  bool has_null = false;
};

KeyText TextOf(const Batch& batch, const std::vector<size_t>& columns, size_t row) {
  KeyText key;
  for (const size_t column : columns) {
    const Value value = batch.columns[column].ValueAt(row);
    key.has_null = key.has_null || value.is_null();
    const std::string text = value.ToText();
    key.text += Concat(key.text.empty() ? std::string_view() : std::string_view(", "), text);
  }
  return key;
}

std::vector<size_t> IndexesOf(const Schema& schema, const std::vector<std::string>& names) {
  std::vector<size_t> indexes;
  for (const std::string& name : names) indexes.push_back(schema.Find(name).value_or(0));
  return indexes;
}

absl::Status CheckUnique(RowsAfter& rows, const TableInfo& table, const RowsRule& rule) {
  const TableDefinition& definition = table.schema.definition();
  const KeyConstraint* key = nullptr;
  if (definition.primary_key.has_value() && definition.primary_key->name == rule.name) {
    key = &*definition.primary_key;
  }
  for (const KeyConstraint& unique : definition.uniques) {
    if (unique.name == rule.name) key = &unique;
  }
  if (key == nullptr) return absl::OkStatus();
  const std::vector<size_t> columns = IndexesOf(table.schema, key->columns);
  const bool is_primary = definition.primary_key.has_value() && key == &*definition.primary_key;
  absl::flat_hash_set<std::string> seen;
  return rows.ForEach(true, [&](const Batch& batch) {
    for (size_t row = 0; row < batch.rows; ++row) {
      const KeyText text = TextOf(batch, columns, row);
      if (text.has_null && is_primary) {
        return Broken(table, Concat("a column of PRIMARY KEY ", rule.name, " is NULL in one"));
      }
      if (text.has_null && key->nulls_distinct) continue;
      if (seen.insert(text.text).second) continue;
      return Broken(table, Concat("two of them have (", text.text, ") for ", rule.name));
    }
    return absl::OkStatus();
  });
}

absl::Status CheckCondition(RowsAfter& rows, const TableInfo& table, const RowsRule& rule,
                            const CatalogState& catalog, Host& host) {
  const std::vector<CheckConstraint>& checks = table.schema.definition().checks;
  const auto check = std::ranges::find(checks, rule.name, &CheckConstraint::name);
  if (check == checks.end()) return absl::OkStatus();
  absl::StatusOr<exec::ExpressionPtr> test = BindCheck(table, *check, catalog);
  if (!test.ok()) return test.status();
  const exec::Session session{.now = Timestamp::FromNanos(host.RealTimeNs()), .host = &host};
  return rows.ForEach(true, [&](const Batch& batch) -> absl::Status {
    exec::Evaluation evaluation(batch, session);
    std::vector<uint32_t> broken;
    absl::Status status = exec::SelectFalse(**test, evaluation, Selection::All(batch.rows), broken);
    if (!status.ok() || broken.empty()) return status;
    const KeyText text = TextOf(batch, exec::ColumnsOf(**test), broken.front());
    return Broken(table, Concat("one with (", text.text, ") breaks CHECK ", rule.name, " (",
                                check->expression, ")"));
  });
}

// The key of the referenced table that these columns are, in its order, as indexes into them.
struct ReferencedKey {
  size_t key = 0;
  std::vector<size_t> order;
};

std::optional<ReferencedKey> KeyOf(const Schema& schema, const std::vector<size_t>& columns) {
  const std::vector<std::vector<size_t>> keys = KeysOf(schema);
  for (size_t key = 0; key < keys.size(); ++key) {
    if (keys[key].size() != columns.size()) continue;
    ReferencedKey found{.key = key, .order = {}};
    for (const size_t column : keys[key]) {
      const auto at = std::ranges::find(columns, column);
      if (at != columns.end()) found.order.push_back(static_cast<size_t>(at - columns.begin()));
    }
    if (found.order.size() == columns.size()) return found;
  }
  return std::nullopt;
}

absl::Status CheckForeignKey(RowsAfter& rows, const TableInfo& table, const RowsRule& rule,
                             const CatalogState& catalog, Change& change) {
  const std::vector<ForeignKey>& keys = table.schema.definition().foreign_keys;
  const auto foreign = std::ranges::find(keys, rule.name, &ForeignKey::name);
  if (foreign == keys.end()) return absl::OkStatus();
  const std::string& schema =
      foreign->referenced_schema.empty() ? table.schema.schema_name() : foreign->referenced_schema;
  const TableInfo* target = catalog.Find(schema, foreign->referenced_table);
  if (target == nullptr) return absl::OkStatus();
  std::vector<std::string> names = foreign->referenced_columns;
  if (names.empty() && target->schema.definition().primary_key.has_value()) {
    names = target->schema.definition().primary_key->columns;
  }
  const std::optional<ReferencedKey> key = KeyOf(target->schema, IndexesOf(target->schema, names));
  if (!key.has_value()) return absl::OkStatus();
  const std::vector<size_t> columns = IndexesOf(table.schema, foreign->columns);
  return rows.ForEach(true, [&](const Batch& batch) -> absl::Status {
    for (uint32_t row = 0; row < batch.rows; ++row) {
      const KeyText text = TextOf(batch, columns, row);
      if (text.has_null) continue;
      std::vector<ColumnBuffer> buffers;
      for (const size_t place : key->order) {
        const Vector& values = batch.columns[columns[place]];
        AppendVector(values, Selection::Of({&row, 1}),
                     buffers.emplace_back(GivenForm(values.type())));
      }
      std::vector<ColumnView> views;
      for (const ColumnBuffer& buffer : buffers) views.push_back(buffer.view());
      absl::StatusOr<std::optional<RowNumber>> found = change.Find(target->id, key->key, views, 0);
      if (!found.ok()) return found.status();
      if (found->has_value()) continue;
      return Broken(table, Concat("one has (", text.text, ") for FOREIGN KEY ", rule.name,
                                  ", which table \"", target->schema.name(), "\" does not have"));
    }
    return absl::OkStatus();
  });
}

}  // namespace

absl::StatusOr<bool> RowsThere::HasRows(TableId table) {
  const std::shared_ptr<OpenTable> open = writer_.Find(table);
  return open != nullptr && open->tail->control().visible.Load() != 0;
}

absl::Status RowsThere::Check(const TableInfo& after, const RowsRule& rule) {
  const std::shared_ptr<OpenTable> open = writer_.Find(after.id);
  absl::StatusOr<bool> has_rows = HasRows(after.id);
  if (!has_rows.ok()) return has_rows.status();
  if (open == nullptr || !*has_rows || catalog_ == nullptr) return absl::OkStatus();
  const std::unique_ptr<Change> change = changes_.Begin();
  RowsAfter rows(*change, open->info, after, *catalog_);
  switch (rule.kind) {
    case RowsRule::Kind::kNotNull:
      return CheckNotNull(rows, after, rule);
    case RowsRule::Kind::kCheck:
      return CheckCondition(rows, after, rule, *catalog_, host_);
    case RowsRule::Kind::kUnique:
      return CheckUnique(rows, after, rule);
    case RowsRule::Kind::kForeignKey:
      return CheckForeignKey(rows, after, rule, *catalog_, *change);
    case RowsRule::Kind::kValues:
      return rows.ForEach(true, [](const Batch&) { return absl::OkStatus(); });
    case RowsRule::Kind::kNoRows:
      break;
  }
  return Broken(after, rule.why);
}

}  // namespace tape::engine::sql
