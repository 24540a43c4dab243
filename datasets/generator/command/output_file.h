// A file that appears under its name only when it is complete.
//
//   OutputFile file("out/trades.csv");
//   std::string fault = file.Open(/*force=*/false).text;
//   file.Write("ts,symbol\n");
//   file.Finish();                       // without it the destructor leaves nothing behind
//
// Bytes go to NAME.part, which Finish renames; a name that exists and is not a regular file (a
// pipe, a device) is written as it is. Thread-compatible.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace tape::generator {

// What went wrong; no text: nothing did.
struct OutputFault {
  enum class Kind { kExists, kIo };
  Kind kind = Kind::kIo;
  std::string text;

  explicit operator bool() const { return !text.empty(); }
};

class OutputFile {
 public:
  explicit OutputFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // A regular file of that name is refused, unless forced.
  [[nodiscard]] OutputFault Open(bool force);
  [[nodiscard]] OutputFault Write(std::string_view bytes);
  [[nodiscard]] OutputFault Finish();

 private:
  OutputFault IoFault(std::string_view what) const;

  const std::filesystem::path& WrittenPath() const {
    return part_path_.empty() ? path_ : part_path_;
  }

  std::filesystem::path path_;
  std::filesystem::path
      part_path_;  // empty where path_ itself is written, and when nothing is to be removed
  std::FILE* file_ = nullptr;
};

}  // namespace tape::generator
