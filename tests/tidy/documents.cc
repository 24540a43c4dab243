#include "tests/tidy/documents.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/tidy/cpp_source.h"
#include "tests/tidy/markdown.h"
#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

constexpr char kRule[] = "documents";

bool LeadsAway(std::string_view target) {
  return target.find("://") != target.npos || target.starts_with("mailto:");
}

std::string Blank(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c == '\n' ? c : ' ';
  return out;
}

// A literal of a test may well name a page that must not exist.
std::string WithoutLiterals(const std::string& text) {
  std::string out = text;
  CppSource source = ParseCpp(text);
  for (const Token& token : source.tokens) {
    size_t begin = token.text.data() - text.data();
    if (token.kind == Token::kLiteral) out.replace(begin, token.text.size(), Blank(token.text));
  }
  return out;
}

class Documents {
 public:
  explicit Documents(const Tree& tree) : tree_(tree) {
    for (const SourceFile& file : tree.files()) {
      if (Extension(file.path) == ".md") pages_[file.path] = ParseMarkdown(file.text);
    }
  }

  Findings Run() && {
    for (const auto& [path, page] : pages_) {
      for (const Page::Link& link : page.links) CheckLink(path, link);
    }
    if (!tree_.Has("README.md")) return std::move(found_);
    CheckOrphans();
    CheckTopLevel();
    for (const SourceFile& file : tree_.files()) CheckMentions(file);
    return std::move(found_);
  }

 private:
  void Add(const std::string& path, int line, std::string what) {
    found_.push_back({path, line, kRule, std::move(what)});
  }

  // The tracked path that a link of this page means; a bare "#anchor" means the page itself.
  static std::string TargetPath(const std::string& from, std::string_view target) {
    std::string_view file = target.substr(0, target.find('#'));
    return file.empty() ? from : JoinPath(Folder(from), file);
  }

  void CheckLink(const std::string& from, const Page::Link& link) {
    if (LeadsAway(link.target)) return;
    std::string path = TargetPath(from, link.target);
    bool exists = !link.target.starts_with('/') && (tree_.Has(path) || tree_.HasFolder(path));
    if (!exists)
      return Add(from, link.line, "links to " + link.target + ": no such tracked file or folder");
    size_t hash = link.target.find('#');
    auto page = pages_.find(path);
    if (hash == std::string::npos || page == pages_.end()) return;
    bool has_anchor = page->second.anchors.contains(link.target.substr(hash + 1));
    if (!has_anchor)
      Add(from, link.line, "links to " + link.target + ": " + path + " has no such heading");
  }

  // A link to a folder shows its README.md.
  void Visit(const std::string& path, std::set<std::string>* reached) {
    auto page = pages_.find(path);
    if (page == pages_.end()) page = pages_.find(JoinPath(path, "README.md"));
    if (page == pages_.end() || !reached->insert(page->first).second) return;
    for (const Page::Link& link : page->second.links) {
      if (!LeadsAway(link.target)) Visit(TargetPath(page->first, link.target), reached);
    }
  }

  void CheckOrphans() {
    std::set<std::string> reached;
    for (const char* root : {"README.md", "docs/README.md", "docs/architecture.md"})
      Visit(root, &reached);
    for (const auto& [path, page] : pages_) {
      if (!IsUnder(path, "docs") || reached.contains(path)) continue;
      Add(path, 0,
          "cannot be reached from README.md: link to it from the page a reader comes from");
    }
  }

  void CheckTopLevel() {
    const std::string& readme = tree_.Find("README.md")->text;
    std::set<std::string> folders;
    for (const SourceFile& file : tree_.files()) {
      size_t slash = file.path.find('/');
      if (slash != std::string::npos && file.path[0] != '.')
        folders.insert(file.path.substr(0, slash + 1));
    }
    for (const std::string& folder : folders) {
      if (!Names(readme, folder))
        Add("README.md", 0, "does not name `" + folder + "`: say what lives there");
    }
  }

  static bool Names(const std::string& text, const std::string& folder) {
    for (size_t at = text.find(folder); at != text.npos; at = text.find(folder, at + 1)) {
      if (at == 0 || (!IsWordChar(text[at - 1]) && text[at - 1] != '/')) return true;
    }
    return false;
  }

  // Only names that could be pages of ours: "<file>.md", "*.md" and web addresses are not.
  void CheckMentions(const SourceFile& file) {
    std::string text = IsCpp(file.path) ? WithoutLiterals(file.text) : file.text;
    for (size_t at = text.find(".md"); at != text.npos; at = text.find(".md", at + 1)) {
      size_t begin = at;
      while (begin > 0 && IsPathChar(text[begin - 1])) --begin;
      bool ends = at + 3 == text.size() || !(IsWordChar(text[at + 3]) || text[at + 3] == '/');
      std::string name = text.substr(begin, at + 3 - begin);
      if (!ends || begin == at || !IsPageName(text, begin, name) || Exists(file.path, name))
        continue;
      Add(file.path, LineOf(text, at), "names " + name + ": no such tracked page");
    }
  }

  static bool IsPathChar(char c) { return IsWordChar(c) || c == '/' || c == '-' || c == '.'; }

  static bool IsPageName(const std::string& text, size_t begin, std::string_view name) {
    char before = begin == 0 ? ' ' : text[begin - 1];
    bool pattern = std::string_view("*<>{}$:~").find(before) != std::string_view::npos;
    return !pattern && name[0] != '/' && FileName(name) != ".md";
  }

  // From the root, from the file's folder, or as the end of a path.
  bool Exists(const std::string& from, const std::string& name) const {
    if (tree_.Has(name) || tree_.Has(JoinPath(Folder(from), name))) return true;
    for (const auto& [path, page] : pages_) {
      if (path.ends_with("/" + name)) return true;
    }
    return false;
  }

  const Tree& tree_;
  std::map<std::string, Page> pages_;
  Findings found_;
};

}  // namespace

Findings CheckDocuments(const Tree& tree) { return Documents(tree).Run(); }

}  // namespace tape::tidy
