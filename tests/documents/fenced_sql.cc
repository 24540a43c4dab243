#include "tests/documents/fenced_sql.h"

#include <algorithm>
#include <fstream>

namespace tape::documents {
namespace {

void ReadDocument(const std::filesystem::path& path, std::vector<FencedSql>& blocks) {
  std::ifstream file(path);
  std::string line;
  bool inside = false;
  bool sql = false;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (line.starts_with("```")) {
      inside = !inside;
      sql = inside && (line == "```sql" || line == "```SQL");
      if (sql) blocks.push_back({path.filename().string(), number + 1, ""});
    } else if (sql) {
      blocks.back().text += line;
      blocks.back().text += '\n';
    }
  }
}

}  // namespace

std::vector<FencedSql> ReadFencedSql(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<FencedSql> blocks;
  for (const auto& path : paths) ReadDocument(path, blocks);
  return blocks;
}

}  // namespace tape::documents
