// The SQL of documents: what stands between a line of ```sql and the next line of ```.
//
//   for (const FencedSql& block : ReadFencedSql(folder)) Parse(block.text);
//
// Files in the order of their names, blocks as they stand. Pure but for reading.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tape::documents {

struct FencedSql {
  std::string document;  // file name
  size_t line = 0;       // of its first line, from 1
  std::string text;
};

std::vector<FencedSql> ReadFencedSql(const std::filesystem::path& folder);

}  // namespace tape::documents
