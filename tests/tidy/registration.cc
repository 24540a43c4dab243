#include "tests/tidy/registration.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/tidy/cmake_text.h"
#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

constexpr char kRule[] = "registration";
constexpr std::string_view kTestEnding = "_test";

bool Has(const std::vector<std::string>& args, std::string_view arg) {
  return std::find(args.begin(), args.end(), arg) != args.end();
}

// "${CMAKE_CURRENT_SOURCE_DIR}/a.cc" means a.cc.
std::string_view WithoutVariable(std::string_view arg) {
  size_t end = arg.starts_with("${") ? arg.find("}/") : arg.npos;
  return end == arg.npos ? arg : arg.substr(end + 2);
}

class Build {
 public:
  explicit Build(const Tree& tree) : tree_(tree) {
    for (const SourceFile& file : tree.files()) {
      if (FileName(file.path) == "CMakeLists.txt") AddList(file);
    }
  }

  Findings Run() && {
    if (lists_.empty()) return {};
    for (const SourceFile& file : tree_.files()) {
      bool is_source = Extension(file.path) == ".cc" || Extension(file.path) == ".c";
      if (is_source) CheckSource(file.path);
    }
    for (const auto& [folder, calls] : lists_) CheckList(folder, calls);
    return std::move(found_);
  }

 private:
  using Calls = std::vector<CMakeCall>;

  void AddList(const SourceFile& file) {
    std::string folder(Folder(file.path));
    Calls& calls = lists_[folder];
    calls = ParseCMake(file.text);
    for (const CMakeCall& call : calls) {
      for (const std::string& arg : call.args)
        named_.insert(JoinPath(folder, WithoutVariable(arg)));
    }
  }

  void CheckSource(const std::string& path) {
    std::string_view stem = Stem(path);
    bool is_test = IsUnder(path, "tests") && stem.ends_with(kTestEnding);
    if (is_test) stem.remove_suffix(kTestEnding.size());
    if (is_test ? IsTest(Folder(path), stem) : IsNamed(path)) return;
    std::string list = JoinPath(Folder(path), "CMakeLists.txt");
    std::string advice = is_test ? "add tape_test(" + std::string(stem) + ") to " : "name it in ";
    found_.push_back({path, 0, kRule, "is not built: " + advice + list});
  }

  bool IsTest(std::string_view folder, std::string_view stem) const {
    auto list = lists_.find(std::string(folder));
    if (list == lists_.end()) return false;
    std::set<std::string> names = TestFunctions(list->second);
    return IsArgument(list->second, stem,
                      [&](const CMakeCall& call) { return names.contains(call.name); });
  }

  // tape_test, and functions of the same file that hand their argument on to it.
  static std::set<std::string> TestFunctions(const Calls& calls) {
    std::set<std::string> names = {"tape_test"};
    std::string function;
    for (const CMakeCall& call : calls) {
      bool begins = call.name == "function" && !call.args.empty();
      if (begins) function = call.args[0];
      if (call.name == "endfunction") function.clear();
      bool hands_on = call.name == "tape_test" && !call.args.empty() && call.args[0] == "${name}";
      if (hands_on && !function.empty()) names.insert(function);
    }
    return names;
  }

  // As the first argument of such a call, or through a foreach over names.
  template <typename Predicate>
  static bool IsArgument(const Calls& calls, std::string_view name, Predicate ours) {
    bool direct = false, by_variable = false, listed = false;
    for (const CMakeCall& call : calls) {
      if (call.args.empty()) continue;
      direct = direct || (ours(call) && call.args[0] == name);
      by_variable = by_variable || (ours(call) && call.args[0].find("${") != std::string::npos);
      listed = listed || (call.name == "foreach" && Has(call.args, name));
    }
    return direct || (by_variable && listed);
  }

  bool IsNamed(const std::string& path) const {
    if (named_.contains(path)) return true;
    std::string_view bare = std::string_view(path).substr(0, path.rfind('.'));
    std::string_view plain = bare.substr(0, bare.rfind('_'));
    for (std::string_view folder = Folder(path);; folder = Folder(folder)) {
      if (IsArgumentOfOurs(folder, bare) || IsArgumentOfOurs(folder, plain)) return true;
      if (folder.empty()) return false;
    }
  }

  // As tape_fuzz(varint) names varint_fuzz.cc.
  bool IsArgumentOfOurs(std::string_view folder, std::string_view path) const {
    auto list = lists_.find(std::string(folder));
    if (list == lists_.end() || !IsUnder(path, folder)) return false;
    std::string_view relative = folder.empty() ? path : path.substr(folder.size() + 1);
    auto ours = [](const CMakeCall& call) { return call.name.starts_with("tape_"); };
    return IsArgument(list->second, relative, ours);
  }

  void CheckList(const std::string& folder, const Calls& calls) {
    bool own_project =
        std::any_of(calls.begin(), calls.end(), [](const auto& c) { return c.name == "project"; });
    if (folder.empty() || own_project || IsAdded(folder)) return;
    found_.push_back(
        {folder + "/CMakeLists.txt", 0, kRule, "is not read: add_subdirectory() it above"});
  }

  bool IsAdded(std::string_view folder) const {
    for (std::string_view above = Folder(folder);; above = Folder(above)) {
      auto list = lists_.find(std::string(above));
      std::string_view relative = above.empty() ? folder : folder.substr(above.size() + 1);
      if (list != lists_.end() && Adds(list->second, relative)) return true;
      if (above.empty()) return false;
    }
  }

  static bool Adds(const Calls& calls, std::string_view relative) {
    auto adds = [](const CMakeCall& call) { return call.name == "add_subdirectory"; };
    return IsArgument(calls, relative, adds) ||
           IsArgument(calls, FileName(relative), [&](const CMakeCall& call) {
             return adds(call) && call.args[0].find("${") != std::string::npos;
           });
  }

  const Tree& tree_;
  std::map<std::string, Calls> lists_;  // by folder
  std::set<std::string> named_;         // every argument of every list, as a path from the root
  Findings found_;
};

}  // namespace

Findings CheckRegistration(const Tree& tree) { return Build(tree).Run(); }

}  // namespace tape::tidy
