// How deep the control flow of a function body goes.
//
//   for (...) {            // 1
//     if (a) {             // 2
//       while (b) Step();  // 3
//     } else if (c) {      // 2: an else-if chain is one choice
//       each([&] {         // a lambda adds no level of its own ...
//         if (d) Do();     // 3: ... but what is in it counts
//       });
//     }
//   }
//
// Braces do not matter: `if (a) for (...) Do();` is two deep. Pure function.
#pragma once

#include <cstddef>
#include <span>

#include "tests/tidy/cpp_source.h"

namespace tape::tidy {

struct Body {
  size_t end;   // index of the token after the closing brace
  int nesting;  // 0 for straight-line code
};

// `begin` is the index of the opening brace.
Body ReadBody(std::span<const Token> tokens, size_t begin);

}  // namespace tape::tidy
