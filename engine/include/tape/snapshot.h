// What one query sees of a store: every table up to one commit. It never changes.
//
//   absl::StatusOr<std::unique_ptr<Snapshot>> now = store->TakeSnapshot();
//   absl::StatusOr<std::unique_ptr<Scan>> trades = (*now)->Scan({.table = "trades"});
//   ...                                                         // scan.h
//   auto symbol = (*now)->Text("main", "trades", "symbol", code);
//
// Taking one is cheap enough to do for each question: a microsecond, and one more for a lock, where
// nothing was sealed since the last. Commits over several tables are in it whole or not at all.
//
// A snapshot keeps the writer from removing what it reads (a lease, which goes with the process),
// so let go of it when it is not needed. It may outlive the store that it was taken of, and the
// writer's process as well.
//
// Thread-safe: any number of scans at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/ids.h"
#include "tape/scan.h"
#include "tape/schema.h"

namespace tape {

namespace engine {
class StoreSnapshot;
}  // namespace engine

// How a table is called.
struct TableName {
  std::string schema;
  std::string table;

  friend bool operator==(const TableName&, const TableName&) = default;
};

class Snapshot {
 public:
  // Made by Store::TakeSnapshot.
  explicit Snapshot(std::shared_ptr<const engine::StoreSnapshot> snapshot);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // The last commit that it sees.
  Lsn lsn() const;

  std::vector<TableName> tables() const;
  // kNotFound for a table that it does not have, here and below.
  absl::StatusOr<Schema> GetSchema(std::string_view schema, std::string_view table) const;
  // Every row has a lower number than this.
  absl::StatusOr<RowNumber> EndOfRows(std::string_view schema, std::string_view table) const;

  // A symbol column's codes and texts. Nothing for code 0, which is NULL, and code 0 for a text
  // that no row has.
  absl::StatusOr<std::optional<std::string>> Text(std::string_view schema, std::string_view table,
                                                  std::string_view column, SymbolCode code) const;
  absl::StatusOr<SymbolCode> Code(std::string_view schema, std::string_view table,
                                  std::string_view column, std::string_view text) const;

  // kInvalidArgument for columns that the table does not have, times without a time column, symbols
  // without a cluster column, or an LSN above the snapshot's; kFailedPrecondition for one that the
  // table's history does not reach.
  absl::StatusOr<std::unique_ptr<tape::Scan>> Scan(const ScanOptions& options) const;

 private:
  std::shared_ptr<const engine::StoreSnapshot> snapshot_;
};

}  // namespace tape
