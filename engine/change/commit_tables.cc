#include "engine/change/commit_tables.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/change/foreign_key_rule.h"
#include "engine/change/violation.h"
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

// Texts of what is committed now, and not only of what the change has seen.
absl::Status CommitTables::UseNow(StagedTable& table) {
  absl::StatusOr<const TableSnapshot*> view = View(table.access());
  if (!view.ok()) return view.status();
  table.SetView(*view);
  return absl::OkStatus();
}

void CommitTables::Leave() {
  for (const Change* part : parts_) {
    for (const auto& [id, table] : part->tables_) table->SetView(nullptr);
  }
}

absl::Status CommitTables::SetNull(StagedTable& table, RowNumber row,
                                   std::span<const size_t> columns) {
  if (absl::Status status = UseNow(table); !status.ok()) return status;
  std::vector<ColumnBuffer> nulls;
  for (const size_t column : columns) {
    nulls.emplace_back(table.schema().physical(column)).AppendNull();
  }
  std::vector<ColumnView> values;
  for (const ColumnBuffer& column : nulls) values.push_back(column.view());
  return parts_[0]
      ->ReplaceIn(table, table.view_or_null(), row, {.columns = columns, .values = values})
      .status();
}

// ---- symbols

absl::StatusOr<uint32_t> CommitTables::CodeOf(TableAccess& access, size_t column,
                                              std::string_view text) {
  const Column& definition = access.schema().column(column);
  if (definition.type.kind() == TypeKind::kEnum) {
    const auto& labels = access.rules().labels;
    if (column >= labels.size()) return 0;
    const auto found = std::ranges::find(labels[column], text);
    return found == labels[column].end()
               ? 0
               : static_cast<uint32_t>(found - labels[column].begin()) + 1;
  }
  const StagedTable* staged = Find(access.table().info.id);
  if (staged != nullptr) {
    if (const uint32_t code = staged->KnownCode(column, text); code != 0) return code;
    if (staged->held() != nullptr) {
      return access.table().symbols.Find(definition.id, text).value();
    }
  }
  absl::StatusOr<const TableSnapshot*> view = View(access);
  if (!view.ok()) return view.status();
  absl::StatusOr<SymbolCode> code = (*view)->Code(definition.id, text);
  if (!code.ok()) return code.status();
  return code->value();
}

absl::StatusOr<std::string_view> CommitTables::TextOf(TableAccess& access, size_t column,
                                                      SymbolCode code) {
  absl::StatusOr<const TableSnapshot*> view = View(access);
  if (!view.ok()) return view.status();
  const Column& definition = access.schema().column(column);
  if (definition.type.kind() == TypeKind::kEnum) {
    const auto& labels = access.rules().labels;
    if (column >= labels.size() || code.value() > labels[column].size()) return std::string_view();
    return std::string_view(labels[column][code.value() - 1]);
  }
  auto text = (*view)->Text(definition.id, code);
  if (!text.ok()) return text.status();
  return text->value_or(std::string_view());
}

// ---- messages

absl::Status CommitTables::RefuseLoss(const ForeignKeyRule& rule, RowNumber row) {
  absl::StatusOr<StagedTable*> opened = Open(rule.child->table().info.id);
  if (!opened.ok()) return opened.status();
  StagedTable& child = **opened;
  if (absl::Status status = UseNow(child); !status.ok()) return status;
  std::vector<size_t> all;
  std::vector<ColumnBuffer> values;
  for (size_t i = 0; i < child.schema().columns().size(); ++i) {
    all.push_back(i);
    values.emplace_back(child.schema().physical(i));
  }
  if (IsStaged(row)) {
    child.Read(row.value() - kFirstStagedRow, all, values);
  } else {
    absl::Status status = child.access().Read(*child.view_or_null(), row, all, values);
    if (!status.ok()) return status;
  }
  std::vector<ColumnView> views;
  for (const ColumnBuffer& column : values) views.push_back(column.view());
  const std::string name =
      IsStaged(row) ? RowText(row.value() - kFirstStagedRow) : Concat("row ", row.value());
  return Violation(child, rule.name, rule.columns,
                   Concat(name, " refers to ", KeyText(child, rule.columns, views, 0), " of ",
                          rule.parent->schema().schema_name(), ".", rule.parent->schema().name(),
                          ", which the commit takes away"));
}

}  // namespace tape::engine
