#include "engine/sql/define/row_conditions.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/exec/enum_labels.h"
#include "engine/exec/expression.h"
#include "engine/sql/bind/binder.h"
#include "engine/sql/bind/scope.h"
#include "engine/sql/define/types.h"
#include "engine/sql/parser.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

// What a column's values are: a SERIAL is an integer, an ENUM has labels.
NamedType ValueTypeIn(const Type& type, const CatalogState& state) {
  if (type.kind() == TypeKind::kSerial) return {.type = Type::Integer()};
  if (type.kind() == TypeKind::kBigserial) return {.type = Type::Bigint()};
  const EnumInfo* known = type.kind() == TypeKind::kEnum ? state.FindEnum(type.enum_id()) : nullptr;
  if (known == nullptr) return {.type = type};
  return {.type = type,
          .labels = std::make_shared<exec::EnumLabels>(known->record.values, known->record.name)};
}

class EnumNames final : public TypeNames {
 public:
  EnumNames(const CatalogState& state, std::string_view schema) : state_(state), schema_(schema) {}

  std::optional<NamedType> Find(const ObjectName& name) const override {
    const std::optional<EnumId> id = EnumOf(TypeName{.name = name}, schema_, state_);
    if (!id.has_value()) return std::nullopt;
    return ValueTypeIn(Type::Enum(*id), state_);
  }

 private:
  const CatalogState& state_;
  const std::string_view schema_;
};

absl::Status Bind(const Expression& condition, std::string_view text, const TableDefinition& table,
                  const CatalogState& state, std::string_view schema) {
  Scope scope;
  const size_t relation = scope.AddRelation(table.name, table.schema);
  for (const Column& column : table.columns) {
    NamedType type = ValueTypeIn(column.type, state);
    scope.AddColumn(relation, {.name = column.name,
                               .type = type.type,
                               .labels = std::move(type.labels),
                               .qualified_only = false});
  }
  const EnumNames types(state, schema);
  return Binder(text, {.scope = &scope, .type_names = &types}).BindCondition(condition).status();
}

absl::Status BindKept(const std::string& text, std::string_view what, const TableDefinition& table,
                      const CatalogState& state) {
  const absl::StatusOr<Expression> parsed = ParseExpression(text);
  const absl::Status status =
      parsed.ok() ? Bind(*parsed, text, table, state, table.schema) : parsed.status();
  if (status.ok()) return status;
  return absl::FailedPreconditionError(
      Concat(std::string(what), " of table ", Quoted(table.name),
             " could not be evaluated any more: ", MessageOf(status)));
}

}  // namespace

absl::Status CheckCondition(const Expression& condition, const TableDefinition& table,
                            const Defining& define) {
  return Bind(condition, define.text, table, define.state(), define.session.schema);
}

absl::Status CheckConditions(const TableInfo& table, const CatalogState& state) {
  const TableDefinition& definition = table.schema.definition();
  for (const CheckConstraint& check : definition.checks) {
    absl::Status status =
        BindKept(check.expression, Concat("CHECK ", check.name), definition, state);
    if (!status.ok()) return status;
  }
  for (const IndexDefinition& index : definition.indexes) {
    if (index.where.empty()) continue;
    absl::Status status =
        BindKept(index.where, Concat("the WHERE of index ", index.name), definition, state);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
