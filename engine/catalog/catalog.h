// What the store's tables, types, views and triggers are, and were: the history of definitions.
//
//   absl::StatusOr<Catalog> catalog = Catalog::Load(files, store_folder, uuid);   // the checkpoint
//   absl::Status status = catalog->Apply(lsn, record);                            // and the WAL
//
//   const TableInfo* trades = catalog->Find("main", "trades");
//   CatalogChange change = catalog->Begin(now);             // a draft of what is to be committed
//
//   status = catalog->Save(files, store_folder, complete);      // the next generation, synced
//
// Every version of every table stays: slices know the version that they were written under. Ids are
// never used again.
//
// Errors: kAlreadyExists and kNotFound for names; kDataLoss for a history that contradicts itself.
// Thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog_change.h"
#include "engine/catalog/catalog_state.h"
#include "engine/io/file_system.h"
#include "format/bytes/place.h"
#include "format/records/catalog_file.h"
#include "format/records/catalog_record.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

class Catalog {
 public:
  explicit Catalog(const format::StoreUuid& store);

  // The newest checkpoint; an empty catalog where there is none.
  static absl::StatusOr<Catalog> Load(FileSystem& files, const std::string& store_folder,
                                      const format::StoreUuid& store);

  // A change, in the order of LSNs. Those that the checkpoint has are passed over.
  absl::Status Apply(Lsn lsn, const format::CatalogRecord& record);

  const CatalogState& state() const { return state_; }
  // As it was at an LSN.
  absl::StatusOr<CatalogState> At(Lsn lsn) const;
  // nullptr where there is none.
  const TableInfo* Find(std::string_view schema, std::string_view name) const {
    return state_.Find(schema, name);
  }
  const TableInfo* Find(TableId table) const { return state_.Find(table); }
  const std::map<TableId, TableInfo>& tables() const { return state_.tables(); }

  // A draft of what comes next.
  CatalogChange Begin(int64_t time) const { return {state_, time}; }
  // The records, in order, that make a table of this definition, and its namespace where that is
  // new; for one commit. kAlreadyExists where the name is taken.
  absl::StatusOr<std::vector<format::CatalogRecord>> CreateTable(const Schema& schema,
                                                                 int64_t time) const;

  // The LSN of the last change.
  Lsn changed() const { return state_.changed(); }
  // Whether there is a checkpoint.
  bool has_file() const { return generation_ != 0; }
  // The LSN up to which the newest checkpoint is complete.
  Lsn saved() const { return saved_; }

  // Writes the next checkpoint: all changes up to `complete`, which is not below changed().
  absl::Status Save(FileSystem& files, const std::string& store_folder, Lsn complete);

 private:
  format::StoreUuid store_;
  CatalogState state_;
  std::vector<format::CatalogChange> history_;
  uint32_t generation_ = 0;
  Lsn saved_;
};

}  // namespace tape::engine
