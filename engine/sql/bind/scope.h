// The columns that names in an expression may mean.
//
//   Scope scope;
//   size_t trades = scope.AddRelation("t", "scalp");
//   scope.AddColumn(trades, {.name = "price", .type = Type::Decimal(18, 8)});
//   scope.Find(name);        // price, t.price and scalp.t.price are column 0
//
// Columns count in the order in which they were added: that is their index in a batch. Trigger
// bodies have the relations `new` and `old`; an UPSERT has the table and `excluded`.
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/sql/tree/name.h"
#include "tape/type.h"

namespace tape::engine::sql {

struct ScopeColumn {
  std::string name{};
  Type type{};
  exec::LabelsPtr labels{};  // of an ENUM
  // Only ever found with its relation's name: OLD.price beside NEW.price.
  bool qualified_only = false;
};

class Scope {
 public:
  // `name` is its alias, or its own name with the schema it is in.
  size_t AddRelation(std::string_view name, std::string_view schema = {});
  // Returns the column's index.
  size_t AddColumn(size_t relation, ScopeColumn column);

  // The index of the one column that is meant. kInvalidArgument, without a place: there is none, or
  // there are several.
  absl::StatusOr<size_t> Find(const ObjectName& name) const;

  size_t columns() const { return columns_.size(); }
  const ScopeColumn& column(size_t index) const { return columns_[index].column; }

 private:
  struct Relation {
    std::string name;
    std::string schema;
  };
  struct Entry {
    size_t relation;
    ScopeColumn column;
  };

  bool Means(const ObjectName& name, const Entry& entry) const;

  std::vector<Relation> relations_;
  std::vector<Entry> columns_;
};

}  // namespace tape::engine::sql
