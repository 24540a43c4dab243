#include "engine/sql/session/compiled_rules.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/exec/expression.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/define/programs.h"
#include "engine/sql/parser.h"
#include "engine/sql/session/compiled_trigger.h"
#include "engine/sql/session/row_batches.h"
#include "engine/sql/session/statement_context.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

class CompiledCheck final : public RowRule {
 public:
  CompiledCheck(std::string name, exec::ExpressionPtr test, std::vector<NamedType> types,
                Host& host)
      : name_(std::move(name)),
        test_(std::move(test)),
        types_(std::move(types)),
        host_(host),
        columns_(exec::ColumnsOf(*test_)) {}

  const std::string& constraint() const override { return name_; }
  std::span<const size_t> columns() const override { return columns_; }

  absl::StatusOr<std::optional<size_t>> FirstViolation(const RowsView& rows) const override {
    const exec::Session session{.now = Timestamp::FromNanos(host_.RealTimeNs()), .host = &host_};
    std::vector<uint32_t> broken;
    for (size_t first = 0; first < rows.rows(); first += kBlockRows) {
      absl::StatusOr<exec::Batch> batch = BatchOf(rows, types_, first);
      if (!batch.ok()) return batch.status();
      exec::Evaluation evaluation(*batch, session);
      absl::Status status =
          exec::SelectFalse(*test_, evaluation, exec::Selection::All(batch->rows), broken);
      if (!status.ok()) return status;
      if (!broken.empty()) return std::optional<size_t>(first + broken.front());
    }
    return std::optional<size_t>();
  }

 private:
  const std::string name_;
  const exec::ExpressionPtr test_;
  const std::vector<NamedType> types_;
  Host& host_;
  const std::vector<size_t> columns_;
};

absl::Status Unreadable(const TableInfo& table, std::string_view what, const absl::Status& why) {
  return absl::DataLossError(Concat("the catalog's table ", table.schema.schema_name(), ".",
                                    table.schema.name(), ", ", what, ": ",
                                    std::string(why.message())));
}

std::vector<std::vector<std::string>> LabelsOf(const TableInfo& table,
                                               const CatalogState& catalog) {
  std::vector<std::vector<std::string>> labels;
  for (const Column& column : table.schema.columns()) {
    const bool is_enum = column.type.kind() == TypeKind::kEnum;
    const EnumInfo* type = is_enum ? catalog.FindEnum(column.type.enum_id()) : nullptr;
    labels.push_back(type == nullptr ? std::vector<std::string>() : type->record.values);
  }
  return labels;
}

// Ids and versions of all that the rules of a table are compiled of.
std::string DefinitionsOf(const TableInfo& table, const CatalogState& catalog) {
  std::string text = std::to_string(table.version);
  for (const Column& column : table.schema.columns()) {
    const bool is_enum = column.type.kind() == TypeKind::kEnum;
    const EnumInfo* type = is_enum ? catalog.FindEnum(column.type.enum_id()) : nullptr;
    if (type != nullptr) text += Concat(" enum ", type->id.value(), ".", type->version);
  }
  for (const ProgramInfo* trigger : TriggersOf(table, catalog)) {
    text += Concat(" trigger ", trigger->id, ".", trigger->version);
    const absl::StatusOr<CreateTrigger> read = ReadTrigger(*trigger);
    const ProgramInfo* function =
        !read.ok() ? nullptr
                   : catalog.FindProgram(read->function.parts.front().text,
                                         read->function.last().text, {ProgramKind::kFunction});
    if (function != nullptr) text += Concat(" function ", function->id, ".", function->version);
  }
  return text;
}

}  // namespace

absl::StatusOr<exec::ExpressionPtr> BindCheck(const TableInfo& table, const CheckConstraint& check,
                                              const CatalogState& catalog) {
  const std::string what = Concat("CHECK ", check.name);
  const absl::StatusOr<Expression> parsed = ParseExpression(check.expression);
  if (!parsed.ok()) return Unreadable(table, what, parsed.status());
  Scope scope;
  AddTable(table, catalog, {}, scope);
  const std::string schema = table.schema.schema_name();
  const CatalogTypes types(catalog, schema);
  Binder binder(check.expression, {.scope = &scope, .type_names = &types});
  absl::StatusOr<exec::ExpressionPtr> test = binder.BindCondition(*parsed);
  if (!test.ok()) return Unreadable(table, what, test.status());
  return test;
}

absl::StatusOr<std::shared_ptr<const TableRules>> CompiledRules::RulesOf(const TableInfo& table) {
  const CatalogState catalog = catalog_();
  const std::string definitions = DefinitionsOf(table, catalog);
  MutexLock lock(&mutex_);
  Known& known = known_[table.id];
  if (known.rules != nullptr && known.definitions == definitions) return known.rules;
  absl::StatusOr<std::shared_ptr<const TableRules>> rules = Compile(table, catalog);
  if (rules.ok()) known = {definitions, *rules};
  return rules;
}

absl::StatusOr<std::shared_ptr<const TableRules>> CompiledRules::Compile(
    const TableInfo& table, const CatalogState& catalog) const {
  auto rules = std::make_shared<TableRules>();
  rules->labels = LabelsOf(table, catalog);
  const std::vector<std::string>& unresolved = table.record.unresolved;
  for (const CheckConstraint& check : table.schema.definition().checks) {
    if (std::ranges::find(unresolved, check.name) != unresolved.end()) continue;
    absl::StatusOr<exec::ExpressionPtr> test = BindCheck(table, check, catalog);
    if (!test.ok()) return test.status();
    rules->checks.push_back(std::make_shared<const CompiledCheck>(
        check.name, *std::move(test), ValueTypesOf(table.schema, catalog), host_));
  }
  for (const ProgramInfo* program : TriggersOf(table, catalog)) {
    absl::StatusOr<std::shared_ptr<const RowTrigger>> trigger =
        CompileTrigger(table, *program, catalog, host_);
    if (!trigger.ok()) {
      return Unreadable(table, Concat("trigger ", program->record.name), trigger.status());
    }
    rules->triggers.push_back(*std::move(trigger));
  }
  return std::shared_ptr<const TableRules>(std::move(rules));
}

}  // namespace tape::engine::sql
