#include "engine/change/foreign_key_rule.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/change/staged_table.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

std::optional<size_t> FindId(const Schema& schema, ColumnId id) {
  for (size_t i = 0; i < schema.columns().size(); ++i) {
    if (schema.column(i).id == id) return i;
  }
  return std::nullopt;
}

// What a foreign key of a table refers to. One to the table itself was not resolved when the table
// was made.
std::optional<format::ForeignTarget> TargetOf(const TableInfo& child, size_t number) {
  const std::vector<std::optional<format::ForeignTarget>>& targets = child.record.targets;
  if (number < targets.size() && targets[number].has_value()) return targets[number];
  const ForeignKey& key = child.schema.definition().foreign_keys[number];
  const bool is_here =
      key.referenced_schema.empty() || key.referenced_schema == child.schema.schema_name();
  if (!is_here || key.referenced_table != child.schema.name()) return std::nullopt;
  format::ForeignTarget target{.table = child.id, .columns = {}};
  for (const std::string& name : key.referenced_columns) {
    const std::optional<size_t> column = child.schema.Find(name);
    if (!column.has_value()) return std::nullopt;
    target.columns.push_back(child.schema.column(*column).id);
  }
  return target;
}

bool Refers(const TableInfo& child, TableId parent) {
  for (size_t i = 0; i < child.schema.definition().foreign_keys.size(); ++i) {
    const std::optional<format::ForeignTarget> target = TargetOf(child, i);
    if (target.has_value() && target->table == parent) return true;
  }
  return false;
}

// The parent's columns that a foreign key refers to, in the order of its own.
std::vector<size_t> Referenced(const TableInfo& parent, const format::ForeignTarget& target) {
  std::vector<size_t> columns;
  for (const ColumnId id : target.columns) {
    if (const std::optional<size_t> column = FindId(parent.schema, id)) columns.push_back(*column);
  }
  const auto& primary = parent.schema.definition().primary_key;
  if (!target.columns.empty() || !primary.has_value()) return columns;
  for (const std::string& name : primary->columns) columns.push_back(*parent.schema.Find(name));
  return columns;
}

// False where no key of the parent has just these columns.
bool FindKey(const std::vector<size_t>& own, const std::vector<size_t>& referenced,
             ForeignKeyRule& rule) {
  for (size_t key = 0; key < rule.parent->keys().size(); ++key) {
    const std::vector<size_t>& of_key = rule.parent->keys()[key].columns;
    if (!std::ranges::is_permutation(of_key, referenced)) continue;
    rule.key = key;
    for (const size_t column : of_key) {
      const auto at = std::ranges::find(referenced, column) - referenced.begin();
      rule.columns.push_back(own[static_cast<size_t>(at)]);
    }
    return true;
  }
  return false;
}

// ---- values

bool IsNumber(Physical physical) {
  return physical == Physical::kInt16 || physical == Physical::kInt32 ||
         physical == Physical::kInt64 || physical == Physical::kInt128;
}

Int128 NumberAt(const ColumnView& column, size_t row) {
  switch (column.physical()) {
    case Physical::kInt16:
      return column.Values<int16_t>()[row];
    case Physical::kInt32:
      return column.Values<int32_t>()[row];
    case Physical::kInt64:
      return column.Values<int64_t>()[row];
    default:
      return column.Values<Int128>()[row];
  }
}

// False where it does not fit.
template <typename T>
bool AppendAs(Int128 value, ColumnBuffer& out) {
  out.Append(static_cast<T>(value));
  return static_cast<Int128>(static_cast<T>(value)) == value;
}

bool AppendNumber(Int128 value, ColumnBuffer& out) {
  switch (out.physical()) {
    case Physical::kInt16:
      return AppendAs<int16_t>(value, out);
    case Physical::kInt32:
      return AppendAs<int32_t>(value, out);
    case Physical::kInt64:
      return AppendAs<int64_t>(value, out);
    default:
      return AppendAs<Int128>(value, out);
  }
}

// Turns values of one column into values of another.
class ValueConversion {
 public:
  ValueConversion(CommitTables& tables, TableAccess& to, size_t column)
      : tables_(tables), to_(to), column_(column) {}

  bool IsAsItIs(const ColumnView& from, const Column& from_column) const {
    const Physical physical = to_.schema().physical(column_);
    if (from.physical() != physical) return false;
    if (physical != Physical::kCode32) return true;
    const Type& type = to_.schema().column(column_).type;
    return type.kind() == TypeKind::kEnum && type == from_column.type;
  }

  // Appends the value of a row that is not NULL; false where there is no such value.
  absl::StatusOr<bool> Append(const ColumnView& from, size_t row, size_t place, TextOf text,
                              ColumnBuffer& out) {
    if (IsNumber(from.physical()) && IsNumber(out.physical())) {
      return AppendNumber(NumberAt(from, row), out);
    }
    if (from.physical() == Physical::kCode32) {
      const uint32_t code = from.Values<uint32_t>()[row];
      const auto known = codes_.find(code);
      if (known != codes_.end() && out.physical() == Physical::kCode32) {
        out.Append(known->second);
        return known->second != 0;
      }
      absl::StatusOr<std::string_view> found = text(place, SymbolCode(code));
      if (!found.ok()) return found.status();
      absl::StatusOr<bool> fits = AppendText(*found, out);
      if (fits.ok() && out.physical() == Physical::kCode32) {
        codes_[code] = out.view().Values<uint32_t>().back();
      }
      return fits;
    }
    return AppendText(from.Bytes(row), out);
  }

  // All rows of the column at this place, into the last of the values.
  absl::Status AppendAll(const ColumnView& from, size_t place, TextOf text, ForeignValues& out) {
    ColumnBuffer& values = out.columns.back();
    for (size_t row = 0; row < from.rows(); ++row) {
      if (from.IsNull(row)) {
        out.has_null[row] = 1;
        values.AppendNull();
        continue;
      }
      absl::StatusOr<bool> fits = Append(from, row, place, text, values);
      if (!fits.ok()) return fits.status();
      if (!*fits) out.possible[row] = 0;
    }
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<bool> AppendText(std::string_view text, ColumnBuffer& out) {
    if (out.physical() == Physical::kBytes) return out.AppendBytes(text);
    absl::StatusOr<uint32_t> code = tables_.CodeOf(to_, column_, text);
    if (!code.ok()) return code.status();
    out.Append(*code);
    return *code != 0;
  }

  CommitTables& tables_;
  TableAccess& to_;
  const size_t column_;
  absl::flat_hash_map<uint32_t, uint32_t> codes_;
};

bool CanCompare(const Column& a, Physical physical_a, const Column& b, Physical physical_b) {
  const auto is_text = [](Physical p) { return p == Physical::kCode32 || p == Physical::kBytes; };
  if (is_text(physical_a) && is_text(physical_b)) return true;
  const bool is_uuid = a.type.kind() == TypeKind::kUuid;
  if (is_uuid != (b.type.kind() == TypeKind::kUuid)) return false;
  if (IsNumber(physical_a) && IsNumber(physical_b)) return a.type.scale() == b.type.scale();
  return physical_a == physical_b;
}

struct Side {
  TableAccess& access;
  const std::vector<size_t>& columns;
};

absl::StatusOr<ForeignValues> Convert(CommitTables& tables, const Side& from_side,
                                      const Side& to_side, std::span<const ColumnView> from,
                                      TextOf text) {
  ForeignValues out;
  const size_t rows = from[0].rows();
  out.possible.assign(rows, 1);
  out.has_null.assign(rows, 0);
  for (size_t i = 0; i < from.size(); ++i) {
    const Column& own = from_side.access.schema().column(from_side.columns[i]);
    const Column& other = to_side.access.schema().column(to_side.columns[i]);
    ColumnBuffer& values =
        out.columns.emplace_back(to_side.access.schema().physical(to_side.columns[i]));
    if (!CanCompare(own, from[i].physical(), other, values.physical())) {
      return absl::FailedPreconditionError(Concat("a foreign key between column ", own.name,
                                                  " of type ", own.type.ToString(), " and column ",
                                                  other.name, " of type ", other.type.ToString(),
                                                  ": their values cannot be compared"));
    }
    ValueConversion conversion(tables, to_side.access, to_side.columns[i]);
    if (conversion.IsAsItIs(from[i], own)) {
      values.AppendColumn(from[i]);
      for (size_t row = 0; row < rows; ++row) out.has_null[row] |= from[i].IsNull(row) ? 1 : 0;
      continue;
    }
    absl::Status status = conversion.AppendAll(from[i], i, text, out);
    if (!status.ok()) return status;
  }
  return out;
}

}  // namespace

std::vector<ColumnView> ForeignValues::views() const {
  std::vector<ColumnView> views;
  for (const ColumnBuffer& column : columns) views.push_back(column.view());
  return views;
}

absl::StatusOr<std::vector<ForeignKeyRule>> ForeignKeysOf(CommitTables& tables,
                                                          const TableInfo& child) {
  std::vector<ForeignKeyRule> rules;
  const std::vector<ForeignKey>& keys = child.schema.definition().foreign_keys;
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::optional<format::ForeignTarget> target = TargetOf(child, i);
    if (!target.has_value()) continue;
    ForeignKeyRule rule{.name = Concat("FOREIGN KEY ", keys[i].name),
                        .on_delete = keys[i].on_delete};
    absl::StatusOr<std::shared_ptr<TableAccess>> access = tables.Access(child.id);
    if (!access.ok()) return access.status();
    rule.child = *std::move(access);
    access = tables.Access(target->table);
    if (!access.ok()) return access.status();
    rule.parent = *std::move(access);
    std::vector<size_t> own;
    for (const std::string& name : keys[i].columns) own.push_back(*child.schema.Find(name));
    const std::vector<size_t> referenced = Referenced(rule.parent->table().info, *target);
    if (own.size() != referenced.size() || !FindKey(own, referenced, rule)) {
      return absl::FailedPreconditionError(
          Concat("table ", child.schema.schema_name(), ".", child.schema.name(), ": ", rule.name,
                 ": table ", rule.parent->schema().name(), " has no key of these columns"));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

absl::StatusOr<std::vector<ForeignKeyRule>> ForeignKeysTo(CommitTables& tables, TableId parent) {
  std::vector<ForeignKeyRule> rules;
  for (const std::shared_ptr<OpenTable>& table : tables.AllTables()) {
    if (!Refers(table->info, parent)) continue;
    absl::StatusOr<std::vector<ForeignKeyRule>> of_table = ForeignKeysOf(tables, table->info);
    if (!of_table.ok()) return of_table.status();
    for (ForeignKeyRule& rule : *of_table) {
      if (rule.parent->table().info.id == parent) rules.push_back(std::move(rule));
    }
  }
  return rules;
}

absl::StatusOr<ForeignValues> ToParent(CommitTables& tables, const ForeignKeyRule& rule,
                                       std::span<const ColumnView> from, TextOf text) {
  return Convert(tables, {*rule.child, rule.columns}, {*rule.parent, rule.parent_columns()}, from,
                 text);
}

absl::StatusOr<ForeignValues> ToChild(CommitTables& tables, const ForeignKeyRule& rule,
                                      std::span<const ColumnView> from, TextOf text) {
  return Convert(tables, {*rule.parent, rule.parent_columns()}, {*rule.child, rule.columns}, from,
                 text);
}

}  // namespace tape::engine
