// How changes become one commit: in turn, checked, stored, published.
//
//   absl::StatusOr<Lsn> lsn = ChangeCommit(changes, parts, plain).Run(Durability::kDurable);
//
// In the turn of the commit: the appenders of its tables are taken; rows that it kills are looked
// at, whether somebody else has killed them; actions of foreign keys; keys; foreign keys; only then
// is anything stored into tails, symbols given their codes, and the commit published. Whatever
// fails leaves the changes as they were. The sync of a durable commit is waited for after the turn,
// so that one sync serves all who wait.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/change.h"
#include "engine/change/commit_tables.h"
#include "engine/change/staged_table.h"
#include "engine/tail/tail_appender.h"
#include "tape/ids.h"

namespace tape::engine {

class ChangeCommit {
 public:
  ChangeCommit(Changes& changes, std::span<Change* const> parts,
               std::span<TailAppender* const> plain);

  absl::StatusOr<Lsn> Run(Durability durability);

 private:
  struct Taken {
    StagedTable* table = nullptr;
    TailAppender* appender = nullptr;
  };

  absl::StatusOr<Lsn> RunInTurn();
  absl::Status Take();
  absl::Status TakeOne(StagedTable& table);
  absl::Status Check();
  absl::Status CheckConflicts(StagedTable& table);
  absl::Status Store();
  absl::Status StoreRows(const Taken& taken);
  absl::StatusOr<Lsn> Publish();
  void GiveUp();
  void GiveBack();
  bool has_changes() const;
  Durability Strongest(Durability durability) const;

  Changes& changes_;
  const std::span<Change* const> parts_;
  const std::span<TailAppender* const> plain_;
  CommitTables tables_;
  std::vector<Change::Mark> marks_;
  std::map<TableId, Taken> taken_;
  bool stores_ = false;  // something may be in tails
};

}  // namespace tape::engine
