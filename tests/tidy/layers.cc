#include "tests/tidy/layers.h"

#include "tests/tidy/cpp_source.h"
#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

constexpr char kRule[] = "layers";

bool Matches(std::string_view header, std::string_view pattern) {
  if (!pattern.ends_with('*')) return header == pattern;
  pattern.remove_suffix(1);
  return header.starts_with(pattern);
}

class FileCheck {
 public:
  FileCheck(const Tree& tree, const Layers& layers, const SourceFile& file)
      : tree_(tree), layers_(layers), file_(file), source_(ParseCpp(file.text)) {}

  Findings Run() && {
    if (layers_.PlaceOf(file_.path) == nullptr) {
      Add(0, "has no place: where does it live? Name its folder in tests/tidy/layers.txt");
    }
    for (const Include& include : source_.includes) Check(include);
    for (const Token& token : source_.tokens) CheckKeyword(token);
    if (IsUnder(file_.path, "format")) CheckStatics();
    return std::move(found_);
  }

 private:
  void Add(int line, std::string what) {
    found_.push_back({file_.path, line, kRule, std::move(what)});
  }

  void Check(const Include& include) {
    for (const auto& [folder, header] : layers_.pure) {
      bool banned = IsUnder(file_.path, folder) && Matches(include.path, header);
      if (banned)
        Add(include.line, "includes " + include.path + ", which nothing in " + folder + " may");
    }
    if (CheckExternal(include)) return;
    if (!include.angled || include.path.starts_with("tape/")) CheckOurs(include);
  }

  // True where the header belongs to a third party.
  bool CheckExternal(const Include& include) {
    for (const Layers::Grant& external : layers_.external) {
      if (!include.path.starts_with(external.what)) continue;
      bool allowed = false;
      for (const std::string& folder : external.folders) {
        allowed = allowed || folder == "*" || IsUnder(file_.path, folder);
      }
      if (!allowed)
        Add(include.line,
            "includes " + include.path + ", which layers.txt does not give to this folder");
      return true;
    }
    return false;
  }

  void CheckOurs(const Include& include) {
    std::string target = layers_.Resolve(tree_, include.path);
    if (!tree_.Has(target)) {
      return Add(include.line, "includes " + include.path +
                                   ": no such file. Write the path from the root, or " +
                                   "\"tape/x.h\" for a public header");
    }
    const auto* place = layers_.PlaceOf(target);
    if (place != nullptr && place->second.is_public && target == include.path) {
      return Add(include.line, "includes " + include.path + ": a public header is written \"tape/" +
                                   std::string(FileName(target)) + "\"");
    }
    std::string refusal = layers_.Refusal(file_.path, target);
    if (refusal.empty()) return;
    Add(include.line, "includes " + include.path + ": " + refusal +
                          ". Move the code down, or pass in what it needs");
  }

  void CheckKeyword(const Token& token) {
    if (token.kind != Token::kIdentifier) return;
    for (const auto& [folder, word] : layers_.keywords) {
      if (token.text != word || !IsUnder(file_.path, folder)) continue;
      Add(token.line, "uses `" + word + "`, which nothing in " + folder + " may");
    }
  }

  // A static that reaches its '=', '{' or ';' before a '(' is a variable.
  void CheckStatics() {
    for (size_t i = 0; i < source_.tokens.size(); ++i) {
      if (source_.tokens[i].text == "static" && IsMutableVariable(i)) {
        Add(source_.tokens[i].line,
            "has a mutable static: format keeps nothing between calls. Pass it in");
      }
    }
  }

  bool IsMutableVariable(size_t i) const {
    for (; i < source_.tokens.size(); ++i) {
      std::string_view text = source_.tokens[i].text;
      if (text == "const" || text == "constexpr" || text == "(") return false;
      if (text == "=" || text == "{" || text == ";") return true;
    }
    return false;
  }

  const Tree& tree_;
  const Layers& layers_;
  const SourceFile& file_;
  CppSource source_;
  Findings found_;
};

}  // namespace

Findings CheckLayers(const Tree& tree, const Layers& layers) {
  Findings found;
  for (const SourceFile& file : tree.files()) {
    if (IsCpp(file.path)) AppendTo(found, FileCheck(tree, layers, file).Run());
  }
  return found;
}

}  // namespace tape::tidy
