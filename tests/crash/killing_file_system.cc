#include "tests/crash/killing_file_system.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <utility>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

struct KindPart {
  std::string_view part;
  std::string_view kind;
};

// The first part that a file's name has decides.
constexpr std::array<KindPart, 22> kKinds = {{{".spare-", "spare wal"},
                                              {".wal", "wal"},
                                              {"LIVE", "LIVE"},
                                              {"TAPE", "TAPE"},
                                              {"LOCK", "LOCK"},
                                              {"catalog", "catalog"},
                                              {"manifest", "manifest"},
                                              {".dict", "dictionary"},
                                              {".col", "column"},
                                              {"order.", "order tape"},
                                              {"summary.", "summary"},
                                              {"key-", "keys"},
                                              {".rows.", "rows chunk"},
                                              {".heap.", "heap chunk"},
                                              {".symbols.", "symbols chunk"},
                                              {".kills.", "kills chunk"},
                                              {".heads.", "heads chunk"},
                                              {".control", "table control"},
                                              {"kills.", "kills"},
                                              {"control", "store control"},
                                              {"wal", "wal folder"},
                                              {"tape-", "tail folder"}}};

}  // namespace

std::string KindOf(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name == ".new") return "new wal";
  if (name == "store") return "store folder";
  for (const KindPart& kind : kKinds) {
    if (name.find(kind.part) != name.npos) return std::string(kind.kind);
  }
  return "folder";
}

std::string KillPoint::Text() const {
  return Concat(after ? "after" : "before", " ", verb, " ", nth, " of ", kind);
}

std::optional<KillPoint> KillPoint::Parse(std::string_view text) {
  KillPoint point;
  point.after = text.starts_with("after ");
  if (!point.after && !text.starts_with("before ")) return std::nullopt;
  const size_t of = text.find(" of ");
  const size_t number = text.find_first_of("0123456789");
  if (of == text.npos || number == text.npos || number > of) return std::nullopt;
  const size_t verb = text.find(' ') + 1;
  point.verb = text.substr(verb, number - 1 - verb);
  point.kind = text.substr(of + 4);
  const std::string_view digits = text.substr(number, of - number);
  const auto parsed = std::from_chars(digits.begin(), digits.end(), point.nth);
  return parsed.ec == std::errc() ? std::optional(point) : std::nullopt;
}

class KillingFileSystem::Watch {
 public:
  explicit Watch(std::function<void(const std::string&)> tell) : tell_(std::move(tell)) {}

  void KillAt(const KillPoint& point) {
    MutexLock lock(&mutex_);
    point_ = point;
  }
  Calls calls() const {
    MutexLock lock(&mutex_);
    return calls_;
  }

  // Makes the call between the two moments at which the process may die.
  template <typename Call>
  auto Around(FileVerb verb, std::string_view path, Call call) {
    const KillPoint now = Count(verb, path);
    DieAt(now, false);
    auto result = call();
    DieAt(now, true);
    return result;
  }

 private:
  KillPoint Count(FileVerb verb, std::string_view path) {
    KillPoint now{.verb = std::string(FileVerbName(verb)), .kind = KindOf(path)};
    MutexLock lock(&mutex_);
    now.nth = ++calls_[{now.verb, now.kind}];
    return now;
  }

  void DieAt(KillPoint now, bool after) {
    now.after = after;
    {
      MutexLock lock(&mutex_);
      if (!point_.has_value() || point_->Text() != now.Text()) return;
    }
    tell_(now.Text());
    ::kill(::getpid(), SIGKILL);
    while (true) ::pause();
  }

  const std::function<void(const std::string&)> tell_;
  mutable Mutex mutex_;
  std::optional<KillPoint> point_ ABSL_GUARDED_BY(mutex_);
  Calls calls_ ABSL_GUARDED_BY(mutex_);
};

class KillingFileSystem::WatchedMapping : public Mapping {
 public:
  WatchedMapping(std::shared_ptr<Watch> watch, std::string path, std::unique_ptr<Mapping> mapping)
      : watch_(std::move(watch)), path_(std::move(path)), mapping_(std::move(mapping)) {
    bytes_ = mapping_->bytes();
    writable_ = mapping_->writable();
  }

  absl::Status Prefault() override {
    return watch_->Around(FileVerb::kMap, path_, [&] { return mapping_->Prefault(); });
  }

 private:
  const std::shared_ptr<Watch> watch_;
  const std::string path_;
  const std::unique_ptr<Mapping> mapping_;
};

class KillingFileSystem::WatchedFile : public File {
  template <typename Call>
  auto Around(FileVerb verb, Call call) {
    return watch_->Around(verb, file_->path(), call);
  }

 public:
  WatchedFile(std::shared_ptr<Watch> watch, std::unique_ptr<File> file)
      : watch_(std::move(watch)), file_(std::move(file)) {}

  const std::string& path() const override { return file_->path(); }
  absl::Status ReadAt(uint64_t offset, std::span<std::byte> out) override {
    return Around(FileVerb::kRead, [&] { return file_->ReadAt(offset, out); });
  }
  absl::Status WriteAt(uint64_t offset, std::span<const std::byte> bytes) override {
    return Around(FileVerb::kWrite, [&] { return file_->WriteAt(offset, bytes); });
  }
  absl::Status Allocate(uint64_t size) override {
    return Around(FileVerb::kAllocate, [&] { return file_->Allocate(size); });
  }
  absl::Status Truncate(uint64_t size) override {
    return Around(FileVerb::kTruncate, [&] { return file_->Truncate(size); });
  }
  absl::Status Sync() override {
    return Around(FileVerb::kSync, [&] { return file_->Sync(); });
  }
  absl::StatusOr<FileStat> Stat() override {
    return Around(FileVerb::kStat, [&] { return file_->Stat(); });
  }
  absl::StatusOr<uint64_t> EndOfData() override {
    return Around(FileVerb::kStat, [&] { return file_->EndOfData(); });
  }
  absl::StatusOr<std::unique_ptr<Mapping>> Map(uint64_t offset, uint64_t size,
                                               MapMode mode) override {
    auto mapping = Around(FileVerb::kMap, [&] { return file_->Map(offset, size, mode); });
    if (!mapping.ok()) return mapping;
    return std::make_unique<WatchedMapping>(watch_, path(), *std::move(mapping));
  }
  absl::StatusOr<bool> TryLock(LockRange range, LockKind kind) override {
    return Around(FileVerb::kLock, [&] { return file_->TryLock(range, kind); });
  }
  absl::Status Unlock(LockRange range) override {
    return Around(FileVerb::kLock, [&] { return file_->Unlock(range); });
  }
  absl::StatusOr<bool> IsLocked(LockRange range) override {
    return Around(FileVerb::kLock, [&] { return file_->IsLocked(range); });
  }

 private:
  const std::shared_ptr<Watch> watch_;
  const std::unique_ptr<File> file_;
};

KillingFileSystem::KillingFileSystem(FileSystem& files,
                                     std::function<void(const std::string&)> tell)
    : files_(files), watch_(std::make_shared<Watch>(std::move(tell))) {}
KillingFileSystem::~KillingFileSystem() = default;

void KillingFileSystem::KillAt(const KillPoint& point) { watch_->KillAt(point); }
KillingFileSystem::Calls KillingFileSystem::calls() const { return watch_->calls(); }

absl::StatusOr<std::unique_ptr<File>> KillingFileSystem::Open(const std::string& path,
                                                              OpenMode mode) {
  auto file = watch_->Around(FileVerb::kOpen, path, [&] { return files_.Open(path, mode); });
  if (!file.ok()) return file;
  return std::make_unique<WatchedFile>(watch_, *std::move(file));
}
absl::StatusOr<FileStat> KillingFileSystem::Stat(const std::string& path) {
  return watch_->Around(FileVerb::kStat, path, [&] { return files_.Stat(path); });
}
absl::StatusOr<std::vector<DirectoryEntry>> KillingFileSystem::List(const std::string& path) {
  return watch_->Around(FileVerb::kList, path, [&] { return files_.List(path); });
}
absl::Status KillingFileSystem::MakeDirectory(const std::string& path) {
  return watch_->Around(FileVerb::kMakeDirectory, path, [&] { return files_.MakeDirectory(path); });
}
absl::Status KillingFileSystem::RemoveDirectory(const std::string& path) {
  return watch_->Around(FileVerb::kRemoveDirectory, path,
                        [&] { return files_.RemoveDirectory(path); });
}
absl::Status KillingFileSystem::Rename(const std::string& from, const std::string& to) {
  return watch_->Around(FileVerb::kRename, to, [&] { return files_.Rename(from, to); });
}
absl::Status KillingFileSystem::Link(const std::string& existing, const std::string& name) {
  return watch_->Around(FileVerb::kLink, name, [&] { return files_.Link(existing, name); });
}
absl::Status KillingFileSystem::Unlink(const std::string& path) {
  return watch_->Around(FileVerb::kUnlink, path, [&] { return files_.Unlink(path); });
}
absl::Status KillingFileSystem::SyncDirectory(const std::string& path) {
  return watch_->Around(FileVerb::kSyncDirectory, path, [&] { return files_.SyncDirectory(path); });
}
absl::StatusOr<uint64_t> KillingFileSystem::FreeBytes(const std::string& path) {
  return watch_->Around(FileVerb::kStat, path, [&] { return files_.FreeBytes(path); });
}

}  // namespace tape::engine
