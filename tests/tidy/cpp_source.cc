#include "tests/tidy/cpp_source.h"

#include <algorithm>
#include <array>

#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

// Signs of more than one character, longest first. No ">>" and no ">=": in
// std::vector<std::vector<int>> and in template <int N = 1> every '>' closes something.
constexpr std::array<std::string_view, 19> kSigns = {
    "...", "<=>", "<<=", "::", "->", "==", "!=", "<=", "<<", "&&",
    "||",  "+=",  "-=",  "*=", "/=", "%=", "++", "--", "^="};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  CppSource Run() && {
    while (pos_ < text_.size()) Step();
    return std::move(out_);
  }

 private:
  struct Branch {
    int braces_at_if;
    bool dropped;  // the first branch left braces open: nothing of the others counts
  };

  char Peek(size_t ahead = 0) const {
    return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0';
  }
  bool Sees(std::string_view what) const { return text_.substr(pos_).starts_with(what); }

  void Advance(size_t count) {
    size_t end = std::min(pos_ + count, text_.size());
    line_ += static_cast<int>(std::count(text_.begin() + pos_, text_.begin() + end, '\n'));
    pos_ = end;
  }

  void AdvancePast(std::string_view mark) {
    size_t at = text_.find(mark, pos_);
    Advance(at == text_.npos ? text_.size() - pos_ : at + mark.size() - pos_);
  }

  void Step() {
    SkipSpace();
    if (pos_ == text_.size()) return;
    char c = Peek();
    if (Sees("//")) return LineComment();
    if (Sees("/*")) return Advance(2), AdvancePast("*/");
    if (c == '#' && line_start_) return Directive();
    line_start_ = false;
    if (c == '"' || c == '\'') return Literal(pos_);
    if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return Number();
    if (IsWordChar(c)) return Word();
    Sign();
  }

  void SkipSpace() {
    for (; pos_ < text_.size(); ++pos_) {
      char c = text_[pos_];
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return;
      line_start_ = line_start_ || c == '\n';
      line_ += c == '\n' ? 1 : 0;
    }
  }

  void LineComment() { Advance(LogicalLine().size()); }

  // To the end of the line, and on while a backslash continues it.
  std::string_view LogicalLine() const {
    size_t end = text_.find('\n', pos_);
    while (end != text_.npos && end > pos_ && text_[end - 1] == '\\')
      end = text_.find('\n', end + 1);
    return text_.substr(pos_, end - pos_);
  }

  void Emit(Token::Kind kind, size_t begin, int line) {
    if (Dropping()) return;
    out_.tokens.push_back({kind, text_.substr(begin, pos_ - begin), line});
  }

  void Number() {
    size_t begin = pos_;
    while (IsWordChar(Peek()) || Peek() == '.' || (Peek() == '\'' && IsWordChar(Peek(1)))) ++pos_;
    Emit(Token::kNumber, begin, line_);
  }

  void Word() {
    size_t begin = pos_;
    while (IsWordChar(Peek())) ++pos_;
    std::string_view word = text_.substr(begin, pos_ - begin);
    if (Peek() == '"' && IsOneOf(word, {"R", "u8R", "uR", "UR", "LR"})) return RawString(begin);
    if ((Peek() == '"' || Peek() == '\'') && IsOneOf(word, {"u8", "u", "U", "L"}))
      return Literal(begin);
    Emit(Token::kIdentifier, begin, line_);
  }

  static bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  }

  void Literal(size_t begin) {
    int line = line_;
    char quote = Peek();
    Advance(1);
    while (pos_ < text_.size() && Peek() != quote && Peek() != '\n')
      Advance(Peek() == '\\' ? 2 : 1);
    if (Peek() == quote) Advance(1);
    Emit(Token::kLiteral, begin, line);
  }

  void RawString(size_t begin) {
    int line = line_;
    size_t open = text_.find('(', pos_);
    if (open == text_.npos) return Advance(1);
    std::string closing(text_.substr(pos_ + 1, open - pos_ - 1));
    closing.insert(closing.begin(), ')');
    closing.push_back('"');
    AdvancePast(closing);
    Emit(Token::kLiteral, begin, line);
  }

  size_t SignSize() const {
    constexpr std::string_view kSecond = ".=<:>&|+-";
    if (kSecond.find(Peek(1)) == kSecond.npos) return 1;
    auto sign = std::find_if(kSigns.begin(), kSigns.end(), [this](auto s) { return Sees(s); });
    return sign == kSigns.end() ? 1 : sign->size();
  }

  void Sign() {
    size_t begin = pos_;
    pos_ += SignSize();
    std::string_view text = text_.substr(begin, pos_ - begin);
    if (!Dropping()) braces_ += text == "{" ? 1 : text == "}" ? -1 : 0;
    Emit(Token::kSign, begin, line_);
  }

  void Directive() {
    std::string_view line = LogicalLine();
    std::string_view body = Trim(line.substr(1));
    if (body.starts_with("include")) AddInclude(Trim(body.substr(7)));
    if (body.starts_with("if")) branches_.push_back({braces_, Dropping()});
    if (body.starts_with("el") && !branches_.empty()) NextBranch();
    if (body.starts_with("endif") && !branches_.empty()) branches_.pop_back();
    if (body.starts_with("pragma") && Trim(body.substr(6)).starts_with("once"))
      out_.pragma_once = true;
    Advance(line.size());
  }

  void NextBranch() {
    Branch& branch = branches_.back();
    branch.dropped = branch.dropped || braces_ != branch.braces_at_if;
  }

  bool Dropping() const { return !branches_.empty() && branches_.back().dropped; }

  void AddInclude(std::string_view target) {
    if (target.empty() || (target[0] != '"' && target[0] != '<')) return;
    char closing = target[0] == '"' ? '"' : '>';
    size_t end = target.find(closing, 1);
    if (end == target.npos) return;
    out_.includes.push_back({std::string(target.substr(1, end - 1)), closing == '>', line_});
  }

  std::string_view text_;
  size_t pos_ = 0;
  int line_ = 1;
  int braces_ = 0;
  bool line_start_ = true;
  std::vector<Branch> branches_;
  CppSource out_;
};

}  // namespace

CppSource ParseCpp(std::string_view text) { return Parser(text).Run(); }

}  // namespace tape::tidy
