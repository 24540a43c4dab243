// Which rows of a child refer to keys that a commit takes away from a parent.
//
//   absl::StatusOr<LostKeys> lost = LostKeys::Of(tables, parent, rule.key, {first_kill, end_kill},
//                                                LostKeys::By::kDelete);
//   absl::StatusOr<std::vector<Referring>> rows = FindReferring(tables, rule, *lost);
//
// Rows that the commit kills do not refer any more; those that it replaces do by their new version,
// which is staged.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "engine/change/commit_tables.h"
#include "engine/change/foreign_key_rule.h"
#include "engine/change/staged_table.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// Keys that no row has after the commit, and that one had before.
class LostKeys {
 public:
  enum class By : uint8_t { kDelete, kUpdate, kBoth };
  struct Kills {
    size_t first = 0;
    size_t end = 0;
  };

  // By the kills [first, end) of the parent.
  static absl::StatusOr<LostKeys> Of(CommitTables& tables, StagedTable& parent, size_t key,
                                     Kills kills, By by);

  bool empty() const { return rows_ == 0; }
  size_t rows() const { return rows_; }
  std::vector<ColumnView> views() const;
  // The key at this place with these values.
  std::optional<size_t> Find(const TableAccess& parent, const KeyValues& values) const;

 private:
  size_t rows_ = 0;
  std::vector<ColumnBuffer> columns_;
  absl::flat_hash_map<uint64_t, std::vector<size_t>> by_hash_;
};

struct Referring {
  RowNumber row;    // of the child; may be staged
  size_t lost = 0;  // which key
};

// Committed rows that stay, and staged ones that take the place of others.
absl::StatusOr<std::vector<Referring>> FindReferring(CommitTables& tables,
                                                     const ForeignKeyRule& rule,
                                                     const LostKeys& lost);

}  // namespace tape::engine
