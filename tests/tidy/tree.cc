#include "tests/tidy/tree.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

namespace fs = std::filesystem;

bool PathLess(const SourceFile& a, std::string_view b) { return a.path < b; }

std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string OutputOf(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 1 << 16> buffer;
  for (size_t n; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    out.append(buffer.data(), n);
  pclose(pipe);
  return out;
}

// safe.directory: a container often builds a checkout that belongs to another user.
std::vector<std::string> ListedPaths(const std::string& root, Listing listing) {
  std::string command = "git -c safe.directory='*' -C " + Quoted(root) + " ls-files -z --cached";
  if (listing == Listing::kWithNewFiles) command += " --others --exclude-standard";
  std::string listed = OutputOf(command + " 2>/dev/null");
  std::vector<std::string> paths;
  for (std::string_view path : Split(listed, '\0')) {
    if (!path.empty()) paths.emplace_back(path);
  }
  return paths;
}

std::vector<std::string> WalkedPaths(const std::string& root) {
  std::vector<std::string> paths;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator();
       ++at) {
    std::string path = fs::relative(at->path(), root).generic_string();
    if (path == "build" || path == ".git") at.disable_recursion_pending();
    if (at->is_regular_file() && path != ".git") paths.push_back(path);
  }
  return paths;
}

}  // namespace

Tree::Tree(std::vector<SourceFile> files) : files_(std::move(files)) {
  std::sort(files_.begin(), files_.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
}

const SourceFile* Tree::Find(std::string_view path) const {
  auto at = std::lower_bound(files_.begin(), files_.end(), path, PathLess);
  return at != files_.end() && at->path == path ? &*at : nullptr;
}

bool Tree::HasFolder(std::string_view folder) const {
  if (folder.empty()) return true;
  std::string prefix = std::string(folder) + "/";
  auto at = std::lower_bound(files_.begin(), files_.end(), prefix, PathLess);
  return at != files_.end() && at->path.starts_with(prefix);
}

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.view().find('\0') == std::string_view::npos ? text.str() : std::string();
}

Tree LoadTree(const std::string& root, Listing listing) {
  std::vector<std::string> paths = ListedPaths(root, listing);
  if (paths.empty()) paths = WalkedPaths(root);
  std::vector<SourceFile> files;
  for (std::string& path : paths) {
    std::string full = root + "/" + path;
    if (fs::is_regular_file(full)) files.push_back({std::move(path), ReadText(full)});
  }
  return Tree(std::move(files));
}

}  // namespace tape::tidy
