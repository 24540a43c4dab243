// A file system that kills its process at a named point.
//
//   KillingFileSystem files(PosixFileSystem::Instance(), tell);
//   files.KillAt(*KillPoint::Parse("after sync 3 of wal"));
//   RunTheCode(files);                             // SIGKILL, as `kill -9`, before the call
//   returns
//
// A point is: before or after the n-th call of a verb on a kind of file (KindOf). What the calls of
// a program were is counted, so that points can be made of them.
//
// Thread-safe. Does not own what it wraps. Mapped memory is prefaulted under the verb `map`.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "engine/io/file_system.h"
#include "engine/io/mutex.h"

namespace tape::engine {

// What a file of a store or of its tail is for: "wal", "LIVE", "manifest", "rows chunk", ...
std::string KindOf(std::string_view path);

struct KillPoint {
  bool after = false;
  std::string verb;
  std::string kind;
  uint64_t nth = 0;

  // "before rename 1 of LIVE"
  std::string Text() const;
  static std::optional<KillPoint> Parse(std::string_view text);
};

class KillingFileSystem : public FileSystem {
 public:
  using Calls = std::map<std::pair<std::string, std::string>, uint64_t>;  // by verb and kind

  // `tell` is called with the point's text just before the process dies.
  KillingFileSystem(FileSystem& files, std::function<void(const std::string&)> tell);
  ~KillingFileSystem() override;

  void KillAt(const KillPoint& point);
  Calls calls() const;

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  absl::StatusOr<FileStat> Stat(const std::string& path) override;
  absl::StatusOr<std::vector<DirectoryEntry>> List(const std::string& path) override;
  absl::Status MakeDirectory(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Link(const std::string& existing, const std::string& name) override;
  absl::Status Unlink(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& path) override;
  absl::StatusOr<uint64_t> FreeBytes(const std::string& path) override;

 private:
  class Watch;
  class WatchedFile;
  class WatchedMapping;

  FileSystem& files_;
  std::shared_ptr<Watch> watch_;  // shared with files and mappings
};

}  // namespace tape::engine
