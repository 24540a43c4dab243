#include "tests/compat/golden_folder.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace tape::compat {
namespace {

constexpr format::StoreUuid kStore = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70,
                                      0x9b, 0x1d, 0x52, 0xc7, 0xe0, 0xa9, 0x6e, 0x14};
constexpr uint32_t kTable = 17;
constexpr int32_t kDay = 20109;

}  // namespace

GoldenFiles LoadGoldenFiles(const std::string& folder) {
  GoldenFiles files;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    files[entry.path().filename().string()].assign(bytes, bytes + text.size());
  }
  return files;
}

format::FileIdentity GoldenIdentity() {
  return {.store = kStore, .table = kTable, .column = 0, .generation = 1, .day = kDay};
}

std::string GoldenText(const GoldenFiles& files, const std::string& name) {
  const auto file = files.find(name);
  if (file == files.end()) return {};
  return {reinterpret_cast<const char*>(file->second.data()), file->second.size()};
}

}  // namespace tape::compat
