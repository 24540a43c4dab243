// Every limit of tape, each with its reason. A value past one is refused with kResourceExhausted
// or, where it is part of a definition, kInvalidArgument; nothing is ever cut to fit.
//
//   if (text.size() > kMaxValueBytes) return absl::ResourceExhaustedError(...);
//
// Raising a limit is cheap (readers of older files see smaller values); lowering one orphans data.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tape {

// ---- blocks and slices

// Rows of a block. 8 KiB of a 64-bit column: input and output of a kernel stay in a 32 KiB L1
// together, one 32-byte header costs 0.25 bits a row, and a row index inside a block fits 10 bits.
inline constexpr uint32_t kBlockRows = 1024;

// A slice is small enough to be sorted in L2-sized pieces and large enough that its directory and
// its summaries vanish beside the data.
inline constexpr uint32_t kDefaultSliceRows = 262'144;
inline constexpr uint32_t kMinSliceRows = kBlockRows;

// Row positions inside a slice fit 20 bits, its 1,024 block headers fit 32 KiB, and sealing one
// needs a bounded amount of memory.
inline constexpr uint32_t kMaxSliceRows = 1'048'576;

// ---- values

// One value. A block of 1,024 of them must still be readable in one piece, and the WAL record of a
// row fits a segment.
inline constexpr size_t kMaxValueBytes = size_t{1} << 20;

// All values of one row together: what a commit holds in private memory while it checks one row.
inline constexpr size_t kMaxRowBytes = size_t{4} << 20;

// A symbol value. VARCHAR(255) with four bytes a character fits, so any such column can be a
// symbol.
inline constexpr size_t kMaxSymbolBytes = 1024;

// Different values of one symbol column. Every process that reads the table maps its dictionary,
// and the tail keeps the last row of each code: 128 MiB at this limit. More is a sign of an id,
// which is not a symbol.
inline constexpr uint32_t kMaxSymbols = uint32_t{1} << 24;

// Values of an ENUM: a code fits 16 bits.
inline constexpr uint32_t kMaxEnumValues = 65'535;

// n of VARCHAR(n). A character is at least a byte, so more could never be used.
inline constexpr uint32_t kMaxVarcharLength = static_cast<uint32_t>(kMaxValueBytes);

// 10^38 - 1 is the largest power of ten below 2^127, as in every other system with 128-bit
// decimals.
inline constexpr int kMaxDecimalPrecision = 38;

// 10^18 - 1 fits an int64_t: such decimals are stored in eight bytes and computed in machine words.
inline constexpr int kMaxDecimal64Precision = 18;

// Nesting of a JSON value. Validation keeps one bit a level, and what reads a value back may
// recurse.
inline constexpr int kMaxJsonDepth = 256;

// Elements of an array value: its null bitmap is at most 8 KiB.
inline constexpr uint32_t kMaxArrayElements = 65'536;

// ---- definitions

// Columns of a table: a row's validity is at most 512 bytes, a slice's directory stays far below
// its data, and every column may hold an open file while a slice is written.
inline constexpr uint32_t kMaxColumns = 4096;

// Bytes of a name. Twice PostgreSQL's 63, so that its names are never cut; the length fits one
// byte.
inline constexpr size_t kMaxIdentifierBytes = 127;

// Columns of a key, an index or a foreign key: PostgreSQL's limit.
inline constexpr uint32_t kMaxKeyColumns = 32;

// Constraints (each kind) and indexes of a table: each is checked on every commit or seal.
inline constexpr uint32_t kMaxConstraints = 256;
inline constexpr uint32_t kMaxIndexes = 256;

// SQL text kept in the catalog: a CHECK, a DEFAULT, an index predicate, a comment. It is parsed
// again whenever a store is opened.
inline constexpr size_t kMaxExpressionBytes = size_t{64} << 10;

}  // namespace tape
