// A file descriptor that is closed once.
//
//   absl::StatusOr<Descriptor> folder = OpenDescriptor(FileVerb::kList, path, O_RDONLY |
//   O_DIRECTORY);
//   ::fsync(folder->number());
//
// Thread-compatible.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "engine/io/file_system.h"

namespace tape::engine {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int number() const { return number_; }
  // Somebody else closes it.
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

// Opens with O_CLOEXEC and O_NOFOLLOW, and without waiting for the other end of a pipe that
// somebody put in the place of the file. What it creates has mode 0600. `verb` names what failed.
absl::StatusOr<Descriptor> OpenDescriptor(FileVerb verb, const std::string& path, int flags);

// Of what is open, or of a name (a symbolic link stands for itself).
absl::StatusOr<FileStat> StatDescriptor(const Descriptor& descriptor, const std::string& path);
absl::StatusOr<FileStat> StatName(const std::string& path);

}  // namespace tape::engine
