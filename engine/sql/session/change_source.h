// A table as a transaction sees it: what its snapshot has and it has not killed, and what it has
// staged itself.
//
//   absl::StatusOr<std::unique_ptr<exec::Source>> source = ChangeSource::Open(change, table,
//   catalog); absl::StatusOr<std::unique_ptr<exec::RowStream>> rows = (*source)->Open({.columns =
//   {0, 2}});
//
// Committed rows come first, then staged ones, which are the newest, so that order of arrival is
// kept. In time order both are merged. With as_of only committed rows are there: what the
// transaction does has no LSN yet.
//
// What is staged while a stream is read may or may not come: whoever changes the table it reads
// from reads it to its end first.
//
// Thread-bound, as the change is; the change and the catalog outlive it.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/catalog/catalog_state.h"
#include "engine/change/change.h"
#include "engine/exec/source.h"
#include "engine/sql/bind/binder.h"

namespace tape::engine::sql {

class ChangeSource final : public exec::Source {
 public:
  static absl::StatusOr<std::unique_ptr<ChangeSource>> Open(Change& change, const TableInfo& table,
                                                            const CatalogState& catalog);

  absl::StatusOr<std::unique_ptr<exec::RowStream>> Open(
      const exec::SourceSpec& spec) const override;

 private:
  ChangeSource(Change& change, const TableInfo& table, std::vector<NamedType> types,
               std::shared_ptr<const StoreSnapshot> snapshot);

  Change& change_;
  const TableId table_;
  const std::vector<NamedType> types_;
  const std::shared_ptr<const StoreSnapshot> snapshot_;
};

}  // namespace tape::engine::sql
