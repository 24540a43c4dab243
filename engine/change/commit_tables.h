// The tables of one commit while it is checked: what it has staged in them, and what there is
// besides.
//
//   CommitTables tables(changes, {{&change}});
//   StagedTable* orders = tables.Find(id);                 // nullptr: the commit does not touch it
//   absl::StatusOr<const TableSnapshot*> now = tables.View(access);
//   absl::StatusOr<bool> there = tables.HasKey(accounts, key, values);   // after the commit
//
// The snapshot is taken when something first asks for it, in the commit's turn: nothing that
// constraints look at changes after that. Thread-compatible: whose turn it is.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/change.h"
#include "engine/change/staged_table.h"
#include "engine/change/table_access.h"
#include "engine/read/store_snapshot.h"
#include "tape/ids.h"

namespace tape::engine {

struct ForeignKeyRule;

class CommitTables {
 public:
  CommitTables(Changes& changes, std::span<Change* const> parts);

  // Those that the commit touches, in the order of their ids.
  std::vector<StagedTable*> all() const;
  StagedTable* Find(TableId table) const;
  // For what constraints do by themselves, in the first of the commit's changes.
  absl::StatusOr<StagedTable*> Open(TableId table);
  absl::StatusOr<std::shared_ptr<TableAccess>> Access(TableId table);
  std::vector<std::shared_ptr<OpenTable>> AllTables() const;

  absl::StatusOr<const TableSnapshot*> View(const TableAccess& access);

  // A live committed row with this key that the commit does not kill.
  absl::StatusOr<std::optional<RowNumber>> FindCommitted(TableAccess& access, size_t key,
                                                         const KeyValues& values);
  // Whether a row has this key after the commit.
  absl::StatusOr<bool> HasKey(TableAccess& access, size_t key, const KeyValues& values);

  // Code and text of a symbol in this table: 0 and empty where it has none.
  absl::StatusOr<uint32_t> CodeOf(TableAccess& access, size_t column, std::string_view text);
  absl::StatusOr<std::string_view> TextOf(TableAccess& access, size_t column, SymbolCode code);

  // A row of a child, committed or staged, refers to what goes.
  absl::Status RefuseLoss(const ForeignKeyRule& rule, RowNumber row);

  // The commit was refused: nothing of the changes looks at the commit's snapshot any more.
  void Leave();

  // What an action does to a row of a child.
  absl::Status Delete(StagedTable& table, RowNumber row);
  absl::Status SetNull(StagedTable& table, RowNumber row, std::span<const size_t> columns);

 private:
  absl::Status UseNow(StagedTable& table);

  Changes& changes_;
  const std::span<Change* const> parts_;
  std::shared_ptr<const StoreSnapshot> now_;
};

}  // namespace tape::engine
