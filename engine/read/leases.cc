#include "engine/read/leases.h"

#include <utility>

#include "engine/tail/tail_appender.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

constexpr LockRange kWriterByte = {.first = 0, .count = 1};
constexpr uint64_t kFirstByte = 1024;
// Locks are by signed 64-bit offsets.
constexpr uint64_t kGenerationMax = (uint64_t{1} << 63) - kFirstByte - 2;

LockRange ByteOf(uint64_t generation) { return {.first = kFirstByte + generation, .count = 1}; }

}  // namespace

Lease::~Lease() {
  if (holds_) leases_->LetGo(generation_);
}

std::shared_ptr<Leases> Leases::Open(FileSystem& files, const std::string& path) {
  return std::shared_ptr<Leases>(new Leases(files, path));
}

// Again and again while there is none: a writer that comes makes one.
absl::Status Leases::OpenFile() {
  if (file_ != nullptr) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<File>> file = files_.Open(path_, OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return absl::OkStatus();
  if (!file.ok()) return file.status();
  file_ = *std::move(file);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Lease>> Leases::Take(uint64_t generation) {
  if (generation > kGenerationMax) {
    return absl::DataLossError(
        format::Concat("tail control page: generation ", generation, " is none"));
  }
  if (*here_ == 0) return TailAppender::ForkedError();
  MutexLock lock(&mutex_);
  if (absl::Status status = OpenFile(); !status.ok()) return status;
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

bool Leases::has_file() {
  MutexLock lock(&mutex_);
  return file_ != nullptr;
}

bool Leases::has_writer() {
  MutexLock lock(&mutex_);
  if (absl::Status status = OpenFile(); !status.ok() || file_ == nullptr) return false;
  const absl::StatusOr<bool> locked = file_->IsLocked(kWriterByte);
  return locked.ok() && *locked;
}

void Leases::LetGo(uint64_t generation) {
  if (*here_ == 0) return;
  MutexLock lock(&mutex_);
  const auto held = held_.find(generation);
  if (--held->second != 0) return;
  held_.erase(held);
  // A lock that stays keeps files longer than they are needed, and goes with the process.
  file_->Unlock(ByteOf(generation)).IgnoreError();
}

}  // namespace tape::engine
