// A file system whose calls fail where a test says so.
//
//   FaultyFileSystem files(memory);
//   RunTheCode(files);                                       // counts only
//   const uint64_t writes = files.calls(FileVerb::kWrite);
//   files.Inject({.verb = FileVerb::kWrite, .nth = 3, .error = absl::UnavailableError("EIO")});
//   RunTheCode(files);                                       // its third write fails
//   EXPECT_EQ(files.injected().size(), 1);
//
// The call that fails does nothing, but for a short write. Closing and unmapping cannot fail.
// FreeBytes counts as kStat, Prefault as kMap, Unlock and IsLocked as kLock.
//
// Thread-safe. Does not own what it wraps.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/io/file_system.h"

namespace tape::engine {

// Which calls fail, and how.
struct Fault {
  static constexpr uint64_t kNever = 0;

  std::optional<FileVerb> verb;  // any
  std::string path_part;         // of either path of a rename or link; empty: any
  uint64_t nth = kNever;         // of the calls that match, from Inject on; 1 is the next
  bool forever = false;          // it and all later ones that match
  absl::Status error;
  bool short_write = false;  // half of the bytes of a write are written before it fails
};

// One call that failed by plan.
struct InjectedFault {
  FileVerb verb = FileVerb::kOpen;
  std::string path;
  uint64_t nth = 0;
};

class FaultyFileSystem : public FileSystem {
 public:
  explicit FaultyFileSystem(FileSystem& files);
  ~FaultyFileSystem() override;

  // Replaces the plan and begins to count anew; the log of what was injected begins anew, too.
  void Inject(Fault fault);

  std::vector<InjectedFault> injected() const;
  // Since the last Inject, failed ones included.
  uint64_t calls(FileVerb verb) const;
  uint64_t calls() const;
  // Of them, those that match the plan: how many `nth` are worth a try.
  uint64_t matching_calls() const;

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
  class Plan;
  class FaultyFile;
  class FaultyMapping;

  FileSystem& files_;
  std::shared_ptr<Plan> plan_;  // shared with files and mappings, which may live longer
};

}  // namespace tape::engine
