// The tokens of a declaration up to its '{', with bracketed groups folded into one item each, and
// what they say the brace opens. The part of functions.h that knows the grammar.
//
//   void F(int a, int b) noexcept(true) {      items: void  F  (...)  noexcept  (...)
//   Foo::Foo(int a) : a_(a), b_                items: Foo  ::  Foo  (...)  :  a_  (...)  ,  b_
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/cpp_source.h"

namespace tape::tidy {

// The index after the bracket that closes the one at `begin`: "(", "[" or "{".
size_t SkipBrackets(std::span<const Token> tokens, size_t begin);
// The same for a '<' that opens template arguments; nothing where it is a comparison.
std::optional<size_t> SkipAngles(std::span<const Token> tokens, size_t begin);
// Parameters between the parentheses at `begin`.
int CountParameters(std::span<const Token> tokens, size_t begin);

class Declaration {
 public:
  enum class Opens { kScope, kType, kEnum, kFunction, kValue };

  struct Name {
    std::string text;
    size_t token;       // where the name begins
    size_t parameters;  // index of the "(" token; 0 for a lambda without parameters
    bool is_test;
  };

  explicit Declaration(std::span<const Token> tokens) : tokens_(tokens) {}

  // Takes the token or the bracketed group at `pos`; returns the index after it.
  size_t Take(size_t pos);
  void Clear() { items_.clear(); }

  // What a '{' after these items opens; `name` is set for a function.
  Opens Classify(Name* name) const;

 private:
  struct Item {
    size_t begin;
    char kind;  // '(' '[' '{' '<' for a group, 0 for a single token
  };

  std::string_view Text(size_t item) const { return tokens_[items_[item].begin].text; }
  bool IsIdentifier(size_t item) const;
  bool Has(std::string_view text) const { return IndexOf(text) < items_.size(); }
  size_t IndexOf(std::string_view text, size_t from = 0) const;
  size_t FirstBeyondTemplate() const;
  std::optional<Name> LambdaName() const;
  std::optional<Name> OperatorName(size_t at) const;
  std::optional<Name> FunctionName() const;
  std::optional<Name> NameBefore(size_t group) const;
  bool OpensMemberValue(const Name& name) const;

  std::span<const Token> tokens_;
  std::vector<Item> items_;
};

}  // namespace tape::tidy
