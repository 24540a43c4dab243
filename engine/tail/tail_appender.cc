#include "engine/tail/tail_appender.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr size_t kScratchValueBytes = 64;  // two rows of the widest form, aligned

// A thread of the store makes a chunk in milliseconds; after this long it cannot.
constexpr std::chrono::milliseconds kPatience(2000);
constexpr std::chrono::microseconds kPause(20);

absl::Status TooLong(std::string_view value) {
  return absl::ResourceExhaustedError(
      Concat("a value has at most ", kMaxValueBytes, " bytes, this one has ", value.size()));
}

}  // namespace

absl::Status TailAppender::RowTooLarge(uint64_t bytes) {
  return absl::ResourceExhaustedError(
      Concat("a row has at most ", kMaxRowBytes, " bytes, this one has ", bytes));
}

TailAppender::TailAppender(TableTail& tail, CommitSequence& sequence, FullTail when_full)
    : tail_(tail), sequence_(sequence), when_full_(when_full) {
  const TailTable& table = tail.table();
  plan_ = PlanRows(table.columns, table.cluster_column.has_value(), 1, table.schema_version);
  values_.resize(table.columns.size());
  validity_.resize(table.columns.size());
  cursor_.values = values_.data();
  cursor_.validity = validity_.data();
  committed_rows_ = tail.control().visible.Load();
  chunk_first_ = committed_rows_;
  stored_kills_ = tail.control().kills.Load();
}

absl::Status TailAppender::Start(uint64_t codes) {
  if (tail_.table().cluster_column.has_value()) {
    if (absl::Status s = tail_.GrowHeads(std::max<uint64_t>(codes, 1)); !s.ok()) return s;
  }
  if (absl::Status s = EnterRows(); !s.ok()) return s;
  if (tail_.has_bytes()) {
    if (absl::Status s = EnterHeap(); !s.ok()) return s;
  }
  symbols_first_ = tail_.control().symbols.Load();
  kills_first_ = stored_kills_;
  return absl::OkStatus();
}

// Goes on in the chunk where the appender before stopped, if it was of this process: one that was
// found after a death may hold rows that a reader has looked at and that were never published.
absl::Status TailAppender::EnterRows() {
  TailChain& chain = tail_.rows();
  if (const TailChunk* last = chain.current(); last != nullptr && !chain.adopted()) {
    const uint64_t first = tail_.control().slot(TailRole::kRows, last->number()).first.Load();
    if (first <= committed_rows_ && committed_rows_ - first < last->capacity()) {
      Enter(*last, first);
      cursor_.at = committed_rows_ - first;
      ClearRest();
      return absl::OkStatus();
    }
  }
  if (absl::Status s = chain.Prepare(); !s.ok()) return s;
  if (absl::Status s = chain.Advance(committed_rows_, 1); !s.ok()) return s;
  Enter(*chain.current(), committed_rows_);
  return absl::OkStatus();
}

absl::Status TailAppender::EnterHeap() {
  TailChain& chain = tail_.heap();
  if (const TailChunk* last = chain.current()) {
    const uint64_t first = tail_.control().slot(TailRole::kHeap, last->number()).first.Load();
    const uint64_t end = first + last->capacity();
    heap_first_ = end;  // beyond everything that it may hold
    const uint64_t committed = tail_.heap_committed();
    if (!chain.adopted() && first <= committed && committed <= end) {
      heap_ = last->Writable<char>(0);
      heap_first_ = first;
      heap_at_ = committed - first;
      heap_end_ = last->capacity();
    }
  }
  if (absl::Status s = chain.Prepare(); !s.ok()) return s;
  tail_.SetHeapCommitted(heap_first_ + heap_at_);
  return absl::OkStatus();
}

// ---- chunks

void TailAppender::Enter(const TailChunk& chunk, uint64_t first) {
  for (size_t i = 0; i < values_.size(); ++i) {
    values_[i] = chunk.Writable<std::byte>(plan_.values[i]);
    validity_[i] =
        plan_.validity[i].has_value() ? chunk.Writable<uint8_t>(*plan_.validity[i]) : nullptr;
  }
  cursor_.at = 0;
  cursor_.end = chunk.capacity();
  chunk_first_ = first;
}

// Whatever is put from now on goes nowhere.
void TailAppender::EnterScratch() {
  scratch_.resize(2 * kScratchValueBytes * values_.size() + kScratchValueBytes);
  for (size_t i = 0; i < values_.size(); ++i) {
    values_[i] = scratch_.data() + 2 * i * kScratchValueBytes;
    if (validity_[i] == nullptr) continue;
    validity_[i] = reinterpret_cast<uint8_t*>(values_[i] + kScratchValueBytes);
  }
  cursor_.at = 0;
  cursor_.end = 1;
}

bool TailAppender::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
  EnterScratch();
  return false;
}

absl::Status TailAppender::ForkedError() {
  return absl::FailedPreconditionError(
      "this process was forked from the one that writes the store, which goes on writing: open the "
      "store in it for reading");
}

absl::Status TailAppender::StoppedError() {
  return absl::FailedPreconditionError(
      "the table was altered or dropped since this appender was opened: what it had not committed "
      "is not stored; open another one");
}

bool TailAppender::NextChunk() {
  if (forked()) return Fail(ForkedError());
  if (status_.ok() && stopped()) return Fail(StoppedError());
  if (!status_.ok()) {
    cursor_.at = 0;
    return false;
  }
  const uint64_t first = rows();
  if (absl::Status status = Advance(tail_.rows(), first, 1); !status.ok()) return Fail(status);
  Enter(*tail_.rows().current(), first);
  return true;
}

absl::Status TailAppender::Advance(TailChain& chain, uint64_t first, uint64_t entries) {
  absl::Status status = chain.Advance(first, entries);
  if (status.ok() || !absl::IsUnavailable(status)) return status;
  ++waits_;
  if (when_full_ == FullTail::kFail) {
    return absl::ResourceExhaustedError(
        "the tail is full: the next chunk is not ready (full_tail = fail)");
  }
  status = AwaitChunk(chain, entries);
  return status.ok() ? chain.Advance(first, entries) : status;
}

absl::Status TailAppender::AwaitChunk(TailChain& chain, uint64_t entries) {
  // The store's threads do not know of a value that is larger than a chunk.
  if (when_full_ == FullTail::kPrepare || chain.ready()) return chain.Prepare(entries);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!chain.ready()) {
    if (std::chrono::steady_clock::now() > deadline) return chain.Prepare(entries);
    std::this_thread::sleep_for(kPause);
  }
  return chain.Prepare(entries);
}

// ---- bytes

absl::Status TailAppender::ReserveHeap(uint64_t bytes) {
  if (bytes <= heap_end_ - heap_at_) return absl::OkStatus();
  const uint64_t first = heap_first_ + heap_at_;
  if (absl::Status s = Advance(tail_.heap(), first, bytes); !s.ok()) return s;
  heap_ = tail_.heap().current()->Writable<char>(0);
  heap_first_ = first;
  heap_at_ = 0;
  heap_end_ = tail_.heap().current()->capacity();
  return absl::OkStatus();
}

TailBytes TailAppender::StoreBytes(std::string_view value) {
  const TailBytes stored{heap_first_ + heap_at_, static_cast<uint32_t>(value.size())};
  if (!value.empty()) std::memcpy(heap_ + heap_at_, value.data(), value.size());
  heap_at_ += value.size();
  return stored;
}

void TailAppender::PutBytes(size_t column, std::string_view value) {
  if (value.size() > kMaxValueBytes) [[unlikely]] {
    Fail(TooLong(value));
    return;
  }
  if (const uint64_t row = rows(); row != bytes_row_) {
    bytes_row_ = row;
    row_bytes_ = 0;
  }
  row_bytes_ += value.size();
  if (row_bytes_ > kMaxRowBytes) [[unlikely]] {
    Fail(RowTooLarge(row_bytes_));
    return;
  }
  if (value.size() > heap_end_ - heap_at_) {
    if (!status_.ok()) return;
    if (absl::Status status = ReserveHeap(value.size()); !status.ok()) {
      Fail(std::move(status));
      return;
    }
  }
  Put(column, StoreBytes(value));
}

// ---- many rows

bool TailAppender::AppendColumns(std::span<const ColumnView> columns) {
  if (!status_.ok()) return false;
  const uint64_t rows = columns.empty() ? 0 : columns[0].rows();
  for (uint64_t done = 0; done < rows;) {
    const uint64_t some = std::min(rows - done, cursor_.end - cursor_.at);
    if (!CopyRows(columns, done, some)) return false;
    cursor_.at += some;
    done += some;
    if (cursor_.at == cursor_.end && !NextChunk()) return false;
  }
  return true;
}

bool TailAppender::CopyRows(std::span<const ColumnView> columns, uint64_t from, uint64_t rows) {
  for (size_t i = 0; i < columns.size(); ++i) {
    const ColumnView view = columns[i].Slice(from, rows);
    if (view.physical() == Physical::kBytes) {
      if (!CopyBytes(i, view)) return false;
    } else {
      const std::span<const uint8_t> raw = view.RawValues();
      std::memcpy(values_[i] + cursor_.at * PhysicalSize(view.physical()), raw.data(), raw.size());
    }
    if (validity_[i] == nullptr) continue;
    if (view.Validity().empty()) {
      std::memset(validity_[i] + cursor_.at, 1, rows);
    } else {
      std::memcpy(validity_[i] + cursor_.at, view.Validity().data(), rows);
    }
  }
  return true;
}

bool TailAppender::CopyBytes(size_t column, const ColumnView& view) {
  for (size_t row = 0; row < view.rows(); ++row) {
    const std::string_view value = view.IsNull(row) ? std::string_view() : view.Bytes(row);
    if (value.size() > kMaxValueBytes) return Fail(TooLong(value));
    if (absl::Status status = ReserveHeap(value.size()); !status.ok()) return Fail(status);
    reinterpret_cast<TailBytes*>(values_[column])[cursor_.at + row] = StoreBytes(value);
  }
  return true;
}

// ---- symbols

absl::Status TailAppender::AddSymbol(ColumnId column, SymbolCode code, std::string_view text) {
  if (stopped()) return StoppedError();
  const std::optional<size_t> cluster = tail_.table().cluster_column;
  if (cluster.has_value() && tail_.table().columns[*cluster].id == column) {
    if (absl::Status s = tail_.GrowHeads(uint64_t{code.value()} + 1); !s.ok()) return s;
  }
  const uint64_t bytes = SymbolRecordBytes(text.size());
  TailChain& chain = tail_.symbols();
  if (chain.current() == nullptr || bytes > chain.current()->capacity() - symbols_at_ ||
      symbols_at_ == 0) {
    // New symbols are rare, and one more file is not what makes them slow.
    if (absl::Status s = chain.Prepare(bytes); !s.ok()) return s;
    symbols_first_ += symbols_at_;
    symbols_at_ = 0;
    if (absl::Status s = chain.Advance(symbols_first_, bytes); !s.ok()) return s;
  }
  char* record = chain.current()->Writable<char>(0) + symbols_at_;
  const TailSymbolHeader header{column.value(), code.value(), static_cast<uint32_t>(text.size())};
  std::memcpy(record, &header, sizeof(header));
  std::memcpy(record + sizeof(header), text.data(), text.size());
  symbols_at_ += bytes;
  tail_.control().symbols.Store(symbols_first_ + symbols_at_);
  return absl::OkStatus();
}

// ---- commits

absl::Status TailAppender::ReadyToCommit() {
  if (forked()) return ForkedError();
  if (stopped()) return StoppedError();
  if (sequence_.stopped()) {
    return absl::FailedPreconditionError("the store is read-only: its WAL has failed");
  }
  if (!status_.ok() || kills_.empty()) return status_;
  TailChain& chain = tail_.kills();
  if (!has_kills_chunk_ ||
      kills_.size() > chain.current()->capacity() - (stored_kills_ - kills_first_)) {
    if (absl::Status s = chain.Prepare(kills_.size()); !s.ok()) return s;
    if (absl::Status s = chain.Advance(stored_kills_, kills_.size()); !s.ok()) return s;
    has_kills_chunk_ = true;
    kills_first_ = stored_kills_;
  }
  return absl::OkStatus();
}

absl::StatusOr<Lsn> TailAppender::Commit() {
  if (absl::Status status = ReadyToCommit(); !status.ok()) return status;
  const Lsn lsn = sequence_.Take();
  const bool late = stopped();
  if (!late) Stamp(lsn);
  sequence_.Publish(lsn);
  if (late) return StoppedError();
  return lsn;
}

void TailAppender::Stamp(Lsn lsn) {
  StampNext(uncommitted(), lsn);
  StoreKills(lsn);
}

void TailAppender::StampNext(uint64_t rows, Lsn lsn) {
  const uint64_t end = committed_rows_ + rows;
  if (committed_rows_ >= chunk_first_) {
    StampRows(*tail_.rows().current(), committed_rows_ - chunk_first_, rows, committed_rows_, lsn);
  } else {
    tail_.scan()
        .ForEachPiece(committed_rows_, end,
                      [&](const TailPiece& piece) {
                        StampRows(*piece.chunk, piece.begin, piece.rows, piece.first, lsn);
                        return absl::OkStatus();
                      })
        .IgnoreError();  // rows that are not visible yet are not retired
  }
  committed_rows_ = end;
  if (tail_.has_bytes()) tail_.SetHeapCommitted(heap_first_ + heap_at_);
  tail_.control().visible.Store(end);
}

void TailAppender::StoreKills(Lsn lsn) {
  if (kills_.empty()) return;
  auto* kills = tail_.kills().current()->Writable<TailKill>(0) + (stored_kills_ - kills_first_);
  for (const TailKill& kill : kills_) *kills++ = {kill.row, kill.lsn == 0 ? lsn.value() : kill.lsn};
  stored_kills_ += kills_.size();
  kills_.clear();
  tail_.control().kills.Store(stored_kills_);
}

absl::Status TailAppender::ReplayKill(const TailKill& kill) {
  kills_.push_back(kill);
  if (absl::Status status = ReadyToCommit(); !status.ok()) return status;
  StoreKills(Lsn(kill.lsn));
  return absl::OkStatus();
}

void TailAppender::StampRows(const TailChunk& chunk, uint64_t begin, uint64_t rows,
                             uint64_t first_row, Lsn lsn) {
  uint64_t* lsns = chunk.Writable<uint64_t>(plan_.lsn) + begin;
  for (uint64_t i = 0; i < rows; ++i) lsns[i] = lsn.value();
  if (!plan_.before.has_value()) return;
  uint64_t* before = chunk.Writable<uint64_t>(*plan_.before) + begin;
  const size_t cluster = plan_.values[*tail_.table().cluster_column];
  const uint32_t* codes = chunk.Writable<uint32_t>(cluster) + begin;
  const uint64_t capacity = tail_.heads_capacity();
  for (uint64_t i = 0; i < rows; ++i) {
    if (codes[i] >= capacity) [[unlikely]]
      continue;  // no code of this table
    std::atomic_ref<uint64_t> head = tail_.Head(codes[i]);
    before[i] = head.load(std::memory_order_relaxed);
    head.store(first_row + i + 1, std::memory_order_release);
  }
}

void TailAppender::Abandon() {
  status_ = absl::OkStatus();
  kills_.clear();
  bytes_row_ = kNoRow;
  const TailChunk* chunk = tail_.rows().current();
  if (chunk == nullptr) return;
  TableControl& control = tail_.control();
  const uint64_t first = control.slot(TailRole::kRows, chunk->number()).first.Load();
  Enter(*chunk, std::min(first, committed_rows_));
  cursor_.at = committed_rows_ - chunk_first_;
  // Chunks that were begun since then begin again where the commit did.
  for (uint64_t number = chunk->number();
       control.slot(TailRole::kRows, number).first.Load() > committed_rows_; --number) {
    control.slot(TailRole::kRows, number).first.Store(committed_rows_);
  }
  ClearRest();
}

// Rows that were put and are forgotten must not show through those that come: what is not put is
// NULL.
void TailAppender::ClearRest() {
  const uint64_t rows = cursor_.end - cursor_.at;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (validity_[i] != nullptr) std::memset(validity_[i] + cursor_.at, 0, rows);
    if (tail_.table().columns[i].physical != Physical::kCode32) continue;
    std::memset(values_[i] + cursor_.at * sizeof(uint32_t), 0, rows * sizeof(uint32_t));
  }
}

}  // namespace tape::engine
