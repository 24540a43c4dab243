#include "tests/tidy/cmake_text.h"

#include "tests/tidy/text.h"

namespace tape::tidy {
namespace {

class CMakeReader {
 public:
  explicit CMakeReader(std::string_view text) : text_(text) {}

  std::vector<CMakeCall> Run() && {
    while (pos_ < text_.size()) Step();
    return std::move(calls_);
  }

 private:
  // A word outside brackets names the next call; inside, it is an argument.
  void Step() {
    char c = text_[pos_];
    if (c == '#') return Comment();
    if (c == '"') return Quoted();
    if (c != '(' && c != ')' && Trim(text_.substr(pos_, 1)).size() == 1) return Word();
    if (c == '(' && depth_++ == 0) calls_.push_back({word_, {}});
    if (c == ')') --depth_;
    ++pos_;
  }

  void Comment() {
    size_t end = text_.find('\n', pos_);
    pos_ = end == text_.npos ? text_.size() : end;
  }

  void Quoted() {
    size_t begin = ++pos_;
    while (pos_ < text_.size() && text_[pos_] != '"') pos_ += text_[pos_] == '\\' ? 2 : 1;
    Take(begin, pos_);
    ++pos_;
  }

  void Word() {
    size_t begin = pos_;
    while (pos_ < text_.size() &&
           std::string_view("()\" \t\r\n").find(text_[pos_]) == std::string_view::npos)
      ++pos_;
    Take(begin, pos_);
  }

  void Take(size_t begin, size_t end) {
    std::string word(text_.substr(begin, end - begin));
    if (depth_ > 0 && !calls_.empty()) {
      calls_.back().args.push_back(std::move(word));
    } else {
      word_ = std::move(word);
    }
  }

  std::string_view text_;
  size_t pos_ = 0;
  int depth_ = 0;
  std::string word_;
  std::vector<CMakeCall> calls_;
};

}  // namespace

std::vector<CMakeCall> ParseCMake(std::string_view text) { return CMakeReader(text).Run(); }

}  // namespace tape::tidy
