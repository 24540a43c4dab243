// One change of the catalog: what an object is from some commit on. Bytes: docs/format/catalog.md.
//
//   CatalogRecord record{.object = 17, .version = 1, .time = now};
//   record.body = TableRecord{.schema = 3, .definition = schema.definition(), ...};
//   absl::Status status = WriteCatalogRecord(record, bytes);
//
//   absl::StatusOr<CatalogRecord> read = CatalogRecord::Parse(CatalogType::kTable, bytes);
//   absl::StatusOr<Schema> schema = objects.Resolve(...);    // catalog_objects.h
//
// A record is read without any other: names of other objects are not in it, their ids are. What a
// table's definition lacks because of that (its namespace, and what its foreign keys refer to) is
// empty until CatalogObjects::Resolve fills it in.
//
// Value types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::format {

// The numbers are on disk: types of the frames in a catalog file, and of the WAL's catalog records.
enum class CatalogType : uint16_t {
  kSchema = 1,
  kTable = 2,
  kEnum = 3,
  kProgram = 4,  // view, materialized view, function, trigger
  kDropped = 5,
  kEnd = 6,  // of a file only
};

// Catalog id of any object: one numbering for all of a store, from 1.
using ObjectId = uint32_t;

// A namespace.
struct SchemaRecord {
  std::string name{};
  std::string comment{};

  friend bool operator==(const SchemaRecord&, const SchemaRecord&) = default;
};

// What a foreign key refers to, once that exists.
struct ForeignTarget {
  TableId table{};
  std::vector<ColumnId> columns{};  // none: its primary key

  friend bool operator==(const ForeignTarget&, const ForeignTarget&) = default;
};

struct TableRecord {
  ObjectId schema = 0;  // the namespace
  // As a Schema has completed it. `schema` is not stored; nor are the referenced_... of foreign
  // keys that have a target.
  TableDefinition definition{};
  // Numbers of the key extents; 0 where there are none. As many as the definition has of each, or
  // fewer: the rest have none.
  uint32_t primary_key_number = 0;
  std::vector<uint32_t> unique_numbers{};
  std::vector<uint32_t> index_numbers{};
  // Of each foreign key; nothing: unresolved, and kept by its names.
  std::vector<std::optional<ForeignTarget>> targets{};
  // SQL of constraints that name what is not there; nothing enforces them.
  std::vector<std::string> unresolved{};

  friend bool operator==(const TableRecord&, const TableRecord&) = default;
};

struct EnumRecord {
  ObjectId schema = 0;
  std::string name{};
  std::vector<std::string> values{};  // the code of the first is 1
  std::string comment{};

  friend bool operator==(const EnumRecord&, const EnumRecord&) = default;
};

struct ProgramRecord {
  enum class Kind : uint8_t { kView = 1, kMaterializedView = 2, kFunction = 3, kTrigger = 4 };

  ObjectId schema = 0;
  Kind kind = Kind::kView;
  std::string name{};
  std::string sql{};  // the body, as it was parsed
  std::string comment{};

  friend bool operator==(const ProgramRecord&, const ProgramRecord&) = default;
};

struct DroppedRecord {
  friend bool operator==(const DroppedRecord&, const DroppedRecord&) = default;
};

struct CatalogRecord {
  ObjectId object = 0;
  uint32_t version = 0;  // of the object's definition, from 1
  int64_t time = 0;      // of the commit
  std::variant<SchemaRecord, TableRecord, EnumRecord, ProgramRecord, DroppedRecord> body{};

  CatalogType type() const;

  // kDataLoss, naming field and offset, for what no writer writes; kUnimplemented for types and
  // tags that are unknown and may not be passed over.
  static absl::StatusOr<CatalogRecord> Parse(CatalogType type, std::span<const std::byte> record);

  friend bool operator==(const CatalogRecord&, const CatalogRecord&) = default;
};

// Appends the record without a frame; `out` has a size that is a multiple of 8. kInvalidArgument,
// and nothing appended, for names of columns that the definition does not have and the like.
absl::Status WriteCatalogRecord(const CatalogRecord& record, std::vector<std::byte>& out);

}  // namespace tape::format
