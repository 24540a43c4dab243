// CREATE TYPE ... AS ENUM and what may be altered of one. A value's code is its position, and rows
// keep codes: so values come at the end, and none goes.
#include <algorithm>
#include <utility>

#include "engine/sql/define/alterations.h"
#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

absl::StatusOr<const EnumInfo*> FindType(const ObjectName& name, const Defining& define) {
  absl::StatusOr<QualifiedName> resolved = define.Resolve(name);
  if (!resolved.ok()) return resolved.status();
  const EnumInfo* type = define.state().FindEnum(resolved->schema, resolved->name);
  if (type != nullptr) return type;
  return define.At(name.parts.front().place, Concat("type ", Quoted(*resolved), " does not exist"),
                   absl::StatusCode::kNotFound);
}

absl::Status CheckValue(const std::string& value, Place place, const Defining& define) {
  if (absl::Status s = ValidateIdentifier(value); !s.ok()) return define.At(place, MessageOf(s));
  return absl::OkStatus();
}

}  // namespace

absl::Status DefineEnum(const CreateEnum& create, Defining& define) {
  const Place place = create.name.parts.front().place;
  absl::StatusOr<QualifiedName> name = define.ResolveNew(create.name);
  if (!name.ok()) return name.status();
  if (define.state().FindEnum(name->schema, name->name) != nullptr) {
    return define.At(place, Concat("type ", Quoted(*name), " exists already"),
                     absl::StatusCode::kAlreadyExists);
  }
  if (create.values.size() > kMaxEnumValues) {
    return define.At(place, Concat("an ENUM has at most ", kMaxEnumValues, " values"));
  }
  for (const std::string& value : create.values) {
    if (absl::Status s = CheckValue(value, place, define); !s.ok()) return s;
    if (std::ranges::count(create.values, value) != 1) {
      return define.At(place, Concat("the value '", value, "' is there twice"));
    }
  }
  format::EnumRecord record{.schema = define.state().FindSchema(name->schema)->id,
                            .name = name->name,
                            .values = create.values,
                            .comment = {}};
  return define.At(place, define.change.CreateEnum(std::move(record)).status());
}

absl::Status DefineEnumValue(const AddEnumValue& add, Defining& define) {
  const Place place = add.type.parts.front().place;
  absl::StatusOr<const EnumInfo*> type = FindType(add.type, define);
  if (!type.ok()) return type.status();
  format::EnumRecord record = (*type)->record;
  if (std::ranges::count(record.values, add.value) != 0) {
    const std::string message =
        Concat("type ", Quoted(record.name), " has the value '", add.value, "' already");
    if (!add.if_not_exists) return define.At(place, message, absl::StatusCode::kAlreadyExists);
    define.Warn(Concat(message, ", passed over"));
    return absl::OkStatus();
  }
  if (absl::Status s = CheckValue(add.value, place, define); !s.ok()) return s;
  const bool last = add.position == AddEnumValue::Position::kLast ||
                    (add.position == AddEnumValue::Position::kAfter && !record.values.empty() &&
                     record.values.back() == add.neighbour);
  if (!last) {
    return define.At(place, "a value is added behind the last one: rows keep its position");
  }
  if (record.values.size() >= kMaxEnumValues) {
    return define.At(place, Concat("an ENUM has at most ", kMaxEnumValues, " values"));
  }
  record.values.push_back(add.value);
  return define.At(place, define.change.AlterEnum((*type)->id, std::move(record)));
}

absl::Status DefineEnumRename(const RenameEnumValue& rename, Defining& define) {
  const Place place = rename.type.parts.front().place;
  absl::StatusOr<const EnumInfo*> type = FindType(rename.type, define);
  if (!type.ok()) return type.status();
  format::EnumRecord record = (*type)->record;
  const auto found = std::ranges::find(record.values, rename.from);
  if (found == record.values.end()) {
    return define.At(place,
                     Concat("type ", Quoted(record.name), " has no value '", rename.from, "'"),
                     absl::StatusCode::kNotFound);
  }
  if (std::ranges::count(record.values, rename.to) != 0) {
    return define.At(
        place, Concat("type ", Quoted(record.name), " has the value '", rename.to, "' already"),
        absl::StatusCode::kAlreadyExists);
  }
  if (absl::Status s = CheckValue(rename.to, place, define); !s.ok()) return s;
  // Defaults are kept as text.
  for (const auto& [id, info] : define.state().tables()) {
    for (const Column& column : info.schema.columns()) {
      const bool uses = column.type.enum_id() == (*type)->id &&
                        column.default_value == ColumnDefault::Literal(rename.from);
      if (!uses) continue;
      return define.At(place,
                       Concat("it is the default of column ", column.name, " of table ",
                              info.schema.name(), ": drop that default first"),
                       absl::StatusCode::kFailedPrecondition);
    }
  }
  *found = rename.to;
  return define.At(place, define.change.AlterEnum((*type)->id, std::move(record)));
}

}  // namespace tape::engine::sql
