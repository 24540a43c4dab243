#include "engine/tail/tail_keys.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <utility>

#include "absl/status/statusor.h"

namespace tape::engine {
namespace {

constexpr uint64_t kLeastSlots = 1024;

uint64_t LoadRow(const TailKey& slot) {
  return std::atomic_ref<uint64_t>(const_cast<uint64_t&>(slot.row)).load(std::memory_order_acquire);
}

uint64_t LoadHash(const TailKey& slot) {
  return std::atomic_ref<uint64_t>(const_cast<uint64_t&>(slot.hash))
      .load(std::memory_order_relaxed);
}

// The first free slot from the hash's own on. There is one: half of them are.
void Store(std::span<TailKey> slots, const TailKey& key) {
  uint64_t at = key.hash % slots.size();
  while (slots[at].row != 0) at = at + 1 == slots.size() ? 0 : at + 1;
  std::atomic_ref<uint64_t>(slots[at].hash).store(key.hash, std::memory_order_relaxed);
  std::atomic_ref<uint64_t>(slots[at].row).store(key.row, std::memory_order_release);
}

}  // namespace

void FindTailKeys(std::span<const TailKey> slots, uint64_t hash, std::vector<RowNumber>& rows) {
  if (slots.empty()) return;
  uint64_t at = hash % slots.size();
  for (size_t tried = 0; tried < slots.size(); ++tried) {
    const uint64_t row = LoadRow(slots[at]);
    if (row == 0) return;
    if (LoadHash(slots[at]) == hash) rows.emplace_back(row - 1);
    at = at + 1 == slots.size() ? 0 : at + 1;
  }
}

TailKeys::~TailKeys() {
  if (chunk_ != nullptr) tail_.home().budget->GiveBack(chunk_->size_bytes());
}

std::span<const TailKey> TailKeys::slots() const {
  if (chunk_ == nullptr) return {};
  return chunk_->Entries<TailKey>(0).first(chunk_->capacity());
}

absl::Status TailKeys::Open() {
  const uint64_t number = tail_.control().keys.Load();
  if (number == 0) return absl::OkStatus();
  const TailHome& home = tail_.home();
  auto chunk = TailChunk::Open(*home.files, home.folder, {home.table, number}, TailRole::kKeys,
                               MapMode::kReadWrite);
  if (!chunk.ok()) return chunk.status();
  if (!home.budget->Take((*chunk)->size_bytes())) {
    return absl::ResourceExhaustedError("the tail that was left is larger than tail_bytes_max");
  }
  chunk_ = *std::move(chunk);
  used_ = static_cast<uint64_t>(
      std::ranges::count_if(slots(), [](const TailKey& slot) { return slot.row != 0; }));
  return absl::OkStatus();
}

absl::Status TailKeys::Reserve(uint64_t entries) {
  if (2 * (used_ + entries) <= slots().size()) return absl::OkStatus();
  return Replace(entries);
}

void TailKeys::Insert(const TailKey& key) {
  Store({chunk_->Writable<TailKey>(0), chunk_->capacity()}, key);
  ++used_;
}

absl::Status TailKeys::Replace(uint64_t entries) {
  const uint64_t sealed = tail_.control().sealed.Load();
  std::vector<TailKey> kept;
  for (const TailKey& slot : slots()) {
    if (slot.row > sealed) kept.push_back(slot);
  }
  const uint64_t capacity = std::max(kLeastSlots, std::bit_ceil(4 * (kept.size() + entries)));
  const TailHome& home = tail_.home();
  const ChunkPlan plan = PlanChunk(TailRole::kKeys, capacity);
  if (!home.budget->Take(plan.size)) {
    return absl::ResourceExhaustedError("the tail is full: no room for more keys");
  }
  const uint64_t number = tail_.control().keys.Load() + 1;
  auto chunk = TailChunk::Create(*home.files, home.folder, {home.table, number}, plan);
  if (!chunk.ok()) {
    home.budget->GiveBack(plan.size);
    return chunk.status();
  }
  for (const TailKey& key : kept) Store({(*chunk)->Writable<TailKey>(0), capacity}, key);
  tail_.control().keys.Store(number);
  if (chunk_ != nullptr) {
    home.budget->GiveBack(chunk_->size_bytes());
    const ChunkName old{home.table, number - 1};
    // Readers that have it mapped keep it; those that have not yet load `keys` again.
    home.files->Unlink(JoinPath(home.folder, ChunkFileName(old, TailRole::kKeys))).IgnoreError();
  }
  chunk_ = *std::move(chunk);
  used_ = kept.size();
  return absl::OkStatus();
}

}  // namespace tape::engine
