// Several definitions that become one commit, or none: the draft of the catalog's next state.
//
//   CatalogChange change = catalog.Begin(now);
//   absl::StatusOr<TableId> trades = change.CreateTable(definition);
//   absl::Status status = change.AlterTable(*trades, other);      // sees what came before it
//   change.Drop(view);
//   catalog.Apply(lsn, record) for each of change.records()       // or nothing: the draft is gone
//
// Each call is applied to a copy of the catalog's state and becomes a record, or fails and changes
// nothing. A copy of a change is a savepoint. What depends on what, and whether a name is free, is
// for whoever calls (sql/define); here nothing is let through that a catalog could not be read
// back from.
//
// Errors: kInvalidArgument for a definition that cannot be, kAlreadyExists and kNotFound for names
// and ids. Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog_state.h"
#include "format/records/catalog_record.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

class CatalogChange {
 public:
  // `time`: of the commit.
  CatalogChange(CatalogState state, int64_t time)
      : state_(std::move(state)), base_(state_.changed()), time_(time) {}

  // As it will be.
  const CatalogState& state() const { return state_; }
  const std::vector<format::CatalogRecord>& records() const { return records_; }
  bool empty() const { return records_.empty(); }
  // The last change that it knows of.
  Lsn base() const { return base_; }
  int64_t time() const { return time_; }

  absl::StatusOr<format::ObjectId> CreateSchema(std::string name);
  // The namespace exists. Foreign keys get their targets where these exist.
  absl::StatusOr<TableId> CreateTable(TableDefinition definition,
                                      std::vector<std::string> unresolved = {});
  // All of its new definition; columns keep their ids. Keys that stay keep their numbers.
  absl::Status AlterTable(TableId table, TableDefinition definition,
                          std::vector<std::string> unresolved = {});
  absl::StatusOr<EnumId> CreateEnum(format::EnumRecord type);
  absl::Status AlterEnum(EnumId id, format::EnumRecord type);
  absl::StatusOr<format::ObjectId> CreateProgram(format::ProgramRecord program);
  absl::Status AlterProgram(format::ObjectId id, format::ProgramRecord program);
  absl::Status AlterSchema(format::ObjectId id, format::SchemaRecord schema);
  absl::Status Drop(format::ObjectId id);

 private:
  absl::StatusOr<format::TableRecord> RecordOf(TableDefinition definition,
                                               std::vector<std::string> unresolved,
                                               const TableInfo* before) const;
  std::optional<format::ForeignTarget> Target(const ForeignKey& key,
                                              const TableDefinition& definition,
                                              format::ObjectId self) const;
  absl::Status Add(format::CatalogRecord record);

  CatalogState state_;
  Lsn base_;
  int64_t time_;
  std::vector<format::CatalogRecord> records_;
};

}  // namespace tape::engine
