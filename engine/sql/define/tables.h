// CREATE TABLE, CREATE INDEX and create_hypertable: from trees to the definitions of tables.
//
//   absl::Status status = DefineTable(*statement.As<CreateTable>(), define);
//   status = DefineIndex(*statement.As<CreateIndex>(), define);
//   if (const Call* call = HypertableCall(statement)) status = DefineHypertable(*call, define);
//
// What PostgreSQL, TimescaleDB and SQLite say is taken in their spelling; what cannot be held here
// is refused with the reason, never passed over.
#pragma once

#include "absl/status/status.h"
#include "engine/sql/define/constraints.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

absl::Status DefineTable(const CreateTable& create, Defining& define);
absl::Status DefineIndex(const CreateIndex& create, Defining& define);

// nullptr for any other statement.
const Call* HypertableCall(const Statement& statement);
absl::Status DefineHypertable(const Call& call, Defining& define);

// A column with its constraints, at the end of the draft; what CREATE TABLE and ADD COLUMN share.
absl::Status AppendColumn(const ColumnDefinition& column, TableDraft& draft, Defining& define);

}  // namespace tape::engine::sql
