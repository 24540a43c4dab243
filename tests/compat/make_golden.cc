// Writes the golden files of today's format version from the rows beside them.
//
//   make_golden tests/compat/golden/v0
//
// tests/compat/regenerate runs it; golden_test.cc holds the files to what it would write.
#include <zstd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "format/bytes/message.h"
#include "tests/compat/golden_files.h"
#include "tests/compat/golden_sections.h"

namespace tape::compat {
namespace {

bool Write(const std::filesystem::path& path, const void* bytes, size_t size) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  return static_cast<bool>(out.flush());
}

bool WriteHeaders(const std::filesystem::path& root) {
  const absl::StatusOr<std::vector<format::FileHeader>> headers =
      ParseGoldenHeaders(LoadGoldenFiles(root.string()));
  if (!headers.ok()) {
    std::cerr << headers.status().message() << "\n";
    return false;
  }
  std::vector<std::byte> bytes;
  for (const format::FileHeader& header : *headers) {
    const auto one = header.Serialize();
    bytes.insert(bytes.end(), one.begin(), one.end());
  }
  return Write(root / "headers.bin", bytes.data(), bytes.size());
}

absl::StatusOr<GoldenFiles> Make(const GoldenFiles& text) {
  if (text.contains("columns.csv")) {
    const absl::StatusOr<GoldenDay> day = ParseGoldenDay(text);
    return day.ok() ? WriteGoldenDay(*day, format::BestKernels()) : day.status();
  }
  const absl::StatusOr<GoldenSections> sections = ParseGoldenSections(text);
  return sections.ok() ? WriteGoldenSections(*sections, format::BestKernels()) : sections.status();
}

bool WriteFolder(const std::filesystem::path& folder) {
  const absl::StatusOr<GoldenFiles> files = Make(LoadGoldenFiles(folder.string()));
  if (!files.ok()) {
    std::cerr << folder.string() << ": " << files.status().message() << "\n";
    return false;
  }
  bool written = true;
  for (const auto& [name, bytes] : *files) {
    written = Write(folder / name, bytes.data(), bytes.size()) && written;
  }
  return written;
}

int Main(const std::filesystem::path& root) {
  const std::string made_with = format::Concat("zstd,", ZSTD_versionString(), "\n");
  bool written = WriteHeaders(root);
  written = Write(root / "made_with.csv", made_with.data(), made_with.size()) && written;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (entry.is_directory()) written = WriteFolder(entry.path()) && written;
  }
  return written ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace tape::compat

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: make_golden FOLDER\n";
    return EXIT_FAILURE;
  }
  return tape::compat::Main(arguments[1]);
}
