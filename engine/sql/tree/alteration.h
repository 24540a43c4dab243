// Statements that alter, drop and describe what is defined.
//
//   ALTER TABLE positions ADD CONSTRAINT chk_quantity CHECK (quantity > 0), DROP DAYS BEFORE
//   '2024-01-01'
//
//   AlterTable{.table = positions, .actions = {AddConstraint{...}, DropDays{...}}}
//
// Values; see definition.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/sql/tree/definition.h"

namespace tape::engine::sql {

enum class DropBehavior : uint8_t { kUnsaid, kCascade, kRestrict };

struct AddColumn {
  bool if_not_exists = false;
  ColumnDefinition column{};
  friend bool operator==(const AddColumn&, const AddColumn&) = default;
};

struct DropColumn {
  bool if_exists = false;
  Name column{};
  DropBehavior behavior = DropBehavior::kUnsaid;
  friend bool operator==(const DropColumn&, const DropColumn&) = default;
};

struct RenameColumn {
  Name from{};
  Name to{};
  friend bool operator==(const RenameColumn&, const RenameColumn&) = default;
};

struct RenameConstraint {
  Name from{};
  Name to{};
  friend bool operator==(const RenameConstraint&, const RenameConstraint&) = default;
};

struct RenameTable {
  Name to{};
  friend bool operator==(const RenameTable&, const RenameTable&) = default;
};

struct SetSchema {
  Name schema{};
  friend bool operator==(const SetSchema&, const SetSchema&) = default;
};

struct SetColumnType {
  Name column{};
  TypeName type{};
  Owned<Expression> conversion{};  // USING
  friend bool operator==(const SetColumnType&, const SetColumnType&) = default;
};

// SET DEFAULT value; without one, DROP DEFAULT.
struct SetColumnDefault {
  Name column{};
  Owned<Expression> value{};
  friend bool operator==(const SetColumnDefault&, const SetColumnDefault&) = default;
};

// SET NOT NULL, DROP NOT NULL
struct SetColumnNotNull {
  Name column{};
  bool not_null = true;
  friend bool operator==(const SetColumnNotNull&, const SetColumnNotNull&) = default;
};

struct AddConstraint {
  Constraint constraint{};
  friend bool operator==(const AddConstraint&, const AddConstraint&) = default;
};

struct DropConstraint {
  bool if_exists = false;
  Name name{};
  DropBehavior behavior = DropBehavior::kUnsaid;
  friend bool operator==(const DropConstraint&, const DropConstraint&) = default;
};

// SET (name = value, ...)
struct SetOptions {
  std::vector<Option> options{};
  friend bool operator==(const SetOptions&, const SetOptions&) = default;
};

// RESET (name, ...)
struct ResetOptions {
  std::vector<Name> names{};
  friend bool operator==(const ResetOptions&, const ResetOptions&) = default;
};

// DROP DAYS BEFORE point
struct DropDays {
  Expression before{};
  friend bool operator==(const DropDays&, const DropDays&) = default;
};

using AlterAction = std::variant<AddColumn, DropColumn, RenameColumn, RenameConstraint, RenameTable,
                                 SetSchema, SetColumnType, SetColumnDefault, SetColumnNotNull,
                                 AddConstraint, DropConstraint, SetOptions, ResetOptions, DropDays>;

struct AlterTable {
  bool if_exists = false;
  ObjectName table{};
  std::vector<AlterAction> actions{};
  friend bool operator==(const AlterTable&, const AlterTable&) = default;
};

// ALTER TYPE name ADD VALUE 'value' [BEFORE | AFTER 'neighbour']
struct AddEnumValue {
  ObjectName type{};
  bool if_not_exists = false;
  std::string value{};
  enum class Position : uint8_t { kLast, kBefore, kAfter } position = Position::kLast;
  std::string neighbour{};
  friend bool operator==(const AddEnumValue&, const AddEnumValue&) = default;
};

// ALTER TYPE name RENAME VALUE 'from' TO 'to'
struct RenameEnumValue {
  ObjectName type{};
  std::string from{};
  std::string to{};
  friend bool operator==(const RenameEnumValue&, const RenameEnumValue&) = default;
};

enum class ObjectKind : uint8_t {
  kTable,
  kView,
  kMaterializedView,
  kIndex,
  kSchema,
  kType,
  kFunction,
  kTrigger,
  kExtension,
  kColumn,      // COMMENT alone
  kConstraint,  // COMMENT alone
};

// ALTER VIEW | INDEX | SCHEMA | ... name RENAME TO to
struct RenameObject {
  ObjectKind kind = ObjectKind::kView;
  bool if_exists = false;
  ObjectName name{};
  Name to{};
  friend bool operator==(const RenameObject&, const RenameObject&) = default;
};

struct Drop {
  ObjectKind kind = ObjectKind::kTable;
  bool concurrently = false;
  bool if_exists = false;
  std::vector<ObjectName> names{};
  std::optional<ObjectName> table{};  // of a trigger
  DropBehavior behavior = DropBehavior::kUnsaid;
  friend bool operator==(const Drop&, const Drop&) = default;
};

// COMMENT ON kind name IS 'text'; without a text, the comment goes.
struct Comment {
  ObjectKind kind = ObjectKind::kTable;
  ObjectName name{};
  std::optional<ObjectName> table{};  // of a constraint or a trigger
  std::optional<std::string> text{};
  friend bool operator==(const Comment&, const Comment&) = default;
};

}  // namespace tape::engine::sql
