// ALTER, DROP and COMMENT.
//
//   std::vector<DaysToDrop> days;
//   absl::Status status = DefineAlteration(*statement.As<AlterTable>(), define, days);
//   status = DefineDrop(*statement.As<Drop>(), define);
//
// Nothing here touches rows. What they must hold is written down as rules; slices know the version
// that they were written under and are read as the newest one says: a column that they lack as the
// default it came with, a type that was widened by widening.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "engine/sql/define/definer.h"
#include "engine/sql/define/defining.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

absl::Status DefineAlteration(const AlterTable& alter, Defining& define,
                              std::vector<DaysToDrop>& days);
absl::Status DefineEnum(const CreateEnum& create, Defining& define);
absl::Status DefineEnumValue(const AddEnumValue& add, Defining& define);
absl::Status DefineEnumRename(const RenameEnumValue& rename, Defining& define);
absl::Status DefineRename(const RenameObject& rename, Defining& define);
absl::Status DefineDrop(const Drop& drop, Defining& define);
absl::Status DefineComment(const Comment& comment, Defining& define);

}  // namespace tape::engine::sql
