#include "datasets/generator/command/output_file.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace tape::generator {

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
  std::error_code ignored;  // nobody is left to tell
  if (!part_path_.empty()) std::filesystem::remove(part_path_, ignored);
}

OutputFault OutputFile::IoFault(std::string_view what) const {
  const int error = errno;
  return {OutputFault::Kind::kIo,
          WrittenPath().string() + ": cannot " + std::string(what) + ": " + std::strerror(error)};
}

OutputFault OutputFile::Open(bool force) {
  std::error_code unknown;  // then the open below says what is wrong
  const std::filesystem::file_status status = std::filesystem::status(path_, unknown);
  const bool present = std::filesystem::exists(status);
  const bool regular = std::filesystem::is_regular_file(status);
  if (regular && !force) {
    return {OutputFault::Kind::kExists, path_.string() + " exists; --force overwrites it"};
  }
  if (regular || !present) part_path_ = path_.string() + ".part";
  file_ = std::fopen(WrittenPath().c_str(), "wb");
  if (file_ == nullptr) return IoFault("open");
  std::setvbuf(file_, nullptr, _IONBF, 0);  // Write is called with large pieces
  return {};
}

OutputFault OutputFile::Write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) return IoFault("write");
  return {};
}

OutputFault OutputFile::Finish() {
  if (std::fclose(std::exchange(file_, nullptr)) != 0) return IoFault("close");
  if (part_path_.empty()) return {};
  if (std::rename(part_path_.c_str(), path_.c_str()) != 0) return IoFault("rename");
  part_path_.clear();
  return {};
}

}  // namespace tape::generator
