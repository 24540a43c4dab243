// A rival's shared library, loaded at run time.
//
//   absl::StatusOr<RivalLibrary> lmdb = RivalLibrary::Load("build/rivals/liblmdb.so.0");
//   lmdb->Find("mdb_env_create", api.env_create);      // a pointer to a function
//   if (!lmdb->missing().empty()) ...
//
// It stays loaded until the process ends. Thread-compatible.
#pragma once

#include <cstring>
#include <string>

#include "absl/status/statusor.h"

namespace tape::rivals {

class RivalLibrary {
 public:
  static absl::StatusOr<RivalLibrary> Load(const std::string& path);

  template <typename Function>
  void Find(const char* name, Function*& function) {
    void* const symbol = Symbol(name);
    if (symbol == nullptr && missing_.empty()) missing_ = name;
    std::memcpy(&function, &symbol, sizeof(symbol));
  }
  // The first function that was not there.
  const std::string& missing() const { return missing_; }

 private:
  explicit RivalLibrary(void* handle) : handle_(handle) {}
  void* Symbol(const char* name) const;

  void* handle_;
  std::string missing_;
};

}  // namespace tape::rivals
