// CHECKs and triggers of tables, from the catalog's text to what a change evaluates.
//
//   CompiledRules rules([&] { return writer.catalog(); }, host);
//   Changes changes(machine, writer, reader, &rules, {});
//
// Compiled once for a version of a table, its triggers and its types. A CHECK sees a row's columns;
// a trigger's function those of NEW, and of OLD, which are NULL in an INSERT. Its assignments run
// in their order, each seeing what came before it, for the rows that WHEN lets through.
//
// Errors of RulesOf: kDataLoss where the catalog's text cannot be compiled, naming what.
//
// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog_state.h"
#include "engine/change/row_rule.h"
#include "engine/exec/expression.h"
#include "engine/io/host.h"
#include "engine/io/mutex.h"

namespace tape::engine::sql {

class CompiledRules final : public RuleSource {
 public:
  using CatalogSource = std::function<CatalogState()>;

  // The host outlives it, and the rules.
  CompiledRules(CatalogSource catalog, Host& host) : catalog_(std::move(catalog)), host_(host) {}

  absl::StatusOr<std::shared_ptr<const TableRules>> RulesOf(const TableInfo& table) override;

 private:
  struct Known {
    std::string definitions;  // what they were compiled of
    std::shared_ptr<const TableRules> rules;
  };

  absl::StatusOr<std::shared_ptr<const TableRules>> Compile(const TableInfo& table,
                                                            const CatalogState& catalog) const;

  const CatalogSource catalog_;
  Host& host_;
  Mutex mutex_;
  std::map<TableId, Known> known_ ABSL_GUARDED_BY(mutex_);
};

// The condition of a CHECK, as the catalog says it, over all columns of the table.
absl::StatusOr<exec::ExpressionPtr> BindCheck(const TableInfo& table, const CheckConstraint& check,
                                              const CatalogState& catalog);

}  // namespace tape::engine::sql
