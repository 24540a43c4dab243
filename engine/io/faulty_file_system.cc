#include "engine/io/faulty_file_system.h"

#include <array>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "engine/io/mutex.h"

namespace tape::engine {

class FaultyFileSystem::Plan {
 public:
  // Counts the call, and tells how it fails.
  absl::Status Check(FileVerb verb, std::string_view path, std::string_view other = {}) {
    MutexLock lock(&mutex_);
    ++calls_[static_cast<size_t>(verb)];
    if (!Matches(verb, path, other)) return absl::OkStatus();
    ++matching_;
    const bool fails = fault_.forever ? matching_ >= fault_.nth : matching_ == fault_.nth;
    if (!fails || fault_.nth == Fault::kNever) return absl::OkStatus();
    injected_.push_back({verb, std::string(path), matching_});
    return fault_.error;
  }

  void Set(Fault fault) {
    MutexLock lock(&mutex_);
    fault_ = std::move(fault);
    matching_ = 0;
    calls_ = {};
    injected_.clear();
  }

  bool short_write() const {
    MutexLock lock(&mutex_);
    return fault_.short_write;
  }
  std::vector<InjectedFault> injected() const {
    MutexLock lock(&mutex_);
    return injected_;
  }
  std::array<uint64_t, kFileVerbs> calls() const {
    MutexLock lock(&mutex_);
    return calls_;
  }
  uint64_t matching() const {
    MutexLock lock(&mutex_);
    return matching_;
  }

 private:
  bool Matches(FileVerb verb, std::string_view path, std::string_view other) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (fault_.verb.has_value() && *fault_.verb != verb) return false;
    const std::string_view part = fault_.path_part;
    return path.find(part) != path.npos || other.find(part) != other.npos;
  }

  mutable Mutex mutex_;
  Fault fault_ ABSL_GUARDED_BY(mutex_);
  uint64_t matching_ ABSL_GUARDED_BY(mutex_) = 0;
  std::array<uint64_t, kFileVerbs> calls_ ABSL_GUARDED_BY(mutex_) = {};
  std::vector<InjectedFault> injected_ ABSL_GUARDED_BY(mutex_);
};

class FaultyFileSystem::FaultyMapping : public Mapping {
 public:
  FaultyMapping(std::shared_ptr<Plan> plan, std::string path, std::unique_ptr<Mapping> mapping)
      : plan_(std::move(plan)), path_(std::move(path)), mapping_(std::move(mapping)) {
    bytes_ = mapping_->bytes();
    writable_ = mapping_->writable();
  }

  absl::Status Prefault() override {
    absl::Status status = plan_->Check(FileVerb::kMap, path_);
    return status.ok() ? mapping_->Prefault() : status;
  }

 private:
  const std::shared_ptr<Plan> plan_;
  const std::string path_;
  const std::unique_ptr<Mapping> mapping_;
};

class FaultyFileSystem::FaultyFile : public File {
 public:
  FaultyFile(std::shared_ptr<Plan> plan, std::unique_ptr<File> file)
      : plan_(std::move(plan)), file_(std::move(file)) {}

  const std::string& path() const override { return file_->path(); }

  absl::Status ReadAt(uint64_t offset, std::span<std::byte> out) override {
    absl::Status status = Check(FileVerb::kRead);
    return status.ok() ? file_->ReadAt(offset, out) : status;
  }
  absl::Status WriteAt(uint64_t offset, std::span<const std::byte> bytes) override {
    absl::Status status = Check(FileVerb::kWrite);
    if (status.ok()) return file_->WriteAt(offset, bytes);
    if (!plan_->short_write()) return status;
    absl::Status half = file_->WriteAt(offset, bytes.first(bytes.size() / 2));
    return half.ok() ? status : half;
  }
  absl::Status Allocate(uint64_t size) override {
    absl::Status status = Check(FileVerb::kAllocate);
    return status.ok() ? file_->Allocate(size) : status;
  }
  absl::Status Truncate(uint64_t size) override {
    absl::Status status = Check(FileVerb::kTruncate);
    return status.ok() ? file_->Truncate(size) : status;
  }
  absl::Status Sync() override {
    absl::Status status = Check(FileVerb::kSync);
    return status.ok() ? file_->Sync() : status;
  }
  absl::StatusOr<FileStat> Stat() override {
    absl::Status status = Check(FileVerb::kStat);
    if (!status.ok()) return status;
    return file_->Stat();
  }
  absl::StatusOr<uint64_t> EndOfData() override {
    absl::Status status = Check(FileVerb::kStat);
    if (!status.ok()) return status;
    return file_->EndOfData();
  }
  absl::StatusOr<std::unique_ptr<Mapping>> Map(uint64_t offset, uint64_t size,
                                               MapMode mode) override {
    if (absl::Status status = Check(FileVerb::kMap); !status.ok()) return status;
    absl::StatusOr<std::unique_ptr<Mapping>> mapping = file_->Map(offset, size, mode);
    if (!mapping.ok()) return mapping;
    return std::make_unique<FaultyMapping>(plan_, path(), *std::move(mapping));
  }
  absl::StatusOr<bool> TryLock(LockRange range, LockKind kind) override {
    absl::Status status = Check(FileVerb::kLock);
    if (!status.ok()) return status;
    return file_->TryLock(range, kind);
  }
  absl::Status Unlock(LockRange range) override {
    absl::Status status = Check(FileVerb::kLock);
    return status.ok() ? file_->Unlock(range) : status;
  }
  absl::StatusOr<bool> IsLocked(LockRange range) override {
    absl::Status status = Check(FileVerb::kLock);
    if (!status.ok()) return status;
    return file_->IsLocked(range);
  }

 private:
  absl::Status Check(FileVerb verb) { return plan_->Check(verb, file_->path()); }

  const std::shared_ptr<Plan> plan_;
  const std::unique_ptr<File> file_;
};

FaultyFileSystem::FaultyFileSystem(FileSystem& files)
    : files_(files), plan_(std::make_shared<Plan>()) {}
FaultyFileSystem::~FaultyFileSystem() = default;

void FaultyFileSystem::Inject(Fault fault) { plan_->Set(std::move(fault)); }
std::vector<InjectedFault> FaultyFileSystem::injected() const { return plan_->injected(); }
uint64_t FaultyFileSystem::matching_calls() const { return plan_->matching(); }

uint64_t FaultyFileSystem::calls(FileVerb verb) const {
  return plan_->calls()[static_cast<size_t>(verb)];
}

uint64_t FaultyFileSystem::calls() const {
  uint64_t sum = 0;
  for (const uint64_t count : plan_->calls()) sum += count;
  return sum;
}

absl::StatusOr<std::unique_ptr<File>> FaultyFileSystem::Open(const std::string& path,
                                                             OpenMode mode) {
  if (absl::Status status = plan_->Check(FileVerb::kOpen, path); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<File>> file = files_.Open(path, mode);
  if (!file.ok()) return file;
  return std::make_unique<FaultyFile>(plan_, *std::move(file));
}

absl::StatusOr<FileStat> FaultyFileSystem::Stat(const std::string& path) {
  if (absl::Status status = plan_->Check(FileVerb::kStat, path); !status.ok()) return status;
  return files_.Stat(path);
}

absl::StatusOr<std::vector<DirectoryEntry>> FaultyFileSystem::List(const std::string& path) {
  if (absl::Status status = plan_->Check(FileVerb::kList, path); !status.ok()) return status;
  return files_.List(path);
}

absl::Status FaultyFileSystem::MakeDirectory(const std::string& path) {
  absl::Status status = plan_->Check(FileVerb::kMakeDirectory, path);
  return status.ok() ? files_.MakeDirectory(path) : status;
}

absl::Status FaultyFileSystem::RemoveDirectory(const std::string& path) {
  absl::Status status = plan_->Check(FileVerb::kRemoveDirectory, path);
  return status.ok() ? files_.RemoveDirectory(path) : status;
}

absl::Status FaultyFileSystem::Rename(const std::string& from, const std::string& to) {
  absl::Status status = plan_->Check(FileVerb::kRename, from, to);
  return status.ok() ? files_.Rename(from, to) : status;
}

absl::Status FaultyFileSystem::Link(const std::string& existing, const std::string& name) {
  absl::Status status = plan_->Check(FileVerb::kLink, name, existing);
  return status.ok() ? files_.Link(existing, name) : status;
}

absl::Status FaultyFileSystem::Unlink(const std::string& path) {
  absl::Status status = plan_->Check(FileVerb::kUnlink, path);
  return status.ok() ? files_.Unlink(path) : status;
}

absl::Status FaultyFileSystem::SyncDirectory(const std::string& path) {
  absl::Status status = plan_->Check(FileVerb::kSyncDirectory, path);
  return status.ok() ? files_.SyncDirectory(path) : status;
}

absl::StatusOr<uint64_t> FaultyFileSystem::FreeBytes(const std::string& path) {
  if (absl::Status status = plan_->Check(FileVerb::kStat, path); !status.ok()) return status;
  return files_.FreeBytes(path);
}

}  // namespace tape::engine
