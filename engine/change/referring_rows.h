// Which rows of a child refer to keys that a commit takes away from a parent.
//
//   absl::StatusOr<LostKeys> lost = LostKeys::Of(tables, parent, rule.key, killed,
//                                                LostKeys::By::kDelete);
//   ReferringRows referring(tables);
//   absl::StatusOr<std::vector<Referring>> rows = referring.Find(rule, *lost);
//
// Rows that the commit kills do not refer any more; those that it replaces do by their new version,
// which is staged.
//
// Where no key of the child helps, it is scanned. A commit whose deletions lead to others (a tree,
// deleted from its root) asks again and again: the second scan keeps what every row refers to, 16
// bytes a row, and there is no third. Where that is more memory than the checks of a commit may
// have, there is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/commit_tables.h"
#include "engine/change/foreign_key_rule.h"
#include "engine/change/staged_table.h"
#include "tape/column_view.h"
#include "tape/ids.h"

namespace tape::engine {

// Keys that no row has after the commit, and that one had before, or had in between.
class LostKeys {
 public:
  enum class By : uint8_t { kDelete, kUpdate, kBoth };

  // By killed rows of the parent. Of a row that was updated and then deleted, those of its versions
  // too: rows of the commit may refer to them.
  static absl::StatusOr<LostKeys> Of(CommitTables& tables, StagedTable& parent, size_t key,
                                     std::span<const RowNumber> killed, By by);

  bool empty() const { return rows_ == 0; }
  size_t rows() const { return rows_; }
  std::vector<ColumnView> views() const;
  // The key at this place with these values.
  std::optional<size_t> Find(const TableAccess& parent, const KeyValues& values) const;

 private:
  // Whether the last row of the columns counts; forgotten where it does not.
  absl::Status KeepLast(CommitTables& tables, TableAccess& parent, size_t key);

  size_t rows_ = 0;
  std::vector<ColumnBuffer> columns_;
  absl::flat_hash_map<uint64_t, std::vector<size_t>> by_hash_;
};

struct Referring {
  RowNumber row;    // of the child; may be staged
  size_t lost = 0;  // which key
};

class ReferringRows {
 public:
  explicit ReferringRows(CommitTables& tables) : tables_(tables) {}

  // Committed rows that stay, and staged ones that take the place of others.
  absl::StatusOr<std::vector<Referring>> Find(const ForeignKeyRule& rule, const LostKeys& lost);

  // What scans of one child have learned.
  struct Known {
    uint64_t scans = 0;
    bool is_whole = false;  // what follows is of all rows
    // Hash of the parent's key that a row refers to, and the row; ascending.
    std::vector<std::pair<uint64_t, uint64_t>> rows{};
  };

 private:
  CommitTables& tables_;
  std::map<std::pair<TableId, std::string>, Known> known_;  // by child and name of the foreign key
};

}  // namespace tape::engine
