// Changes: what the changes of a store share.
#include <algorithm>
#include <utility>

#include "engine/change/change.h"
#include "engine/change/column_rules.h"
#include "engine/change/staged_table.h"
#include "engine/change/table_access.h"
#include "format/bytes/message.h"

namespace tape::engine {

using format::Concat;

Changes::Changes(const Machine& machine, StoreWriter& writer, std::shared_ptr<StoreReader> reader,
                 RuleSource* rules, const ChangeOptions& options)
    : machine_(machine),
      writer_(writer),
      reader_(std::move(reader)),
      rules_(rules),
      options_(options) {}

Changes::~Changes() = default;

std::unique_ptr<Change> Changes::Begin() { return std::unique_ptr<Change>(new Change(*this)); }

absl::StatusOr<std::shared_ptr<const StoreSnapshot>> Changes::Now() {
  return reader_->TakeSnapshot();
}

// What the source says, and labels of ENUMs by the catalog.
absl::StatusOr<std::shared_ptr<const TableRules>> Changes::RulesOf(const TableInfo& table) {
  auto rules = std::make_shared<TableRules>();
  if (rules_ != nullptr) {
    absl::StatusOr<std::shared_ptr<const TableRules>> compiled = rules_->RulesOf(table);
    if (!compiled.ok()) return compiled;
    *rules = **compiled;
  }
  const std::vector<Column>& columns = table.schema.columns();
  const bool has_enum = std::ranges::any_of(
      columns, [](const Column& column) { return column.type.kind() == TypeKind::kEnum; });
  if (!has_enum || !rules->labels.empty()) return rules;
  const CatalogState catalog = writer_.catalog();
  for (const Column& column : columns) {
    std::vector<std::string>& labels = rules->labels.emplace_back();
    const bool is_enum = column.type.kind() == TypeKind::kEnum;
    const EnumInfo* type = is_enum ? catalog.FindEnum(column.type.enum_id()) : nullptr;
    if (type != nullptr) labels = type->record.values;
  }
  return rules;
}

absl::StatusOr<std::shared_ptr<TableAccess>> Changes::Access(TableId table) {
  const Lsn defined = writer_.defined();
  const std::shared_ptr<OpenTable> open = writer_.Find(table);
  if (open == nullptr) return absl::NotFoundError(Concat("no table ", table.value()));
  MutexLock lock(&mutex_);
  Known& known = tables_[table];
  const bool same = known.access != nullptr && known.access->shared_table() == open;
  if (same && known.defined == defined) return known.access;
  absl::StatusOr<std::shared_ptr<const TableRules>> rules = RulesOf(open->info);
  if (!rules.ok()) return rules.status();
  known.defined = defined;
  if (same && **rules == known.access->rules()) return known.access;
  if (known.access != nullptr) known.access->Leave();
  known.access = std::make_shared<TableAccess>(open, *std::move(rules));
  return known.access;
}

// What was staged was looked at by the rules of then: a constraint that counts only now (one that
// could not be resolved) has not seen it. Rows of before a trigger keep what they had.
absl::Status Changes::Refresh(StagedTable& table) {
  const Lsn defined = writer_.defined();
  if (defined == table.defined()) return absl::OkStatus();
  const TableId id = table.access().table().info.id;
  absl::StatusOr<std::shared_ptr<TableAccess>> access = Access(id);
  if (!access.ok() && !absl::IsNotFound(access.status())) return access.status();
  if (!access.ok() || (*access)->table().parts != table.access().table().parts) {
    return absl::AbortedError(
        Concat("table ", table.name(), " was altered or dropped since the change began"));
  }
  const bool same_rules = (*access)->rules() == table.access().rules();
  std::vector<uint32_t> rows;
  for (uint64_t row = 0; row < table.rows() && !same_rules; ++row) {
    if (table.IsLive(row)) rows.push_back(static_cast<uint32_t>(row));
  }
  if (!rows.empty()) {
    std::vector<ColumnBuffer> live;
    std::vector<ColumnView> views = table.views();
    for (ColumnView& view : views) live.emplace_back(view.physical()).AppendRows(view, rows);
    for (size_t i = 0; i < views.size(); ++i) views[i] = live[i].view();
    const RowsView all{(*access)->schema(), views, table};
    if (absl::Status s = CheckRows((*access)->rules(), all, 0); !s.ok()) return s;
  }
  table.TakeOver(*std::move(access), defined);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const TableRules>> Changes::Rules(TableId table) {
  absl::StatusOr<std::shared_ptr<TableAccess>> access = Access(table);
  if (!access.ok()) return access.status();
  return (*access)->shared_rules();
}

absl::StatusOr<bool> Changes::MustCheck(TableId table) {
  absl::StatusOr<std::shared_ptr<TableAccess>> access = Access(table);
  if (!access.ok()) return access.status();
  const TableRules& rules = (*access)->rules();
  return !(*access)->keys().empty() || !rules.checks.empty() || !rules.triggers.empty() ||
         !(*access)->schema().definition().foreign_keys.empty();
}

}  // namespace tape::engine
