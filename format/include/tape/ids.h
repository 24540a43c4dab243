// Numbers that must not be mistaken for one another.
//
//   RowNumber first(17);
//   RowNumber next = first + 1;     // 18
//   uint64_t rows = next - first;   // 1: the distance of two ids is a plain number
//   Lsn lsn = first;                // does not compile
//   SymbolCode code;                // 0, which is NULL
//
// An Id is its number and nothing else: same size, same registers, no check. Construction is
// explicit, value() gives the number back. Ids of one kind compare and hash; they print as their
// number.
//
// Immutable value types; thread-compatible.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace tape {

template <typename Tag, typename Number>
class Id {
 public:
  using Value = Number;

  constexpr Id() = default;
  constexpr explicit Id(Number value) : value_(value) {}

  constexpr Number value() const { return value_; }
  std::string ToString() const { return std::to_string(value_); }

  friend constexpr auto operator<=>(Id, Id) = default;

  // Steps and distances. They wrap like the number itself; a limit is the caller's to check.
  constexpr Id& operator++() {
    ++value_;
    return *this;
  }
  friend constexpr Id operator+(Id id, Number steps) {
    return Id(static_cast<Number>(id.value_ + steps));
  }
  friend constexpr Id operator-(Id id, Number steps) {
    return Id(static_cast<Number>(id.value_ - steps));
  }
  friend constexpr Number operator-(Id last, Id first) {
    return static_cast<Number>(last.value_ - first.value_);
  }

  friend std::ostream& operator<<(std::ostream& out, Id id) { return out << id.value_; }

  template <typename Hash>
  friend Hash AbslHashValue(Hash hash, Id id) {
    return Hash::combine(std::move(hash), id.value_);
  }

 private:
  Number value_ = 0;
};

// Position of a row version in its table, in arrival order, from 0; it never changes.
using RowNumber = Id<struct RowNumberTag, uint64_t>;

// Number of a commit, over all tables of a store; 0 is before the first commit.
using Lsn = Id<struct LsnTag, uint64_t>;

// Catalog ids; they are never used again after a DROP.
using TableId = Id<struct TableIdTag, uint32_t>;
using ColumnId = Id<struct ColumnIdTag, uint32_t>;
using EnumId = Id<struct EnumIdTag, uint32_t>;

// Code of a symbol value, global in its table, never changed. Code 0 is NULL.
using SymbolCode = Id<struct SymbolCodeTag, uint32_t>;
inline constexpr SymbolCode kNullSymbol{};

// Bytes from the start of a file.
using FileOffset = Id<struct FileOffsetTag, uint64_t>;

// Number of a manifest, dictionary, key or column file among those of one name.
using Generation = Id<struct GenerationTag, uint32_t>;

// Days since 1970-01-01 UTC; negative before.
using Day = Id<struct DayTag, int32_t>;

static_assert(sizeof(RowNumber) == 8 && sizeof(SymbolCode) == 4 && sizeof(Day) == 4);

}  // namespace tape

template <typename Tag, typename Number>
struct std::hash<tape::Id<Tag, Number>> {
  size_t operator()(tape::Id<Tag, Number> id) const noexcept {
    return std::hash<Number>{}(id.value());
  }
};
