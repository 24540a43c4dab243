#include "tests/tidy/functions.h"

#include "tests/tidy/declaration.h"
#include "tests/tidy/nesting.h"

namespace tape::tidy {
namespace {

class Finder {
 public:
  explicit Finder(std::span<const Token> tokens) : tokens_(tokens) {}

  std::vector<Function> Run() && {
    while (!Done()) Inside();
    return std::move(found_);
  }

 private:
  bool Done() const { return pos_ >= tokens_.size(); }
  bool At(std::string_view text) const { return !Done() && tokens_[pos_].text == text; }

  // Declarations up to and with the closing brace of their scope.
  void Inside() {
    while (!Done() && !At("}")) One();
    ++pos_;
  }

  void One() {
    Declaration head(tokens_);
    while (!Done() && !At("}")) {
      if (At(";")) return static_cast<void>(++pos_);
      if (!At("{")) {
        pos_ = head.Take(pos_);
      } else if (!GoesOnAfterBrace(head)) {
        return;
      }
    }
  }

  bool GoesOnAfterBrace(Declaration& head) {
    Declaration::Name name;
    Declaration::Opens opens = head.Classify(&name);
    if (opens == Declaration::Opens::kFunction) {
      Add(name);
      return false;
    }
    bool scope = opens == Declaration::Opens::kScope || opens == Declaration::Opens::kType;
    if (!scope) {
      pos_ = head.Take(pos_);
      return true;
    }
    ++pos_;
    Inside();
    head.Clear();
    return opens == Declaration::Opens::kType;
  }

  void Add(const Declaration::Name& name) {
    Body body = ReadBody(tokens_, pos_);
    pos_ = body.end;
    int first = tokens_[name.token].line;
    int parameters = name.parameters == 0 ? 0 : CountParameters(tokens_, name.parameters);
    int lines = tokens_[body.end - 1].line - first + 1;
    found_.push_back({name.text, first, lines, parameters, body.nesting, name.is_test});
  }

  std::span<const Token> tokens_;
  size_t pos_ = 0;
  std::vector<Function> found_;
};

}  // namespace

std::vector<Function> FindFunctions(const CppSource& source) { return Finder(source.tokens).Run(); }

}  // namespace tape::tidy
