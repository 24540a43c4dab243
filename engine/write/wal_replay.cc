#include "engine/write/wal_replay.h"

#include <algorithm>
#include <utility>

#include "format/bytes/message.h"
#include "format/records/manifest_record.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::Frame;
using format::WalRecordType;

absl::Status Damaged(TableId table, std::string_view what) {
  return absl::DataLossError(Concat("WAL: table ", table.value(), ": ", what));
}

// The runs without their first `rows` rows.
std::vector<format::LsnRun> WithoutFirst(std::span<const format::LsnRun> runs, uint64_t rows) {
  std::vector<format::LsnRun> rest;
  for (const format::LsnRun& run : runs) {
    const auto skipped = static_cast<uint32_t>(std::min<uint64_t>(rows, run.rows));
    rows -= skipped;
    if (skipped < run.rows) rest.push_back({.lsn = run.lsn, .rows = run.rows - skipped});
  }
  return rest;
}

uint64_t CountRows(std::span<const format::LsnRun> runs) {
  uint64_t rows = 0;
  for (const format::LsnRun& run : runs) rows += run.rows;
  return rows;
}

}  // namespace

WalReplay::WalReplay(ReplayTarget& target, Mode mode)
    : target_(target), mode_(mode), sequence_(unused_) {}

WalReplay::~WalReplay() = default;

absl::Status WalReplay::Apply(const format::WalGroup& group) {
  for (const Frame& frame : group.frames) {
    if (absl::Status status = ApplyFrame(frame); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status WalReplay::ApplyFrame(const Frame& frame) {
  switch (static_cast<WalRecordType>(frame.type)) {
    case WalRecordType::kCatalog:
      return ApplyCatalog(frame);
    case WalRecordType::kSequence:
      return ApplySequence(frame);
    case WalRecordType::kAttach:
      return ApplyAttach(frame);
    default:
      break;
  }
  if (mode_ == Mode::kTailsAreThere) return absl::OkStatus();
  switch (static_cast<WalRecordType>(frame.type)) {
    case WalRecordType::kRows:
    case WalRecordType::kTailRows:
      return ApplyRows(frame);
    case WalRecordType::kKills:
    case WalRecordType::kTailKills:
      return ApplyKills(frame);
    case WalRecordType::kSymbols:
      return ApplySymbols(frame);
    default:
      return absl::OkStatus();  // the reader has refused what may not be passed over
  }
}

// ---- what is not in a tail

absl::Status WalReplay::ApplyCatalog(const Frame& frame) {
  absl::StatusOr<format::WalCatalogView> view = format::WalCatalogView::Parse(frame);
  if (!view.ok()) return view.status();
  absl::StatusOr<format::CatalogRecord> record =
      format::CatalogRecord::Parse(static_cast<format::CatalogType>(view->type), view->record);
  if (!record.ok()) return record.status();
  if (frame.lsn <= target_.catalog().saved()) return absl::OkStatus();
  if (absl::Status s = CloseFilling(TableId(record->object)); !s.ok()) return s;
  return target_.catalog().Apply(frame.lsn, *record);
}

// The table is altered or dropped here: all that it had is in slices, or nobody wants it.
absl::Status WalReplay::CloseFilling(TableId table) {
  const auto known = filling_.find(table);
  if (known == filling_.end()) return absl::OkStatus();
  if (!known->second.held.empty()) {
    return Damaged(table, "rows that are nowhere when the table is altered");
  }
  filling_.erase(known);
  return absl::OkStatus();
}

absl::Status WalReplay::ApplySequence(const Frame& frame) {
  absl::StatusOr<format::WalSequence> sequence = format::WalSequence::Parse(frame);
  if (!sequence.ok()) return sequence.status();
  absl::StatusOr<OpenTable*> table = target_.Table(sequence->table);
  if (!table.ok() || *table == nullptr) return table.status();
  ColumnSequence& known = (*table)->sequences[sequence->column];
  known.logged = std::max(known.logged, sequence->next);
  known.next = known.logged;  // what was taken of them nobody knows
  return absl::OkStatus();
}

absl::Status WalReplay::ApplyAttach(const Frame& frame) {
  absl::StatusOr<format::WalAttachView> view = format::WalAttachView::Parse(frame);
  if (!view.ok()) return view.status();
  absl::StatusOr<format::ManifestRecord> record =
      format::ManifestRecord::Parse(view->record, format::ManifestFrame::kChange, frame.lsn);
  if (!record.ok()) return record.status();
  absl::StatusOr<OpenTable*> table = target_.Table(view->table);
  if (!table.ok() || *table == nullptr) return table.status();
  absl::StatusOr<RowNumber> sealed = target_.Attach(**table, *record, frame.lsn);
  if (!sealed.ok()) return sealed.status();
  if (mode_ == Mode::kTailsAreThere) return absl::OkStatus();  // it is taken as the manifest says
  if ((*table)->tail->control().visible.Load() >= sealed->value()) return absl::OkStatus();
  // All rows before it are in slices: the load has seen to that. Those that follow go on behind it.
  (*table)->tail->SkipTo(sealed->value());
  const auto filling = filling_.find(view->table);
  return filling == filling_.end() ? absl::OkStatus() : StartAppender(filling->second);
}

// ---- what is

absl::StatusOr<WalReplay::Filling*> WalReplay::FillingOf(TableId table) {
  const auto known = filling_.find(table);
  if (known != filling_.end()) return &known->second;
  absl::StatusOr<OpenTable*> open = target_.Table(table);
  if (!open.ok()) return open.status();
  Filling filling{.table = *open, .appender = nullptr, .held = {}, .kills = {}};
  if (*open != nullptr) {
    if (absl::Status status = StartAppender(filling); !status.ok()) return status;
  }
  return &filling_.emplace(table, std::move(filling)).first->second;
}

absl::Status WalReplay::StartAppender(Filling& filling) {
  OpenTable& table = *filling.table;
  filling.appender = std::make_unique<TailAppender>(*table.tail, sequence_, FullTail::kPrepare);
  const std::optional<size_t> cluster = table.tail->table().cluster_column;
  uint64_t codes = 0;
  if (cluster.has_value()) {
    codes = uint64_t{table.symbols.Count(table.tail->table().columns[*cluster].id)} + 1;
  }
  return filling.appender->Start(codes);
}

absl::Status WalReplay::CheckColumns(const OpenTable& table,
                                     std::span<const ColumnView> columns) const {
  const std::vector<TailColumn>& expected = table.tail->table().columns;
  for (size_t i = 0; i < expected.size(); ++i) {
    if (columns[i].physical() != expected[i].physical) {
      return Damaged(table.info.id, "rows of another form than the table's");
    }
    if (!table.info.schema.IsSymbol(i)) continue;
    if (table.info.schema.column(i).type.kind() == TypeKind::kEnum) continue;
    const uint32_t known = table.symbols.Count(expected[i].id);
    for (uint32_t code : columns[i].Values<uint32_t>()) {
      if (code > known) return Damaged(table.info.id, Concat("a row with unknown symbol ", code));
    }
  }
  return absl::OkStatus();
}

absl::Status WalReplay::ApplyRows(const Frame& frame) {
  absl::StatusOr<format::WalRowsView> view = format::WalRowsView::Parse(frame);
  if (!view.ok()) return view.status();
  absl::StatusOr<Filling*> filling = FillingOf(view->table());
  if (!filling.ok()) return filling.status();
  if ((*filling)->table == nullptr) return absl::OkStatus();  // dropped since
  if (AreSealed(**filling, *view)) return absl::OkStatus();
  const std::vector<TailColumn>& expected = (*filling)->table->tail->table().columns;
  std::vector<std::vector<uint64_t>> offsets(expected.size());
  std::vector<ColumnView> columns;
  for (size_t i = 0; i < expected.size(); ++i) {
    if (i >= view->columns() || view->column_id(i) != expected[i].id) {
      return Damaged(view->table(), "rows of other columns than the table's");
    }
    columns.push_back(view->Column(i, offsets[i]));
  }
  if (absl::Status s = CheckColumns(*(*filling)->table, columns); !s.ok()) return s;
  const uint64_t first = view->first_row().value();
  if (first > (*filling)->appender->rows()) {
    Held held{
        .first_row = first, .runs = {view->runs().begin(), view->runs().end()}, .columns = {}};
    for (const ColumnView& column : columns) {
      held.columns.emplace_back(column.physical()).AppendColumn(column);
    }
    (*filling)->held.push_back(std::move(held));
    return absl::OkStatus();
  }
  if (absl::Status s = AppendRows(**filling, first, view->runs(), columns); !s.ok()) return s;
  return AppendHeld(**filling);
}

bool WalReplay::AreSealed(const Filling& filling, const format::WalRowsView& rows) const {
  const uint64_t sealed = filling.table->tail->control().sealed.Load();
  return rows.first_row().value() + CountRows(rows.runs()) <= sealed;
}

absl::Status WalReplay::AppendRows(Filling& filling, uint64_t first_row,
                                   std::span<const format::LsnRun> runs,
                                   std::span<const ColumnView> columns) {
  TailAppender& appender = *filling.appender;
  const uint64_t known = appender.rows() - first_row;
  const uint64_t rows = CountRows(runs);
  if (known >= rows) return absl::OkStatus();
  std::vector<ColumnView> fresh;
  for (const ColumnView& column : columns) fresh.push_back(column.Slice(known, rows - known));
  if (!appender.AppendColumns(fresh)) return appender.status();
  if (known == 0) {
    for (const format::LsnRun& run : runs) appender.StampNext(run.rows, run.lsn);
  } else {
    for (const format::LsnRun& run : WithoutFirst(runs, known)) {
      appender.StampNext(run.rows, run.lsn);
    }
  }
  rows_ += rows - known;
  return absl::OkStatus();
}

absl::Status WalReplay::AppendHeld(Filling& filling) {
  std::vector<Held> held = std::move(filling.held);
  filling.held.clear();
  for (Held& rows : held) {
    if (rows.first_row > filling.appender->rows()) {
      filling.held.push_back(std::move(rows));
      continue;
    }
    std::vector<ColumnView> columns;
    for (const ColumnBuffer& column : rows.columns) columns.push_back(column.view());
    absl::Status status = AppendRows(filling, rows.first_row, rows.runs, columns);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status WalReplay::ApplyKills(const Frame& frame) {
  absl::StatusOr<format::WalKillsView> view = format::WalKillsView::Parse(frame);
  if (!view.ok()) return view.status();
  absl::StatusOr<Filling*> filling = FillingOf(view->table);
  if (!filling.ok()) return filling.status();
  if ((*filling)->table == nullptr) return absl::OkStatus();
  for (const format::Kill& kill : view->kills) {
    (*filling)->kills.push_back({kill.row.value(), kill.lsn.value()});
  }
  return absl::OkStatus();
}

// In the order of their LSNs, as commits make them; those that were written twice, once.
absl::Status WalReplay::AppendKills(Filling& filling) {
  const auto key = [](const TailKill& kill) { return std::pair(kill.lsn, kill.row); };
  std::ranges::sort(filling.kills, {}, key);
  const auto same = [&](const TailKill& a, const TailKill& b) { return key(a) == key(b); };
  filling.kills.erase(std::unique(filling.kills.begin(), filling.kills.end(), same),
                      filling.kills.end());
  for (const TailKill& kill : filling.kills) {
    if (absl::Status s = filling.appender->ReplayKill(kill); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status WalReplay::ApplySymbols(const Frame& frame) {
  absl::StatusOr<format::WalSymbolsView> view = format::WalSymbolsView::Parse(frame);
  if (!view.ok()) return view.status();
  absl::StatusOr<Filling*> filling = FillingOf(view->table());
  if (!filling.ok()) return filling.status();
  OpenTable* table = (*filling)->table;
  if (table == nullptr) return absl::OkStatus();
  const auto has_id = [&](const Column& column) { return column.id == view->column(); };
  // A column that was dropped since, or is stored otherwise.
  const auto column = std::ranges::find_if(table->info.schema.columns(), has_id);
  if (column == table->info.schema.columns().end()) return absl::OkStatus();
  SymbolCode code = view->first();
  for (std::string_view text : view->texts()) {
    const bool fresh = code.value() > table->symbols.Count(view->column());
    if (absl::Status s = table->symbols.Learn(view->column(), code, text); !s.ok()) return s;
    if (fresh) {
      absl::Status status = (*filling)->appender->AddSymbol(view->column(), code, text);
      if (!status.ok()) return status;
    }
    ++code;
  }
  return absl::OkStatus();
}

absl::Status WalReplay::Finish() {
  for (auto& [id, filling] : filling_) {
    if (absl::Status s = AppendKills(filling); !s.ok()) return s;
    if (filling.held.empty()) continue;
    return Damaged(id, Concat("rows from ", filling.appender->rows(), " to ",
                              filling.held.front().first_row, " are nowhere"));
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
