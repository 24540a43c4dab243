// FOREIGN KEY, from both sides, over the whole commit.
//
//   ForeignKeys keys(tables);
//   absl::Status status = keys.Act();       // ON DELETE CASCADE and SET NULL, transitively
//   ...                                     // the tables that this touched join the commit
//   status = keys.Check();
//
// The child's side: every row of the commit has its parent after the commit, be it one that was
// there or one of the same commit; a NULL refers to nothing. The parent's side: no row that stays
// refers to a key that the commit takes away, by deleting its row or by giving it another key.
// Actions follow deletions only. They work on rows that were committed and on their new versions,
// not on rows that the commit itself brings: those need their parents.
//
// A parent is found by its key index. Children are found by theirs where the foreign key's columns
// are a key of the child, else by one scan of the child for all keys that go.
#pragma once

#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/commit_tables.h"
#include "engine/change/foreign_key_rule.h"
#include "engine/change/staged_table.h"
#include "tape/ids.h"

namespace tape::engine {

class ForeignKeys {
 public:
  explicit ForeignKeys(CommitTables& tables) : tables_(tables) {}

  absl::Status Act();
  absl::Status Check();

 private:
  absl::Status ActOn(StagedTable& parent, size_t first, size_t end);
  absl::Status CheckChild(StagedTable& child);
  absl::Status CheckParent(StagedTable& parent);

  CommitTables& tables_;
  std::map<TableId, size_t> done_;  // kills whose actions are taken
};

}  // namespace tape::engine
