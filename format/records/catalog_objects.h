// Which objects there are, as the records of the catalog say: what a record must fit.
//
//   CatalogObjects objects;
//   absl::Status status = objects.Apply(record);                  // in the order of their LSNs
//   absl::StatusOr<Schema> trades = objects.Resolve(std::get<TableRecord>(record.body));
//
// Keeps of each object what others need to refer to it, and no more: its type, version, names.
//
// Thread-compatible; copies are independent.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/records/catalog_record.h"
#include "tape/schema.h"

namespace tape::format {

class CatalogObjects {
 public:
  struct Object {
    CatalogType type = CatalogType::kSchema;  // kDropped: it was there once
    uint32_t version = 0;
    ObjectId schema = 0;  // its namespace; 0 for a namespace
    std::string name{};
    std::map<ColumnId, std::string> columns{};  // of a table
  };

  // kDataLoss for a record that cannot follow: a version that is not the next, another type than
  // before, an object that was dropped, ids that do not exist, a table that is no Schema.
  absl::Status Apply(const CatalogRecord& record);

  // The table's definition with the names that its ids stand for now, completed and checked. Its
  // own record has been applied, or is about to be. kDataLoss for ids that do not exist and for
  // what Schema::Make refuses.
  absl::StatusOr<Schema> Resolve(ObjectId table, const TableRecord& record) const;

  // nullptr where there never was one.
  const Object* Find(ObjectId object) const;

  // The lowest id that was never used.
  ObjectId next_object() const { return next_object_; }

 private:
  absl::Status CheckFollows(const CatalogRecord& record) const;
  absl::Status CheckNamespace(ObjectId object, ObjectId schema) const;
  absl::Status FillTarget(const ForeignTarget& target, const Object& referenced,
                          ForeignKey& key) const;

  std::map<ObjectId, Object> objects_;
  ObjectId next_object_ = 1;
};

}  // namespace tape::format
