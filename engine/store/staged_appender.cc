#include "engine/store/staged_appender.h"

#include <algorithm>
#include <utility>

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine {

using format::Concat;

StagedAppender::StagedAppender(std::unique_ptr<Change> change, std::shared_ptr<OpenTable> table,
                               TailAppender& tail)
    : change_(std::move(change)), table_(std::move(table)), tail_(tail) {
  const Schema& schema = table_->info.schema;
  for (size_t i = 0; i < schema.columns().size(); ++i) {
    const Physical physical = schema.physical(i);
    const size_t size = physical == Physical::kBytes ? sizeof(Bytes) : PhysicalSize(physical);
    memory_.emplace_back().Resize(size * kBlockRows);
    const bool has_validity = schema.column(i).nullable && physical != Physical::kCode32;
    valid_.emplace_back(has_validity ? kBlockRows : 0);
    if (physical == Physical::kBytes) bytes_.emplace(i, physical);
  }
  for (size_t i = 0; i < memory_.size(); ++i) {
    values_.push_back(reinterpret_cast<std::byte*>(memory_[i].data()));
    validity_.push_back(valid_[i].empty() ? nullptr : valid_[i].data());
  }
  cursor_.values = values_.data();
  cursor_.validity = validity_.data();
  Clear();
}

// What is not put is NULL.
void StagedAppender::Clear() {
  for (size_t i = 0; i < memory_.size(); ++i) {
    std::ranges::fill(valid_[i], uint8_t{0});
    if (valid_[i].empty()) std::fill_n(memory_[i].data(), memory_[i].size(), uint8_t{0});
  }
  heap_.clear();
  bytes_row_ = row_bytes_ = 0;
  cursor_.at = 0;
  cursor_.end = kBlockRows;
}

bool StagedAppender::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
  cursor_.at = 0;
  cursor_.end = 1;
  return false;
}

void StagedAppender::PutBytes(size_t column, std::string_view value) {
  if (!status_.ok()) return;
  if (bytes_row_ != cursor_.at) row_bytes_ = 0;
  bytes_row_ = cursor_.at;
  row_bytes_ += value.size();
  if (value.size() > kMaxValueBytes) {
    Fail(absl::ResourceExhaustedError(
        Concat("a value has at most ", kMaxValueBytes, " bytes, this one has ", value.size())));
    return;
  }
  if (row_bytes_ > kMaxRowBytes) {
    Fail(TailAppender::RowTooLarge(row_bytes_));
    return;
  }
  reinterpret_cast<Bytes*>(values_[column])[cursor_.at] = {heap_.size(), value.size()};
  if (validity_[column] != nullptr) validity_[column][cursor_.at] = 1;
  heap_ += value;
}

// ---- into the change

ColumnView StagedAppender::ViewOf(size_t column, uint64_t rows) {
  const Physical physical = table_->info.schema.physical(column);
  if (physical != Physical::kBytes) {
    return ColumnView::Fixed(physical, values_[column], rows, validity_[column]);
  }
  ColumnBuffer& bytes = bytes_.at(column);
  bytes.Clear();
  const auto* entries = reinterpret_cast<const Bytes*>(values_[column]);
  for (uint64_t row = 0; row < rows; ++row) {
    if (validity_[column] != nullptr && validity_[column][row] == 0) {
      bytes.AppendNull();
    } else {
      bytes.AppendBytes(std::string_view(heap_).substr(entries[row].offset, entries[row].length));
    }
  }
  return bytes.view();
}

absl::Status StagedAppender::Stage(std::span<const ColumnView> columns) {
  if (columns.empty() || columns[0].rows() == 0) return absl::OkStatus();
  absl::StatusOr<RowNumber> first = change_->Append(table_->info.id, columns);
  if (!first.ok()) return first.status();
  staged_ += columns[0].rows();
  return absl::OkStatus();
}

absl::Status StagedAppender::Flush() {
  if (tail_.forked()) return TailAppender::ForkedError();
  if (!status_.ok() || cursor_.at == 0) return status_;
  std::vector<ColumnView> views;
  for (size_t i = 0; i < values_.size(); ++i) views.push_back(ViewOf(i, cursor_.at));
  if (absl::Status status = Stage(views); !status.ok()) {
    Fail(std::move(status));
    return status_;
  }
  Clear();
  return absl::OkStatus();
}

bool StagedAppender::NextBlock() {
  if (!status_.ok()) {
    cursor_.at = 0;
    return false;
  }
  if (absl::Status status = Flush(); !status.ok()) return Fail(std::move(status));
  return true;
}

bool StagedAppender::AppendColumns(std::span<const ColumnView> columns) {
  absl::Status status = Flush();
  if (status.ok()) status = Stage(columns);
  return status.ok() || Fail(std::move(status));
}

void StagedAppender::Kill(RowNumber row) {
  const uint64_t committed = tail_.rows();
  RowNumber number = row;
  if (row.value() >= committed) {
    // Of the rows of this very commit those that are whole can be taken back.
    if (row.value() >= committed + staged_ && cursor_.set != 0) {
      Fail(absl::FailedPreconditionError(
          "a row of a block whose next row was begun: EndRow comes before Kill"));
    }
    if (row.value() >= committed + staged_ && !Flush().ok()) return;
    number = RowNumber(kFirstStagedRow + (row.value() - committed));
  }
  if (absl::Status s = change_->Delete(table_->info.id, number); !s.ok()) Fail(std::move(s));
}

// ---- commits

absl::StatusOr<Lsn> StagedAppender::Commit(Durability durability) {
  if (absl::Status status = Flush(); !status.ok()) return status;
  absl::StatusOr<Lsn> lsn = change_->Commit(durability);
  AfterCommit();
  return lsn;
}

// Where only the sync of a durable commit failed, its rows are there all the same.
void StagedAppender::AfterCommit() {
  if (change_->empty()) staged_ = 0;
}

void StagedAppender::Abandon() {
  status_ = absl::OkStatus();
  change_->Abandon();
  staged_ = 0;
  Clear();
}

}  // namespace tape::engine
