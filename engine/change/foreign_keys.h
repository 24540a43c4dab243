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
// Actions follow deletions only: also the deletion of a row that another action, or the change
// itself, has updated before. They work on rows that were committed and on their new versions, not
// on rows that the commit itself brings: those need their parents.
//
// A parent is found by its key index. Children are found by theirs where the foreign key's columns
// are a key of the child, else by one scan of the child for all keys that go, and by what that scan
// learned where one deletion leads to the next (referring_rows.h).
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/commit_tables.h"
#include "engine/change/foreign_key_rule.h"
#include "engine/change/referring_rows.h"
#include "engine/change/staged_table.h"
#include "tape/ids.h"

namespace tape::engine {

class ForeignKeys {
 public:
  explicit ForeignKeys(CommitTables& tables) : tables_(tables), referring_(tables) {}

  absl::Status Act();
  absl::Status Check();

 private:
  // Killed rows of the table whose actions are still to be taken.
  std::vector<RowNumber> TakeKilled(const StagedTable& parent);
  absl::Status ActOn(StagedTable& parent, std::span<const RowNumber> killed);
  absl::Status Delete(StagedTable& child, RowNumber row);
  absl::Status CheckChild(StagedTable& child);
  absl::Status CheckParent(StagedTable& parent);

  CommitTables& tables_;
  ReferringRows referring_;
  std::map<TableId, size_t> done_;  // kills whose actions are taken
  // Rows among them whose new version was deleted after that.
  std::map<TableId, std::vector<RowNumber>> late_;
};

}  // namespace tape::engine
