// What a change asks of those who evaluate expressions: CHECK constraints and triggers.
//
//   class PricePositive : public RowRule {
//     const std::string& constraint() const override { return name_; }
//     std::span<const size_t> columns() const override { return {&price_, 1}; }
//     absl::StatusOr<std::optional<size_t>> FirstViolation(const RowsView& rows) const override {
//       const std::span<const int64_t> prices = rows.columns[price_].Values<int64_t>();
//       const auto bad = std::ranges::find_if(prices, [](int64_t price) { return price <= 0; });
//       if (bad == prices.end()) return std::nullopt;
//       return static_cast<size_t>(bad - prices.begin());
//     }
//   };
//
// A change calls them with many rows at once: those of one statement, or of one batch of an
// appender. They are made once for a version of a table, by a RuleSource, and kept: the change
// knows no expression, and whoever has a parser no commit.
//
// RowRule and RowTrigger: immutable, thread-safe. RuleSource: thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape::engine {

// What the codes of a table's symbol columns stand for, those that the change has just brought
// included. They are the change's own until it is committed: compare texts, or codes of one change.
class SymbolTexts {
 public:
  virtual ~SymbolTexts() = default;
  // Empty for code 0. Of an ENUM: its label.
  virtual absl::StatusOr<std::string_view> Text(size_t column, SymbolCode code) const = 0;
};

// Rows of a table: all columns, in the schema's order, symbols as codes.
struct RowsView {
  const Schema& schema;
  std::span<const ColumnView> columns;
  const SymbolTexts& texts;

  size_t rows() const { return columns.empty() ? 0 : columns[0].rows(); }
};

// A CHECK constraint. NULL passes, as SQL says.
class RowRule {
 public:
  virtual ~RowRule() = default;

  virtual const std::string& constraint() const = 0;
  // Those that it reads, by index in the schema: for the message.
  virtual std::span<const size_t> columns() const = 0;
  // The first row that breaks it. An error is one of evaluation, such as a division by zero: the
  // change is refused with it.
  virtual absl::StatusOr<std::optional<size_t>> FirstViolation(const RowsView& rows) const = 0;
};

enum class RowEvent : uint8_t { kInsert, kUpdate };

// What a trigger makes of the rows: columns, and a value for each row. Symbols as texts or as codes
// that were there.
struct Replaced {
  size_t column = 0;
  ColumnBuffer values;
};

// A BEFORE INSERT or BEFORE UPDATE trigger, FOR EACH ROW.
class RowTrigger {
 public:
  virtual ~RowTrigger() = default;

  virtual const std::string& name() const = 0;
  virtual bool Fires(RowEvent event) const = 0;
  // `rows` is NEW; `old`, row by row, OLD, and nullptr for an insert. Rows that WHEN passes over
  // keep the value that they have. `now_ns` is the time of the change: what now() means.
  virtual absl::Status Fire(const RowsView& rows, const RowsView* old, int64_t now_ns,
                            std::vector<Replaced>& replaced) const = 0;
};

// What the catalog says of one version of a table beyond its schema. Triggers fire in this order.
struct TableRules {
  std::vector<std::shared_ptr<const RowRule>> checks{};
  std::vector<std::shared_ptr<const RowTrigger>> triggers{};
  // The labels of an ENUM column, by index in the schema; nothing for other columns. The code of
  // the first is 1. A source may leave them out: then they are the catalog's.
  std::vector<std::vector<std::string>> labels{};

  // The same objects: a source keeps what it has compiled.
  friend bool operator==(const TableRules&, const TableRules&) = default;
};

class RuleSource {
 public:
  virtual ~RuleSource() = default;
  // Asked again after every definition. An error where an expression cannot be compiled: the table
  // cannot be changed.
  virtual absl::StatusOr<std::shared_ptr<const TableRules>> RulesOf(const TableInfo& table) = 0;
};

}  // namespace tape::engine
