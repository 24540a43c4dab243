#include "tape/snapshot.h"

#include <utility>

#include "engine/read/scan_state.h"
#include "engine/read/store_snapshot.h"
#include "format/bytes/message.h"

namespace tape {
namespace {

using engine::StoreSnapshot;
using engine::TableSnapshot;
using format::Concat;

absl::StatusOr<const TableSnapshot*> FindTable(const StoreSnapshot& snapshot,
                                               std::string_view schema, std::string_view table) {
  const TableSnapshot* found = snapshot.Find(schema, table);
  if (found == nullptr) return absl::NotFoundError(Concat("no table ", schema, ".", table));
  return found;
}

absl::StatusOr<size_t> FindColumn(const Schema& schema, std::string_view name) {
  const std::optional<size_t> column = schema.Find(name);
  if (column.has_value()) return *column;
  return absl::InvalidArgumentError(
      Concat("table ", schema.schema_name(), ".", schema.name(), " has no column ", name));
}

absl::StatusOr<ColumnId> FindSymbols(const Schema& schema, std::string_view name) {
  absl::StatusOr<size_t> column = FindColumn(schema, name);
  if (!column.ok()) return column.status();
  const bool has_texts =
      schema.IsSymbol(*column) && schema.column(*column).type.kind() != TypeKind::kEnum;
  if (has_texts) return schema.column(*column).id;
  return absl::InvalidArgumentError(Concat("column ", name, " has no symbols"));
}

}  // namespace

Snapshot::Snapshot(std::shared_ptr<const StoreSnapshot> snapshot)
    : snapshot_(std::move(snapshot)) {}

Snapshot::~Snapshot() = default;

Lsn Snapshot::lsn() const { return snapshot_->lsn(); }

std::vector<TableName> Snapshot::tables() const {
  std::vector<TableName> names;
  for (const auto& [id, table] : snapshot_->tables()) {
    names.push_back({table->schema().schema_name(), table->schema().name()});
  }
  return names;
}

absl::StatusOr<Schema> Snapshot::GetSchema(std::string_view schema, std::string_view table) const {
  absl::StatusOr<const TableSnapshot*> found = FindTable(*snapshot_, schema, table);
  if (!found.ok()) return found.status();
  return (*found)->schema();
}

absl::StatusOr<RowNumber> Snapshot::EndOfRows(std::string_view schema,
                                              std::string_view table) const {
  absl::StatusOr<const TableSnapshot*> found = FindTable(*snapshot_, schema, table);
  if (!found.ok()) return found.status();
  return RowNumber((*found)->rows());
}

absl::StatusOr<std::optional<std::string>> Snapshot::Text(std::string_view schema,
                                                          std::string_view table,
                                                          std::string_view column,
                                                          SymbolCode code) const {
  absl::StatusOr<const TableSnapshot*> found = FindTable(*snapshot_, schema, table);
  if (!found.ok()) return found.status();
  absl::StatusOr<ColumnId> id = FindSymbols((*found)->schema(), column);
  if (!id.ok()) return id.status();
  absl::StatusOr<std::optional<std::string_view>> text = (*found)->Text(*id, code);
  if (!text.ok()) return text.status();
  if (!text->has_value()) return std::optional<std::string>();
  return std::optional<std::string>(**text);
}

absl::StatusOr<SymbolCode> Snapshot::Code(std::string_view schema, std::string_view table,
                                          std::string_view column, std::string_view text) const {
  absl::StatusOr<const TableSnapshot*> found = FindTable(*snapshot_, schema, table);
  if (!found.ok()) return found.status();
  absl::StatusOr<ColumnId> id = FindSymbols((*found)->schema(), column);
  if (!id.ok()) return id.status();
  return (*found)->Code(*id, text);
}

absl::StatusOr<std::unique_ptr<Scan>> Snapshot::Scan(const ScanOptions& options) const {
  absl::StatusOr<std::unique_ptr<tape::Scan::State>> state =
      tape::Scan::State::Make(snapshot_, options);
  if (!state.ok()) return state.status();
  return std::unique_ptr<tape::Scan>(new tape::Scan(*std::move(state)));
}

}  // namespace tape
