// A fresh folder of the machine's, gone at the end of the test.
//
//   TempFolder folder;
//   std::string path = folder.path() + "/TAPE";
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>  // mkdtemp

#include <filesystem>
#include <string>
#include <system_error>

namespace tape::support {

class TempFolder {
 public:
  TempFolder() : path_(testing::TempDir() + "tape.XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "cannot make " << path_;
  }
  ~TempFolder() {
    std::error_code ignored;  // nobody is left to tell
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tape::support
