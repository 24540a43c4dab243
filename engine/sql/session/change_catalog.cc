#include "engine/sql/session/change_catalog.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/exec/pipeline/snapshot_source.h"
#include "engine/sql/define/programs.h"
#include "engine/sql/printer.h"
#include "engine/sql/session/change_source.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {

using format::Concat;

namespace {

// Codes of an ENUM are its labels' places in the catalog, which no dictionary has.
bool HasEnum(const Schema& schema) {
  return std::ranges::any_of(
      schema.columns(), [](const Column& column) { return column.type.kind() == TypeKind::kEnum; });
}

}  // namespace

absl::StatusOr<std::shared_ptr<const exec::Source>> ChangeCatalog::SourceOf(
    const TableInfo& table) const {
  if (!context_.change.empty() || HasEnum(table.schema)) {
    absl::StatusOr<std::unique_ptr<ChangeSource>> source =
        ChangeSource::Open(context_.change, table, context_.catalog);
    if (!source.ok()) return source.status();
    return std::shared_ptr<const exec::Source>(*std::move(source));
  }
  absl::StatusOr<std::shared_ptr<const StoreSnapshot>> snapshot = context_.change.Snapshot();
  if (!snapshot.ok()) return snapshot.status();
  const auto found = (*snapshot)->tables().find(table.id);
  if (found == (*snapshot)->tables().end()) {
    return absl::AbortedError(
        Concat("table ", table.schema.name(), " was made after this transaction began to look"));
  }
  std::vector<exec::LabelsPtr> labels;
  for (const NamedType& type : ValueTypesOf(table.schema, context_.catalog)) {
    labels.push_back(type.labels);
  }
  return std::shared_ptr<const exec::Source>(
      exec::SnapshotSource::Make(*snapshot, *found->second, labels));
}

absl::StatusOr<CatalogEntry> ChangeCatalog::Find(const ObjectName& name) const {
  if (name.parts.size() > 2) {
    return absl::InvalidArgumentError(
        Concat(Print(name), ": a table is called by its name, or schema and name"));
  }
  std::string within = name.parts.size() == 2 ? name.parts[0].text : context_.schema;
  if (within == "public" && context_.catalog.FindSchema("public") == nullptr) {
    within = context_.schema;
  }
  CatalogEntry entry{.schema = within, .name = name.last().text};
  if (const TableInfo* table = context_.catalog.Find(within, entry.name)) {
    absl::StatusOr<std::shared_ptr<const exec::Source>> source = SourceOf(*table);
    if (!source.ok()) return source.status();
    entry.source = *std::move(source);
    return entry;
  }
  const ProgramInfo* program = context_.catalog.FindProgram(
      within, entry.name, {ProgramKind::kView, ProgramKind::kMaterializedView});
  if (program == nullptr) {
    return absl::NotFoundError(Concat("table \"", within, ".", entry.name, "\" does not exist"));
  }
  absl::StatusOr<CreateView> view = ReadView(*program);
  if (!view.ok()) return view.status();
  auto query = std::make_shared<ViewQuery>();
  query->text = program->record.sql;
  query->query = std::move(view->query);
  for (const Name& column : view->columns) query->columns.push_back(column.text);
  entry.view = std::move(query);
  return entry;
}

}  // namespace tape::engine::sql
