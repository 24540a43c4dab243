// Changes: what the changes of a store share.
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

absl::StatusOr<std::shared_ptr<TableAccess>> Changes::Access(TableId table) {
  const std::shared_ptr<OpenTable> open = writer_.Find(table);
  if (open == nullptr) return absl::NotFoundError(Concat("no table ", table.value()));
  MutexLock lock(&mutex_);
  std::shared_ptr<TableAccess>& access = tables_[table];
  if (access != nullptr && access->shared_table() == open) return access;
  std::shared_ptr<const TableRules> rules;
  if (rules_ != nullptr) {
    absl::StatusOr<std::shared_ptr<const TableRules>> compiled = rules_->RulesOf(open->info);
    if (!compiled.ok()) return compiled.status();
    rules = *std::move(compiled);
  }
  if (rules == nullptr) rules = std::make_shared<const TableRules>();
  access = std::make_shared<TableAccess>(open, std::move(rules));
  return access;
}

absl::StatusOr<bool> Changes::MustCheck(TableId table) {
  absl::StatusOr<std::shared_ptr<TableAccess>> access = Access(table);
  if (!access.ok()) return access.status();
  const TableRules& rules = (*access)->rules();
  return !(*access)->keys().empty() || !rules.checks.empty() || !rules.triggers.empty() ||
         !(*access)->schema().definition().foreign_keys.empty();
}

}  // namespace tape::engine
