// The rows that a definition has to get along with: whether they hold what a new constraint, a
// narrower type or a NOT NULL asks of them.
//
//   RowsThere rows(writer, changes, host);
//   Definer definer(change, session, &rows);
//   absl::Status status = CheckRules(definer.rules(), change.state(), rows);
//
// What is committed counts. Errors: kFailedPrecondition naming constraint or column, and the value.
// Thread-bound; what it is given outlives it.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/change/change.h"
#include "engine/io/host.h"
#include "engine/sql/define/rows_check.h"
#include "engine/write/store_writer.h"

namespace tape::engine::sql {

class RowsThere final : public RowsCheck {
 public:
  RowsThere(const StoreWriter& writer, Changes& changes, Host& host)
      : writer_(writer), changes_(changes), host_(host) {}

  absl::StatusOr<bool> HasRows(TableId table) override;
  absl::Status Check(const TableInfo& after, const RowsRule& rule) override;

  // What the definitions will be: types of `after` are looked up there.
  void SetCatalog(const CatalogState& after) { catalog_ = &after; }

 private:
  const StoreWriter& writer_;
  Changes& changes_;
  Host& host_;
  const CatalogState* catalog_ = nullptr;
};

}  // namespace tape::engine::sql
