#include "engine/change/foreign_keys.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "engine/change/referring_rows.h"
#include "engine/change/violation.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

std::string TableName(const TableAccess& access) {
  return Concat(access.schema().schema_name(), ".", access.schema().name());
}

std::string ColumnNames(const ForeignKeyRule& rule) {
  std::string names;
  for (const size_t column : rule.parent_columns()) {
    if (!names.empty()) names += ", ";
    names += rule.parent->schema().column(column).name;
  }
  return names;
}

// The rows of one foreign key of a staged table: has each its parent?
class ChildCheck {
 public:
  ChildCheck(CommitTables& tables, StagedTable& child, const ForeignKeyRule& rule)
      : tables_(tables), child_(child), rule_(rule), rows_(child.views()) {}

  absl::Status Check() {
    std::vector<ColumnView> columns;
    for (const size_t column : rule_.columns) columns.push_back(rows_[column]);
    absl::StatusOr<ForeignValues> values = ToParent(
        tables_, rule_, columns,
        [&](size_t place, SymbolCode code) { return child_.Text(rule_.columns[place], code); });
    if (!values.ok()) return values.status();
    const std::vector<ColumnView> views = values->views();
    for (uint64_t row = 0; row < child_.rows(); ++row) {
      if (!child_.IsLive(row) || values->has_null[row] != 0) continue;
      absl::StatusOr<bool> there = values->possible[row] != 0 ? HasParent({views, row}) : false;
      if (!there.ok()) return there.status();
      if (!*there) return Refuse(row);
    }
    return absl::OkStatus();
  }

 private:
  // Many rows refer to few parents: each is looked for once.
  absl::StatusOr<bool> HasParent(const KeyValues& values) {
    const auto [known, is_new] = found_.try_emplace(rule_.parent->Hash(values), values.at);
    if (!is_new && IsSame(values, known->second)) return true;
    return tables_.HasKey(*rule_.parent, rule_.key, values);
  }

  static bool IsSame(const KeyValues& values, size_t other) {
    for (const ColumnView& column : values.columns) {
      if (!SameValue(column, values.at, column, other)) return false;
    }
    return true;
  }

  absl::Status Refuse(uint64_t row) const {
    return Violation(
        child_, rule_.name, rule_.columns,
        Concat(RowText(row), " has ", KeyText(child_, rule_.columns, rows_, row),
               ", which no row of ", TableName(*rule_.parent), " (", ColumnNames(rule_), ") has"));
  }

  CommitTables& tables_;
  StagedTable& child_;
  const ForeignKeyRule& rule_;
  const std::vector<ColumnView> rows_;
  absl::flat_hash_map<uint64_t, size_t> found_;  // hash -> a row whose parent is there
};

}  // namespace

// ---- actions

absl::Status ForeignKeys::Act() {
  // Until nothing new is killed: what an action kills may be somebody's parent.
  for (bool again = true; again;) {
    again = false;
    for (StagedTable* parent : tables_.all()) {
      size_t& done = done_[parent->access().table().info.id];
      const size_t end = parent->kills().size();
      if (done == end) continue;
      again = true;
      absl::Status status = ActOn(*parent, done, end);
      if (!status.ok()) return status;
      done_[parent->access().table().info.id] = end;
    }
  }
  return absl::OkStatus();
}

absl::Status ForeignKeys::ActOn(StagedTable& parent, size_t first, size_t end) {
  absl::StatusOr<std::vector<ForeignKeyRule>> rules =
      ForeignKeysTo(tables_, parent.access().table().info.id);
  if (!rules.ok()) return rules.status();
  for (const ForeignKeyRule& rule : *rules) {
    const bool deletes = rule.on_delete == OnDelete::kCascade;
    if (!deletes && rule.on_delete != OnDelete::kSetNull) continue;
    absl::StatusOr<LostKeys> lost =
        LostKeys::Of(tables_, parent, rule.key, {first, end}, LostKeys::By::kDelete);
    if (!lost.ok()) return lost.status();
    absl::StatusOr<std::vector<Referring>> rows = FindReferring(tables_, rule, *lost);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) continue;
    absl::StatusOr<StagedTable*> child = tables_.Open(rule.child->table().info.id);
    if (!child.ok()) return child.status();
    for (const Referring& found : *rows) {
      absl::Status status = deletes ? tables_.Delete(**child, found.row)
                                    : tables_.SetNull(**child, found.row, rule.columns);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// ---- checks

absl::Status ForeignKeys::Check() {
  for (StagedTable* table : tables_.all()) {
    if (absl::Status status = CheckChild(*table); !status.ok()) return status;
  }
  for (StagedTable* table : tables_.all()) {
    if (absl::Status status = CheckParent(*table); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ForeignKeys::CheckChild(StagedTable& child) {
  if (child.rows() == child.dead()) return absl::OkStatus();
  absl::StatusOr<std::vector<ForeignKeyRule>> rules =
      ForeignKeysOf(tables_, child.access().table().info);
  if (!rules.ok()) return rules.status();
  for (const ForeignKeyRule& rule : *rules) {
    if (absl::Status s = ChildCheck(tables_, child, rule).Check(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status ForeignKeys::CheckParent(StagedTable& parent) {
  if (parent.kills().empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<ForeignKeyRule>> rules =
      ForeignKeysTo(tables_, parent.access().table().info.id);
  if (!rules.ok()) return rules.status();
  for (const ForeignKeyRule& rule : *rules) {
    const bool acts = rule.on_delete == OnDelete::kCascade || rule.on_delete == OnDelete::kSetNull;
    absl::StatusOr<LostKeys> lost =
        LostKeys::Of(tables_, parent, rule.key, {0, parent.kills().size()},
                     acts ? LostKeys::By::kUpdate : LostKeys::By::kBoth);
    if (!lost.ok()) return lost.status();
    absl::StatusOr<std::vector<Referring>> rows = FindReferring(tables_, rule, *lost);
    if (!rows.ok()) return rows.status();
    if (rows->empty()) continue;
    return tables_.RefuseLoss(rule, rows->front().row);
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
