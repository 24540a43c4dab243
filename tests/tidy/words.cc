#include "tests/tidy/words.h"

#include <algorithm>
#include <array>
#include <optional>

#include "tests/tidy/cpp_source.h"
#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

constexpr char kRule[] = "words";

std::optional<BannedWord::Kind> ParseKind(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {"text", "word", "term", "path", "name"};
  auto at = std::find(kNames.begin(), kNames.end(), name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<BannedWord::Kind>(at - kNames.begin());
}

// False where the line means nothing.
bool ParseLine(std::string_view line, BannedWords* banned) {
  std::vector<std::string> fields;
  for (std::string_view field : Split(line, '|')) fields.emplace_back(Trim(field));
  if (std::count(fields.begin(), fields.end(), "") != 0) return false;
  if (fields.size() == 3 && fields[0] == "exempt") return banned->exempt.insert(fields[1]).second;
  if (fields.size() != 4) return false;
  std::optional<BannedWord::Kind> kind = ParseKind(fields[1]);
  if (!kind) return false;
  std::string word = *kind == BannedWord::kTerm ? ToLower(fields[2]) : fields[2];
  if (*kind == BannedWord::kPath) {
    word.insert(word.begin(), '/');
    word.push_back('/');
  }
  banned->words.push_back({Words(fields[0]), *kind, word, fields[3]});
  return true;
}

bool InScope(std::string_view path, const std::vector<std::string>& scope) {
  return std::any_of(scope.begin(), scope.end(),
                     [path](const auto& s) { return s == "*" || IsUnder(path, s); });
}

bool IsData(std::string_view path) {
  std::string_view extension = Extension(path);
  return extension == ".csv" || extension == ".tsv" || extension == ".jsonl";
}

char CharAt(std::string_view text, size_t at) { return at < text.size() ? text[at] : '\0'; }

// Whether the `size` characters at `at` stand alone, as far as the kind of word asks for it.
bool Stands(std::string_view text, size_t at, size_t size, BannedWord::Kind kind) {
  char before = at == 0 ? '\0' : text[at - 1];
  if (kind == BannedWord::kText) return true;
  if (kind == BannedWord::kPath)
    return !IsWordChar(before) && std::string_view("./-~}*").find(before) == std::string_view::npos;
  size_t end = at + size;
  bool plural = kind == BannedWord::kTerm && CharAt(text, end) == 's';
  return !IsWordChar(before) && !IsWordChar(CharAt(text, plural ? end + 1 : end));
}

// "SymbolUtils" and "symbol_utils" both have the part "Util"; "Utility" and "futile" have not.
bool HasPart(std::string_view name, std::string_view part) {
  std::string lower_name = ToLower(name);
  std::string lower_part = ToLower(part);
  for (size_t at = lower_name.find(lower_part); at != lower_name.npos;
       at = lower_name.find(lower_part, at + 1)) {
    bool begins = at == 0 || !IsWordChar(name[at - 1]) || name[at - 1] == '_' || IsUpper(name[at]);
    size_t end = at + part.size();
    if (CharAt(name, end) == 's') ++end;
    char after = CharAt(name, end);
    if (begins && !IsLower(after)) return true;
  }
  return false;
}

// Names that stand behind class, struct, enum, union, concept, namespace, or `using ... =`.
std::vector<Token> DefinedNames(const CppSource& source) {
  std::vector<Token> names;
  constexpr std::array<std::string_view, 7> kKeywords = {"class", "struct",    "enum",   "union",
                                                         "using", "namespace", "concept"};
  for (size_t i = 1; i < source.tokens.size(); ++i) {
    bool defines =
        std::find(kKeywords.begin(), kKeywords.end(), source.tokens[i - 1].text) != kKeywords.end();
    if (defines && source.tokens[i].kind == Token::kIdentifier) names.push_back(source.tokens[i]);
  }
  return names;
}

class FileCheck {
 public:
  FileCheck(const SourceFile& file, const BannedWords& banned)
      : file_(file), banned_(banned), lower_(ToLower(file.text)) {}

  Findings Run() && {
    for (const BannedWord& word : banned_.words) {
      if (!InScope(file_.path, word.scope)) continue;
      word.kind == BannedWord::kName ? CheckNames(word) : CheckText(word);
    }
    return std::move(found_);
  }

 private:
  void Add(int line, const BannedWord& word, const std::string& where) {
    found_.push_back({file_.path, line, kRule, where + "`" + word.word + "`: " + word.reason});
  }

  void CheckText(const BannedWord& word) {
    const std::string& text = word.kind == BannedWord::kTerm ? lower_ : file_.text;
    for (size_t at = text.find(word.word); at != text.npos; at = text.find(word.word, at + 1)) {
      if (Stands(text, at, word.word.size(), word.kind)) Add(LineOf(text, at), word, "has ");
    }
  }

  void CheckNames(const BannedWord& word) {
    if (!IsCpp(file_.path)) return;
    if (HasPart(Stem(file_.path), word.word)) Add(0, word, "file name has ");
    if (!names_) names_ = DefinedNames(ParseCpp(file_.text));
    for (const Token& name : *names_) {
      if (HasPart(name.text, word.word)) Add(name.line, word, std::string(name.text) + " has ");
    }
  }

  const SourceFile& file_;
  const BannedWords& banned_;
  std::string lower_;
  std::optional<std::vector<Token>> names_;
  Findings found_;
};

}  // namespace

BannedWords ParseBannedWords(std::string_view text, Findings* found) {
  BannedWords banned;
  int number = 0;
  for (std::string_view line : Lines(text)) {
    ++number;
    line = Trim(line);
    if (line.empty() || line[0] == '#' || ParseLine(line, &banned)) continue;
    found->push_back({"tests/tidy/banned_words.txt", number, kRule,
                      "line says nothing: see the head of the file"});
  }
  return banned;
}

Findings CheckWords(const Tree& tree, const BannedWords& banned) {
  Findings found;
  for (const SourceFile& file : tree.files()) {
    if (IsData(file.path) || banned.exempt.contains(file.path)) continue;
    AppendTo(found, FileCheck(file, banned).Run());
  }
  return found;
}

}  // namespace tape::tidy
