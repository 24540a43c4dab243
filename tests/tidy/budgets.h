// How large things may become before they need another name for a part of them.
//
//                       limit
//   file-lines          600 for sources, 400 for headers, 800 for code below tests/ and bench/
//   function-lines      60, from the line of the name to the closing brace; tests too
//   function-parameters 5
//   function-nesting    3 levels of if, for, while, do, switch (nesting.h)
//
// Keys of ratchet.txt are the path, or path:function. Pure functions.
#pragma once

#include <vector>

#include "tests/tidy/ratchet.h"
#include "tests/tidy/tree.h"

namespace tape::tidy {

std::vector<Measure> OverBudget(const Tree& tree);

// Lines per function below `folder`, in ascending order.
std::vector<int> FunctionLengths(const Tree& tree, std::string_view folder);

}  // namespace tape::tidy
