#include "engine/change/commit_tables.h"

#include <utility>

#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;

CommitTables::CommitTables(Changes& changes, std::span<Change* const> parts)
    : changes_(changes), parts_(parts) {}

std::vector<StagedTable*> CommitTables::all() const {
  std::map<TableId, StagedTable*> by_id;
  for (const Change* part : parts_) {
    for (const auto& [id, table] : part->tables_) {
      if (!table->empty()) by_id.emplace(id, table.get());
    }
  }
  std::vector<StagedTable*> all;
  for (const auto& [id, table] : by_id) all.push_back(table);
  return all;
}

StagedTable* CommitTables::Find(TableId table) const {
  for (const Change* part : parts_) {
    const auto found = part->tables_.find(table);
    if (found != part->tables_.end()) return found->second.get();
  }
  return nullptr;
}

absl::StatusOr<StagedTable*> CommitTables::Open(TableId table) {
  if (StagedTable* known = Find(table)) return known;
  return parts_[0]->Open(table);
}

absl::StatusOr<std::shared_ptr<TableAccess>> CommitTables::Access(TableId table) {
  return changes_.Access(table);
}

std::vector<std::shared_ptr<OpenTable>> CommitTables::AllTables() const {
  return changes_.writer_.tables();
}

absl::StatusOr<const TableSnapshot*> CommitTables::View(const TableAccess& access) {
  const std::shared_ptr<const StoreSnapshot>& last = parts_[0]->snapshot_;
  if (now_ == nullptr && last != nullptr &&
      last->lsn() == changes_.writer_.sequence().committed()) {
    now_ = last;
  }
  if (now_ == nullptr) {
    absl::StatusOr<std::shared_ptr<const StoreSnapshot>> now = changes_.Now();
    if (!now.ok()) return now.status();
    now_ = *std::move(now);
  }
  const auto found = now_->tables().find(access.table().info.id);
  if (found != now_->tables().end()) return found->second.get();
  return absl::NotFoundError(Concat("no table ", access.table().info.id.value()));
}

absl::StatusOr<std::optional<RowNumber>> CommitTables::FindCommitted(TableAccess& access,
                                                                     size_t key,
                                                                     const KeyValues& values) {
  absl::StatusOr<const TableSnapshot*> view = View(access);
  if (!view.ok()) return view.status();
  const StagedTable* staged = Find(access.table().info.id);
  return access.Find(**view, key, values,
                     [&](RowNumber row) { return staged != nullptr && staged->Kills(row); });
}

absl::StatusOr<bool> CommitTables::HasKey(TableAccess& access, size_t key,
                                          const KeyValues& values) {
  StagedTable* staged = Find(access.table().info.id);
  if (staged != nullptr && staged->FindStaged(key, values).has_value()) return true;
  absl::StatusOr<std::optional<RowNumber>> row = FindCommitted(access, key, values);
  if (!row.ok()) return row.status();
  return row->has_value();
}

// ---- actions

absl::Status CommitTables::Delete(StagedTable& table, RowNumber row) {
  return parts_[0]->Kill(table, row, std::nullopt);
}

absl::Status CommitTables::SetNull(StagedTable& table, RowNumber row,
                                   std::span<const size_t> columns) {
  absl::StatusOr<const TableSnapshot*> view = View(table.access());
  if (!view.ok()) return view.status();
  std::vector<ColumnBuffer> nulls;
  for (const size_t column : columns) {
    nulls.emplace_back(table.schema().physical(column)).AppendNull();
  }
  std::vector<ColumnView> values;
  for (const ColumnBuffer& column : nulls) values.push_back(column.view());
  return parts_[0]->ReplaceIn(table, *view, row, {.columns = columns, .values = values}).status();
}

}  // namespace tape::engine
