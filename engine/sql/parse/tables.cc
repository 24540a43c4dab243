// CREATE TABLE: columns, constraints, clauses.
#include <utility>

#include "engine/sql/parse/grammar.h"

namespace tape::engine::sql {

CreateTable Grammar::ParseCreateTable() {
  CreateTable table{.if_not_exists = ParseIfNotExists()};
  table.name = ParseObjectName("the name of a table");
  if (At("(")) ParseTableElements(table);
  while (ParseTableClause(table)) {
  }
  if (Accept("AS")) {
    table.query = OwnQuery();
  } else if (table.elements.empty()) {
    FailExpecting("( and columns, or AS and a query");
  }
  return table;
}

void Grammar::ParseTableElements(CreateTable& table) {
  Expect("(");
  ParseList([&] { table.elements.push_back(ParseTableElement()); });
  Expect(")");
}

TableElement Grammar::ParseTableElement() {
  if (AtInlineIndex()) return ParseInlineIndex();
  if (AtTableConstraint()) return ParseTableConstraint();
  return ParseColumnDefinition();
}

// INDEX name (column, INDEX (column; but not: index VARCHAR(20)
bool Grammar::AtInlineIndex() const {
  if (!At("INDEX")) return false;
  if (At("(", 1)) return true;
  return AtName(1) && At("(", 2) && !AtKind(TokenKind::kNumber, 3);
}

InlineIndex Grammar::ParseInlineIndex() {
  InlineIndex index{.place = Here()};
  Expect("INDEX");
  if (AtName()) index.name = TakeName();
  index.columns = ParseIndexColumns();
  return index;
}

ColumnDefinition Grammar::ParseColumnDefinition() {
  ColumnDefinition column{.name = ParseName("a column")};
  column.type = ParseType();
  while (ParseColumnConstraint(column)) {
  }
  return column;
}

bool Grammar::ParseColumnConstraint(ColumnDefinition& column) {
  Constraint constraint{.place = Here()};
  if (Accept("CONSTRAINT")) constraint.name = ParseName("the name of a constraint");
  if (ParseColumnRule(constraint)) {
    column.constraints.push_back(std::move(constraint));
    return ok();
  }
  if (constraint.name)
    FailExpecting("a constraint: NOT NULL, CHECK, UNIQUE, PRIMARY KEY or REFERENCES");
  return false;
}

bool Grammar::ParseColumnRule(Constraint& constraint) {
  if (Accept("NOT", "NULL")) {
    constraint.rule = NotNull{};
  } else if (Accept("NULL")) {
    constraint.rule = Nullable{};
  } else if (Accept("DEFAULT")) {
    constraint.rule = Default{ParseAbove(Precedence::kOther)};
  } else if (Accept("PRIMARY", "KEY")) {
    constraint.rule = PrimaryKey{.autoincrement = Accept("AUTOINCREMENT")};
  } else if (Accept("UNIQUE")) {
    constraint.rule = Unique{.nulls_not_distinct = ParseNullsNotDistinct()};
  } else if (Accept("CHECK", "(")) {
    constraint.rule = Check{ParseExpression()};
    Expect(")");
  } else if (At("REFERENCES")) {
    constraint.rule = ParseReferences();
  } else if (At("GENERATED")) {
    ParseGenerated(constraint);
  } else if (Accept("SENSITIVE")) {
    constraint.rule = Sensitive{};
  } else {
    return false;
  }
  return true;
}

void Grammar::ParseGenerated(Constraint& constraint) {
  Expect("GENERATED");
  if (Accept("BY", "DEFAULT")) {
    Expect("AS", "IDENTITY");
    constraint.rule = Identity{};
    return;
  }
  Expect("ALWAYS", "AS");
  if (Accept("IDENTITY")) {
    constraint.rule = Identity{.always = true};
    return;
  }
  Expect("(");
  constraint.rule = Generated{ParseExpression()};
  Expect(")");
  Expect("STORED");
}

bool Grammar::ParseNullsNotDistinct() {
  if (Accept("NULLS", "NOT", "DISTINCT")) return true;
  Accept("NULLS", "DISTINCT");
  return false;
}

bool Grammar::AtTableConstraint() const {
  return At("CONSTRAINT") || At("PRIMARY") || At("UNIQUE") || At("CHECK") || At("FOREIGN");
}

Constraint Grammar::ParseTableConstraint() {
  Constraint constraint{.place = Here()};
  if (Accept("CONSTRAINT")) constraint.name = ParseName("the name of a constraint");
  if (Accept("PRIMARY", "KEY")) {
    constraint.rule = PrimaryKey{.columns = ParseParenthesisedNames("a column")};
  } else if (Accept("UNIQUE")) {
    const bool not_distinct = ParseNullsNotDistinct();
    constraint.rule = Unique{ParseParenthesisedNames("a column"), not_distinct};
  } else if (Accept("CHECK", "(")) {
    constraint.rule = Check{ParseExpression()};
    Expect(")");
  } else if (Accept("FOREIGN", "KEY")) {
    std::vector<Name> columns = ParseParenthesisedNames("a column");
    References references = ParseReferences();
    references.columns = std::move(columns);
    constraint.rule = std::move(references);
  } else {
    FailExpecting("PRIMARY KEY, UNIQUE, CHECK or FOREIGN KEY");
  }
  return constraint;
}

References Grammar::ParseReferences() {
  References references;
  Expect("REFERENCES");
  references.table = ParseObjectName("a table");
  if (At("(")) references.target_columns = ParseParenthesisedNames("a column");
  while (At("ON") && ok()) {
    Skip();
    if (Accept("UPDATE")) {
      references.on_update = ParseReferentialAction();
    } else {
      Expect("DELETE");
      references.on_delete = ParseReferentialAction();
    }
  }
  return references;
}

ReferentialAction Grammar::ParseReferentialAction() {
  if (Accept("CASCADE")) return ReferentialAction::kCascade;
  if (Accept("RESTRICT")) return ReferentialAction::kRestrict;
  if (Accept("NO", "ACTION")) return ReferentialAction::kNoAction;
  if (Accept("SET", "NULL")) return ReferentialAction::kSetNull;
  if (Accept("SET", "DEFAULT")) return ReferentialAction::kSetDefault;
  FailExpecting("CASCADE, RESTRICT, SET NULL, SET DEFAULT or NO ACTION");
  return ReferentialAction::kUnsaid;
}

// Each once, in any order.
bool Grammar::ParseTableClause(CreateTable& table) {
  if (!table.partition && At("PARTITION", "BY")) {
    table.partition = ParsePartition();
  } else if (table.cluster_by.empty() && Accept("CLUSTER", "BY")) {
    table.cluster_by = ParseParenthesisedNames("a column");
  } else if (!table.available_after && Accept("AVAILABLE", "AFTER")) {
    table.available_after = OwnAbove(Precedence::kSign);
  } else if (table.options.empty() && At("WITH", "(")) {
    Skip();
    table.options = ParseOptions();
  } else {
    return false;
  }
  return ok();
}

Partition Grammar::ParsePartition() {
  Partition partition{.place = Here()};
  Expect("PARTITION", "BY");
  if (Accept("NONE")) return partition;
  if (Accept("RANGE")) {
    partition.unit = PartitionUnit::kRange;
  } else if (Accept("DAY")) {
    partition.unit = PartitionUnit::kDay;
  } else if (Accept("WEEK")) {
    partition.unit = PartitionUnit::kWeek;
  } else if (Accept("MONTH")) {
    partition.unit = PartitionUnit::kMonth;
  } else {
    FailExpecting("RANGE, DAY, WEEK, MONTH or NONE");
  }
  if (partition.unit == PartitionUnit::kRange || At("(")) {
    partition.columns = ParseParenthesisedNames("a column");
  }
  return partition;
}

// (name, name = value, ...)
std::vector<Option> Grammar::ParseOptions() {
  std::vector<Option> options;
  Expect("(");
  ParseList([&] {
    Option option{.name = ParseQualifiedPart("an option")};
    while (Accept(".")) {
      option.name.text += '.';
      option.name.text += ParseQualifiedPart("an option").text;
    }
    if (Accept("=")) option.value = Owned(ParseSettingValue());
    options.push_back(std::move(option));
  });
  Expect(")");
  return options;
}

std::vector<IndexColumn> Grammar::ParseIndexColumns() {
  std::vector<IndexColumn> columns;
  Expect("(");
  ParseList([&] {
    IndexColumn column{.key = ParseExpression()};
    ParseDirection(column.descending, column.nulls);
    columns.push_back(std::move(column));
  });
  Expect(")");
  return columns;
}

}  // namespace tape::engine::sql
