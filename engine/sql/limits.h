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

// Levels of a tree: operators, calls and casts in one another; a query counts kQueryLevels. More is
// not written by people, and every walk over a tree recurses as deep.
inline constexpr uint16_t kMaxHeight = 40;
inline constexpr uint16_t kQueryLevels = 3;

// Levels of the parser's own recursion, parentheses that leave no trace in the tree included.
// Printing puts at most one pair of them around a node, so that every tree that was let through can
// be read again after it was printed. Measured (2026-11-21, GCC 12, -O3): what is nested worst,
// windows in windows, takes 2.1 KiB of stack a level, 185 KiB up to where it is refused, so that a
// thread of 256 KiB can parse anything; copying, comparing, printing and destroying what was let
// through take less than 40 KiB.
inline constexpr uint16_t kMaxNesting = 2 * kMaxHeight + 8;

// Terms of one sum, one chain of ANDs, one chain of UNIONs. They are kept flat and cost no stack,
// but whoever works on a tree may compile each into a step.
inline constexpr size_t kMaxTerms = 10'000;

// Dimensions of an array type, as in PostgreSQL.
inline constexpr int kMaxArrayDimensions = 6;

}  // namespace tape::engine::sql
