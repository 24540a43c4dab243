// A token: what kind of thing stands where. 12 bytes, no copy of the text.
//
//   "price >= 1.5"  ->  {kWord, 0, 5} {kSign, 6, 2, ">="} {kNumber, 9, 3}
#pragma once

#include <cstdint>

#include "engine/sql/lexer/terminals.h"

namespace tape::engine::sql {

enum class TokenKind : uint8_t {
  kEnd,           // of the statement: its semicolon, or the end of the text
  kWord,          // with a terminal where the grammar knows it
  kQuotedName,    // "name"
  kString,        // 'text'
  kEscapeString,  // E'text\n'
  kDollarString,  // $$text$$, $tag$text$tag$
  kNumber,        // 12, 1.5, .5, 1e-3
  kDuration,      // 5s, 100ms
  kParameter,     // $1
  kSign,          // with a terminal
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Terminal terminal{};
  uint32_t offset = 0;
  uint32_t size = 0;
};

static_assert(sizeof(Token) == 12);

}  // namespace tape::engine::sql
