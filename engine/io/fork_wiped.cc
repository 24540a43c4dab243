#include "engine/io/fork_wiped.h"

#include <sys/mman.h>

namespace tape::engine {

void* MapForkWiped(size_t size) {
  void* const pages =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
#ifdef MADV_WIPEONFORK
  (void)::madvise(pages, size, MADV_WIPEONFORK);  // an older kernel refuses: said in the header
#endif
  return pages;
}

void UnmapForkWiped(void* pages, size_t size) { (void)::munmap(pages, size); }

}  // namespace tape::engine
