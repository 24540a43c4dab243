// A C++ file as the rules see it: tokens without comments and preprocessor lines, and its includes.
//
//   CppSource source = ParseCpp("#include <vector>\nint Twice(int x) { return 2 * x; }\n");
//   source.includes[0].path;     // "vector"
//   source.tokens[1].text;       // "Twice", on line 2
//
// Not a compiler: macros stay as they are written. Both branches of an #if are kept, unless the
// first one leaves braces open; then the others are dropped, so that braces always pair up. Tokens
// are views into the text, which must outlive them. Pure function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tape::tidy {

struct Token {
  enum Kind { kIdentifier, kNumber, kLiteral, kSign };
  Kind kind;
  std::string_view
      text;  // a literal keeps its quotes; a sign is one operator, but '>' is always alone
  int line;
};

struct Include {
  std::string path;
  bool angled;
  int line;
};

struct CppSource {
  std::vector<Token> tokens;
  std::vector<Include> includes;
  bool pragma_once = false;
};

CppSource ParseCpp(std::string_view text);

}  // namespace tape::tidy
