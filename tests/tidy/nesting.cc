#include "tests/tidy/nesting.h"

#include <algorithm>

namespace tape::tidy {
namespace {

class Statements {
 public:
  Statements(std::span<const Token> tokens, size_t begin) : tokens_(tokens), pos_(begin) {}

  Body Run() && {
    Block(0);
    return {pos_, deepest_};
  }

 private:
  bool Done() const { return pos_ >= tokens_.size(); }
  bool At(std::string_view text) const { return !Done() && tokens_[pos_].text == text; }

  bool AtControl() const { return At("if") || AtLoop() || At("do") || At("else"); }
  bool AtLoop() const { return At("for") || At("while") || At("switch"); }

  bool Eat(std::string_view text) {
    if (!At(text)) return false;
    ++pos_;
    return true;
  }

  void Block(int depth) {
    ++pos_;
    while (!Done() && !At("}")) Statement(depth);
    Eat("}");
  }

  void Statement(int depth) {
    Attributes();
    if (At("{")) return Block(depth);
    if (At("case") || At("default")) return Label();
    if (Eat("if")) return If(depth);
    if (Eat("do")) return Do(depth);
    if (Eat("else")) return Controlled(depth);  // of an `if` that a macro hides
    if (AtLoop()) return Loop(depth);
    Expression(depth);
  }

  void Controlled(int depth) {
    deepest_ = std::max(deepest_, depth + 1);
    Statement(depth + 1);
  }

  void If(int depth) {
    Eat("constexpr");
    if (At("(")) Group(depth);
    Controlled(depth);
    if (!Eat("else")) return;
    return Eat("if") ? If(depth) : Controlled(depth);
  }

  void Loop(int depth) {
    ++pos_;
    if (At("(")) Group(depth);
    Controlled(depth);
  }

  void Do(int depth) {
    Controlled(depth);
    if (!Eat("while")) return;
    if (At("(")) Group(depth);
    Eat(";");
  }

  void Label() {
    while (!Done() && !At(":") && !At(";") && !At("}")) ++pos_;
    Eat(":") || Eat(";");
  }

  // [[likely]] and the like; a lambda that starts a statement begins with one bracket only.
  void Attributes() {
    while (At("[") && pos_ + 1 < tokens_.size() && tokens_[pos_ + 1].text == "[") Group(0);
  }

  // Round or square brackets, with the lambdas and braced values inside.
  void Group(int depth) {
    for (++pos_; !Done() && !At(")") && !At("]") && !At("}");) Element(depth);
    Eat(")") || Eat("]");
  }

  void Element(int depth) {
    if (At("(") || At("[")) return Group(depth);
    if (At("{")) return Block(depth);
    ++pos_;
  }

  // Up to its ';', to the end of the block, or to the keyword of a next statement (after a macro
  // that brings its own block).
  void Expression(int depth) {
    while (!Done() && !At("}") && !AtControl()) {
      if (Eat(";")) return;
      Element(depth);
    }
  }

  std::span<const Token> tokens_;
  size_t pos_;
  int deepest_ = 0;
};

}  // namespace

Body ReadBody(std::span<const Token> tokens, size_t begin) {
  return Statements(tokens, begin).Run();
}

}  // namespace tape::tidy
