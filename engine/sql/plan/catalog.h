// What a query may name: tables, which are sources of rows, and views, which are queries.
//
//   class OneTable : public QueryCatalog {
//     absl::StatusOr<CatalogEntry> Find(const ObjectName& name) const override {
//       return CatalogEntry{.schema = "main", .name = "trades", .source = trades};
//     }
//   };
//
// Whoever has a session fills it: with the tables of a snapshot, of a snapshot and a transaction,
// or of an attached store.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/source.h"
#include "engine/sql/tree/query.h"
#include "tape/ids.h"
#include "tape/timestamp.h"

namespace tape::engine::sql {

// A view: its text as it was written, for the places of errors, and what was parsed of it.
struct ViewQuery {
  std::string text{};
  Query query{};
  std::vector<std::string> columns{};  // none: those of the query
};

struct CatalogEntry {
  std::string schema{};
  std::string name{};
  std::shared_ptr<const exec::Source> source{};  // one of these two
  std::shared_ptr<const ViewQuery> view{};
};

class QueryCatalog {
 public:
  virtual ~QueryCatalog() = default;

  // kNotFound, without a place, where there is nothing of that name.
  virtual absl::StatusOr<CatalogEntry> Find(const ObjectName& name) const = 0;
  // The last commit at or before a time: AS OF TIMESTAMP.
  virtual absl::StatusOr<Lsn> LsnAt(Timestamp time) const;
};

inline absl::StatusOr<Lsn> QueryCatalog::LsnAt(Timestamp /*time*/) const {
  return absl::UnimplementedError("AS OF TIMESTAMP is not there yet: name an LSN");
}

}  // namespace tape::engine::sql
