#include "engine/write/open_table.h"

#include <algorithm>
#include <charconv>

#include "engine/files/names.h"

namespace tape::engine {

TailTable TailTableOf(const TableInfo& info) {
  TailTable table{.id = info.id, .schema_version = info.version};
  for (size_t i = 0; i < info.schema.columns().size(); ++i) {
    table.columns.push_back({.id = info.schema.column(i).id,
                             .physical = info.schema.physical(i),
                             .nullable = info.schema.column(i).nullable});
  }
  table.cluster_column = info.schema.cluster_column();
  return table;
}

TablePlace TablePlaceOf(const Machine& machine, const std::string& store_folder,
                        const format::StoreUuid& store, const TableInfo& info) {
  return {
      .files = &machine.files,
      .host = &machine.host,
      .folder = JoinPath(store_folder, TableFolder(info.id, info.first_schema, info.first_name)),
      .store = store,
      .table = info.id};
}

bool IsTableFolder(std::string_view name) {
  constexpr size_t kDigits = 6;
  if (!name.starts_with('t')) return false;
  name.remove_prefix(1);
  const size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  return digits >= kDigits && (digits == name.size() || name[digits] == '-');
}

absl::Status LearnSymbols(OpenTable& table) {
  for (size_t i = 0; i < table.info.schema.columns().size(); ++i) {
    const ColumnId id = table.info.schema.column(i).id;
    if (!table.info.schema.IsSymbol(i)) continue;
    absl::StatusOr<std::vector<std::string>> texts = table.files->Symbols(id);
    if (!texts.ok()) return texts.status();
    SymbolCode code(1);
    for (const std::string& text : *texts) {
      if (absl::Status status = table.symbols.Learn(id, code, text); !status.ok()) return status;
      ++code;
    }
  }
  return absl::OkStatus();
}

std::optional<TableId> TableOfFolder(std::string_view name) {
  if (!IsTableFolder(name)) return std::nullopt;
  name.remove_prefix(1);
  uint32_t id = 0;
  const auto end = name.begin() + std::min(name.find('-'), name.size());
  if (std::from_chars(name.begin(), end, id).ptr != end) return std::nullopt;
  return TableId(id);
}

bool IsUnusedTable(const std::vector<DirectoryEntry>& folder) {
  return std::ranges::all_of(folder, [](const DirectoryEntry& entry) {
    return entry.name.starts_with('.') || entry.name == "manifest.0001";
  });
}

}  // namespace tape::engine
