// PRIMARY KEY and UNIQUE, over all rows of a table: those of other days, of slices, of the tail,
// and those of the commit among themselves.
//
//   absl::Status status = CheckKeys(tables, *staged);
//
// Rows that only rise are new without a look-up (key_rise.h); a row whose key is that of the row
// that it replaces is not looked up either. Two NULLs collide unless the constraint says that NULLs
// are distinct, which is what UNIQUE says by itself.
//
// Needs the table's appender to be taken: nothing is added to the table meanwhile.
#pragma once

#include "absl/status/status.h"
#include "engine/change/commit_tables.h"
#include "engine/change/staged_table.h"

namespace tape::engine {

// After it, whatever it said, the rises of the table are to be kept or taken back.
absl::Status CheckKeys(CommitTables& tables, StagedTable& staged);

// The constraint's words: "PRIMARY KEY orders_pkey", "UNIQUE orders_note_key".
std::string KeyName(const TableInfo& info, size_t key);

}  // namespace tape::engine
