// ALTER, DROP, COMMENT.
#include <variant>

#include "engine/sql/print/sql_writer.h"

namespace tape::engine::sql {
namespace {

std::string_view WordsOf(ObjectKind kind) {
  constexpr std::string_view kWords[] = {"TABLE",     "VIEW",   "MATERIALIZED VIEW", "INDEX",
                                         "SCHEMA",    "TYPE",   "FUNCTION",          "TRIGGER",
                                         "EXTENSION", "COLUMN", "CONSTRAINT"};
  return kWords[static_cast<size_t>(kind)];
}

}  // namespace

void SqlWriter::Write(const AlterTable& form) {
  Put("ALTER TABLE ", form.if_exists ? "IF EXISTS " : "", form.table);
  std::string_view separator = " ";
  for (const AlterAction& action : form.actions) {
    Put(std::exchange(separator, ", "));
    std::visit([&](const auto& tree) { Write(tree); }, action);
  }
}

void SqlWriter::Write(const AddColumn& action) {
  Put("ADD COLUMN ", action.if_not_exists ? "IF NOT EXISTS " : "", action.column);
}

void SqlWriter::Write(const DropColumn& action) {
  Put("DROP COLUMN ", action.if_exists ? "IF EXISTS " : "", action.column);
  WriteBehavior(action.behavior);
}

void SqlWriter::Write(const RenameColumn& action) {
  Put("RENAME COLUMN ", action.from, " TO ", action.to);
}

void SqlWriter::Write(const RenameConstraint& action) {
  Put("RENAME CONSTRAINT ", action.from, " TO ", action.to);
}

void SqlWriter::Write(const RenameTable& action) { Put("RENAME TO ", action.to); }

void SqlWriter::Write(const SetSchema& action) { Put("SET SCHEMA ", action.schema); }

void SqlWriter::Write(const SetColumnType& action) {
  Put("ALTER COLUMN ", action.column, " TYPE ", action.type);
  PutOptional(" USING ", action.conversion);
}

void SqlWriter::Write(const SetColumnDefault& action) {
  Put("ALTER COLUMN ", action.column, action.value ? " SET" : " DROP", " DEFAULT");
  PutOptional(" ", action.value);
}

void SqlWriter::Write(const SetColumnNotNull& action) {
  Put("ALTER COLUMN ", action.column, action.not_null ? " SET" : " DROP", " NOT NULL");
}

void SqlWriter::Write(const AddConstraint& action) { Put("ADD ", action.constraint); }

void SqlWriter::Write(const DropConstraint& action) {
  Put("DROP CONSTRAINT ", action.if_exists ? "IF EXISTS " : "", action.name);
  WriteBehavior(action.behavior);
}

void SqlWriter::Write(const SetOptions& action) { PutParenthesisedIf("SET ", action.options); }

void SqlWriter::Write(const ResetOptions& action) { PutParenthesisedIf("RESET ", action.names); }

void SqlWriter::Write(const DropDays& action) { Put("DROP DAYS BEFORE ", action.before); }

void SqlWriter::Write(const AddEnumValue& form) {
  Put("ALTER TYPE ", form.type, " ADD VALUE ", form.if_not_exists ? "IF NOT EXISTS " : "");
  WriteString(form.value);
  if (form.position == AddEnumValue::Position::kLast) return;
  Put(form.position == AddEnumValue::Position::kBefore ? " BEFORE " : " AFTER ");
  WriteString(form.neighbour);
}

void SqlWriter::Write(const RenameEnumValue& form) {
  Put("ALTER TYPE ", form.type, " RENAME VALUE ");
  WriteString(form.from);
  Put(" TO ");
  WriteString(form.to);
}

void SqlWriter::Write(const RenameObject& form) {
  Put("ALTER ", WordsOf(form.kind), " ", form.if_exists ? "IF EXISTS " : "", form.name);
  Put(" RENAME TO ", form.to);
}

void SqlWriter::Write(const Drop& form) {
  Put("DROP ", WordsOf(form.kind), " ", form.concurrently ? "CONCURRENTLY " : "");
  PutIf(form.if_exists, "IF EXISTS ");
  PutList(form.names);
  PutOptional(" ON ", form.table);
  WriteBehavior(form.behavior);
}

void SqlWriter::WriteBehavior(DropBehavior behavior) {
  PutIf(behavior == DropBehavior::kCascade, " CASCADE");
  PutIf(behavior == DropBehavior::kRestrict, " RESTRICT");
}

void SqlWriter::Write(const Comment& form) {
  Put("COMMENT ON ", WordsOf(form.kind), " ", form.name);
  PutOptional(" ON ", form.table);
  Put(" IS ");
  if (!form.text) return Put("NULL");
  WriteString(*form.text);
}

}  // namespace tape::engine::sql
