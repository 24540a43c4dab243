// CREATE.
#include <variant>

#include "engine/sql/print/sql_writer.h"

namespace tape::engine::sql {

void SqlWriter::Write(const CreateTable& form) {
  Put("CREATE TABLE ", form.if_not_exists ? "IF NOT EXISTS " : "", form.name);
  if (!form.elements.empty()) {
    Put(" (");
    bool first = true;
    for (const TableElement& element : form.elements) {
      PutIf(!std::exchange(first, false), ", ");
      std::visit([&](const auto& tree) { Write(tree); }, element);
    }
    Put(")");
  }
  PutOptional(" PARTITION BY ", form.partition);
  PutParenthesisedIf(" CLUSTER BY ", form.cluster_by);
  if (form.available_after) {
    Put(" AVAILABLE AFTER ");
    WriteAbove(form.available_after, Precedence::kSign);
  }
  PutParenthesisedIf(" WITH ", form.options);
  PutOptional(" AS ", form.query);
}

void SqlWriter::Write(const ColumnDefinition& column) {
  Put(column.name, " ", column.type);
  for (const Constraint& constraint : column.constraints) Put(" ", constraint);
}

void SqlWriter::Write(const Constraint& constraint) {
  if (constraint.name) Put("CONSTRAINT ", *constraint.name, " ");
  std::visit([&](const auto& rule) { Write(rule); }, constraint.rule);
}

void SqlWriter::Write(const NotNull&) { Put("NOT NULL"); }
void SqlWriter::Write(const Nullable&) { Put("NULL"); }
void SqlWriter::Write(const Sensitive&) { Put("SENSITIVE"); }

void SqlWriter::Write(const Default& rule) {
  Put("DEFAULT ");
  WriteAbove(rule.value, Precedence::kOther);
}

void SqlWriter::Write(const Generated& rule) {
  Put("GENERATED ALWAYS AS (", rule.value, ") STORED");
}

void SqlWriter::Write(const Identity& rule) {
  Put("GENERATED ", rule.always ? "ALWAYS" : "BY DEFAULT", " AS IDENTITY");
}

void SqlWriter::Write(const PrimaryKey& rule) {
  Put("PRIMARY KEY");
  PutParenthesisedIf(" ", rule.columns);
  PutIf(rule.autoincrement, " AUTOINCREMENT");
}

void SqlWriter::Write(const Unique& rule) {
  Put("UNIQUE", rule.nulls_not_distinct ? " NULLS NOT DISTINCT" : "");
  PutParenthesisedIf(" ", rule.columns);
}

void SqlWriter::Write(const Check& rule) { Put("CHECK (", rule.test, ")"); }

void SqlWriter::Write(const References& rule) {
  PutParenthesisedIf("FOREIGN KEY ", rule.columns);
  Put(rule.columns.empty() ? "REFERENCES " : " REFERENCES ", rule.table);
  PutParenthesisedIf(" ", rule.target_columns);
  if (rule.on_delete != ReferentialAction::kUnsaid) Put(" ON DELETE ", rule.on_delete);
  if (rule.on_update != ReferentialAction::kUnsaid) Put(" ON UPDATE ", rule.on_update);
}

void SqlWriter::Write(ReferentialAction action) {
  constexpr std::string_view kWords[] = {"",        "NO ACTION", "RESTRICT",
                                         "CASCADE", "SET NULL",  "SET DEFAULT"};
  Put(kWords[static_cast<size_t>(action)]);
}

void SqlWriter::Write(const InlineIndex& index) {
  Put("INDEX ");
  if (index.name) Put(*index.name, " ");
  PutParenthesised(index.columns);
}

void SqlWriter::Write(const IndexColumn& column) {
  Put(column.key);
  WriteDirection(column.descending, column.nulls);
}

void SqlWriter::Write(const Partition& partition) {
  constexpr std::string_view kUnits[] = {"RANGE", "DAY", "WEEK", "MONTH", "NONE"};
  Put(kUnits[static_cast<size_t>(partition.unit)]);
  PutParenthesisedIf(" ", partition.columns);
}

void SqlWriter::Write(const Option& option) {
  Put(option.name);
  if (!option.value) return;
  Put(" = ");
  WriteAbove(option.value, Precedence::kOther);
}

void SqlWriter::Write(const CreateSchema& form) {
  Put("CREATE SCHEMA ", form.if_not_exists ? "IF NOT EXISTS " : "", form.name);
}

void SqlWriter::Write(const CreateEnum& form) {
  Put("CREATE TYPE ", form.name, " AS ENUM (");
  bool first = true;
  for (const std::string& value : form.values) {
    PutIf(!std::exchange(first, false), ", ");
    WriteString(value);
  }
  Put(")");
}

void SqlWriter::Write(const CreateIndex& form) {
  Put("CREATE ", form.unique ? "UNIQUE " : "", "INDEX ");
  Put(form.concurrently ? "CONCURRENTLY " : "", form.if_not_exists ? "IF NOT EXISTS " : "");
  if (form.name) Put(*form.name, " ");
  Put("ON ", form.table);
  PutOptional(" USING ", form.method);
  Put(" ");
  PutParenthesised(form.columns);
  PutParenthesisedIf(" INCLUDE ", form.include);
  PutIf(form.nulls_not_distinct, " NULLS NOT DISTINCT");
  PutParenthesisedIf(" WITH ", form.options);
  PutOptional(" WHERE ", form.where);
}

void SqlWriter::Write(const CreateView& form) {
  Put("CREATE ", form.or_replace ? "OR REPLACE " : "", form.materialized ? "MATERIALIZED " : "");
  Put("VIEW ", form.if_not_exists ? "IF NOT EXISTS " : "", form.name);
  PutParenthesisedIf(" ", form.columns);
  PutParenthesisedIf(" WITH ", form.options);
  Put(" AS ", form.query);
  PutIf(!form.with_data, " WITH NO DATA");
}

void SqlWriter::Write(const CreateFunction& form) {
  Put("CREATE ", form.or_replace ? "OR REPLACE " : "", "FUNCTION ", form.name, "()");
  PutOptional(" RETURNS ", form.returns);
  Put(" AS ");
  WriteString(form.body);
  PutOptional(" LANGUAGE ", form.language);
}

void SqlWriter::Write(const CreateTrigger& form) {
  Put("CREATE ", form.or_replace ? "OR REPLACE " : "", "TRIGGER ", form.name);
  constexpr std::string_view kTimings[] = {" BEFORE ", " AFTER ", " INSTEAD OF "};
  Put(kTimings[static_cast<size_t>(form.timing)]);
  bool first = true;
  for (const TriggerEvent event : form.events) {
    PutIf(!std::exchange(first, false), " OR ");
    constexpr std::string_view kEvents[] = {"INSERT", "UPDATE", "DELETE"};
    Put(kEvents[static_cast<size_t>(event)]);
    if (event == TriggerEvent::kUpdate) PutListIf(" OF ", form.update_columns);
  }
  Put(" ON ", form.table, form.for_each_row ? " FOR EACH ROW" : "");
  if (form.when) Put(" WHEN (", form.when, ")");
  Put(" EXECUTE FUNCTION ", form.function, "()");
}

void SqlWriter::Write(const CreateExtension& form) {
  Put("CREATE EXTENSION ", form.if_not_exists ? "IF NOT EXISTS " : "", form.name);
  PutIf(form.cascade, " CASCADE");
}

}  // namespace tape::engine::sql
