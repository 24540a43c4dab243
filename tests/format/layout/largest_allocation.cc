#include "tests/format/layout/largest_allocation.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

size_t largest = 0;

// nullptr where there is no memory. malloc where it will do: its blocks end where they should, and
// a sanitizer sees who goes on.
void* Allocate(size_t size, size_t alignment) {
  largest = std::max(largest, size);
  const size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* const memory = alignment <= alignof(std::max_align_t)
                           ? std::malloc(std::max(size, size_t{1}))
                           : std::aligned_alloc(alignment, std::max(rounded, alignment));
  return memory;
}

void* AllocateOrAbort(size_t size, size_t alignment) {
  void* const memory = Allocate(size, alignment);
  if (memory == nullptr) std::abort();
  return memory;
}

constexpr size_t kUsual = alignof(std::max_align_t);

}  // namespace

void* operator new(size_t size) { return AllocateOrAbort(size, kUsual); }
void* operator new(size_t size, std::align_val_t alignment) {
  return AllocateOrAbort(size, static_cast<size_t>(alignment));
}
void* operator new(size_t size, const std::nothrow_t&) noexcept { return Allocate(size, kUsual); }
void* operator new(size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return Allocate(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size) { return AllocateOrAbort(size, kUsual); }
void* operator new[](size_t size, std::align_val_t alignment) {
  return AllocateOrAbort(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return Allocate(size, kUsual); }
void* operator new[](size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return Allocate(size, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t, const std::nothrow_t&) noexcept {
  std::free(memory);
}

namespace tape::format {

size_t LargestAllocation() { return largest; }
void ForgetAllocations() { largest = 0; }

}  // namespace tape::format
