#include "engine/change/referring_rows.h"

#include <algorithm>
#include <utility>

#include "engine/read/scan_parts.h"

namespace tape::engine {
namespace {

// Codes of the child's own rows, as its snapshot has them.
class Search {
 public:
  Search(CommitTables& tables, const ForeignKeyRule& rule, const LostKeys& lost)
      : tables_(tables), rule_(rule), lost_(lost) {}

  absl::StatusOr<std::vector<Referring>> Run() {
    absl::StatusOr<const TableSnapshot*> view = tables_.View(*rule_.child);
    if (!view.ok()) return view.status();
    view_ = *view;
    staged_ = tables_.Find(rule_.child->table().info.id);
    absl::Status status = InStaged();
    const std::optional<size_t> key = KeyOfChild();
    if (status.ok()) status = key.has_value() ? ByKey(*key) : ByScan();
    if (!status.ok()) return status;
    return std::move(found_);
  }

 private:
  // The child's key that is just the foreign key's columns.
  std::optional<size_t> KeyOfChild() const {
    for (size_t key = 0; key < rule_.child->keys().size(); ++key) {
      if (std::ranges::is_permutation(rule_.child->keys()[key].columns, rule_.columns)) return key;
    }
    return std::nullopt;
  }

  absl::Status Match(std::span<const ColumnView> columns, TextOf text,
                     absl::FunctionRef<std::optional<RowNumber>(size_t)> number) {
    absl::StatusOr<ForeignValues> values = ToParent(tables_, rule_, columns, text);
    if (!values.ok()) return values.status();
    const std::vector<ColumnView> views = values->views();
    for (size_t row = 0; row < values->possible.size(); ++row) {
      if (values->possible[row] == 0 || values->has_null[row] != 0) continue;
      const std::optional<size_t> lost = lost_.Find(*rule_.parent, {views, row});
      if (!lost.has_value()) continue;
      if (const std::optional<RowNumber> n = number(row)) found_.push_back({*n, *lost});
    }
    return absl::OkStatus();
  }

  absl::Status InStaged() {
    if (staged_ == nullptr || staged_->rows() == 0) return absl::OkStatus();
    std::vector<ColumnView> columns;
    for (const size_t column : rule_.columns) columns.push_back(staged_->view(column));
    const auto text = [&](size_t place, SymbolCode code) {
      return staged_->Text(rule_.columns[place], code);
    };
    return Match(columns, text, [&](size_t row) -> std::optional<RowNumber> {
      if (!staged_->IsLive(row) || !staged_->IsSuccessor(row)) return std::nullopt;
      return RowNumber(kFirstStagedRow + row);
    });
  }

  absl::Status ByKey(size_t key) {
    const auto text = [&](size_t place, SymbolCode code) {
      return tables_.TextOf(*rule_.parent, rule_.parent_columns()[place], code);
    };
    absl::StatusOr<ForeignValues> values = ToChild(tables_, rule_, lost_.views(), text);
    if (!values.ok()) return values.status();
    const std::vector<ColumnView> views = values->views();
    std::vector<ColumnView> in_order;  // of the child's key
    for (const size_t column : rule_.child->keys()[key].columns) {
      const auto at = std::ranges::find(rule_.columns, column) - rule_.columns.begin();
      in_order.push_back(views[static_cast<size_t>(at)]);
    }
    for (size_t row = 0; row < lost_.rows(); ++row) {
      if (values->possible[row] == 0) continue;
      absl::StatusOr<std::optional<RowNumber>> child =
          tables_.FindCommitted(*rule_.child, key, {in_order, row});
      if (!child.ok()) return child.status();
      if (child->has_value()) found_.push_back({**child, row});
    }
    return absl::OkStatus();
  }

  absl::Status ByScan() {
    const PartSpec spec{.columns = rule_.columns,
                        .order = format::RowOrder::kArrival,
                        .at = view_->lsn(),
                        .keys = true};
    absl::StatusOr<std::vector<ScanPart>> parts = ScanParts(*view_, spec);
    if (!parts.ok()) return parts.status();
    for (const ScanPart& part : *parts) {
      absl::StatusOr<std::unique_ptr<PartReader>> reader = OpenPart(*view_, spec, part);
      if (!reader.ok()) return reader.status();
      if (*reader == nullptr) continue;
      if (absl::Status status = ScanPartFor(**reader); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ScanPartFor(PartReader& reader) {
    const auto text = [&](size_t place, SymbolCode code) -> absl::StatusOr<std::string_view> {
      auto found = view_->Text(rule_.child->schema().column(rule_.columns[place]).id, code);
      if (!found.ok()) return found.status();
      return found->value_or(std::string_view());
    };
    while (true) {
      if (absl::Status status = reader.Next(); !status.ok()) return status;
      const RowBatch& batch = reader.batch();
      if (batch.rows == 0) return absl::OkStatus();
      absl::Status status = Match(batch.columns, text, [&](size_t row) -> std::optional<RowNumber> {
        const RowNumber number(batch.row_numbers[row]);
        if (staged_ != nullptr && staged_->Kills(number)) return std::nullopt;
        return number;
      });
      if (!status.ok()) return status;
    }
  }

  CommitTables& tables_;
  const ForeignKeyRule& rule_;
  const LostKeys& lost_;
  const TableSnapshot* view_ = nullptr;
  StagedTable* staged_ = nullptr;
  std::vector<Referring> found_;
};

}  // namespace

// ---- keys that go

absl::StatusOr<LostKeys> LostKeys::Of(CommitTables& tables, StagedTable& parent, size_t key,
                                      Kills kills, By by) {
  LostKeys lost;
  TableAccess& access = parent.access();
  const std::vector<size_t>& columns = access.keys()[key].columns;
  for (const size_t column : columns) lost.columns_.emplace_back(parent.schema().physical(column));
  absl::StatusOr<const TableSnapshot*> view = tables.View(access);
  if (!view.ok()) return view.status();
  for (size_t i = kills.first; i < kills.end; ++i) {
    const RowNumber row = parent.kills()[i];
    const uint64_t successor = parent.SuccessorOf(row);
    const bool updated = successor != StagedTable::kNoRow;
    if ((by == By::kDelete && updated) || (by == By::kUpdate && !updated)) continue;
    if (updated && parent.KeepsKey(successor, key)) continue;
    absl::Status status = access.Read(**view, row, columns, lost.columns_);
    if (!status.ok()) return status;
    const std::vector<ColumnView> views = lost.views();
    const KeyValues values{views, lost.rows_};
    const bool has_null = std::ranges::any_of(
        views, [&](const ColumnView& column) { return column.IsNull(lost.rows_); });
    absl::StatusOr<bool> stays = has_null ? true : tables.HasKey(access, key, values);
    if (!stays.ok()) return stays.status();
    if (*stays || lost.Find(access, values).has_value()) {
      for (ColumnBuffer& column : lost.columns_) column.Resize(lost.rows_);
      continue;
    }
    lost.by_hash_[access.Hash(values)].push_back(lost.rows_);
    ++lost.rows_;
  }
  return lost;
}

std::vector<ColumnView> LostKeys::views() const {
  std::vector<ColumnView> views;
  for (const ColumnBuffer& column : columns_) views.push_back(column.view());
  return views;
}

std::optional<size_t> LostKeys::Find(const TableAccess& parent, const KeyValues& values) const {
  const auto found = by_hash_.find(parent.Hash(values));
  if (found == by_hash_.end()) return std::nullopt;
  for (const size_t row : found->second) {
    bool same = true;
    for (size_t i = 0; i < columns_.size() && same; ++i) {
      same = SameValue(columns_[i].view(), row, values.columns[i], values.at);
    }
    if (same) return row;
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<Referring>> FindReferring(CommitTables& tables,
                                                     const ForeignKeyRule& rule,
                                                     const LostKeys& lost) {
  if (lost.empty()) return std::vector<Referring>();
  return Search(tables, rule, lost).Run();
}

}  // namespace tape::engine
