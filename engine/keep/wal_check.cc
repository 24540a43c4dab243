#include "engine/keep/wal_check.h"

#include <algorithm>
#include <string_view>

#include "engine/write/wal_reading.h"
#include "format/bytes/message.h"
#include "format/records/catalog_record.h"
#include "format/records/wal_records.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::WalRecordType;

// A writer at work takes segments away while they are read: then it is read anew.
constexpr int kTries = 4;

}  // namespace

WalCheck::WalCheck(const Machine& machine, const std::string& store_folder,
                   const format::StoreUuid& store, Catalog& catalog, Findings& findings)
    : machine_(machine),
      folder_(JoinPath(store_folder, "wal")),
      store_(store),
      catalog_(catalog),
      findings_(findings) {}

void WalCheck::Read(absl::FunctionRef<Lsn()> durable) {
  const FindingPlace at{.file = folder_};
  absl::StatusOr<WalFindings> found = absl::UnknownError("not read");
  for (int i = 0; i < kTries && !found.ok(); ++i) {
    rows_.clear();
    symbols_.clear();
    attached_.clear();
    found = ReadWal(
        machine_, folder_, store_, [&](const format::WalGroup& group) { return Apply(group); },
        durable);
  }
  if (!findings_.Check(at, found.status())) return;
  whole_ = true;
  findings_.report().wal_groups = found->groups;
  findings_.AddBytes(found->bytes);
  if (!found->cut.empty()) {
    findings_.Add(at, FindingKind::kNote, Concat("a torn end, never durable: ", found->cut));
  }
}

absl::Status WalCheck::Apply(const format::WalGroup& group) {
  for (const format::Frame& frame : group.frames) {
    if (absl::Status status = Apply(frame); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status WalCheck::Apply(const format::Frame& frame) {
  switch (static_cast<WalRecordType>(frame.type)) {
    case WalRecordType::kCatalog: {
      absl::StatusOr<format::WalCatalogView> view = format::WalCatalogView::Parse(frame);
      if (!view.ok()) return view.status();
      absl::StatusOr<format::CatalogRecord> record =
          format::CatalogRecord::Parse(static_cast<format::CatalogType>(view->type), view->record);
      if (!record.ok()) return record.status();
      return catalog_.changed() < frame.lsn ? catalog_.Apply(frame.lsn, *record) : absl::OkStatus();
    }
    case WalRecordType::kRows:
    case WalRecordType::kTailRows: {
      absl::StatusOr<format::WalRowsView> view = format::WalRowsView::Parse(frame);
      if (!view.ok()) return view.status();
      const uint64_t first = view->first_row().value();
      Add(rows_[view->table()], {first, first + view->rows()});
      return absl::OkStatus();
    }
    case WalRecordType::kSymbols: {
      absl::StatusOr<format::WalSymbolsView> view = format::WalSymbolsView::Parse(frame);
      if (!view.ok()) return view.status();
      const uint64_t first = view->first().value();
      Add(symbols_[{view->table(), view->column()}], {first, first + view->texts().size()});
      return absl::OkStatus();
    }
    case WalRecordType::kAttach:
      return AddAttached(frame);
    default:
      return absl::OkStatus();  // its own rules were checked when the group was read
  }
}

absl::Status WalCheck::AddAttached(const format::Frame& frame) {
  absl::StatusOr<format::WalAttachView> view = format::WalAttachView::Parse(frame);
  if (!view.ok()) return view.status();
  absl::StatusOr<format::ManifestRecord> record =
      format::ManifestRecord::Parse(view->record, format::ManifestFrame::kChange, frame.lsn);
  if (!record.ok()) return record.status();
  attached_.push_back({view->table, *std::move(record), frame.lsn});
  return absl::OkStatus();
}

void WalCheck::Add(Ranges& ranges, Range range) {
  if (!ranges.empty() && ranges.back().second == range.first) {
    ranges.back().second = range.second;
  } else {
    ranges.push_back(range);
  }
}

// ---- against the tables

void WalCheck::ExpectNoGap(const FindingPlace& at, std::string_view what, uint64_t known,
                           Ranges ranges) {
  std::ranges::sort(ranges);
  for (const auto& [first, end] : ranges) {
    if (first > known) {
      findings_.Add(
          at, FindingKind::kDamage,
          Concat(what, " ", known, " to ", first - 1, " are neither in the WAL nor in files"));
    }
    known = std::max(known, end);
  }
}

void WalCheck::Compare(const std::map<TableId, TableCheck>& tables) {
  if (!whole_) return;
  for (const auto& [id, ranges] : rows_) {
    const auto table = tables.find(id);
    if (table == tables.end() || !table->second.loaded()) continue;  // dropped, or damaged
    ExpectNoGap({.file = folder_, .table = table->second.table().name}, "rows",
                table->second.sealed_rows(), ranges);
  }
  for (const auto& [key, ranges] : symbols_) {
    const auto table = tables.find(key.first);
    if (table == tables.end() || !table->second.loaded()) continue;
    const CheckedTable& checked = table->second.table();
    ExpectNoGap(
        {.file = folder_, .table = checked.name, .column = checked.ColumnName(key.second.value())},
        "symbols", uint64_t{table->second.symbols(key.second)} + 1, ranges);
  }
}

}  // namespace tape::engine
