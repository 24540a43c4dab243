// ALTER, DROP, COMMENT.
#include <utility>

#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {

StatementForm Grammar::ParseAlter() {
  Expect("ALTER");
  if (Accept("TABLE")) return ParseAlterTable();
  if (Accept("TYPE")) return ParseAlterType();
  return ParseRenameObject(
      ParseObjectKind("TABLE, TYPE, VIEW, MATERIALIZED VIEW, INDEX or SCHEMA"));
}

AlterTable Grammar::ParseAlterTable() {
  AlterTable alter{.if_exists = ParseIfExists()};
  Accept("ONLY");
  alter.table = ParseObjectName("a table");
  ParseList([&] { alter.actions.push_back(ParseAlterAction()); });
  return alter;
}

AlterAction Grammar::ParseAlterAction() {
  if (Accept("ADD")) return ParseAddAction();
  if (Accept("DROP")) return ParseDropAction();
  if (Accept("ALTER")) return ParseAlterColumn();
  if (Accept("RENAME")) return ParseRenameAction();
  if (Accept("SET")) return ParseSetAction();
  if (Accept("RESET")) return ResetOptions{ParseParenthesisedNames("an option")};
  FailExpecting("ADD, DROP, ALTER, RENAME, SET or RESET");
  return {};
}

AlterAction Grammar::ParseAddAction() {
  if (AtTableConstraint()) return AddConstraint{ParseTableConstraint()};
  Accept("COLUMN");
  AddColumn add{.if_not_exists = ParseIfNotExists()};
  add.column = ParseColumnDefinition();
  return add;
}

AlterAction Grammar::ParseDropAction() {
  if (Accept("DAYS", "BEFORE")) return DropDays{ParseExpression()};
  if (Accept("CONSTRAINT")) {
    DropConstraint drop{.if_exists = ParseIfExists()};
    drop.name = ParseName("a constraint");
    drop.behavior = ParseDropBehavior();
    return drop;
  }
  Accept("COLUMN");
  DropColumn drop{.if_exists = ParseIfExists()};
  drop.column = ParseName("a column");
  drop.behavior = ParseDropBehavior();
  return drop;
}

AlterAction Grammar::ParseAlterColumn() {
  Accept("COLUMN");
  Name column = ParseName("a column");
  if (Accept("SET", "NOT", "NULL")) return SetColumnNotNull{std::move(column), true};
  if (Accept("DROP", "NOT", "NULL")) return SetColumnNotNull{std::move(column), false};
  if (Accept("DROP", "DEFAULT")) return SetColumnDefault{std::move(column), {}};
  if (Accept("SET", "DEFAULT")) return SetColumnDefault{std::move(column), OwnExpression()};
  if (Accept("SET", "DATA") || At("TYPE")) {
    Expect("TYPE");
    SetColumnType set{.column = std::move(column), .type = ParseType()};
    if (Accept("USING")) set.conversion = OwnExpression();
    return set;
  }
  FailExpecting("TYPE, SET DEFAULT, DROP DEFAULT, SET NOT NULL or DROP NOT NULL");
  return {};
}

AlterAction Grammar::ParseRenameAction() {
  if (Accept("TO")) return RenameTable{ParseName("the new name")};
  const bool constraint = Accept("CONSTRAINT");
  if (!constraint) Accept("COLUMN");
  Name from = ParseName(constraint ? "a constraint" : "a column");
  Expect("TO");
  Name to = ParseName("the new name");
  if (constraint) return RenameConstraint{std::move(from), std::move(to)};
  return RenameColumn{std::move(from), std::move(to)};
}

AlterAction Grammar::ParseSetAction() {
  if (Accept("SCHEMA")) return SetSchema{ParseName("a schema")};
  return SetOptions{ParseOptions()};
}

StatementForm Grammar::ParseAlterType() {
  ObjectName type = ParseObjectName("a type");
  if (Accept("RENAME", "TO")) {
    return RenameObject{ObjectKind::kType, false, std::move(type), ParseName("the new name")};
  }
  if (Accept("RENAME", "VALUE")) {
    RenameEnumValue rename{.type = std::move(type), .from = ParseString("a value, as a string")};
    Expect("TO");
    rename.to = ParseString("a value, as a string");
    return rename;
  }
  Expect("ADD", "VALUE");
  AddEnumValue add{.type = std::move(type), .if_not_exists = ParseIfNotExists()};
  add.value = ParseString("a value, as a string");
  if (At("BEFORE") || At("AFTER")) {
    add.position = At("BEFORE") ? AddEnumValue::Position::kBefore : AddEnumValue::Position::kAfter;
    Skip();
    add.neighbour = ParseString("a value, as a string");
  }
  return add;
}

StatementForm Grammar::ParseRenameObject(ObjectKind kind) {
  RenameObject rename{.kind = kind, .if_exists = ParseIfExists()};
  rename.name = ParseObjectName("a name");
  Expect("RENAME", "TO");
  rename.to = ParseName("the new name");
  return rename;
}

ObjectKind Grammar::ParseObjectKind(std::string_view what) {
  if (Accept("TABLE")) return ObjectKind::kTable;
  if (Accept("VIEW")) return ObjectKind::kView;
  if (Accept("MATERIALIZED", "VIEW")) return ObjectKind::kMaterializedView;
  if (Accept("INDEX")) return ObjectKind::kIndex;
  if (Accept("SCHEMA")) return ObjectKind::kSchema;
  if (Accept("TYPE")) return ObjectKind::kType;
  if (Accept("FUNCTION")) return ObjectKind::kFunction;
  if (Accept("TRIGGER")) return ObjectKind::kTrigger;
  if (Accept("EXTENSION")) return ObjectKind::kExtension;
  FailExpecting(what);
  return ObjectKind::kTable;
}

DropBehavior Grammar::ParseDropBehavior() {
  if (Accept("CASCADE")) return DropBehavior::kCascade;
  return Accept("RESTRICT") ? DropBehavior::kRestrict : DropBehavior::kUnsaid;
}

Drop Grammar::ParseDrop() {
  Expect("DROP");
  Drop drop{.kind = ParseObjectKind("TABLE, INDEX, VIEW, TYPE, SCHEMA, FUNCTION or TRIGGER")};
  drop.concurrently = drop.kind == ObjectKind::kIndex && Accept("CONCURRENTLY");
  drop.if_exists = ParseIfExists();
  ParseList([&] {
    drop.names.push_back(ParseObjectName("a name"));
    if (drop.kind == ObjectKind::kFunction && Accept("(")) Expect(")");
  });
  const bool inside = drop.kind == ObjectKind::kTrigger || drop.kind == ObjectKind::kIndex;
  if (inside && Accept("ON")) drop.table = ParseObjectName("a table");
  drop.behavior = ParseDropBehavior();
  return drop;
}

Comment Grammar::ParseComment() {
  Comment comment;
  Expect("COMMENT", "ON");
  if (Accept("COLUMN")) {
    comment.kind = ObjectKind::kColumn;
  } else if (Accept("CONSTRAINT")) {
    comment.kind = ObjectKind::kConstraint;
  } else {
    comment.kind = ParseObjectKind("what the comment is on: TABLE, COLUMN, INDEX, VIEW, ...");
  }
  comment.name = ParseObjectName("a name");
  if (comment.kind == ObjectKind::kFunction && Accept("(")) Expect(")");
  if (comment.kind == ObjectKind::kConstraint || comment.kind == ObjectKind::kTrigger) {
    Expect("ON");
    comment.table = ParseObjectName("a table");
  }
  Expect("IS");
  if (!Accept("NULL")) comment.text = ParseString("the comment, as a string");
  return comment;
}

}  // namespace tape::engine::sql
