// A fresh folder that goes with its contents when the test ends.
//
//   TempFolder folder;                  // under the system's folder for such things
//   TempFolder memory("/dev/shm");      // or under this one
//   Open(folder.path() + "/file");
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace tape {

class TempFolder {
 public:
  explicit TempFolder(const std::string& parent = std::filesystem::temp_directory_path().string())
      : path_(parent + "/tape-test-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TempFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tape
