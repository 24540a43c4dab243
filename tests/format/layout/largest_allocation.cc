#include "tests/format/layout/largest_allocation.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

size_t largest = 0;

// malloc where it will do: its blocks end where they should, and a sanitizer sees who goes on.
void* Allocate(size_t size, size_t alignment) {
  largest = std::max(largest, size);
  const size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* const memory = alignment <= alignof(std::max_align_t)
                           ? std::malloc(std::max(size, size_t{1}))
                           : std::aligned_alloc(alignment, std::max(rounded, alignment));
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new[](size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

namespace tape::format {

size_t LargestAllocation() { return largest; }
void ForgetAllocations() { largest = 0; }

}  // namespace tape::format
