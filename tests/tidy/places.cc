#include "tests/tidy/places.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "tests/tidy/cpp_source.h"
#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

// The eight places a reader looks for, then what tools insist on finding here.
constexpr std::array<std::string_view, 15> kTopLevel = {
    "README.md",         "engine",     "format",        "tools", "tests",       "bench",
    "datasets",          "docs",       "LICENSE",       ".ci",   ".clang-tidy", "CMakeLists.txt",
    "CMakePresets.json", ".gitignore", ".clang-format",
};

constexpr std::array<std::string_view, 6> kForeignEndings = {".cpp", ".cxx", ".hpp",
                                                             ".hh",  ".hxx", ".C"};

// Of the include that begins a .cc file.
bool IsOwnHeader(std::string_view path, const Include& include) {
  return IsHeader(include.path) && Stem(include.path) == Stem(path);
}

class HeadCheck {
 public:
  HeadCheck(const Tree& tree, const SourceFile& file)
      : tree_(tree), file_(file), source_(ParseCpp(file.text)) {}

  Findings Run() && {
    if (IsHeader(file_.path) && !source_.pragma_once) Add(0, "has no #pragma once");
    bool own_first = !source_.includes.empty() && IsOwnHeader(file_.path, source_.includes[0]);
    bool ours = IsUnder(file_.path, "format") || IsUnder(file_.path, "engine");
    bool comment = file_.text.starts_with("//") || file_.text.starts_with("/*");
    if (ours && !comment && !own_first)
      Add(1, "does not begin with a comment that says what it is");
    std::string header = JoinPath(Folder(file_.path), std::string(Stem(file_.path)) + ".h");
    if (!IsHeader(file_.path) && tree_.Has(header) && !own_first)
      Add(1, "does not include " + header + " first");
    return std::move(found_);
  }

 private:
  void Add(int line, std::string what) {
    found_.push_back({file_.path, line, "heads", std::move(what)});
  }

  const Tree& tree_;
  const SourceFile& file_;
  CppSource source_;
  Findings found_;
};

}  // namespace

Findings CheckTopLevel(const Tree& tree) {
  Findings found;
  std::set<std::string_view> seen;
  for (const SourceFile& file : tree.files()) {
    std::string_view entry = std::string_view(file.path).substr(0, file.path.find('/'));
    bool allowed = std::find(kTopLevel.begin(), kTopLevel.end(), entry) != kTopLevel.end();
    if (allowed || !seen.insert(entry).second) continue;
    found.push_back(
        {std::string(entry), 0, "top level", "has no place at the top: move it into a folder"});
  }
  return found;
}

Findings CheckHeads(const Tree& tree) {
  Findings found;
  for (const SourceFile& file : tree.files()) {
    std::string_view extension = Extension(file.path);
    bool foreign = std::find(kForeignEndings.begin(), kForeignEndings.end(), extension) !=
                   kForeignEndings.end();
    if (foreign) found.push_back({file.path, 0, "heads", "C++ files end in .h or .cc here"});
    if (IsCpp(file.path)) AppendTo(found, HeadCheck(tree, file).Run());
  }
  return found;
}

}  // namespace tape::tidy
