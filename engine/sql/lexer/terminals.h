// The words and signs that the grammar knows.
//
//   if (Accept("GROUP", "BY")) ...      // Terminal("GROUP"), found when this is compiled
//   FindTerminal("group").reserved()    // true: no name unless it is quoted
//
// A word of three kinds:
//   free       may be any name, and is printed as one: timestamp, symbol, level
//   quoted     may be a name, but means something else in places; so the printer quotes it: index
//   reserved   is a name only in quotes: select, PostgreSQL's list without what tape has not
//
// A Terminal made of a text that is not in the list does not compile. Immutable; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tape::engine::sql {

enum class TerminalKind : uint8_t { kFree, kQuoted, kReserved, kSign };

struct TerminalSpelling {
  std::string_view text;
  TerminalKind kind;
};

namespace terminals_internal {

using enum TerminalKind;

// Number 0 is no terminal.
inline constexpr TerminalSpelling kSpellings[] = {
    {"", kFree},

    {"ABORT", kFree},
    {"ACTION", kFree},
    {"ADD", kFree},
    {"AFTER", kFree},
    {"ALTER", kFree},
    {"ALWAYS", kFree},
    {"ANALYZE", kFree},
    {"AT", kQuoted},
    {"ATTACH", kFree},
    {"AUTOINCREMENT", kFree},
    {"AVAILABLE", kFree},
    {"BEFORE", kFree},
    {"BEGIN", kFree},
    {"BOTH", kReserved},
    {"BY", kFree},
    {"CALENDAR", kFree},
    {"CASCADE", kFree},
    {"CHARACTER", kFree},
    {"CLUSTER", kFree},
    {"COMMENT", kFree},
    {"COMMIT", kFree},
    {"CONFLICT", kFree},
    {"CURRENT", kFree},
    {"DATA", kFree},
    {"DAY", kFree},
    {"DAYS", kFree},
    {"DELETE", kFree},
    {"DETACH", kFree},
    {"DOUBLE", kFree},
    {"DROP", kFree},
    {"EACH", kFree},
    {"ENUM", kFree},
    {"ESCAPE", kQuoted},
    {"EXCLUDE", kFree},
    {"EXECUTE", kFree},
    {"EXPLAIN", kFree},
    {"EXTENSION", kFree},
    {"FIRST", kFree},
    {"FOLLOWING", kFree},
    {"FUNCTION", kFree},
    {"GENERATED", kFree},
    {"HOUR", kFree},
    {"IDENTITY", kFree},
    {"IF", kFree},
    {"IGNORE", kFree},
    {"INCLUDE", kFree},
    {"INSERT", kFree},
    {"INSTEAD", kFree},
    {"KEY", kFree},
    {"LANGUAGE", kFree},
    {"LAST", kFree},
    {"LINEAR", kFree},
    {"LOCAL", kFree},
    {"LOCKED", kFree},
    {"LSN", kFree},
    {"MATERIALIZED", kFree},
    {"MINUTE", kFree},
    {"MONTH", kFree},
    {"NEW", kFree},
    {"NEXT", kFree},
    {"NO", kFree},
    {"NONE", kFree},
    {"NOTHING", kFree},
    {"NOWAIT", kFree},
    {"NULLS", kFree},
    {"OBSERVATION", kFree},
    {"OF", kFree},
    {"OTHERS", kFree},
    {"PRECEDING", kFree},
    {"PRECISION", kFree},
    {"PREV", kFree},
    {"PROCEDURE", kFree},
    {"RECURSIVE", kFree},
    {"REFRESH", kFree},
    {"RENAME", kFree},
    {"REPLACE", kFree},
    {"RESET", kFree},
    {"RESPECT", kFree},
    {"RESTRICT", kFree},
    {"RETURN", kFree},
    {"RETURNS", kFree},
    {"ROLLBACK", kFree},
    {"SCHEMA", kFree},
    {"SECOND", kFree},
    {"SENSITIVE", kFree},
    {"SESSION", kFree},
    {"SET", kFree},
    {"SHOW", kFree},
    {"SKIP", kFree},
    {"START", kFree},
    {"STATEMENT", kFree},
    {"STORED", kFree},
    {"TIES", kFree},
    {"TIME", kFree},
    {"TIMESTAMP", kFree},
    {"TRANSACTION", kFree},
    {"TRIGGER", kFree},
    {"TYPE", kFree},
    {"UNBOUNDED", kFree},
    {"UNKNOWN", kFree},
    {"UPDATE", kFree},
    {"VALUE", kFree},
    {"VARYING", kFree},
    {"VIEW", kFree},
    {"WEEK", kFree},
    {"WORK", kFree},
    {"YEAR", kFree},
    {"ZONE", kFree},
    {"ROW", kQuoted},
    {"WITHOUT", kFree},
    {"INDEX", kQuoted},
    {"NANOSECOND", kFree},
    {"MICROSECOND", kFree},
    {"MILLISECOND", kFree},

    {"ALIGN", kQuoted},
    {"ASOF", kQuoted},
    {"BACKWARD", kQuoted},
    {"BETWEEN", kQuoted},
    {"EXISTS", kQuoted},
    {"EXTRACT", kQuoted},
    {"FILL", kQuoted},
    {"FILTER", kQuoted},
    {"FORWARD", kQuoted},
    {"GROUPS", kQuoted},
    {"INTERVAL", kQuoted},
    {"LATEST", kQuoted},
    {"NEAREST", kQuoted},
    {"OVER", kQuoted},
    {"PARTITION", kQuoted},
    {"POSITION", kQuoted},
    {"RANGE", kQuoted},
    {"ROWS", kQuoted},
    {"SAMPLE", kQuoted},
    {"STRICT", kQuoted},
    {"SUBSTRING", kQuoted},
    {"TOLERANCE", kQuoted},
    {"TRIM", kQuoted},
    {"VALUES", kQuoted},

    {"ALL", kReserved},
    {"AND", kReserved},
    {"ANY", kReserved},
    {"ARRAY", kReserved},
    {"AS", kReserved},
    {"ASC", kReserved},
    {"CASE", kReserved},
    {"CAST", kReserved},
    {"CHECK", kReserved},
    {"COLLATE", kReserved},
    {"COLUMN", kReserved},
    {"CONCURRENTLY", kReserved},
    {"CONSTRAINT", kReserved},
    {"CREATE", kReserved},
    {"CROSS", kReserved},
    {"CURRENT_CATALOG", kReserved},
    {"CURRENT_DATE", kReserved},
    {"CURRENT_SCHEMA", kReserved},
    {"CURRENT_TIME", kReserved},
    {"CURRENT_TIMESTAMP", kReserved},
    {"CURRENT_USER", kReserved},
    {"DEFAULT", kReserved},
    {"DESC", kReserved},
    {"DISTINCT", kReserved},
    {"DO", kReserved},
    {"ELSE", kReserved},
    {"END", kReserved},
    {"EXCEPT", kReserved},
    {"FALSE", kReserved},
    {"FETCH", kReserved},
    {"FOR", kReserved},
    {"FOREIGN", kReserved},
    {"FROM", kReserved},
    {"FULL", kReserved},
    {"GROUP", kReserved},
    {"HAVING", kReserved},
    {"ILIKE", kReserved},
    {"IN", kReserved},
    {"INNER", kReserved},
    {"INTERSECT", kReserved},
    {"INTO", kReserved},
    {"IS", kReserved},
    {"ISNULL", kReserved},
    {"JOIN", kReserved},
    {"LATERAL", kReserved},
    {"LEADING", kReserved},
    {"LEFT", kReserved},
    {"LIKE", kReserved},
    {"LIMIT", kReserved},
    {"LOCALTIME", kReserved},
    {"LOCALTIMESTAMP", kReserved},
    {"NATURAL", kReserved},
    {"NOT", kReserved},
    {"NOTNULL", kReserved},
    {"NULL", kReserved},
    {"OFFSET", kReserved},
    {"ON", kReserved},
    {"ONLY", kReserved},
    {"OR", kReserved},
    {"ORDER", kReserved},
    {"OUTER", kReserved},
    {"PRIMARY", kReserved},
    {"REFERENCES", kReserved},
    {"RETURNING", kReserved},
    {"RIGHT", kReserved},
    {"SELECT", kReserved},
    {"SESSION_USER", kReserved},
    {"SIMILAR", kReserved},
    {"SOME", kReserved},
    {"SYMMETRIC", kReserved},
    {"TABLE", kReserved},
    {"THEN", kReserved},
    {"TO", kReserved},
    {"TRAILING", kReserved},
    {"TRUE", kReserved},
    {"UNION", kReserved},
    {"UNIQUE", kReserved},
    {"USER", kReserved},
    {"USING", kReserved},
    {"WHEN", kReserved},
    {"WHERE", kReserved},
    {"WINDOW", kReserved},
    {"WITH", kReserved},

    {"(", kSign},
    {")", kSign},
    {"[", kSign},
    {"]", kSign},
    {",", kSign},
    {".", kSign},
    {"+", kSign},
    {"-", kSign},
    {"*", kSign},
    {"/", kSign},
    {"%", kSign},
    {"^", kSign},
    {"=", kSign},
    {"<>", kSign},
    {"!=", kSign},
    {"<", kSign},
    {"<=", kSign},
    {">", kSign},
    {">=", kSign},
    {"||", kSign},
    {"::", kSign},
    {":", kSign},
    {":=", kSign},
    {"=>", kSign},
    {"->", kSign},
    {"->>", kSign},
    {"#>", kSign},
    {"#>>", kSign},
    {"@>", kSign},
    {"<@", kSign},
    {"&&", kSign},
    {"?", kSign},
    {"?|", kSign},
    {"?&", kSign},
    {"~", kSign},
    {"~*", kSign},
    {"!~", kSign},
    {"!~*", kSign},
    {"&", kSign},
    {"|", kSign},
    {"#", kSign},
    {"<<", kSign},
    {">>", kSign},
    {";", kSign},
};

inline constexpr size_t kCount = sizeof(kSpellings) / sizeof(kSpellings[0]);

constexpr char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

constexpr bool SameWord(std::string_view upper, std::string_view text) {
  if (upper.size() != text.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (upper[i] != Upper(text[i])) return false;
  }
  return true;
}

// Open addressing: a slot holds a number, or 0.
struct Table {
  static constexpr size_t kSlots = 1024;
  static_assert(kSlots > 2 * kCount);

  uint16_t slots[kSlots] = {};
  size_t longest = 0;

  static constexpr size_t Slot(std::string_view text) {
    uint32_t hash = 2166136261u;
    for (const char c : text) hash = (hash ^ static_cast<uint8_t>(Upper(c))) * 16777619u;
    return (hash ^ (hash >> 15)) % kSlots;
  }

  constexpr Table() {
    for (uint16_t number = 1; number < kCount; ++number) {
      const std::string_view text = kSpellings[number].text;
      if (text.size() > longest) longest = text.size();
      size_t slot = Slot(text);
      while (slots[slot] != 0) slot = (slot + 1) % kSlots;
      slots[slot] = number;
    }
  }

  constexpr uint16_t Find(std::string_view text) const {
    if (text.size() > longest) return 0;
    size_t slot = Slot(text);
    while (slots[slot] != 0 && !SameWord(kSpellings[slots[slot]].text, text)) {
      slot = (slot + 1) % kSlots;
    }
    return slots[slot];
  }
};

inline constexpr Table kTable;

}  // namespace terminals_internal

class Terminal {
 public:
  constexpr Terminal() = default;
  // Of a text in the list, known when this is compiled.
  consteval Terminal(const char* text)  // NOLINT(google-explicit-constructor): Accept("SELECT")
      : number_(terminals_internal::kTable.Find(text)) {
    if (number_ == 0) NotInTheList();
  }

  constexpr explicit operator bool() const { return number_ != 0; }
  // For a switch over terminals.
  constexpr uint16_t number() const { return number_; }
  constexpr std::string_view text() const { return terminals_internal::kSpellings[number_].text; }
  constexpr TerminalKind kind() const { return terminals_internal::kSpellings[number_].kind; }
  constexpr bool reserved() const { return kind() == TerminalKind::kReserved; }

  friend constexpr bool operator==(Terminal, Terminal) = default;
  // In any case; none where the text is not in the list.
  friend constexpr Terminal FindTerminal(std::string_view text);

 private:
  static void NotInTheList() {}

  uint16_t number_ = 0;
};

constexpr Terminal FindTerminal(std::string_view text) {
  Terminal terminal;
  terminal.number_ = terminals_internal::kTable.Find(text);
  return terminal;
}

}  // namespace tape::engine::sql
