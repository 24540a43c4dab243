#include "engine/read/open_slice.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/read/older_rows.h"
#include "format/bytes/message.h"
#include "format/kernels/kernels.h"

namespace tape::engine {
namespace {

using format::Concat;

// With more codes than that the whole directory is read, and not searched for each.
constexpr size_t kCodesToSearch = 16;

}  // namespace

absl::StatusOr<OpenedSlice> OpenedSlice::Open(const TableSnapshot& table, const PartSpec& spec,
                                              const format::SliceEntry& slice) {
  const Schema& schema = table.schema();
  OpenedSlice open;
  open.name_ = Concat("table ", schema.schema_name(), ".", schema.name(), ", slice ", slice.slice);
  std::vector<ColumnId> ids;
  for (size_t column : spec.columns) ids.push_back(schema.column(column).id);
  const auto time = schema.time_column();
  const auto cluster = schema.cluster_column();
  if (time.has_value()) ids.push_back(schema.column(*time).id);
  if (cluster.has_value()) ids.push_back(schema.column(*cluster).id);
  absl::StatusOr<std::shared_ptr<const MappedSlice>> mapped = table.sealed().OpenSlice(slice, ids);
  if (!mapped.ok()) return mapped.status();
  open.mapped_ = *std::move(mapped);
  size_t at = 0;
  for (; at < spec.columns.size(); ++at) open.columns_.push_back(open.mapped_->Column(at));
  if (time.has_value()) open.time_ = open.mapped_->Column(at++);
  if (cluster.has_value()) open.cluster_ = open.mapped_->Column(at++);
  absl::Status status = open.CheckForms(table, spec);
  if (status.ok()) status = open.rows_.Open(table, spec, slice);
  open.wanted_.push_back({0, open.view().rows()});
  if (status.ok() && spec.codes != nullptr) status = open.FindCodes(*spec.codes);
  if (!status.ok()) return open.Named(status);
  return open;
}

absl::Status OpenedSlice::Named(const absl::Status& status) const {
  if (status.ok() || absl::IsAborted(status)) return status;
  const std::string_view text(status.message().data(), status.message().size());
  return {status.code(), Concat(name_, ": ", text)};
}

absl::Status OpenedSlice::CheckForms(const TableSnapshot& table, const PartSpec& spec) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = table.schema().column(spec.columns[i]);
    physical_.push_back(table.schema().physical(spec.columns[i]));
    missing_.emplace_back(physical_[i]);
    if (!columns_[i].has_value()) {
      const auto added = table.info().added.find(column.id);
      absl::StatusOr<ColumnBuffer> one = ValueOfAdded(
          column, physical_[i], added == table.info().added.end() ? AddedColumn() : added->second);
      if (!one.ok()) return one.status();
      missing_.back() = *std::move(one);
      continue;
    }
    const Physical stored = view().physical(*columns_[i]);
    if (stored == physical_[i] || CanWiden(stored, physical_[i])) continue;
    return absl::DataLossError(
        Concat("column ", table.schema().column(spec.columns[i]).name, " is of another form"));
  }
  const bool times = !time_.has_value() || view().physical(*time_) == Physical::kInt64;
  const bool codes = !cluster_.has_value() || view().physical(*cluster_) == Physical::kCode32;
  if (times && codes) return absl::OkStatus();
  return absl::DataLossError("time or cluster column is of another form");
}

void OpenedSlice::FillMissing(size_t index, size_t rows, ColumnBuffer& out) const {
  FillWith(missing_[index], rows, out);
}

ColumnView OpenedSlice::AsNow(size_t index, const ColumnView& rows, ColumnBuffer& out) const {
  if (rows.physical() == physical_[index]) return rows;
  Widen(rows, out);
  return out.view();
}

absl::Status OpenedSlice::FindCodes(const CodeSet& codes) {
  // A slice from before the column was added has NULL there, which is none of the codes.
  if (!cluster_.has_value()) {
    wanted_.clear();
    return absl::OkStatus();
  }
  if (!view().directory().has_value()) {
    filters_codes_ = true;
    return absl::OkStatus();
  }
  wanted_.clear();
  const format::Directory& directory = *view().directory();
  format::ExtentReader reader(format::BestKernels());
  size_t found = 0;
  const auto add = [&](const format::RowRange& rows) {
    if (rows.size() == 0) return;
    ++found;
    const bool follows = !wanted_.empty() && wanted_.back().end == rows.begin;
    follows ? static_cast<void>(wanted_.back().end = rows.end) : wanted_.push_back(rows);
  };
  if (codes.sorted().size() <= kCodesToSearch) {
    for (uint32_t code : codes.sorted()) {
      absl::StatusOr<format::RowRange> rows = directory.Find(reader, code);
      if (!rows.ok()) return rows.status();
      add(*rows);
    }
  } else {
    std::vector<uint32_t> here;
    std::vector<uint32_t> firsts;
    if (absl::Status s = directory.ReadAll(reader, here, firsts); !s.ok()) return s;
    for (size_t rank = 0; rank < here.size(); ++rank) {
      const size_t end = rank + 1 < here.size() ? firsts[rank + 1] : view().rows();
      if (codes.Contains(here[rank])) add({firsts[rank], end});
    }
  }
  one_code_ = found == 1;
  filters_codes_ = found != directory.size();
  return absl::OkStatus();
}

}  // namespace tape::engine
