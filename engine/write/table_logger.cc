#include "engine/write/table_logger.h"

#include <algorithm>
#include <string_view>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

constexpr uint64_t kRecordBytes = uint64_t{64} << 20;

}  // namespace

TableLogger::TableLogger(TableTail& tail, const LoggedUpTo& logged)
    : tail_(tail),
      plan_(PlanRows(tail.table().columns, tail.table().cluster_column.has_value(), 1,
                     tail.table().schema_version)),
      logged_(logged),
      pending_(logged),
      row_bytes_(RowBytes(tail.table().columns, tail.table().cluster_column.has_value())) {
  for (const TailColumn& column : tail.table().columns) gathered_.emplace_back(column.physical);
}

void TableLogger::PassOverSealed() {
  logged_.rows = std::max(logged_.rows, tail_.control().sealed.Load());
}

absl::Status TableLogger::Append(Lsn last, format::FrameWriter& frames) {
  PassOverSealed();
  pending_ = logged_;
  if (absl::Status status = AppendSymbols(frames); !status.ok()) return status;
  if (absl::Status status = AppendRows(last, frames); !status.ok()) return status;
  return AppendKills(last, frames);
}

void TableLogger::Written() {
  logged_ = pending_;
  tail_.control().logged.Store(logged_.rows);
  tail_.SetSymbolsLogged(logged_.symbols);
}

void TableLogger::Synced() {
  PassOverSealed();
  tail_.control().durable.Store(logged_.rows);
}

absl::StatusOr<Lsn> TableLogger::LimitGroup(Lsn next, Lsn last, uint64_t bytes) const {
  const uint64_t rows = std::max<uint64_t>(bytes / row_bytes_, 1);
  const uint64_t visible = tail_.control().visible.Load();
  const uint64_t logged = std::max(logged_.rows, tail_.control().sealed.Load());
  if (visible <= logged + rows) return last;
  absl::StatusOr<Lsn> lsn = tail_.scan().LsnOf(logged + rows);
  if (!lsn.ok()) return lsn.status();
  // Commits go whole: up to the one before, or this one where it is the first.
  return std::min(last, std::max(next, *lsn - 1));
}

// ---- symbols

absl::Status TableLogger::AppendSymbols(format::FrameWriter& frames) {
  pending_.symbols = tail_.control().symbols.Load();
  std::vector<std::string_view> texts;
  ColumnId column;
  SymbolCode first;
  absl::Status result;
  const auto flush = [&] {
    if (texts.empty() || !result.ok()) return;
    result = format::AppendSymbols({tail_.table().id, column, first, texts}, frames);
    texts.clear();
  };
  const absl::Status read =
      tail_.scan().ForEachSymbol(logged_.symbols, pending_.symbols, [&](const TailSymbol& symbol) {
        const bool follows =
            symbol.column == column && symbol.code == first + static_cast<uint32_t>(texts.size());
        if (!follows) flush();
        if (texts.empty()) {
          column = symbol.column;
          first = symbol.code;
        }
        texts.push_back(symbol.text);
      });
  flush();
  return read.ok() ? result : read;
}

// ---- rows

absl::Status TableLogger::AppendRows(Lsn last, format::FrameWriter& frames) {
  absl::StatusOr<uint64_t> end = tail_.scan().EndOfCommitted(logged_.rows, last);
  if (!end.ok()) return end.status();
  pending_.rows = *end;
  return AppendRowRange(logged_.rows, *end, /*again=*/false, frames);
}

absl::Status TableLogger::AppendRowRange(uint64_t first, uint64_t end, bool again,
                                         format::FrameWriter& frames) {
  return tail_.scan().ForEachPiece(first, end, [&](TailPiece piece) {
    while (piece.rows > 0) {
      TailPiece part = piece;
      part.rows = RowsOfRecord(piece);
      if (absl::Status status = AppendPiece(part, again, frames); !status.ok()) return status;
      piece = {piece.chunk, piece.begin + part.rows, piece.rows - part.rows,
               piece.first + part.rows};
    }
    return absl::OkStatus();
  });
}

// As many rows as a record may have: their bytes are gathered, and a record has a limit.
uint64_t TableLogger::RowsOfRecord(const TailPiece& piece) const {
  if (!tail_.has_bytes()) return piece.rows;
  uint64_t bytes = 0;
  for (uint64_t row = 0; row < piece.rows; ++row) {
    for (size_t i = 0; i < plan_.values.size(); ++i) {
      if (tail_.table().columns[i].physical != Physical::kBytes) continue;
      bytes += piece.Entries<TailBytes>(plan_.values[i])[row].length;
    }
    if (bytes > kRecordBytes) return std::max<uint64_t>(row, 1);
  }
  return piece.rows;
}

absl::Status TableLogger::AppendPiece(const TailPiece& piece, bool again,
                                      format::FrameWriter& frames) {
  FindRuns(piece);
  columns_.clear();
  const std::vector<TailColumn>& columns = tail_.table().columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Physical physical = columns[i].physical;
    if (physical == Physical::kBytes) {
      absl::StatusOr<ColumnView> view = GatherBytes(i, piece);
      if (!view.ok()) return view.status();
      columns_.push_back({columns[i].id, *view});
      continue;
    }
    const std::byte* values = piece.chunk->Entries<std::byte>(plan_.values[i]).data();
    const uint8_t* validity = nullptr;
    if (plan_.validity[i].has_value()) {
      validity = piece.Entries<uint8_t>(*plan_.validity[i]).data();
    }
    columns_.push_back(
        {columns[i].id, ColumnView::Fixed(physical, values + piece.begin * PhysicalSize(physical),
                                          piece.rows, validity)});
  }
  return format::AppendRows({.table = tail_.table().id,
                             .schema_version = tail_.table().schema_version,
                             .first_row = RowNumber(piece.first),
                             .runs = runs_,
                             .columns = columns_,
                             .tail = again},
                            frames);
}

void TableLogger::FindRuns(const TailPiece& piece) {
  runs_.clear();
  for (uint64_t lsn : piece.Entries<uint64_t>(plan_.lsn)) {
    if (runs_.empty() || runs_.back().lsn.value() != lsn) runs_.push_back({.lsn = Lsn(lsn)});
    ++runs_.back().rows;
  }
}

absl::StatusOr<ColumnView> TableLogger::GatherBytes(size_t column, const TailPiece& piece) {
  ColumnBuffer& gathered = gathered_[column];
  gathered.Clear();
  gathered.DropValidity();
  const absl::Status status =
      tail_.scan().AppendBytes(piece, plan_.values[column], plan_.validity[column], gathered);
  if (!status.ok()) return status;
  return gathered.view();
}

// ---- kills

absl::Status TableLogger::AppendKills(Lsn last, format::FrameWriter& frames) {
  absl::StatusOr<uint64_t> end = tail_.scan().EndOfCommittedKills(logged_.kills, last);
  if (!end.ok()) return end.status();
  pending_.kills = *end;
  return AppendKillRange(logged_.kills, *end, /*again=*/false, frames);
}

absl::Status TableLogger::AppendKillRange(uint64_t first, uint64_t end, bool again,
                                          format::FrameWriter& frames) {
  if (first >= end) return absl::OkStatus();
  kills_.clear();
  const absl::Status status = tail_.scan().ForEachKill(first, end, [&](const TailKill& kill) {
    kills_.push_back({RowNumber(kill.row), Lsn(kill.lsn)});
  });
  if (!status.ok()) return status;
  return format::AppendWalKills(tail_.table().id, kills_, frames, again);
}

// ---- again

absl::Status TableLogger::AppendAgain(format::FrameWriter& frames) {
  const TableControl& control = tail_.control();
  absl::Status status = AppendRowRange(control.sealed.Load(), logged_.rows, /*again=*/true, frames);
  if (!status.ok()) return status;
  return AppendKillRange(control.sealed_kills.Load(), logged_.kills, /*again=*/true, frames);
}

}  // namespace tape::engine
