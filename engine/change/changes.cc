// Changes: what the changes of a store share.
#include <algorithm>
#include <utility>

#include "engine/change/change.h"
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

absl::StatusOr<bool> Changes::MustCheck(TableId table) {
  absl::StatusOr<std::shared_ptr<TableAccess>> access = Access(table);
  if (!access.ok()) return access.status();
  const TableRules& rules = (*access)->rules();
  return !(*access)->keys().empty() || !rules.checks.empty() || !rules.triggers.empty() ||
         !(*access)->schema().definition().foreign_keys.empty();
}

}  // namespace tape::engine
