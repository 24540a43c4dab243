#include "engine/tail/table_tail.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "engine/tail/control_page.h"
#include "format/bytes/file_header.h"
#include "format/bytes/message.h"
#include "format/bytes/place.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::FileHeader;
using format::FileIdentity;
using format::FileKind;

FileIdentity TableIdentity(const TailFolder& folder, TableId table) {
  return {.store = folder.store, .table = table.value()};
}

TailChain::PlanOf RowsPlan(const TailTable& table) {
  return [&table](uint64_t capacity) {
    return PlanRows(table.columns, table.cluster_column.has_value(), capacity,
                    table.schema_version);
  };
}

TailChain::PlanOf PlanOf(TailRole role) {
  return [role](uint64_t capacity) { return PlanChunk(role, capacity); };
}

absl::Status Damaged(TableId table, std::string_view what) {
  return absl::DataLossError(Concat("tail of table ", table.value(), ": ", what));
}

}  // namespace

TableTail::TableTail(const TailFolder& folder, TailTable table)
    : table_(std::move(table)),
      home_{folder.files, folder.path, TableIdentity(folder, table_.id), folder.budget},
      control_mapping_(),
      rows_(home_, control_, TailRole::kRows,
            RowBytes(table_.columns, table_.cluster_column.has_value()), RowsPlan(table_)),
      heap_(home_, control_, TailRole::kHeap, EntryBytes(TailRole::kHeap), PlanOf(TailRole::kHeap)),
      symbols_(home_, control_, TailRole::kSymbols, EntryBytes(TailRole::kSymbols),
               PlanOf(TailRole::kSymbols)),
      kills_(home_, control_, TailRole::kKills, EntryBytes(TailRole::kKills),
             PlanOf(TailRole::kKills)) {
  has_bytes_ = std::ranges::any_of(
      table_.columns, [](const TailColumn& column) { return column.physical == Physical::kBytes; });
}

absl::StatusOr<std::unique_ptr<TableTail>> TableTail::Create(const TailFolder& folder,
                                                             TailTable table, uint64_t first_row) {
  std::unique_ptr<TableTail> tail(new TableTail(folder, std::move(table)));
  absl::Status status = tail->MakeControl(folder, first_row, [](TableControl&) {});
  if (!status.ok()) return status;
  return tail;
}

absl::StatusOr<std::unique_ptr<TableTail>> TableTail::Replace(const TailFolder& folder,
                                                              TailTable table, TableTail& before) {
  // One that is prepared at this moment is the last.
  constexpr uint64_t kChunksInTheMaking = 4;
  std::unique_ptr<TableTail> tail(new TableTail(folder, std::move(table)));
  const TableControl& old = before.control();
  absl::Status status = tail->MakeControl(folder, old.visible.Load(), [&](TableControl& fresh) {
    for (TailRole role : {TailRole::kRows, TailRole::kHeap, TailRole::kSymbols, TailRole::kKills}) {
      const uint64_t next = old.ends(role).end_chunk.Load() + kChunksInTheMaking;
      fresh.ends(role).first_chunk.Store(next);
      fresh.ends(role).end_chunk.Store(next);
    }
  });
  if (!status.ok()) return status;
  tail->heads_before_ = old.heads.Load() + kChunksInTheMaking;
  before.control().replaced.Store(1);
  return tail;
}

absl::StatusOr<std::unique_ptr<TableTail>> TableTail::Adopt(const TailFolder& folder,
                                                            TailTable table, Lsn committed) {
  std::unique_ptr<TableTail> tail(new TableTail(folder, std::move(table)));
  if (absl::Status status = tail->OpenControl(folder); !status.ok()) return status;
  const absl::Status status = tail->TakeOver(committed);
  // The tail is there, so that its chunks must be, too.
  if (absl::IsNotFound(status)) return absl::DataLossError(status.message());
  if (!status.ok()) return status;
  return tail;
}

// ---- the control page

// Made under a name with a dot: a page that has its name is whole.
absl::Status TableTail::MakeControl(const TailFolder& folder, uint64_t first_row,
                                    absl::FunctionRef<void(TableControl&)> fill) {
  const std::string made = JoinPath(folder.path, Concat(".", TableControlName(table_.id)));
  if (absl::Status s = RemoveTree(*folder.files, made); !s.ok()) return s;
  absl::StatusOr<std::unique_ptr<File>> file = folder.files->Open(made, OpenMode::kCreateNew);
  if (!file.ok()) return file.status();
  if (absl::Status s = (*file)->Allocate(sizeof(TableControl)); !s.ok()) return s;
  auto mapping = (*file)->Map(0, sizeof(TableControl), MapMode::kReadWrite);
  if (!mapping.ok()) return mapping.status();
  if (absl::Status s = (*mapping)->Prefault(); !s.ok()) return s;
  control_mapping_ = *std::move(mapping);
  control_ = reinterpret_cast<TableControl*>(control_mapping_->writable().data());
  scan_.emplace(*control_, static_cast<TailChunks&>(*this), table_.id);
  const FileHeader header{.kind = FileKind::kTailControl, .identity = home_.table};
  WriteControlIdentity(header, {.nonce = folder.nonce, .epoch = folder.epoch},
                       control_mapping_->writable());
  for (SharedWord* word :
       {&control_->visible, &control_->logged, &control_->durable, &control_->sealed}) {
    word->Store(first_row);
  }
  fill(*control_);
  return folder.files->Rename(made, JoinPath(folder.path, TableControlName(table_.id)));
}

absl::Status TableTail::OpenControl(const TailFolder& folder) {
  const std::string path = JoinPath(folder.path, TableControlName(table_.id));
  absl::StatusOr<std::unique_ptr<File>> file = folder.files->Open(path, OpenMode::kReadWrite);
  if (!file.ok()) return file.status();
  auto mapping = (*file)->Map(0, sizeof(TableControl), MapMode::kReadWrite);
  if (!mapping.ok()) return mapping.status();
  control_mapping_ = *std::move(mapping);
  control_ = reinterpret_cast<TableControl*>(control_mapping_->writable().data());
  scan_.emplace(*control_, static_cast<TailChunks&>(*this), table_.id);
  return CheckControlIdentity(control_mapping_->bytes(), home_.table,
                              {.nonce = folder.nonce, .epoch = folder.epoch});
}

bool TableTail::crowded() const {
  const bool is_tight = home_.budget->used_bytes() > home_.budget->limit_bytes() / 2;
  const uint64_t chunks_max = is_tight ? 2 : kTailChainSlots / 2;
  for (TailRole role : {TailRole::kRows, TailRole::kHeap, TailRole::kSymbols, TailRole::kKills}) {
    const TailChainEnds& ends = control_->ends(role);
    if (ends.end_chunk.Load() - ends.first_chunk.Load() >= chunks_max) return true;
  }
  return false;
}

// ---- after the death of a process

absl::Status TableTail::TakeOver(Lsn committed) {
  for (TailChain* chain : {&rows_, &heap_, &symbols_, &kills_}) {
    if (absl::Status status = chain->Adopt(); !status.ok()) return status;
  }
  if (absl::Status status = DropUncommitted(committed); !status.ok()) return status;
  if (absl::Status status = RepairHeads(); !status.ok()) return status;
  CutChain(TailRole::kRows, control_->visible.Load());
  CutChain(TailRole::kKills, control_->kills.Load());
  // Whoever appends next begins a chunk of bytes behind all that is here.
  if (const TailChunk* last = heap_.current(); last != nullptr) {
    const uint64_t first = control_->slot(TailRole::kHeap, last->number()).first.Load();
    SetHeapCommitted(first + last->capacity());
  }
  return FindLeftovers();
}

// Chunks that no chain names. Those that it does not name yet nobody knows; those that it named
// once may be read.
absl::Status TableTail::FindLeftovers() {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = home_.files->List(home_.folder);
  if (!entries.ok()) return entries.status();
  for (const DirectoryEntry& entry : *entries) {
    const size_t digits = entry.name.rfind('.') + 1;
    uint64_t number = 0;
    const char* const end = entry.name.data() + entry.name.size();
    if (std::from_chars(entry.name.data() + digits, end, number, 16).ptr != end) continue;
    // Heads that the page does not name are of a tail that this one has taken the place of.
    const bool is_old_heads =
        entry.name == ChunkFileName({home_.table, number}, TailRole::kHeads) &&
        number != control_->heads.Load();
    if (is_old_heads) {
      leftovers_.push_back(JoinPath(home_.folder, entry.name));
      heads_before_ = std::max(heads_before_, number);
    }
    for (TailRole role : {TailRole::kRows, TailRole::kHeap, TailRole::kSymbols, TailRole::kKills}) {
      if (entry.name != ChunkFileName({home_.table, number}, role)) continue;
      const TailChainEnds& ends = control_->ends(role);
      const std::string path = JoinPath(home_.folder, entry.name);
      if (number < ends.first_chunk.Load()) leftovers_.push_back(path);
      if (number < ends.end_chunk.Load()) continue;
      if (absl::Status status = home_.files->Unlink(path); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// Chunks that were begun beyond the end hold nothing: what follows begins where they do.
void TableTail::CutChain(TailRole role, uint64_t end) {
  const TailChainEnds& ends = control_->ends(role);
  for (uint64_t chunk = ends.first_chunk.Load(); chunk < ends.end_chunk.Load(); ++chunk) {
    SharedWord& first = control_->slot(role, chunk).first;
    first.Store(std::min(first.Load(), end));
  }
}

absl::Status TableTail::DropUncommitted(Lsn committed) {
  const uint64_t sealed = control_->sealed.Load();  // above `visible` in the midst of a bulk load
  absl::StatusOr<uint64_t> end = scan().EndOfCommitted(sealed, committed);
  if (!end.ok()) return end.status();
  control_->visible.Store(*end);
  absl::StatusOr<uint64_t> kills =
      scan().EndOfCommittedKills(control_->sealed_kills.Load(), committed);
  if (!kills.ok()) return kills.status();
  control_->kills.Store(*kills);
  return absl::OkStatus();
}

// A head may name a row that was never published. The row knows the one before it.
absl::Status TableTail::RepairHeads() {
  const uint64_t number = control_->heads.Load();
  if (number == 0) return absl::OkStatus();
  auto chunk = TailChunk::Open(*home_.files, home_.folder, {home_.table, number}, TailRole::kHeads,
                               MapMode::kReadWrite);
  if (!chunk.ok()) return chunk.status();
  heads_chunk_ = *std::move(chunk);
  if (!home_.budget->Take(heads_chunk_->size_bytes())) {
    return absl::ResourceExhaustedError("the tail that was left is larger than tail_bytes_max");
  }
  heads_ = heads_chunk_->Writable<uint64_t>(0);
  heads_capacity_ = heads_chunk_->capacity();
  const uint64_t visible = control_->visible.Load();
  for (uint64_t code = 0; code < heads_capacity_; ++code) {
    uint64_t head = heads_[code];
    while (head > visible) {
      absl::StatusOr<uint64_t> before = scan().Before(head - 1);
      if (!before.ok()) return before.status();
      if (*before >= head) return Damaged(table_.id, "the rows of a symbol do not ascend");
      head = *before;
    }
    Head(static_cast<uint32_t>(code)).store(head, std::memory_order_release);
  }
  return absl::OkStatus();
}

void TableTail::SkipTo(uint64_t row) {
  for (SharedWord* word :
       {&control_->sealed, &control_->logged, &control_->durable, &control_->visible}) {
    word->Store(std::max(word->Load(), row));
  }
}

// ---- heads

absl::Status TableTail::GrowHeads(uint64_t codes) {
  if (codes <= heads_capacity_) return absl::OkStatus();
  uint64_t capacity = std::max<uint64_t>(heads_capacity_, 512);
  while (capacity < codes) capacity *= 2;
  const ChunkPlan plan = PlanChunk(TailRole::kHeads, capacity);
  if (!home_.budget->Take(plan.size)) {
    return absl::ResourceExhaustedError("the tail is full: no room for more symbols");
  }
  const uint64_t number = std::max(control_->heads.Load(), heads_before_) + 1;
  auto chunk = TailChunk::Create(*home_.files, home_.folder, {home_.table, number}, plan);
  if (!chunk.ok()) {
    home_.budget->GiveBack(plan.size);
    return chunk.status();
  }
  auto* heads = (*chunk)->Writable<uint64_t>(0);
  if (heads_capacity_ != 0) std::memcpy(heads, heads_, heads_capacity_ * sizeof(uint64_t));
  control_->heads.Store(number);
  if (heads_chunk_ != nullptr) {
    home_.budget->GiveBack(heads_chunk_->size_bytes());
    const ChunkName old{home_.table, heads_chunk_->number()};
    // Readers that have it mapped keep it; those that have not yet read `heads` again.
    home_.files->Unlink(JoinPath(home_.folder, ChunkFileName(old, TailRole::kHeads))).IgnoreError();
  }
  heads_chunk_ = *std::move(chunk);
  heads_ = heads;
  heads_capacity_ = capacity;
  return absl::OkStatus();
}

// ---- freeing

// In every column of bytes the values of later rows lie behind those of earlier ones: each was
// stored when its row was put. So the first value that is not sealed yet says what a column needs,
// and what is not committed yet lies behind all that is.
absl::StatusOr<uint64_t> TableTail::FirstHeapByteNeeded() const {
  uint64_t needed = heap_committed_.load(std::memory_order_acquire);
  const uint64_t visible = control_->visible.Load();  // after it: rows from here on are behind it
  const ChunkPlan plan = PlanRows(table_.columns, table_.cluster_column.has_value(), 1, 1);
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    if (table_.columns[i].physical != Physical::kBytes) continue;
    bool found = false;
    const absl::Status status =
        scan().ForEachPiece(control_->sealed.Load(), visible, [&](const TailPiece& piece) {
          const std::span<const TailBytes> values = piece.Entries<TailBytes>(plan.values[i]);
          std::span<const uint8_t> valid;
          if (plan.validity[i].has_value()) valid = piece.Entries<uint8_t>(*plan.validity[i]);
          for (size_t row = 0; row < values.size() && !found; ++row) {
            if (values[row].length == 0 || (!valid.empty() && valid[row] == 0)) continue;
            needed = std::min(needed, values[row].offset);
            found = true;
          }
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
  }
  return needed;
}

absl::Status TableTail::Retire(uint64_t symbols_end, std::vector<RetiredChunk>& retired) {
  if (has_bytes_) {
    absl::StatusOr<uint64_t> heap = FirstHeapByteNeeded();
    if (!heap.ok()) return heap.status();
    heap_.Retire(*heap, retired);
  }
  rows_.Retire(control_->sealed.Load(), retired);
  kills_.Retire(control_->sealed_kills.Load(), retired);
  symbols_.Retire(std::min(symbols_end, symbols_logged_.load(std::memory_order_acquire)), retired);
  return absl::OkStatus();
}

TailChain& TableTail::chain(TailRole role) {
  TailChain* chains[] = {&rows_, &heap_, &symbols_, &kills_};
  return *chains[static_cast<size_t>(role) - 1];
}

// ---- what is read

absl::StatusOr<const TailChunk*> TableTail::Chunk(TailRole role, uint64_t number) {
  const TailChain* chains[] = {&rows_, &heap_, &symbols_, &kills_};
  const TailChunk* chunk = chains[static_cast<size_t>(role) - 1]->Chunk(number);
  if (chunk != nullptr) return chunk;
  return absl::NotFoundError(
      Concat("tail of table ", table_.id.value(), ": chunk ", number, " is no longer there"));
}

absl::Status TableTail::RemoveChunks() {
  for (TailChain* chain : {&rows_, &heap_, &symbols_, &kills_}) {
    if (absl::Status status = chain->RemoveChunks(); !status.ok()) return status;
  }
  if (heads_chunk_ == nullptr) return absl::OkStatus();
  const ChunkName name{home_.table, heads_chunk_->number()};
  home_.budget->GiveBack(heads_chunk_->size_bytes());
  const absl::Status status =
      home_.files->Unlink(JoinPath(home_.folder, ChunkFileName(name, TailRole::kHeads)));
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status TableTail::Remove() {
  absl::StatusOr<std::vector<DirectoryEntry>> entries = home_.files->List(home_.folder);
  if (!entries.ok()) return entries.status();
  std::string prefix = TableControlName(table_.id);
  prefix.resize(prefix.find('.') + 1);
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.starts_with(prefix)) continue;
    absl::Status status = home_.files->Unlink(JoinPath(home_.folder, entry.name));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace tape::engine
