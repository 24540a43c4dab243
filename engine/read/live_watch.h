// Tells whether LIVE is still the file that it was.
//
//   absl::StatusOr<LiveWatch> live = LiveWatch::Begin(files, "/data/ticks/LIVE");
//   absl::StatusOr<bool> changed = live->Changed();        // one Stat
//
// LIVE is replaced, never changed. The file is held open, so that a new one cannot get its inode.
//
// Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/io/file_system.h"

namespace tape::engine {

class LiveWatch {
 public:
  static absl::StatusOr<LiveWatch> Begin(FileSystem& files, std::string path);

  absl::StatusOr<bool> Changed() const;

 private:
  LiveWatch(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}

  FileSystem* files_;
  std::string path_;
  std::unique_ptr<File> file_;  // nullptr: there was none
  FileStat stat_;
};

}  // namespace tape::engine
