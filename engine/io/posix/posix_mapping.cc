#include "engine/io/posix/posix_mapping.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "engine/io/posix/posix_error.h"

// Linux 5.14; older headers do not have them, and older kernels refuse them.
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace tape::engine {
namespace {

constexpr size_t kReadableAfter = 64;

size_t PageSize() {
  static const size_t kSize = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return kSize;
}

size_t WholePages(size_t size) { return (size + PageSize() - 1) / PageSize() * PageSize(); }

}  // namespace

PosixMapping::PosixMapping(std::string path, std::byte* base, size_t reserved_size)
    : path_(std::move(path)), base_(base), reserved_size_(reserved_size) {}

PosixMapping::~PosixMapping() { ::munmap(base_, reserved_size_); }

// Where the last page of the file has too few bytes after the piece, a page of zeros follows: both
// are parts of one anonymous region, the file mapped over its beginning.
absl::StatusOr<std::unique_ptr<Mapping>> PosixMapping::Make(const Descriptor& descriptor,
                                                            const std::string& path,
                                                            const MappedPiece& piece) {
  const size_t before = piece.offset % PageSize();  // where pages are larger than 4,096
  const size_t mapped_size = WholePages(before + piece.size);
  const size_t reserved_size = WholePages(before + piece.size + kReadableAfter);
  void* region =
      ::mmap(nullptr, reserved_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (region == MAP_FAILED) return PosixError(FileVerb::kMap, path, errno);
  auto* base = static_cast<std::byte*>(region);
  std::unique_ptr<PosixMapping> mapping(new PosixMapping(path, base, reserved_size));
  mapping->mapped_size_ = mapped_size;
  mapping->bytes_ = {base + before, piece.size};
  const bool writes = piece.mode == MapMode::kReadWrite;
  if (writes) mapping->writable_ = {base + before, piece.size};
  if (piece.size == 0) return mapping;
  void* mapped =
      ::mmap(base, mapped_size, writes ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED | MAP_FIXED,
             descriptor.number(), static_cast<off_t>(piece.offset - before));
  if (mapped == MAP_FAILED) return PosixError(FileVerb::kMap, path, errno);
  return mapping;
}

absl::Status PosixMapping::Prefault() {
  if (bytes_.empty()) return absl::OkStatus();
  const int advice = writable_.empty() ? MADV_POPULATE_READ : MADV_POPULATE_WRITE;
  if (RetryInterrupted([&] { return ::madvise(base_, mapped_size_, advice); }) == 0) {
    return absl::OkStatus();
  }
  if (errno != EINVAL) return PosixError(FileVerb::kMap, path_, errno);
  TouchEveryPage();
  return absl::OkStatus();
}

void PosixMapping::TouchEveryPage() {
  for (size_t i = 0; i < mapped_size_; i += PageSize()) {
    std::atomic_ref<unsigned char> byte(*reinterpret_cast<unsigned char*>(base_ + i));
    // Adds nothing to what another process may be writing; pairs with nothing.
    if (writable_.empty()) {
      static_cast<void>(byte.load(std::memory_order_relaxed));
    } else {
      byte.fetch_or(0, std::memory_order_relaxed);
    }
  }
}

}  // namespace tape::engine
