// A piece of a file in memory, by mmap.
//
//   auto mapping = PosixMapping::Make(descriptor, path, {.offset = 0, .size = 4096, .mode =
//   kRead});
//
// Thread-compatible, as its bytes are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "engine/io/file_system.h"
#include "engine/io/posix/descriptor.h"

namespace tape::engine {

struct MappedPiece {
  uint64_t offset = 0;
  uint64_t size = 0;
  MapMode mode = MapMode::kRead;
};

class PosixMapping : public Mapping {
 public:
  // The piece must lie inside the file.
  static absl::StatusOr<std::unique_ptr<Mapping>> Make(const Descriptor& descriptor,
                                                       const std::string& path,
                                                       const MappedPiece& piece);
  ~PosixMapping() override;

  absl::Status Prefault() override;

 private:
  PosixMapping(std::string path, std::byte* base, size_t reserved_size);
  void TouchEveryPage();

  std::string path_;  // for messages: the file may be closed or gone
  std::byte* base_;
  size_t reserved_size_;    // of the region, with what makes its end readable
  size_t mapped_size_ = 0;  // of the file, whole pages
};

}  // namespace tape::engine
