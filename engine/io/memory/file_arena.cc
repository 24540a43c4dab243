#include "engine/io/memory/file_arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "absl/base/attributes.h"
#include "absl/base/config.h"

namespace tape::engine {
namespace {

constexpr uint64_t kPageSize = 4096;
constexpr uint64_t kLeast = uint64_t{64} << 20;

}  // namespace

FileArena::FileArena(uint64_t file_size)
    : size_(std::max(kLeast, (2 * file_size + kPageSize - 1) / kPageSize * kPageSize)) {
  void* region = ::mmap(nullptr, size_ + kPageSize, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  data_ = region == MAP_FAILED ? nullptr : static_cast<std::byte*>(region);
}

FileArena::~FileArena() {
  if (data_ != nullptr) ::munmap(data_, size_ + kPageSize);
}

#ifdef ABSL_HAVE_THREAD_SANITIZER
// Volatile, so that this does not become a call of memcpy, which is watched.
ABSL_ATTRIBUTE_NO_SANITIZE_THREAD
void FileArena::CopyShared(std::byte* to, const std::byte* from, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    static_cast<volatile std::byte*>(to)[i] = static_cast<const volatile std::byte*>(from)[i];
  }
}
#else
void FileArena::CopyShared(std::byte* to, const std::byte* from, size_t count) {
  std::memcpy(to, from, count);
}
#endif

}  // namespace tape::engine
