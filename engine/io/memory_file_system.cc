#include "engine/io/memory_file_system.h"

#include <cerrno>
#include <limits>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "engine/io/mutex.h"
#include "engine/io/posix/posix_error.h"
#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

// As of Linux; no file here comes near.
constexpr uint64_t kOffsetMax = std::numeric_limits<int64_t>::max();

bool IsBeyond(uint64_t offset, uint64_t size, uint64_t end) {
  return offset > end || size > end - offset;
}

}  // namespace

struct MemoryFileSystem::Core {
  explicit Core(MemoryDisk of) : disk(std::move(of)) {}

  Mutex mutex;
  // Whether this sync is the one that is to fail.
  bool SyncFails(const std::string& path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (syncs_until_failure == 0 || path.find(failing_path) == std::string::npos) return false;
    return --syncs_until_failure == 0;
  }

  MemoryDisk disk ABSL_GUARDED_BY(mutex);
  std::string failing_path ABSL_GUARDED_BY(mutex);
  uint64_t syncs_until_failure ABSL_GUARDED_BY(mutex) = 0;  // 0: none fails
};

class MemoryFileSystem::OpenMapping : public Mapping {
 public:
  OpenMapping(std::shared_ptr<Core> core, NodePtr node, std::string path,
              std::span<std::byte> place, MapMode mode)
      : core_(std::move(core)), node_(std::move(node)), path_(std::move(path)) {
    bytes_ = place;
    writes_ = mode == MapMode::kReadWrite;
    if (writes_) writable_ = place;
  }
  ~OpenMapping() override {
    MutexLock lock(&core_->mutex);
    node_->contents.Unmap(writes_);
    core_->disk.Leave(*node_);
  }

  absl::Status Prefault() override {
    MutexLock lock(&core_->mutex);
    return core_->disk.Begin(FileVerb::kMap, path_);
  }

 private:
  const std::shared_ptr<Core> core_;
  const NodePtr node_;  // what it points to is guarded by the core's mutex
  const std::string path_;
  bool writes_ = false;
};

class MemoryFileSystem::OpenFile : public File {
 public:
  OpenFile(std::shared_ptr<Core> core, NodePtr node, std::string path, OpenMode mode)
      : core_(std::move(core)),
        node_(std::move(node)),
        path_(std::move(path)),
        writes_(mode != OpenMode::kRead) {}
  ~OpenFile() override {
    MutexLock lock(&core_->mutex);
    node_->locks.DropAll(this);
    core_->disk.Leave(*node_);
  }

  const std::string& path() const override { return path_; }
  absl::Status ReadAt(uint64_t offset, std::span<std::byte> out) override;
  absl::Status WriteAt(uint64_t offset, std::span<const std::byte> bytes) override;
  absl::Status Allocate(uint64_t size) override;
  absl::Status Truncate(uint64_t size) override;
  absl::Status Sync() override;
  absl::StatusOr<FileStat> Stat() override;
  absl::StatusOr<uint64_t> EndOfData() override;
  absl::StatusOr<std::unique_ptr<Mapping>> Map(uint64_t offset, uint64_t size,
                                               MapMode mode) override;
  absl::StatusOr<bool> TryLock(LockRange range, LockKind kind) override;
  absl::Status Unlock(LockRange range) override;
  absl::StatusOr<bool> IsLocked(LockRange range) override;

 private:
  absl::Status Begin(FileVerb verb) ABSL_EXCLUSIVE_LOCKS_REQUIRED(core_->mutex) {
    return core_->disk.Begin(verb, path_);
  }
  absl::Status BeginChange(FileVerb verb) ABSL_EXCLUSIVE_LOCKS_REQUIRED(core_->mutex);
  absl::Status Error(FileVerb verb, int error) const { return PosixError(verb, path_, error); }
  absl::Status OkUnlessFull(bool done, FileVerb verb) const {
    return done ? absl::OkStatus() : Error(verb, ENOSPC);
  }
  absl::Status CheckPiece(uint64_t offset, uint64_t size) const;

  const std::shared_ptr<Core> core_;
  const NodePtr node_;  // what it points to is guarded by the core's mutex
  const std::string path_;
  const bool writes_;
};

absl::Status MemoryFileSystem::OpenFile::BeginChange(FileVerb verb) {
  absl::Status status = Begin(verb);
  if (!status.ok() || writes_) return status;
  return absl::PermissionDeniedError(
      Concat(path_, ": cannot ", FileVerbName(verb), ": is open for reading only"));
}

absl::Status MemoryFileSystem::OpenFile::ReadAt(uint64_t offset, std::span<std::byte> out) {
  MutexLock lock(&core_->mutex);
  if (absl::Status status = Begin(FileVerb::kRead); !status.ok()) return status;
  const uint64_t size = node_->contents.size();
  if (!out.empty() && IsBeyond(offset, out.size(), size)) {
    return absl::OutOfRangeError(
        Concat(path_, ": cannot read ", out.size(), " bytes at ", offset, ": the file has ", size));
  }
  if (!out.empty()) node_->contents.Read(offset, out);
  return absl::OkStatus();
}

absl::Status MemoryFileSystem::OpenFile::WriteAt(uint64_t offset,
                                                 std::span<const std::byte> bytes) {
  MutexLock lock(&core_->mutex);
  absl::Status status = BeginChange(FileVerb::kWrite);
  const bool is_interrupted = absl::IsAborted(status) && core_->disk.interrupted() && writes_;
  if (is_interrupted && !bytes.empty()) core_->disk.Interrupted(*node_, offset, bytes);
  if (!status.ok() || bytes.empty()) return status;
  if (IsBeyond(offset, bytes.size(), kOffsetMax)) return Error(FileVerb::kWrite, EFBIG);
  return OkUnlessFull(core_->disk.Write(*node_, offset, bytes), FileVerb::kWrite);
}

absl::Status MemoryFileSystem::OpenFile::Allocate(uint64_t size) {
  MutexLock lock(&core_->mutex);
  if (absl::Status status = BeginChange(FileVerb::kAllocate); !status.ok()) return status;
  if (size > kOffsetMax) return Error(FileVerb::kAllocate, EFBIG);
  return OkUnlessFull(core_->disk.Allocate(*node_, size), FileVerb::kAllocate);
}

absl::Status MemoryFileSystem::OpenFile::Truncate(uint64_t size) {
  MutexLock lock(&core_->mutex);
  if (absl::Status status = BeginChange(FileVerb::kTruncate); !status.ok()) return status;
  if (size > kOffsetMax) return Error(FileVerb::kTruncate, EFBIG);
  return OkUnlessFull(core_->disk.Truncate(*node_, size), FileVerb::kTruncate);
}

absl::Status MemoryFileSystem::OpenFile::Sync() {
  MutexLock lock(&core_->mutex);
  if (absl::Status status = Begin(FileVerb::kSync); !status.ok()) return status;
  if (core_->SyncFails(path_)) {
    node_->contents.FailSync();
    return Error(FileVerb::kSync, EIO);
  }
  node_->contents.Sync();
  return absl::OkStatus();
}

absl::StatusOr<FileStat> MemoryFileSystem::OpenFile::Stat() {
  MutexLock lock(&core_->mutex);
  if (absl::Status status = Begin(FileVerb::kStat); !status.ok()) return status;
  return MemoryDisk::StatOf(*node_);
}

absl::StatusOr<uint64_t> MemoryFileSystem::OpenFile::EndOfData() {
  MutexLock lock(&core_->mutex);
  if (absl::Status status = Begin(FileVerb::kStat); !status.ok()) return status;
  return node_->contents.EndOfData();
}

absl::Status MemoryFileSystem::OpenFile::CheckPiece(uint64_t offset, uint64_t size) const {
  if (offset % SparseBytes::kPageSize != 0) {
    return absl::InvalidArgumentError(
        Concat(path_, ": cannot map at ", offset, ": not a multiple of ", SparseBytes::kPageSize));
  }
  const uint64_t file_size = node_->contents.size();
  if (!IsBeyond(offset, size, file_size)) return absl::OkStatus();
  return absl::OutOfRangeError(
      Concat(path_, ": cannot map ", size, " bytes at ", offset, ": the file has ", file_size));
}

absl::StatusOr<std::unique_ptr<Mapping>> MemoryFileSystem::OpenFile::Map(uint64_t offset,
                                                                         uint64_t size,
                                                                         MapMode mode) {
  MutexLock lock(&core_->mutex);
  const bool writes = mode == MapMode::kReadWrite;
  absl::Status status = writes ? BeginChange(FileVerb::kMap) : Begin(FileVerb::kMap);
  if (status.ok()) status = CheckPiece(offset, size);
  if (!status.ok()) return status;
  std::byte* place = node_->contents.Map(offset, offset + size, writes);
  if (place == nullptr) {
    return absl::UnavailableError(
        Concat(path_, ": cannot map: has outgrown the memory that its first mapping reserved"));
  }
  ++node_->users;
  return std::make_unique<OpenMapping>(core_, node_, path_, std::span(place, size), mode);
}

absl::StatusOr<bool> MemoryFileSystem::OpenFile::TryLock(LockRange range, LockKind kind) {
  MutexLock lock(&core_->mutex);
  const bool exclusive = kind == LockKind::kExclusive;
  absl::Status status = exclusive ? BeginChange(FileVerb::kLock) : Begin(FileVerb::kLock);
  if (!status.ok()) return status;
  return node_->locks.TryLock(this, range, kind);
}

absl::Status MemoryFileSystem::OpenFile::Unlock(LockRange range) {
  MutexLock lock(&core_->mutex);
  if (absl::Status status = Begin(FileVerb::kLock); !status.ok()) return status;
  node_->locks.Unlock(this, range);
  return absl::OkStatus();
}

absl::StatusOr<bool> MemoryFileSystem::OpenFile::IsLocked(LockRange range) {
  MutexLock lock(&core_->mutex);
  if (absl::Status status = Begin(FileVerb::kLock); !status.ok()) return status;
  return node_->locks.IsLocked(this, range);
}

// ---- the file system

MemoryFileSystem::MemoryFileSystem() : MemoryFileSystem(MemoryDisk()) {}
MemoryFileSystem::MemoryFileSystem(MemoryDisk disk)
    : core_(std::make_shared<Core>(std::move(disk))) {}
MemoryFileSystem::~MemoryFileSystem() = default;

absl::StatusOr<std::unique_ptr<File>> MemoryFileSystem::Open(const std::string& path,
                                                             OpenMode mode) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kOpen, path);
  if (!status.ok()) return status;
  absl::StatusOr<NodePtr> node = core_->disk.Open(path, mode);
  if (!node.ok()) return node.status();
  return std::make_unique<OpenFile>(core_, *std::move(node), path, mode);
}

absl::StatusOr<FileStat> MemoryFileSystem::Stat(const std::string& path) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kStat, path);
  if (!status.ok()) return status;
  return core_->disk.Stat(path);
}

absl::StatusOr<std::vector<DirectoryEntry>> MemoryFileSystem::List(const std::string& path) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kList, path);
  if (!status.ok()) return status;
  return core_->disk.List(path);
}

absl::Status MemoryFileSystem::MakeDirectory(const std::string& path) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kMakeDirectory, path);
  return status.ok() ? core_->disk.MakeDirectory(path) : status;
}

absl::Status MemoryFileSystem::RemoveDirectory(const std::string& path) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kRemoveDirectory, path);
  return status.ok() ? core_->disk.RemoveDirectory(path) : status;
}

absl::Status MemoryFileSystem::Rename(const std::string& from, const std::string& to) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kRename, from);
  return status.ok() ? core_->disk.Rename(from, to) : status;
}

absl::Status MemoryFileSystem::Link(const std::string& existing, const std::string& name) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kLink, name);
  return status.ok() ? core_->disk.Link(existing, name) : status;
}

absl::Status MemoryFileSystem::Unlink(const std::string& path) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kUnlink, path);
  return status.ok() ? core_->disk.Unlink(path) : status;
}

absl::Status MemoryFileSystem::SyncDirectory(const std::string& path) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kSyncDirectory, path);
  return status.ok() ? core_->disk.SyncDirectory(path) : status;
}

absl::StatusOr<uint64_t> MemoryFileSystem::FreeBytes(const std::string& path) {
  MutexLock lock(&core_->mutex);
  absl::Status status = core_->disk.Begin(FileVerb::kStat, path);
  if (!status.ok()) return status;
  return core_->disk.FreeBytes(path);
}

// ---- the model of failures

void MemoryFileSystem::SetCapacity(uint64_t bytes) {
  MutexLock lock(&core_->mutex);
  core_->disk.SetCapacity(bytes);
}

absl::Status MemoryFileSystem::MarkVolatile(const std::string& folder) {
  MutexLock lock(&core_->mutex);
  return core_->disk.MarkVolatile(folder);
}

uint64_t MemoryFileSystem::operations() const {
  MutexLock lock(&core_->mutex);
  return core_->disk.operations();
}

void MemoryFileSystem::StartTrace() {
  MutexLock lock(&core_->mutex);
  core_->disk.StartTrace();
}

std::vector<MemoryOperation> MemoryFileSystem::trace() const {
  MutexLock lock(&core_->mutex);
  return core_->disk.trace();
}

void MemoryFileSystem::PowerFailsAt(uint64_t n) {
  MutexLock lock(&core_->mutex);
  core_->disk.PowerFailsAt(n);
}

void MemoryFileSystem::FailSync(const std::string& path_part, uint64_t nth) {
  MutexLock lock(&core_->mutex);
  core_->failing_path = path_part;
  core_->syncs_until_failure = nth;
}

bool MemoryFileSystem::power_failed() const {
  MutexLock lock(&core_->mutex);
  return core_->disk.power_failed();
}

uint64_t MemoryFileSystem::unsynced_events() const {
  MutexLock lock(&core_->mutex);
  return core_->disk.UnsyncedSequences().size();
}

std::unique_ptr<MemoryFileSystem> MemoryFileSystem::AfterPowerLoss(const PowerLoss& how) const {
  MutexLock lock(&core_->mutex);
  return std::unique_ptr<MemoryFileSystem>(
      new MemoryFileSystem(FindAfterPowerLoss(core_->disk, how)));
}

std::unique_ptr<MemoryFileSystem> MemoryFileSystem::AfterProcessDeath() const {
  MutexLock lock(&core_->mutex);
  return std::unique_ptr<MemoryFileSystem>(new MemoryFileSystem(core_->disk.Copy()));
}

}  // namespace tape::engine
