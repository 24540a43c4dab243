#include "tests/tidy/declaration.h"

#include <algorithm>
#include <array>

#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

// Words that take parentheses without naming a function.
constexpr std::array<std::string_view, 8> kTakesParentheses = {
    "alignas",  "decltype",      "noexcept",      "explicit",
    "requires", "static_assert", "__attribute__", "__declspec"};

bool IsMacroName(std::string_view name) {
  return name.size() > 1 && IsUpper(name[0]) && std::none_of(name.begin(), name.end(), IsLower);
}

bool MayPrecedeAngle(const Token& token) {
  return token.kind == Token::kIdentifier && token.text != "operator";
}

}  // namespace

size_t SkipBrackets(std::span<const Token> tokens, size_t begin) {
  int depth = 0;
  for (size_t i = begin; i < tokens.size(); ++i) {
    std::string_view text = tokens[i].text;
    if (text == "(" || text == "[" || text == "{") ++depth;
    if (text == ")" || text == "]" || text == "}") --depth;
    if (depth == 0) return i + 1;
  }
  return tokens.size();
}

std::optional<size_t> SkipAngles(std::span<const Token> tokens, size_t begin) {
  if (begin == 0 || !MayPrecedeAngle(tokens[begin - 1])) return std::nullopt;
  int depth = 0;
  for (size_t i = begin; i < tokens.size();) {
    std::string_view text = tokens[i].text;
    if (text == "{" || text == "}" || text == ")" || text == "]" || text == ";")
      return std::nullopt;
    depth += text == "<" ? 1 : text == ">" ? -1 : 0;
    if (depth == 0) return i + 1;
    i = text == "(" || text == "[" ? SkipBrackets(tokens, i) : i + 1;
  }
  return std::nullopt;
}

int CountParameters(std::span<const Token> tokens, size_t begin) {
  size_t end = SkipBrackets(tokens, begin) - 1;
  if (end == begin + 1 || (end == begin + 2 && tokens[begin + 1].text == "void")) return 0;
  int commas = 0;
  for (size_t i = begin + 1; i < end;) {
    std::string_view text = tokens[i].text;
    commas += text == "," ? 1 : 0;
    bool bracket = text == "(" || text == "[" || text == "{";
    std::optional<size_t> after = text == "<" ? SkipAngles(tokens, i) : std::nullopt;
    i = bracket ? SkipBrackets(tokens, i) : after.value_or(i + 1);
  }
  return commas + 1;
}

size_t Declaration::Take(size_t pos) {
  std::string_view text = tokens_[pos].text;
  bool label = text == ":" && !items_.empty() &&
               (Text(items_.size() - 1) == "public" || Text(items_.size() - 1) == "protected" ||
                Text(items_.size() - 1) == "private");
  if (label) {
    Clear();
    return pos + 1;
  }
  std::optional<size_t> after = text == "<" ? SkipAngles(tokens_, pos) : std::nullopt;
  bool bracket = text == "(" || text == "[" || text == "{";
  items_.push_back({pos, bracket || after ? text[0] : '\0'});
  return bracket ? SkipBrackets(tokens_, pos) : after.value_or(pos + 1);
}

bool Declaration::IsIdentifier(size_t item) const {
  return item < items_.size() && tokens_[items_[item].begin].kind == Token::kIdentifier;
}

size_t Declaration::IndexOf(std::string_view text, size_t from) const {
  while (from < items_.size() && Text(from) != text) ++from;
  return from;
}

size_t Declaration::FirstBeyondTemplate() const {
  size_t first = 0;
  while (first + 1 < items_.size() && Text(first) == "template" && items_[first + 1].kind == '<')
    first += 2;
  return first;
}

Declaration::Opens Declaration::Classify(Name* name) const {
  size_t first = FirstBeyondTemplate();
  bool linkage = first + 2 == items_.size() && Text(first) == "extern";
  if (linkage || Has("namespace")) return Opens::kScope;
  std::optional<Name> found = Has("operator") ? OperatorName(IndexOf("operator"))
                              : Has("=")      ? LambdaName()
                                              : FunctionName();
  if (found) {
    *name = *found;
    return OpensMemberValue(*found) ? Opens::kValue : Opens::kFunction;
  }
  if (Has("=")) return Opens::kValue;
  if (Has("enum")) return Opens::kEnum;
  return Has("class") || Has("struct") || Has("union") ? Opens::kType : Opens::kValue;
}

std::optional<Declaration::Name> Declaration::LambdaName() const {
  size_t equals = IndexOf("=");
  bool lambda =
      IsIdentifier(equals - 1) && equals + 1 < items_.size() && items_[equals + 1].kind == '[';
  if (!lambda) return std::nullopt;
  bool has_parameters = equals + 2 < items_.size() && items_[equals + 2].kind == '(';
  return Name{std::string(Text(equals - 1)), items_[equals - 1].begin,
              has_parameters ? items_[equals + 2].begin : 0, false};
}

// The first parentheses of operator() belong to the name.
std::optional<Declaration::Name> Declaration::OperatorName(size_t at) const {
  std::string text = "operator";
  size_t group = at + 1;
  for (; group < items_.size() && (items_[group].kind != '(' || group == at + 1); ++group) {
    text += items_[group].kind == '(' ? "()" : std::string(Text(group));
    if (group == at + 1 && group + 1 == items_.size()) return std::nullopt;
  }
  if (group == items_.size()) return std::nullopt;
  return Name{text, items_[at].begin, items_[group].begin, false};
}

std::optional<Declaration::Name> Declaration::FunctionName() const {
  for (size_t i = 1; i < items_.size(); ++i) {
    if (items_[i].kind != '(') continue;
    std::optional<Name> name = NameBefore(i);
    if (name) return name;
  }
  return std::nullopt;
}

std::optional<Declaration::Name> Declaration::NameBefore(size_t group) const {
  size_t at = group - 1;
  if (items_[at].kind == '<' && at > 0) --at;
  if (!IsIdentifier(at)) return std::nullopt;
  std::string text(Text(at));
  if (std::find(kTakesParentheses.begin(), kTakesParentheses.end(), text) !=
      kTakesParentheses.end()) {
    return std::nullopt;
  }
  bool is_macro = IsMacroName(text);
  bool only_groups_follow = std::all_of(items_.begin() + group, items_.end(),
                                        [](const Item& item) { return item.kind == '('; });
  if (is_macro && (at != FirstBeyondTemplate() || !only_groups_follow)) return std::nullopt;
  size_t begin = items_[group].begin;
  if (is_macro) {  // TEST(Suite, Name) is called Suite.Name
    text.clear();
    for (size_t i = begin + 1; tokens_[i].text != ")"; ++i)
      text += tokens_[i].text == "," ? "." : tokens_[i].text;
  }
  if (at > 0 && Text(at - 1) == "~") text.insert(text.begin(), '~'), --at;
  for (; at > 1 && Text(at - 1) == "::" && IsIdentifier(at - 2); at -= 2)
    text = std::string(Text(at - 2)).append("::").append(text);
  return Name{text, items_[at].begin, begin, is_macro};
}

// In `Foo::Foo(int a) : a_{a} {` the first brace follows a name: a value. A body does not.
bool Declaration::OpensMemberValue(const Name& name) const {
  size_t colon = IndexOf(":");
  bool in_initializers = colon < items_.size() && items_[colon].begin > name.parameters;
  return in_initializers && (IsIdentifier(items_.size() - 1) || items_.back().kind == '<');
}

}  // namespace tape::tidy
