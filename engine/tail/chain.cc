#include "engine/tail/chain.h"

#include <algorithm>
#include <utility>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

// One chunk to write, one ready, one that a reader still sees: more are given back.
constexpr size_t kSpareChunks = 2;

// A chunk is freed as a whole: chunks that are large beside the budget would fill it with rows that
// are long sealed.
constexpr uint64_t kChunksOfBudget = 32;

}  // namespace

TailChain::TailChain(const TailHome& home, TableControl* const& control, TailRole role,
                     uint64_t entry_bytes, PlanOf plan_of)
    : home_(home),
      control_(control),
      role_(role),
      entry_bytes_(entry_bytes),
      plan_of_(std::move(plan_of)) {}

TailChain::~TailChain() {
  // The files stay: they are what a reader, and the next writer, find.
  delete ready_.load(std::memory_order_acquire);
  for (std::atomic<TailChunk*>& chunk : chunks_) delete chunk.load(std::memory_order_acquire);
}

absl::Status TailChain::Adopt() {
  const uint64_t first = control_->ends(role_).first_chunk.Load();
  const uint64_t end = control_->ends(role_).end_chunk.Load();
  if (end == 0) return absl::OkStatus();  // the process died while it began the first
  if (first > end || end - first > kTailChainSlots) {
    return absl::DataLossError(Concat("tail of table ", home_.table.table, ": chunks ", first,
                                      " to ", end, " are no chain"));
  }
  for (uint64_t number = first; number < end; ++number) {
    absl::StatusOr<std::unique_ptr<TailChunk>> chunk =
        TailChunk::Open(*home_.files, home_.folder, Name(number), role_, MapMode::kReadWrite);
    if (!chunk.ok()) return chunk.status();
    if (!home_.budget->Take((*chunk)->size_bytes())) {
      return absl::ResourceExhaustedError("the tail that was left is larger than tail_bytes_max");
    }
    // The next one begins small again: what is here may hold little, and processes that die one
    // after the other would each leave a larger one.
    current_ = chunk->release();
    adopted_ = true;
    chunks_[number % kTailChainSlots].store(current_, std::memory_order_release);
  }
  return absl::OkStatus();
}

absl::Status TailChain::RemoveChunks() {
  absl::Status first;
  const auto remove = [&](const TailChunk* chunk) {
    if (chunk == nullptr) return;
    home_.budget->GiveBack(chunk->size_bytes());
    const absl::Status status =
        home_.files->Unlink(JoinPath(home_.folder, ChunkFileName(Name(chunk->number()), role_)));
    if (!absl::IsNotFound(status)) first.Update(status);
  };
  MutexLock lock(&mutex_);
  removed_ = true;
  remove(ready_.load(std::memory_order_acquire));
  for (const std::atomic<TailChunk*>& chunk : chunks_) {
    remove(chunk.load(std::memory_order_acquire));
  }
  for (const std::unique_ptr<TailChunk>& chunk : spare_) remove(chunk.get());
  return first;
}

uint64_t TailChain::first_entry() const {
  const uint64_t first = control_->ends(role_).first_chunk.Load();
  return first == 0 ? 0 : control_->slot(role_, first).first.Load();
}

absl::Status TailChain::Advance(uint64_t first, uint64_t entries) {
  TailChunk* next = ready_.load(std::memory_order_acquire);
  if (next == nullptr || next->capacity() < entries) {
    return absl::UnavailableError("no chunk of the tail is ready");
  }
  const uint64_t number = next->number();
  chunks_[number % kTailChainSlots].store(next, std::memory_order_release);
  TailSlot& slot = control_->slot(role_, number);
  slot.first.Store(first);
  slot.chunk.Store(number);
  if (number == 1) control_->ends(role_).first_chunk.Store(1);
  control_->ends(role_).end_chunk.Store(number + 1);
  current_ = next;
  adopted_ = false;
  ready_.store(nullptr, std::memory_order_release);
  return absl::OkStatus();
}

absl::Status TailChain::Prepare(uint64_t entries) {
  MutexLock lock(&mutex_);
  TailChunk* ready = ready_.load(std::memory_order_acquire);
  if (ready != nullptr && ready->capacity() >= entries) return absl::OkStatus();
  const uint64_t number = std::max<uint64_t>(control_->ends(role_).end_chunk.Load(), 1);
  if (number - control_->ends(role_).first_chunk.Load() >= kTailChainSlots) {
    return absl::ResourceExhaustedError(
        Concat("tail of table ", home_.table.table, ": ", kTailChainSlots, " chunks are in use"));
  }
  if (ready != nullptr) {  // too small for what comes
    ready_.store(nullptr, std::memory_order_release);
    Discard(std::unique_ptr<TailChunk>(ready));
  }
  absl::StatusOr<std::unique_ptr<TailChunk>> chunk = MakeChunk(number, entries);
  if (!chunk.ok()) return chunk.status();
  capacity_ = (*chunk)->capacity();
  ready_.store(chunk->release(), std::memory_order_release);
  return absl::OkStatus();
}

uint64_t TailChain::NextCapacity(uint64_t entries) const {
  uint64_t capacity = GrownCapacity(role_, capacity_, entry_bytes_);
  const bool is_large = capacity > home_.budget->limit_bytes() / kChunksOfBudget / entry_bytes_;
  if (is_large && capacity_ != 0) capacity = capacity_;
  return std::max(capacity, entries);
}

absl::StatusOr<std::unique_ptr<TailChunk>> TailChain::MakeChunk(uint64_t number, uint64_t entries) {
  const uint64_t capacity = NextCapacity(entries);
  if (std::unique_ptr<TailChunk> spare = TakeSpare(number, capacity)) return spare;
  const ChunkPlan plan = plan_of_(capacity);
  if (!home_.budget->Take(plan.size)) {
    return absl::ResourceExhaustedError(Concat("the tail is full: ", home_.budget->used_bytes(),
                                               " of ", home_.budget->limit_bytes(),
                                               " bytes (tail_bytes_max) are in use"));
  }
  absl::StatusOr<std::unique_ptr<TailChunk>> chunk =
      TailChunk::Create(*home_.files, home_.folder, Name(number), plan);
  if (!chunk.ok()) home_.budget->GiveBack(plan.size);
  return chunk;
}

std::unique_ptr<TailChunk> TailChain::TakeSpare(uint64_t number, uint64_t capacity) {
  while (!spare_.empty()) {
    std::unique_ptr<TailChunk> chunk = std::move(spare_.back());
    spare_.pop_back();
    const bool same = chunk->capacity() == capacity;
    if (same &&
        chunk->Recycle(*home_.files, home_.folder, Name(chunk->number()), Name(number)).ok())
      return chunk;
    Discard(std::move(chunk));
  }
  return nullptr;
}

void TailChain::Retire(uint64_t end, std::vector<RetiredChunk>& retired) {
  TailChainEnds& ends = control_->ends(role_);
  const uint64_t end_chunk = ends.end_chunk.Load();
  for (uint64_t number = ends.first_chunk.Load(); number + 1 < end_chunk; ++number) {
    if (control_->slot(role_, number + 1).first.Load() > end) break;
    ends.first_chunk.Store(number + 1);
    TailChunk* chunk =
        chunks_[number % kTailChainSlots].exchange(nullptr, std::memory_order_acq_rel);
    retired.push_back({std::unique_ptr<TailChunk>(chunk), role_, home_.table});
  }
}

void TailChain::Recycle(std::unique_ptr<TailChunk> chunk) {
  MutexLock lock(&mutex_);
  if (!removed_ && spare_.size() < kSpareChunks && chunk->capacity() == capacity_) {
    spare_.push_back(std::move(chunk));
  } else {
    Discard(std::move(chunk));
  }
}

void TailChain::Discard(std::unique_ptr<TailChunk> chunk) {
  const std::string path = JoinPath(home_.folder, ChunkFileName(Name(chunk->number()), role_));
  home_.budget->GiveBack(chunk->size_bytes());
  home_.files->Unlink(path).IgnoreError();  // what is left of it is removed with the tail's folder
}

}  // namespace tape::engine
