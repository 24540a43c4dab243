// What one query sees of a store: all tables up to one LSN. It never changes (R2).
//
//   absl::StatusOr<std::shared_ptr<const StoreSnapshot>> now = reader->TakeSnapshot();
//   const TableSnapshot* trades = (*now)->Find("main", "trades");
//
// Holds a lease as long as it lives (R4), and everything that it reads from: it may outlive the
// reader that it was taken by.
//
// Immutable; thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string_view>

#include "engine/read/leases.h"
#include "engine/read/table_snapshot.h"
#include "tape/ids.h"

namespace tape::engine {

class StoreSnapshot {
 public:
  using Tables = std::map<TableId, std::unique_ptr<const TableSnapshot>>;

  StoreSnapshot(Lsn lsn, std::shared_ptr<const Lease> lease, std::shared_ptr<const void> source,
                Tables tables)
      : lsn_(lsn),
        lease_(std::move(lease)),
        source_(std::move(source)),
        tables_(std::move(tables)) {}

  Lsn lsn() const { return lsn_; }
  const Tables& tables() const { return tables_; }

  // nullptr where there is none.
  const TableSnapshot* Find(std::string_view schema, std::string_view name) const {
    for (const auto& [id, table] : tables_) {
      if (table->schema().name() == name && table->schema().schema_name() == schema) {
        return table.get();
      }
    }
    return nullptr;
  }

 private:
  const Lsn lsn_;
  const std::shared_ptr<const Lease> lease_;
  const std::shared_ptr<const void> source_;  // what tables point into
  const Tables tables_;
};

}  // namespace tape::engine
