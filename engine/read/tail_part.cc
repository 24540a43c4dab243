#include "engine/read/tail_part.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/read/row_filter.h"
#include "engine/read/tail_column.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::RowOrder;

// ---- in the order of arrival

class TailPart : public PartReader {
 public:
  TailPart(const TableSnapshot& table, const PartSpec& spec, const ScanPart& part)
      : table_(table),
        spec_(spec),
        filter_(spec),
        next_(part.rows.first),
        end_(part.rows.end),
        filters_times_(!spec.times.Contains(part.times)) {
    for (size_t column : spec.columns) {
      gathered_.emplace_back(table.schema().physical(column));
      out_.emplace_back(table.schema().physical(column));
    }
  }

  absl::Status ReadKills() {
    if (!table_.tail()->has_kills()) return absl::OkStatus();
    absl::StatusOr<std::vector<TailKill>> kills = table_.tail()->Kills(spec_.at);
    if (!kills.ok()) return kills.status();
    kills_ = *std::move(kills);
    return absl::OkStatus();
  }

  absl::Status Next() override;

 private:
  // The next rows that lie in one chunk, a batch at most.
  absl::StatusOr<TailPiece> NextPiece();
  absl::StatusOr<bool> Choose(const TailPiece& piece);
  void FindKilled(const TailPiece& piece);
  absl::Status FillBatch(const TailPiece& piece, bool all);
  absl::StatusOr<ColumnView> KeyColumn(const TailPiece& piece, size_t column);

  const TableSnapshot& table_;
  const PartSpec& spec_;
  RowFilter filter_;
  uint64_t next_;
  const uint64_t end_;
  const bool filters_times_;
  TailPiece chunk_rows_{};       // what is left of the chunk that was looked up last
  std::vector<TailKill> kills_;  // ascending by row
  std::vector<uint8_t> live_;
  std::vector<ColumnBuffer> gathered_;
  std::vector<ColumnBuffer> out_;
  ColumnBuffer no_bytes_{Physical::kInt64};
  std::vector<uint64_t> numbers_;
  std::vector<int64_t> times_;
};

absl::StatusOr<TailPiece> TailPart::NextPiece() {
  if (chunk_rows_.rows == 0) {
    bool found = false;
    const absl::Status status =
        table_.tail()->scan().ForEachPiece(next_, end_, [&](const TailPiece& piece) {
          if (found) return absl::CancelledError();
          found = true;
          chunk_rows_ = piece;
          return absl::OkStatus();
        });
    if (!status.ok() && !absl::IsCancelled(status)) return status;
  }
  TailPiece piece = chunk_rows_;
  piece.rows = std::min<uint64_t>(piece.rows, kBlockRows);
  chunk_rows_.begin += piece.rows;
  chunk_rows_.first += piece.rows;
  chunk_rows_.rows -= piece.rows;
  next_ += piece.rows;
  return piece;
}

absl::StatusOr<ColumnView> TailPart::KeyColumn(const TailPiece& piece, size_t column) {
  absl::StatusOr<TailColumnArrays> arrays = FindTailColumn(table_, *piece.chunk, column);
  if (!arrays.ok()) return arrays.status();
  if (arrays->values.has_value()) return ViewTailColumn(table_, piece, column, no_bytes_);
  return absl::DataLossError(Concat("tail of table ", table_.info().id.value(),
                                    ": a chunk without the time or cluster column"));
}

void TailPart::FindKilled(const TailPiece& piece) {
  auto kill = std::ranges::lower_bound(kills_, piece.first, {}, &TailKill::row);
  if (kill == kills_.end() || kill->row - piece.first >= piece.rows) return;
  live_.assign(piece.rows, 1);
  for (; kill != kills_.end() && kill->row - piece.first < piece.rows; ++kill) {
    live_[kill->row - piece.first] = 0;
  }
}

absl::StatusOr<bool> TailPart::Choose(const TailPiece& piece) {
  RowFilter::Candidates candidates{.rows = piece.rows};
  if (filters_times_) {
    absl::StatusOr<ColumnView> times = KeyColumn(piece, *table_.schema().time_column());
    if (!times.ok()) return times.status();
    candidates.times = times->Values<int64_t>();
  }
  if (spec_.codes != nullptr) {
    absl::StatusOr<ColumnView> codes = KeyColumn(piece, *table_.schema().cluster_column());
    if (!codes.ok()) return codes.status();
    candidates.codes = codes->Values<uint32_t>();
  }
  live_.clear();
  FindKilled(piece);
  candidates.live = live_;
  return filter_.Choose(candidates);
}

absl::Status TailPart::FillBatch(const TailPiece& piece, bool all) {
  batch_.rows = filter_.kept().size();
  if (batch_.rows == 0) return absl::OkStatus();
  batch_.columns.resize(spec_.columns.size());
  for (size_t i = 0; i < spec_.columns.size(); ++i) {
    absl::StatusOr<ColumnView> column =
        ViewTailColumn(table_, piece, spec_.columns[i], gathered_[i]);
    if (!column.ok()) return column.status();
    batch_.columns[i] = all ? *column : filter_.Keep(*column, out_[i]);
  }
  if (!spec_.keys) return absl::OkStatus();
  numbers_.clear();
  for (uint32_t row : filter_.kept()) numbers_.push_back(piece.first + row);
  batch_.row_numbers = numbers_;
  if (!table_.schema().time_column().has_value()) return absl::OkStatus();
  absl::StatusOr<ColumnView> times = KeyColumn(piece, *table_.schema().time_column());
  if (!times.ok()) return times.status();
  batch_.times = filter_.Keep(times->Values<int64_t>(), times_);
  return absl::OkStatus();
}

absl::Status TailPart::Next() {
  batch_.rows = 0;
  while (batch_.rows == 0 && next_ < end_) {
    absl::StatusOr<TailPiece> piece = NextPiece();
    if (!piece.ok()) return ExpiredIfGone(piece.status());
    absl::StatusOr<bool> all = Choose(*piece);
    if (!all.ok()) return ExpiredIfGone(all.status());
    absl::Status status = FillBatch(*piece, *all);
    if (status.ok()) continue;
    batch_.rows = 0;
    return ExpiredIfGone(status);
  }
  return absl::OkStatus();
}

// ---- sorted by time

// Rows of a tail whose times do not ascend, in time order.
class SortedTailPart : public PartReader {
 public:
  SortedTailPart(const TableSnapshot& table, const PartSpec& spec) : table_(table), spec_(spec) {
    for (size_t column : spec.columns) {
      piece_.emplace_back(table.schema().physical(column));
      out_.emplace_back(table.schema().physical(column));
    }
  }

  // `rows` gives the wanted rows, with their keys.
  absl::Status Sort(PartReader& rows) {
    while (true) {
      if (absl::Status status = rows.Next(); !status.ok()) return status;
      const RowBatch& batch = rows.batch();
      if (batch.rows == 0) break;
      for (size_t i = 0; i < batch.rows; ++i) {
        sorted_.emplace_back(batch.times[i], batch.row_numbers[i]);
      }
    }
    std::ranges::sort(sorted_);
    return absl::OkStatus();
  }

  absl::Status Next() override {
    batch_.rows = 0;
    const size_t rows = std::min<size_t>(kBlockRows, sorted_.size() - done_);
    if (rows == 0) return absl::OkStatus();
    for (ColumnBuffer& column : out_) {
      column.Clear();
      column.DropValidity();
    }
    numbers_.clear();
    times_.clear();
    for (size_t i = done_; i < done_ + rows; ++i) {
      times_.push_back(sorted_[i].first);
      numbers_.push_back(sorted_[i].second);
    }
    for (size_t i = 0; i < rows;) {
      absl::StatusOr<size_t> some = AppendRun(i);
      if (!some.ok()) return ExpiredIfGone(some.status());
      i += *some;
    }
    done_ += rows;
    batch_.rows = rows;
    batch_.columns.clear();
    for (const ColumnBuffer& column : out_) batch_.columns.push_back(column.view());
    batch_.row_numbers = numbers_;
    batch_.times = times_;
    return absl::OkStatus();
  }

 private:
  // Appends rows that follow each other in the tail as they do in the batch.
  absl::StatusOr<size_t> AppendRun(size_t from) {
    size_t end = from + 1;
    while (end < numbers_.size() && numbers_[end] == numbers_[end - 1] + 1) ++end;
    const absl::Status status = table_.tail()->scan().ForEachPiece(
        numbers_[from], numbers_[end - 1] + 1, [&](const TailPiece& piece) {
          for (size_t i = 0; i < out_.size(); ++i) {
            absl::StatusOr<ColumnView> column =
                ViewTailColumn(table_, piece, spec_.columns[i], piece_[i]);
            if (!column.ok()) return column.status();
            out_[i].AppendColumn(*column);
          }
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
    return end - from;
  }

  const TableSnapshot& table_;
  const PartSpec& spec_;
  std::vector<std::pair<int64_t, uint64_t>> sorted_;
  size_t done_ = 0;
  std::vector<ColumnBuffer> piece_;
  std::vector<ColumnBuffer> out_;
  std::vector<uint64_t> numbers_;
  std::vector<int64_t> times_;
};

absl::Status MeasureTimes(const TableSnapshot& table, ScanPart& part) {
  const size_t column = *table.schema().time_column();
  ColumnBuffer none(Physical::kInt64);
  part.times = {.least = std::numeric_limits<int64_t>::max(),
                .greatest = std::numeric_limits<int64_t>::min()};
  return table.tail()->scan().ForEachPiece(
      part.rows.first, part.rows.end, [&](const TailPiece& piece) {
        absl::StatusOr<ColumnView> times = ViewTailColumn(table, piece, column, none);
        if (!times.ok()) return times.status();
        for (int64_t time : times->Values<int64_t>()) {
          part.ascends = part.ascends && time >= part.times.greatest;
          part.times.least = std::min(part.times.least, time);
          part.times.greatest = std::max(part.times.greatest, time);
        }
        return absl::OkStatus();
      });
}

}  // namespace

absl::StatusOr<ScanPart> PlanTail(const TableSnapshot& table, const PartSpec& spec, uint64_t end) {
  ScanPart part{.slice = nullptr, .times = {}, .rows = {}, .ascends = true};
  if (table.tail() == nullptr) return ScanPart{.rows = {0, 0}};
  part.rows = {.first = std::max(table.tail()->first_row(), spec.rows.first),
               .end = std::min(end, spec.rows.end)};
  if (part.rows.first >= part.rows.end) return ScanPart{.rows = {0, 0}};
  const bool needs_times = spec.order == RowOrder::kTime || !spec.times.is_all();
  if (!needs_times || !table.schema().time_column().has_value()) return part;
  if (absl::Status status = MeasureTimes(table, part); !status.ok()) return ExpiredIfGone(status);
  if (!part.times.Meets(spec.times)) return ScanPart{.rows = {0, 0}};
  return part;
}

absl::StatusOr<std::unique_ptr<PartReader>> OpenTailPart(const TableSnapshot& table,
                                                         const PartSpec& spec,
                                                         const ScanPart& part) {
  if (spec.order != RowOrder::kTime || part.ascends) {
    auto reader = std::make_unique<TailPart>(table, spec, part);
    if (absl::Status s = reader->ReadKills(); !s.ok()) return ExpiredIfGone(s);
    return std::unique_ptr<PartReader>(std::move(reader));
  }
  PartSpec keys = spec;
  keys.columns.clear();
  keys.keys = true;
  TailPart rows(table, keys, part);
  if (absl::Status s = rows.ReadKills(); !s.ok()) return ExpiredIfGone(s);
  auto sorted = std::make_unique<SortedTailPart>(table, spec);
  if (absl::Status s = sorted->Sort(rows); !s.ok()) return s;
  return std::unique_ptr<PartReader>(std::move(sorted));
}

}  // namespace tape::engine
