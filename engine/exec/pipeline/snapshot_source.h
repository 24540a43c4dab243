// A table of a snapshot, as a source of rows.
//
//   auto trades = SnapshotSource::Make(snapshot, *snapshot->Find("main", "trades"), labels);
//   absl::StatusOr<std::unique_ptr<RowStream>> rows = trades->Open({.columns = {0, 1}});
//
// Days, slices and blocks are ruled out by times and symbols before anything of them is read.
// Symbol columns come as codes; a code is looked up once per stream, where it first comes, so that
// one which no dictionary has is an error and not a text.
//
// Immutable; thread-safe. Streams share in the ownership of the snapshot.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/source.h"
#include "engine/read/store_snapshot.h"
#include "engine/read/table_snapshot.h"

namespace tape::engine::exec {

class SnapshotSource : public Source {
 public:
  // `labels` of ENUM columns, by index of column; may be shorter than the columns. `table` is the
  // snapshot's own.
  static std::shared_ptr<const SnapshotSource> Make(std::shared_ptr<const StoreSnapshot> snapshot,
                                                    const TableSnapshot& table,
                                                    const std::vector<LabelsPtr>& labels = {});

  absl::StatusOr<std::unique_ptr<RowStream>> Open(const SourceSpec& spec) const override;

  const TableSnapshot& table() const { return table_; }

 private:
  SnapshotSource(std::shared_ptr<const StoreSnapshot> snapshot, const TableSnapshot& table,
                 std::vector<SourceColumn> columns)
      : Source(std::move(columns), table.schema().time_column(), table.schema().cluster_column()),
        snapshot_(std::move(snapshot)),
        table_(table) {}

  const std::shared_ptr<const StoreSnapshot> snapshot_;
  const TableSnapshot& table_;
};

}  // namespace tape::engine::exec
