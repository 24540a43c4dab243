#include "engine/sql/lexer/source.h"

#include <algorithm>

#include "format/bytes/message.h"
#include "format/types/utf8.h"

namespace tape::engine::sql {
namespace {

// Characters of a line shown around a place.
constexpr size_t kShownBefore = 48;
constexpr size_t kShownAfter = 32;

bool StartsCharacter(char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; }

size_t LineStart(std::string_view text, size_t offset) {
  const size_t before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

// Appends up to `count` characters from `from`; what a terminal would act on becomes a blank.
void Show(std::string_view line, size_t count, std::string& out) {
  while (!line.empty() && count-- > 0) {
    const size_t size = format::Utf8Length(line);
    const auto c = static_cast<uint8_t>(line[0]);
    if (size <= 1) {
      out += size == 0 ? '?' : c < 0x20 || c == 0x7F ? ' ' : line[0];
    } else {
      out += line.substr(0, size);
    }
    line.remove_prefix(std::max<size_t>(size, 1));
  }
}

// The start of the character that is at most `count` characters before `offset`.
size_t Back(std::string_view text, size_t start, size_t offset, size_t count) {
  while (offset > start && count > 0) {
    --offset;
    if (StartsCharacter(text[offset])) --count;
  }
  return offset;
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), StartsCharacter));
}

}  // namespace

SourcePosition Locate(std::string_view text, uint32_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t start = LineStart(text, before.size());
  const auto lines = std::count(before.begin(), before.end(), '\n');
  return {static_cast<uint32_t>(lines + 1),
          static_cast<uint32_t>(CountCharacters(before.substr(start)) + 1)};
}

std::string Describe(std::string_view text, const SourceFault& fault) {
  const size_t offset = std::min<size_t>(fault.offset, text.size());
  const SourcePosition position = Locate(text, static_cast<uint32_t>(offset));
  std::string out = format::Concat("line ", position.line, ", column ", position.column, ": ",
                                   fault.message, "\n  ");
  const size_t from = Back(text, LineStart(text, offset), offset, kShownBefore);
  const std::string_view after = text.substr(offset);
  Show(text.substr(from, offset - from), kShownBefore, out);
  Show(after.substr(0, after.find('\n')), kShownAfter, out);
  out += "\n  ";
  out.append(CountCharacters(text.substr(from, offset - from)), ' ');
  return out += '^';
}

absl::Status ToStatus(std::string_view text, const SourceFault& fault) {
  const auto code =
      fault.limit ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kInvalidArgument;
  return absl::Status(code, Describe(text, fault));
}

}  // namespace tape::engine::sql
