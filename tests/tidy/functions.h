// The functions that a C++ file defines, with what the budgets limit.
//
//   CppSource source = ParseCpp("int Store::Open(Path p, Mode m) {\n  return 1;\n}\n");
//   Function f = FindFunctions(source)[0];
//   f.name;         // "Store::Open"
//   f.lines;        // 3, from the line of the name to the closing brace
//   f.parameters;   // 2
//
// Found by matching braces, at namespace and class scope. Lambdas and local classes belong to the
// function that holds them; a lambda stored in a variable at namespace scope is a function of that
// name. Member initializers, braced values, enums and declarations without a body are no functions.
#pragma once

#include <string>
#include <vector>

#include "tests/tidy/cpp_source.h"

namespace tape::tidy {

struct Function {
  std::string name;
  int line = 0;
  int lines = 0;
  int parameters = 0;
  int nesting = 0;
  bool is_test = false;  // TEST(Suite, Name) and its relatives: any all-capital macro with a body
};

std::vector<Function> FindFunctions(const CppSource& source);

}  // namespace tape::tidy
