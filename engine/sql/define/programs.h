// Views, functions and triggers: kept as the SQL that made them, once what they name was found.
//
//   absl::Status status = DefineView(*statement.As<CreateView>(), define);
//   absl::StatusOr<CreateTrigger> trigger = ReadTrigger(*define.state().FindProgram(...));
//   for (const TableInfo* table : TablesOf(view, state)) ...      // what a program reads
//
// A function is a trigger's: BEGIN NEW.column = expression; ... RETURN NEW; END. Anything beyond is
// refused with its reason when it is made. Its columns are known when a trigger names its table.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

absl::Status DefineView(const CreateView& create, Defining& define);
absl::Status DefineFunction(const CreateFunction& create, Defining& define);
absl::Status DefineTrigger(const CreateTrigger& create, Defining& define);

// What the catalog keeps, as it was written.
absl::StatusOr<CreateView> ReadView(const ProgramInfo& program);
absl::StatusOr<CreateFunction> ReadFunction(const ProgramInfo& program);
absl::StatusOr<CreateTrigger> ReadTrigger(const ProgramInfo& program);

// The triggers of a table, in the order of their names: that in which they run.
std::vector<const ProgramInfo*> TriggersOf(const TableInfo& table, const CatalogState& state);

// What a program uses: tables and views that it reads, the table and function of a trigger.
std::set<format::ObjectId> UsesOf(const ProgramInfo& program, const CatalogState& state);

}  // namespace tape::engine::sql
