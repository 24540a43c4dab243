#include "tests/tidy/budgets.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "tests/tidy/functions.h"
#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

constexpr int kFunctionLinesMax = 60;
constexpr int kParametersMax = 5;
constexpr int kNestingMax = 3;

// 0 where there is no limit: data and prose.
int FileLinesMax(std::string_view path) {
  constexpr std::array<std::string_view, 4> kScripts = {".py", ".sh", ".cmake", ".js"};
  std::string_view extension = Extension(path);
  bool is_script = std::find(kScripts.begin(), kScripts.end(), extension) != kScripts.end();
  if (!IsCpp(path) && !is_script && FileName(path) != "CMakeLists.txt") return 0;
  if (IsUnder(path, "tests") || IsUnder(path, "bench")) return 800;
  return IsHeader(path) ? 400 : 600;
}

void MeasureFile(const SourceFile& file, std::vector<Measure>* over) {
  int limit = FileLinesMax(file.path);
  int lines = static_cast<int>(Lines(file.text).size());
  if (limit == 0 || lines <= limit) return;
  over->push_back({"file-lines", file.path, lines, lines, limit, "Split it by concept."});
}

void MeasureFunction(const std::string& path, const Function& f, std::vector<Measure>* over) {
  std::string key = path + ":" + f.name;
  if (f.lines > kFunctionLinesMax) {
    over->push_back({"function-lines", key, f.line, f.lines, kFunctionLinesMax, "Name its parts."});
  }
  if (f.is_test) return;
  if (f.parameters > kParametersMax) {
    over->push_back({"function-parameters", key, f.line, f.parameters, kParametersMax,
                     "Which of them are one thing? Make that a struct."});
  }
  if (f.nesting > kNestingMax) {
    over->push_back({"function-nesting", key, f.line, f.nesting, kNestingMax,
                     "Return early, or name the inner loop."});
  }
}

}  // namespace

std::vector<Measure> OverBudget(const Tree& tree) {
  std::vector<Measure> over;
  for (const SourceFile& file : tree.files()) {
    MeasureFile(file, &over);
    if (!IsCpp(file.path)) continue;
    CppSource source = ParseCpp(file.text);
    for (const Function& f : FindFunctions(source)) MeasureFunction(file.path, f, &over);
  }
  return over;
}

std::vector<int> FunctionLengths(const Tree& tree, std::string_view folder) {
  std::vector<int> lengths;
  for (const SourceFile& file : tree.files()) {
    if (!IsCpp(file.path) || !IsUnder(file.path, folder)) continue;
    CppSource source = ParseCpp(file.text);
    for (const Function& f : FindFunctions(source)) lengths.push_back(f.lines);
  }
  std::sort(lengths.begin(), lengths.end());
  return lengths;
}

}  // namespace tape::tidy
