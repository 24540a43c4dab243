// The files that the rules look at: a sorted list of {path, text}, of a repository or of a test.
//
//   Tree sample({{"format/bytes/crc32c.h", "#pragma once\n"}});
//   sample.Find("format/bytes/crc32c.h")->text;
//   sample.HasFolder("format");                       // true
//
// Immutable after construction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tape::tidy {

struct SourceFile {
  std::string path;
  std::string text;  // empty for a file that holds a zero byte: rules read text only
};

class Tree {
 public:
  explicit Tree(std::vector<SourceFile> files);

  const std::vector<SourceFile>& files() const& { return files_; }
  void files() const&& = delete;  // a loop over the files of a temporary would read freed memory
  const SourceFile* Find(std::string_view path) const;
  bool Has(std::string_view path) const { return Find(path) != nullptr; }
  bool HasFolder(std::string_view folder) const;

 private:
  std::vector<SourceFile> files_;
};

// The tracked files below `root`, as git lists them; where git cannot say (a source archive), every
// file outside build/ and .git/. Tracked files that were deleted on disk are left out.
// kWithNewFiles adds what git neither tracks nor ignores.
enum class Listing { kTracked, kWithNewFiles };
Tree LoadTree(const std::string& root, Listing listing = Listing::kTracked);

// The text of one file, or "" where there is none.
std::string ReadText(const std::string& path);

}  // namespace tape::tidy
