#include "engine/change/change.h"

#include <algorithm>
#include <utility>

#include "engine/change/change_commit.h"
#include "engine/change/column_rules.h"
#include "engine/change/given_rows.h"
#include "engine/change/staged_table.h"
#include "engine/change/table_access.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

std::vector<ColumnView> ViewsOf(const std::vector<ColumnBuffer>& columns) {
  std::vector<ColumnView> views;
  views.reserve(columns.size());
  for (const ColumnBuffer& column : columns) views.push_back(column.view());
  return views;
}

// Symbols whose codes have to be looked up; those of an ENUM have not.
bool HasSymbols(const Schema& schema) {
  for (size_t i = 0; i < schema.columns().size(); ++i) {
    if (schema.IsSymbol(i) && schema.column(i).type.kind() != TypeKind::kEnum) return true;
  }
  return false;
}

std::vector<size_t> AllColumns(const Schema& schema) {
  std::vector<size_t> all;
  for (size_t i = 0; i < schema.columns().size(); ++i) all.push_back(i);
  return all;
}

// Which keys of a staged new version of a row are those of the old one: a bit for each.
uint64_t SameKeys(const RowsView& old, const StagedTable& table, uint64_t staged) {
  const std::vector<TableKey>& keys = table.access().keys();
  uint64_t same = 0;
  for (size_t key = 0; key < std::min<size_t>(keys.size(), 64); ++key) {
    const bool is_same = std::ranges::all_of(keys[key].columns, [&](size_t column) {
      return SameValue(old.columns[column], 0, table.view(column), staged);
    });
    if (is_same) same |= uint64_t{1} << key;
  }
  return same;
}

absl::Status NotThere(const StagedTable& table, RowNumber row) {
  const uint64_t number = IsStaged(row) ? row.value() - kFirstStagedRow : row.value();
  return absl::NotFoundError(
      Concat("table ", table.name(), " has no live ",
             IsStaged(row) ? std::string_view("staged row ") : std::string_view("row "), number));
}

}  // namespace

Change::Change(Changes& changes) : changes_(changes) {}
Change::~Change() = default;

// ---- tables

absl::StatusOr<StagedTable*> Change::Open(TableId table) {
  const auto known = tables_.find(table);
  if (known != tables_.end()) {
    StagedTable& staged = *known->second;
    const bool looks = staged.held() == nullptr && staged.view_or_null() == nullptr;
    if (looks && HasSymbols(staged.schema())) {
      if (absl::StatusOr<const TableSnapshot*> v = View(staged); !v.ok()) return v.status();
    }
    return &staged;
  }
  absl::StatusOr<std::shared_ptr<TableAccess>> access = changes_.Access(table);
  if (!access.ok()) return access.status();
  tables_.emplace(table, std::make_unique<StagedTable>(*std::move(access)));
  return Open(table);
}

absl::StatusOr<std::shared_ptr<const StoreSnapshot>> Change::Snapshot() {
  if (snapshot_ == nullptr) {
    absl::StatusOr<std::shared_ptr<const StoreSnapshot>> now = changes_.Now();
    if (!now.ok()) return now;
    snapshot_ = *std::move(now);
  }
  return snapshot_;
}

absl::StatusOr<const TableSnapshot*> Change::View(StagedTable& table) {
  if (absl::StatusOr<std::shared_ptr<const StoreSnapshot>> s = Snapshot(); !s.ok()) {
    return s.status();
  }
  const auto found = snapshot_->tables().find(table.access().table().info.id);
  if (found == snapshot_->tables().end()) {
    return absl::NotFoundError(
        Concat("table ", table.name(), " was made after this change began to look"));
  }
  table.SetView(found->second.get());
  return found->second.get();
}

absl::Status Change::Hold(TableId table, TailAppender& appender) {
  absl::StatusOr<std::shared_ptr<TableAccess>> access = changes_.Access(table);
  if (!access.ok()) return access.status();
  auto staged = std::make_unique<StagedTable>(*std::move(access));
  staged->Hold(appender);
  tables_[table] = std::move(staged);
  return absl::OkStatus();
}

uint64_t Change::staged_bytes() const {
  uint64_t bytes = undo_.size() * sizeof(Step);
  for (const auto& [id, table] : tables_) bytes += table->bytes();
  return bytes;
}

absl::Status Change::CheckBudget() const {
  const uint64_t bytes = staged_bytes();
  if (bytes <= changes_.options_.change_bytes_max) return absl::OkStatus();
  return absl::ResourceExhaustedError(Concat("a change stages at most ",
                                             changes_.options_.change_bytes_max,
                                             " bytes (change_bytes_max), this one has ", bytes));
}

int64_t Change::NowNs() {
  if (!now_ns_.has_value()) now_ns_ = changes_.machine_.host.RealTimeNs();
  return *now_ns_;
}

// ---- staging

absl::StatusOr<RowNumber> Change::Insert(TableId table, const GivenRows& rows) {
  absl::StatusOr<StagedTable*> staged = Open(table);
  if (!staged.ok()) return staged.status();
  if (absl::Status status = CheckGiven(**staged, rows); !status.ok()) return status;
  std::vector<ColumnBuffer>& filled = (*staged)->Columns(StagedTable::Scratch::kNew);
  absl::Status status =
      FillRows(**staged, rows, {changes_.writer_, changes_.machine_.host, NowNs()}, filled);
  if (!status.ok()) return status;
  return Stage(**staged, filled, nullptr);
}

absl::StatusOr<RowNumber> Change::Append(TableId table, std::span<const ColumnView> columns) {
  absl::StatusOr<StagedTable*> staged = Open(table);
  if (!staged.ok()) return staged.status();
  const std::vector<size_t> all = AllColumns((*staged)->schema());
  absl::Status status = CheckGiven(**staged, {.columns = all, .values = columns});
  for (size_t i = 0; status.ok() && i < columns.size(); ++i) {
    if (columns[i].physical() == (*staged)->schema().physical(i)) continue;
    status = absl::InvalidArgumentError(
        Concat("table ", (*staged)->name(), ": column ", i, ": texts in the place of codes"));
  }
  if (!status.ok()) return status;
  if ((*staged)->access().rules().triggers.empty()) return StageViews(**staged, columns);
  std::vector<ColumnBuffer>& copy = (*staged)->Columns(StagedTable::Scratch::kNew);
  for (size_t i = 0; i < columns.size(); ++i) copy[i].AppendColumn(columns[i]);
  return Stage(**staged, copy, nullptr);
}

absl::Status Change::FireTriggers(StagedTable& table, std::vector<ColumnBuffer>& rows,
                                  const RowsView* old) {
  const RowEvent event = old == nullptr ? RowEvent::kInsert : RowEvent::kUpdate;
  for (const auto& trigger : table.access().rules().triggers) {
    if (!trigger->Fires(event)) continue;
    const std::vector<ColumnView> views = ViewsOf(rows);
    std::vector<Replaced> replaced;
    absl::Status status = trigger->Fire({table.schema(), views, table}, old, NowNs(), replaced);
    if (!status.ok()) return status;
    for (const Replaced& column : replaced) {
      const ColumnView values = column.values.view();
      status = CheckGiven(table, {.columns = {&column.column, 1}, .values = {&values, 1}});
      if (!status.ok()) return status;
      if (values.rows() != views[0].rows()) {
        return absl::InternalError(Concat("trigger ", trigger->name(), " gave ", values.rows(),
                                          " values for ", views[0].rows(), " rows"));
      }
      ColumnBuffer fresh(table.schema().physical(column.column));
      status = AppendGiven(table, column.column, values, fresh);
      if (!status.ok()) return status;
      rows[column.column] = std::move(fresh);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RowNumber> Change::Stage(StagedTable& table, std::vector<ColumnBuffer>& rows,
                                        const RowsView* old) {
  if (absl::Status status = FireTriggers(table, rows, old); !status.ok()) return status;
  return StageViews(table, ViewsOf(rows));
}

absl::StatusOr<RowNumber> Change::StageViews(StagedTable& table, std::span<const ColumnView> rows) {
  const uint64_t before = table.rows();
  if (absl::Status status = CheckRows(table, rows, before); !status.ok()) return status;
  if (rows[0].rows() == 0) return RowNumber(kFirstStagedRow + before);
  table.Append(rows);
  undo_.push_back({&table, Step::Kind::kStaged, before});
  if (absl::Status status = CheckBudget(); !status.ok()) {
    RollBackTo(undo_.size() - 1);
    return status;
  }
  return RowNumber(kFirstStagedRow + before);
}

// ---- killing

absl::Status Change::CheckIsThere(StagedTable& table, const TableSnapshot* view, RowNumber row) {
  if (IsStaged(row)) {
    return table.IsLive(row.value() - kFirstStagedRow) ? absl::OkStatus() : NotThere(table, row);
  }
  if (table.Kills(row)) return NotThere(table, row);
  absl::StatusOr<bool> live = table.access().IsLive(*view, row);
  if (!live.ok()) return live.status();
  return *live ? absl::OkStatus() : NotThere(table, row);
}

absl::Status Change::Kill(StagedTable& table, RowNumber row, std::optional<RowNumber> successor) {
  const uint64_t next =
      successor.has_value() ? successor->value() - kFirstStagedRow : StagedTable::kNoRow;
  if (IsStaged(row)) {
    const uint64_t staged = row.value() - kFirstStagedRow;
    table.KillStaged(staged, next);
    undo_.push_back({&table, Step::Kind::kStagedKilled, staged});
    return absl::OkStatus();
  }
  table.Kill(row, next);
  undo_.push_back({&table, Step::Kind::kKilled, row.value()});
  return absl::OkStatus();
}

absl::Status Change::Delete(TableId table, RowNumber row) {
  absl::StatusOr<StagedTable*> staged = Open(table);
  if (!staged.ok()) return staged.status();
  const TableSnapshot* view = nullptr;
  if (!IsStaged(row)) {
    absl::StatusOr<const TableSnapshot*> seen = View(**staged);
    if (!seen.ok()) return seen.status();
    view = *seen;
  }
  if (absl::Status status = CheckIsThere(**staged, view, row); !status.ok()) return status;
  if (absl::Status status = Kill(**staged, row, std::nullopt); !status.ok()) return status;
  absl::Status status = CheckBudget();
  if (!status.ok()) RollBackTo(undo_.size() - 1);
  return status;
}

absl::StatusOr<RowNumber> Change::Replace(TableId table, RowNumber row, const GivenRows& values) {
  absl::StatusOr<StagedTable*> staged = Open(table);
  if (!staged.ok()) return staged.status();
  if (absl::Status status = CheckGiven(**staged, values); !status.ok()) return status;
  const TableSnapshot* view = nullptr;
  if (!IsStaged(row)) {
    absl::StatusOr<const TableSnapshot*> seen = View(**staged);
    if (!seen.ok()) return seen.status();
    view = *seen;
  }
  return ReplaceIn(**staged, view, row, values);
}

absl::StatusOr<RowNumber> Change::ReplaceIn(StagedTable& table, const TableSnapshot* view,
                                            RowNumber row, const GivenRows& values) {
  if (absl::Status status = CheckIsThere(table, view, row); !status.ok()) return status;
  const std::vector<size_t> all = AllColumns(table.schema());
  std::vector<ColumnBuffer>& old = table.Columns(StagedTable::Scratch::kOld);
  if (IsStaged(row)) {
    table.Read(row.value() - kFirstStagedRow, all, old);
  } else {
    absl::Status status = table.access().Read(*view, row, all, old);
    if (!status.ok()) return status;
  }
  const std::vector<ColumnView> old_views = ViewsOf(old);
  std::vector<ColumnBuffer>& replaced = table.Columns(StagedTable::Scratch::kNew);
  for (const size_t column : all) {
    ColumnBuffer& out = replaced[column];
    const auto at = std::ranges::find(values.columns, column);
    const absl::Status status =
        at == values.columns.end()
            ? AppendGiven(table, column, old_views[column], out)
            : AppendGiven(
                  table, column,
                  values.values[static_cast<size_t>(at - values.columns.begin())].Slice(0, 1), out);
    if (!status.ok()) return status;
  }
  const RowsView old_row{table.schema(), old_views, table};
  absl::StatusOr<RowNumber> fresh = Stage(table, replaced, &old_row);
  if (!fresh.ok()) return fresh;
  const uint64_t staged = fresh->value() - kFirstStagedRow;
  uint64_t kept = SameKeys(old_row, table, staged);
  if (IsStaged(row)) kept &= table.kept_keys(row.value() - kFirstStagedRow);
  table.SetKeptKeys(staged, kept);
  if (absl::Status status = Kill(table, row, *fresh); !status.ok()) return status;
  return fresh;
}

// ---- looking

absl::StatusOr<bool> Change::IsLive(TableId table, RowNumber row) {
  absl::StatusOr<StagedTable*> staged = Open(table);
  if (!staged.ok()) return staged.status();
  if (IsStaged(row)) return (*staged)->IsLive(row.value() - kFirstStagedRow);
  if ((*staged)->Kills(row)) return false;
  absl::StatusOr<const TableSnapshot*> view = View(**staged);
  if (!view.ok()) return view.status();
  return (*staged)->access().IsLive(**view, row);
}

absl::Status Change::Read(TableId table, RowNumber row, std::span<const size_t> columns,
                          std::span<ColumnBuffer> out) {
  absl::StatusOr<StagedTable*> staged = Open(table);
  if (!staged.ok()) return staged.status();
  if (IsStaged(row)) {
    if (row.value() - kFirstStagedRow >= (*staged)->rows()) return NotThere(**staged, row);
    (*staged)->Read(row.value() - kFirstStagedRow, columns, out);
    return absl::OkStatus();
  }
  absl::StatusOr<const TableSnapshot*> view = View(**staged);
  if (!view.ok()) return view.status();
  if (row.value() >= (*view)->rows()) return NotThere(**staged, row);
  return (*staged)->access().Read(**view, row, columns, out);
}

absl::StatusOr<std::optional<RowNumber>> Change::Find(TableId table, size_t key,
                                                      std::span<const ColumnView> values,
                                                      size_t at) {
  absl::StatusOr<StagedTable*> opened = Open(table);
  if (!opened.ok()) return opened.status();
  StagedTable& staged = **opened;
  if (key >= staged.access().keys().size()) {
    return absl::InvalidArgumentError(Concat("table ", staged.name(), " has no key ", key));
  }
  const std::vector<size_t>& columns = staged.access().keys()[key].columns;
  absl::Status status = CheckGiven(staged, {.columns = columns, .values = values});
  if (!status.ok()) return status;
  std::vector<ColumnBuffer> stored;
  for (size_t i = 0; i < columns.size(); ++i) {
    ColumnBuffer& out = stored.emplace_back(staged.schema().physical(columns[i]));
    status = AppendGiven(staged, columns[i], values[i].Slice(at, 1), out);
    if (!status.ok()) return status;
  }
  const std::vector<ColumnView> views = ViewsOf(stored);
  const KeyValues wanted{views, 0};
  if (const std::optional<uint64_t> row = staged.FindStaged(key, wanted)) {
    return std::optional(RowNumber(kFirstStagedRow + *row));
  }
  absl::StatusOr<const TableSnapshot*> view = View(staged);
  if (!view.ok()) return view.status();
  return staged.access().Find(**view, key, wanted,
                              [&](RowNumber row) { return staged.Kills(row); });
}

absl::StatusOr<std::vector<ColumnView>> Change::Staged(TableId table) {
  absl::StatusOr<StagedTable*> staged = Open(table);
  if (!staged.ok()) return staged.status();
  return (*staged)->views();
}

absl::StatusOr<std::string_view> Change::Text(TableId table, size_t column, SymbolCode code) {
  absl::StatusOr<StagedTable*> staged = Open(table);
  if (!staged.ok()) return staged.status();
  return (*staged)->Text(column, code);
}

// ---- taking back, ending

void Change::RollBackTo(Mark mark) {
  for (; undo_.size() > mark; undo_.pop_back()) {
    const Step& step = undo_.back();
    switch (step.kind) {
      case Step::Kind::kStaged:
        step.table->Truncate(step.row);
        break;
      case Step::Kind::kKilled:
        step.table->TakeBackKill();
        break;
      case Step::Kind::kStagedKilled:
        step.table->ReviveStaged(step.row);
        break;
    }
  }
}

void Change::Forget() {
  undo_.clear();
  snapshot_.reset();
  now_ns_.reset();
  for (auto at = tables_.begin(); at != tables_.end();) {
    if (at->second->held() == nullptr) {
      at = tables_.erase(at);
      continue;
    }
    at->second->Clear();
    ++at;
  }
}

void Change::Abandon() { Forget(); }

absl::StatusOr<Lsn> Change::Commit(Durability durability) {
  Change* const self = this;
  return CommitTogether({&self, 1}, {}, durability);
}

absl::StatusOr<Lsn> Change::CommitTogether(std::span<Change* const> changes,
                                           std::span<TailAppender* const> plain,
                                           Durability durability) {
  if (changes.empty()) return absl::InvalidArgumentError("a commit of no change");
  return ChangeCommit(changes[0]->changes_, changes, plain).Run(durability);
}

}  // namespace tape::engine
