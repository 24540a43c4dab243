#include "bench/rivals/library.h"

#include <dlfcn.h>

#include "format/bytes/message.h"

namespace tape::rivals {

absl::StatusOr<RivalLibrary> RivalLibrary::Load(const std::string& path) {
  void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return absl::NotFoundError(format::Concat("rival: ", std::string(::dlerror())));
  return RivalLibrary(handle);
}

void* RivalLibrary::Symbol(const char* name) const { return ::dlsym(handle_, name); }

}  // namespace tape::rivals
