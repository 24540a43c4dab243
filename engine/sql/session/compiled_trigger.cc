#include "engine/sql/session/compiled_trigger.h"

#include <algorithm>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/exec/expression.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/define/programs.h"
#include "engine/sql/session/row_batches.h"
#include "engine/sql/session/statement_context.h"
#include "engine/sql/session/stored_values.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {
namespace {

using exec::Batch;
using exec::Selection;
using exec::Vector;
using format::Concat;

struct CompiledAssignment {
  size_t column = 0;
  exec::ExpressionPtr value;
};

struct TriggerParts {
  std::string name;
  bool on_insert = false;
  bool on_update = false;
  std::vector<size_t> update_columns;  // UPDATE OF: fires where one of them changes
  exec::ExpressionPtr when;            // nullptr: always
  std::vector<CompiledAssignment> assignments;
  std::vector<NamedType> types;  // of the table's columns
};

// What a trigger computes of one batch: the columns of NEW, then those of OLD.
class TriggerRun {
 public:
  TriggerRun(const TriggerParts& parts, const exec::Session& session)
      : parts_(parts), session_(session) {}

  absl::Status Run(const RowsView& rows, const RowsView* old, size_t first) {
    absl::StatusOr<Batch> batch = BatchOf(rows, parts_.types, first);
    if (!batch.ok()) return batch.status();
    batch_ = *std::move(batch);
    if (absl::Status status = AddOld(old, first); !status.ok()) return status;
    if (absl::Status status = Choose(old != nullptr); !status.ok()) return status;
    for (const CompiledAssignment& assignment : parts_.assignments) {
      if (absl::Status status = Assign(assignment); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const Batch& batch() const { return batch_; }

 private:
  absl::Status AddOld(const RowsView* old, size_t first) {
    if (old == nullptr) {
      for (const NamedType& type : parts_.types) batch_.columns.push_back(Vector::Null(type.type));
      return absl::OkStatus();
    }
    absl::StatusOr<Batch> before = BatchOf(*old, parts_.types, first);
    if (!before.ok()) return before.status();
    for (Vector& column : before->columns) batch_.columns.push_back(std::move(column));
    return absl::OkStatus();
  }

  absl::Status Choose(bool is_update) {
    std::vector<uint32_t> touched;
    for (uint32_t row = 0; row < batch_.rows; ++row) {
      if (!is_update || IsTouched(row)) touched.push_back(row);
    }
    if (parts_.when == nullptr) {
      chosen_ = std::move(touched);
      return absl::OkStatus();
    }
    exec::Evaluation evaluation(batch_, session_);
    return exec::SelectTrue(*parts_.when, evaluation, Selection::Of(touched), chosen_);
  }

  // Whether a column of UPDATE OF has another value than before.
  bool IsTouched(uint32_t row) const {
    const size_t columns = parts_.types.size();
    return parts_.update_columns.empty() ||
           std::ranges::any_of(parts_.update_columns, [&](size_t column) {
             return !(batch_.columns[column].ValueAt(row) ==
                      batch_.columns[columns + column].ValueAt(row));
           });
  }

  absl::Status Assign(const CompiledAssignment& assignment) {
    if (chosen_.empty()) return absl::OkStatus();
    const Selection chosen = Selection::Of(chosen_);
    exec::Evaluation evaluation(batch_, session_);
    absl::StatusOr<Vector> values = assignment.value->Evaluate(evaluation, chosen);
    if (!values.ok()) return values.status();
    const Type& type = parts_.types[assignment.column].type;
    ColumnBuffer& merged = merged_.emplace_back(GivenForm(type));
    Vector& before = batch_.columns[assignment.column];
    size_t next = 0;
    for (uint32_t row = 0; row < batch_.rows; ++row) {
      const bool is_chosen = next < chosen_.size() && chosen_[next] == row;
      if (is_chosen) ++next;
      AppendVector(is_chosen ? *values : before, Selection::Of({&row, 1}), merged);
    }
    before = VectorOfGiven(type, merged.view());
    return absl::OkStatus();
  }

  const TriggerParts& parts_;
  const exec::Session& session_;
  Batch batch_;
  std::vector<uint32_t> chosen_;
  std::list<ColumnBuffer> merged_;  // what vectors of the batch show
};

class CompiledTrigger final : public RowTrigger {
 public:
  CompiledTrigger(TriggerParts parts, Host& host) : parts_(std::move(parts)), host_(host) {}

  const std::string& name() const override { return parts_.name; }
  bool Fires(RowEvent event) const override {
    return event == RowEvent::kInsert ? parts_.on_insert : parts_.on_update;
  }

  absl::Status Fire(const RowsView& rows, const RowsView* old, int64_t now_ns,
                    std::vector<Replaced>& replaced) const override {
    const exec::Session session{.now = Timestamp::FromNanos(now_ns), .host = &host_};
    std::map<size_t, ColumnBuffer> columns;
    for (const CompiledAssignment& assignment : parts_.assignments) {
      columns.emplace(assignment.column, GivenForm(parts_.types[assignment.column].type));
    }
    for (size_t first = 0; first < rows.rows(); first += kBlockRows) {
      TriggerRun run(parts_, session);
      if (absl::Status status = run.Run(rows, old, first); !status.ok()) {
        return {status.code(),
                Concat("trigger ", parts_.name, ": ", std::string(status.message()))};
      }
      for (auto& [column, out] : columns) {
        AppendVector(run.batch().columns[column], Selection::All(run.batch().rows), out);
      }
    }
    for (auto& [column, out] : columns) replaced.push_back({column, std::move(out)});
    return absl::OkStatus();
  }

 private:
  const TriggerParts parts_;
  Host& host_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const RowTrigger>> CompileTrigger(const TableInfo& table,
                                                                 const ProgramInfo& program,
                                                                 const CatalogState& catalog,
                                                                 Host& host) {
  const absl::StatusOr<CreateTrigger> trigger = ReadTrigger(program);
  if (!trigger.ok()) return trigger.status();
  const ObjectName& called = trigger->function;
  const ProgramInfo* found =
      catalog.FindProgram(called.parts.front().text, called.last().text, {ProgramKind::kFunction});
  if (found == nullptr) return absl::NotFoundError("its function is not there");
  const absl::StatusOr<CreateFunction> function = ReadFunction(*found);
  if (!function.ok()) return function.status();

  Scope scope;
  AddTable(table, catalog, {.alias = "new", .qualified_only = true}, scope);
  AddTable(table, catalog, {.alias = "old", .qualified_only = true}, scope);
  const CatalogTypes types(catalog, table.schema.schema_name());
  Binder binder(program.record.sql, {.scope = &scope, .type_names = &types});
  TriggerParts parts{.name = program.record.name, .types = ValueTypesOf(table.schema, catalog)};
  parts.on_insert = std::ranges::count(trigger->events, TriggerEvent::kInsert) != 0;
  parts.on_update = std::ranges::count(trigger->events, TriggerEvent::kUpdate) != 0;
  for (const Name& name : trigger->update_columns) {
    const std::optional<size_t> column = table.schema.Find(name.text);
    if (column.has_value()) parts.update_columns.push_back(*column);
  }
  if (trigger->when) {
    absl::StatusOr<exec::ExpressionPtr> when = binder.BindCondition(*trigger->when);
    if (!when.ok()) return when.status();
    parts.when = *std::move(when);
  }
  Binder body(function->body, {.scope = &scope, .type_names = &types});
  for (const TriggerAssignment& assignment : function->trigger.assignments) {
    const std::optional<size_t> column = table.schema.Find(assignment.column.text);
    if (!column.has_value()) {
      return absl::NotFoundError(Concat("no column ", assignment.column.text));
    }
    absl::StatusOr<exec::ExpressionPtr> value =
        body.BindAssignment(assignment.value, parts.types[*column]);
    if (!value.ok()) return value.status();
    parts.assignments.push_back({*column, *std::move(value)});
  }
  return std::make_shared<const CompiledTrigger>(std::move(parts), host);
}

}  // namespace tape::engine::sql
