#include "engine/read/leases.h"

#include <utility>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

constexpr uint64_t kFirstByte = 1024;
// Locks are by signed 64-bit offsets.
constexpr uint64_t kGenerationMax = (uint64_t{1} << 63) - kFirstByte - 2;

LockRange ByteOf(uint64_t generation) { return {.first = kFirstByte + generation, .count = 1}; }

}  // namespace

Lease::~Lease() {
  if (holds_) leases_->LetGo(generation_);
}

std::shared_ptr<Leases> Leases::Open(FileSystem& files, const std::string& path) {
  absl::StatusOr<std::unique_ptr<File>> file = files.Open(path, OpenMode::kRead);
  return std::shared_ptr<Leases>(new Leases(file.ok() ? *std::move(file) : nullptr));
}

absl::StatusOr<std::shared_ptr<const Lease>> Leases::Take(uint64_t generation) {
  if (generation > kGenerationMax) {
    return absl::DataLossError(
        format::Concat("tail control page: generation ", generation, " is none"));
  }
  MutexLock lock(&mutex_);
  const auto held = held_.find(generation);
  bool holds = held != held_.end();
  if (!holds && file_ != nullptr) {
    // An error is a disk without locks; a lock that excludes ours is nobody's that tape knows of.
    absl::StatusOr<bool> locked = file_->TryLock(ByteOf(generation), LockKind::kShared);
    holds = locked.ok() && *locked;
  }
  if (holds) ++held_[generation];
  return std::make_shared<const Lease>(shared_from_this(), generation, holds);
}

void Leases::LetGo(uint64_t generation) {
  MutexLock lock(&mutex_);
  const auto held = held_.find(generation);
  if (--held->second != 0) return;
  held_.erase(held);
  // A lock that stays keeps files longer than they are needed, and goes with the process.
  file_->Unlock(ByteOf(generation)).IgnoreError();
}

}  // namespace tape::engine
