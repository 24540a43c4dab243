// How large SQL may be, each limit with its reason. What is past one is refused with
// kResourceExhausted, and the place where it was passed.
//
//   if (text.size() > kMaxScriptBytes) ...
//
// Together they bound the work: every token is looked at a fixed number of times, every node of a
// tree takes at least one token, and no recursion, of parser, printer, comparison or destructor, is
// deeper than kMaxNesting. A node takes 64 bytes, its lists and names not counted.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tape::engine::sql {

// A script. Places are 32-bit; more than this is a bulk load, which has faster ways in.
inline constexpr size_t kMaxScriptBytes = size_t{256} << 20;

// One statement, its comments included: some 100,000 rows of VALUES.
inline constexpr size_t kMaxStatementBytes = size_t{16} << 20;

// Tokens of one statement: 12 MiB of them, and a tree of some 100 MiB at the very worst.
inline constexpr size_t kMaxStatementTokens = size_t{1} << 20;

// Levels of parentheses, subqueries, operators and casts in one another. Measured (2026-11-21): at
// this limit the parser takes at most 120 KiB of stack as it is shipped, and less than 250 KiB
// without optimisation, so that a thread of 256 KiB can parse anything.
inline constexpr uint16_t kMaxNesting = 128;

// Terms of one sum, one chain of ANDs, one chain of UNIONs. They are kept flat and cost no stack,
// but whoever works on a tree may compile each into a step.
inline constexpr size_t kMaxTerms = 10'000;

// Dimensions of an array type, as in PostgreSQL.
inline constexpr int kMaxArrayDimensions = 6;

}  // namespace tape::engine::sql
