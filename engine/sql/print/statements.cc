// Statements that change rows or the session, and the doors to all of the printer.
#include <variant>

#include "engine/sql/print/sql_writer.h"
#include "engine/sql/printer.h"

namespace tape::engine::sql {

void SqlWriter::Write(const Statement& statement) {
  std::visit([&](const auto& form) { Write(form); }, statement.form);
}

void SqlWriter::Write(const Insert& form) {
  if (!form.with.tables.empty()) Put(form.with, " ");
  Put("INSERT INTO ", form.table);
  PutOptional(" AS ", form.alias);
  PutParenthesisedIf(" ", form.columns);
  if (form.source) {
    Put(" ", form.source);
  } else {
    Put(" DEFAULT VALUES");
  }
  PutOptional(" ", form.on_conflict);
  PutListIf(" RETURNING ", form.returning);
}

void SqlWriter::Write(const OnConflict& conflict) {
  Put("ON CONFLICT");
  PutParenthesisedIf(" ", conflict.target);
  PutOptional(" WHERE ", conflict.target_where);
  PutOptional(" ON CONSTRAINT ", conflict.constraint);
  if (conflict.assignments.empty()) return Put(" DO NOTHING");
  PutListIf(" DO UPDATE SET ", conflict.assignments);
  PutOptional(" WHERE ", conflict.where);
}

// A row or a subquery is one value for one column only where the parser was told so by parentheses.
void SqlWriter::Write(const Assignment& assignment) {
  const auto* subquery = assignment.value.As<Subquery>();
  const bool scalar = subquery != nullptr && subquery->kind == SubqueryKind::kScalar;
  if (assignment.columns.size() == 1 && !scalar && !assignment.value.As<Row>()) {
    return Put(assignment.columns[0], " = ", assignment.value);
  }
  PutParenthesised(assignment.columns);
  Put(" = ", assignment.value);
}

void SqlWriter::Write(const Update& form) {
  if (!form.with.tables.empty()) Put(form.with, " ");
  Put("UPDATE ", form.table);
  PutOptional(" AS ", form.alias);
  PutListIf(" SET ", form.assignments);
  WriteFrom(" FROM ", form.from);
  PutOptional(" WHERE ", form.where);
  PutListIf(" RETURNING ", form.returning);
}

void SqlWriter::Write(const Delete& form) {
  if (!form.with.tables.empty()) Put(form.with, " ");
  Put("DELETE FROM ", form.table);
  PutOptional(" AS ", form.alias);
  WriteFrom(" USING ", form.from);
  PutOptional(" WHERE ", form.where);
  PutListIf(" RETURNING ", form.returning);
}

void SqlWriter::Write(const Transaction& form) {
  constexpr std::string_view kWords[] = {"BEGIN", "COMMIT", "ROLLBACK"};
  Put(kWords[static_cast<size_t>(form.verb)]);
}

void SqlWriter::Write(const Set& form) {
  Put("SET ", form.local ? "LOCAL " : "", form.name, " = ");
  if (form.values.empty()) return Put("DEFAULT");
  bool first = true;
  for (const Expression& value : form.values) {
    PutIf(!std::exchange(first, false), ", ");
    WriteAbove(value, Precedence::kOther);
  }
}

void SqlWriter::Write(const Show& form) {
  if (form.name.parts.empty()) return Put("SHOW ALL");
  Put("SHOW ", form.name);
}

void SqlWriter::Write(const Explain& form) {
  Put("EXPLAIN ", form.analyze ? "ANALYZE " : "", form.statement);
}

void SqlWriter::Write(const Attach& form) {
  Put("ATTACH ");
  WriteString(form.path);
  Put(" AS ", form.name);
}

void SqlWriter::Write(const Detach& form) { Put("DETACH ", form.name); }

void SqlWriter::Write(const RefreshView& form) {
  Put("REFRESH MATERIALIZED VIEW ", form.concurrently ? "CONCURRENTLY " : "", form.name);
  PutIf(!form.with_data, " WITH NO DATA");
}

namespace {

template <typename Tree>
std::string PrintTree(const Tree& tree) {
  SqlWriter writer;
  writer.Write(tree);
  return writer.Take();
}

}  // namespace

std::string Print(const Statement& statement) { return PrintTree(statement); }
std::string Print(const Query& query) { return PrintTree(query); }
std::string Print(const Expression& expression) { return PrintTree(expression); }
std::string Print(const TypeName& type) { return PrintTree(type); }
std::string Print(const ObjectName& name) { return PrintTree(name); }

std::string PrintName(std::string_view name) {
  SqlWriter writer;
  writer.WriteName(name);
  return writer.Take();
}

std::string PrintString(std::string_view text) {
  SqlWriter writer;
  writer.WriteString(text);
  return writer.Take();
}

}  // namespace tape::engine::sql
