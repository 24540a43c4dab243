// What a store has at one LSN: its schemas, tables, types and programs, by name and by id.
//
//   CatalogState state;
//   absl::Status status = state.Apply(lsn, record);         // in the order of LSNs
//   const TableInfo* trades = state.Find("main", "trades");
//   const EnumInfo* side = state.FindEnum("scalp", "trade_side");
//   const ProgramInfo* view = state.FindProgram("scalp", "active_portfolio",
//                                               {ProgramKind::kView});
//
// A value: a copy is a draft that may be changed and thrown away (catalog_change.h).
//
// Names of tables and views are one set in each schema, those of types, functions and triggers each
// another; who makes definitions holds to it. A table whose foreign key refers to another one sees
// that one's names as they are now.
//
// Errors of Apply: kDataLoss for a history that contradicts itself. Thread-compatible.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/records/catalog_objects.h"
#include "format/records/catalog_record.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

using ProgramKind = format::ProgramRecord::Kind;

// What rows have in a column that came after them: they were written under an earlier version.
struct AddedColumn {
  uint32_t version = 1;  // that has the column first
  ColumnDefault value;   // what it said then
  int64_t time = 0;      // of that commit: what now() was

  friend bool operator==(const AddedColumn&, const AddedColumn&) = default;
};

struct TableInfo {
  TableId id;
  uint32_t version = 1;
  Schema schema;
  format::TableRecord record;  // numbers of its keys
  std::string first_schema;    // what it was called when it was made: its folder still is
  std::string first_name;
  Lsn since;                              // of this version
  std::map<ColumnId, AddedColumn> added;  // columns that the first version did not have
  std::map<ColumnId, Type> first_types;   // of each column, dropped ones too, as it began
};

struct EnumInfo {
  EnumId id;
  uint32_t version = 1;
  format::EnumRecord record;
};

// A view, a materialized view, a function or a trigger.
struct ProgramInfo {
  format::ObjectId id = 0;
  uint32_t version = 1;
  format::ProgramRecord record;
};

struct SchemaInfo {
  format::ObjectId id = 0;
  uint32_t version = 1;
  format::SchemaRecord record;
};

class CatalogState {
 public:
  absl::Status Apply(Lsn lsn, const format::CatalogRecord& record);

  // nullptr where there is none.
  const SchemaInfo* FindSchema(std::string_view name) const;
  const SchemaInfo* FindSchema(format::ObjectId id) const;
  const TableInfo* Find(std::string_view schema, std::string_view name) const;
  const TableInfo* Find(TableId table) const;
  const EnumInfo* FindEnum(std::string_view schema, std::string_view name) const;
  const EnumInfo* FindEnum(EnumId type) const;
  // Of one of these kinds.
  const ProgramInfo* FindProgram(std::string_view schema, std::string_view name,
                                 std::initializer_list<ProgramKind> kinds) const;

  const std::map<TableId, TableInfo>& tables() const { return tables_; }
  const std::map<EnumId, EnumInfo>& enums() const { return enums_; }
  const std::map<format::ObjectId, ProgramInfo>& programs() const { return programs_; }
  const std::map<format::ObjectId, SchemaInfo>& schemas() const { return schemas_; }
  // Of a namespace; empty where there is none.
  std::string_view SchemaName(format::ObjectId id) const;

  // What its next version is numbered.
  uint32_t NextVersion(format::ObjectId id) const;
  // Whether there was such an object once.
  bool WasDropped(format::ObjectId id) const;
  // The lowest id that was never used.
  format::ObjectId next_object() const { return objects_.next_object(); }
  // The LSN of the last change.
  Lsn changed() const { return changed_; }

 private:
  absl::Status ApplyTable(Lsn lsn, const format::CatalogRecord& record);
  absl::Status ResolveAgain(format::ObjectId changed);
  void Erase(format::ObjectId id);

  format::CatalogObjects objects_;
  std::map<format::ObjectId, SchemaInfo> schemas_;
  std::map<TableId, TableInfo> tables_;
  std::map<EnumId, EnumInfo> enums_;
  std::map<format::ObjectId, ProgramInfo> programs_;
  Lsn changed_;
};

}  // namespace tape::engine
