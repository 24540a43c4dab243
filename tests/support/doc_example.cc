#include "tests/support/doc_example.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "format/bytes/message.h"

namespace tape::support {
namespace {

using format::Concat;

constexpr size_t kRowSize = 16;

std::string HexDigits(size_t value, size_t digits) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (; digits > 0 || value != 0; value >>= 4) {
    text.insert(text.begin(), kDigits[value & 15]);
    if (digits > 0) --digits;
  }
  return text;
}

std::string AsText(std::span<const std::byte> bytes) {
  std::string text;
  for (std::byte byte : bytes) {
    const auto c = static_cast<char>(byte);
    text += c >= ' ' && c <= '~' ? c : '.';
  }
  return text;
}

std::string HexRow(size_t offset, std::span<const std::byte> bytes) {
  std::string row = Concat(HexDigits(offset, 4), " ");
  for (std::byte byte : bytes) row.append(" ").append(HexDigits(static_cast<size_t>(byte), 2));
  row.append(3 * (kRowSize - bytes.size()), ' ');
  return Concat(row, "  |", AsText(bytes), "|");
}

// The row at `offset`, or what an end of the bytes looks like.
std::string HexRowAt(size_t offset, std::span<const std::byte> bytes) {
  if (offset >= bytes.size()) return Concat(HexDigits(offset, 4), "  (end)");
  return HexRow(offset, bytes.subspan(offset, std::min(kRowSize, bytes.size() - offset)));
}

bool ParseHex(std::string_view text, size_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size();
}

// Takes what stands before the separator off the front of `text`; all of it where there is none.
std::string_view TakeUntil(std::string_view& text, std::string_view separator) {
  const size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + separator.size());
  return taken;
}

std::string_view WithoutTrailingSpaces(std::string_view text) {
  const size_t last = text.find_last_not_of(" \r");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

absl::Status BadRow(std::string_view why, std::string_view row) {
  return absl::InvalidArgumentError(Concat(why, ": ", row));
}

// Appends "54 41 50".
bool ParseBytes(std::string_view text, std::vector<std::byte>& bytes) {
  while (!text.empty()) {
    const std::string_view pair = TakeUntil(text, " ");
    size_t value = 0;
    if (pair.size() != 2 || !ParseHex(pair, value)) return false;
    bytes.push_back(static_cast<std::byte>(value));
  }
  return true;
}

absl::Status ParseRow(std::string_view row, std::vector<std::byte>& bytes) {
  const size_t start = bytes.size();
  if (start % kRowSize != 0) return BadRow("a row follows one of less than 16 bytes", row);
  std::string_view rest = WithoutTrailingSpaces(row);
  size_t offset = 0;
  if (!ParseHex(TakeUntil(rest, "  "), offset) || offset != start) {
    return BadRow(Concat("expected offset ", HexDigits(start, 4)), row);
  }
  const std::string_view hex = WithoutTrailingSpaces(TakeUntil(rest, "  |"));
  if (!ParseBytes(hex, bytes) || bytes.size() == start || bytes.size() - start > kRowSize) {
    return BadRow("expected 1 to 16 bytes as pairs of hex digits", row);
  }
  if (!rest.empty() && rest != AsText(std::span(bytes).subspan(start)) + "|") {
    return BadRow("the text is not that of the bytes", row);
  }
  return absl::OkStatus();
}

// The lines between the fences that follow the marker.
absl::StatusOr<std::string_view> FindBlock(std::string_view markdown, std::string_view name) {
  const std::string marker = Concat("<!-- example: ", name, " -->\n");
  const size_t at = markdown.find(marker);
  if (at == std::string_view::npos) return absl::NotFoundError(Concat("no example called ", name));
  if (markdown.find(marker, at + 1) != std::string_view::npos) {
    return absl::InvalidArgumentError(Concat("two examples are called ", name));
  }
  constexpr std::string_view kFence = "```\n";
  std::string_view rest = markdown.substr(at + marker.size());
  while (rest.starts_with("\n")) rest.remove_prefix(1);
  if (!rest.starts_with(kFence)) {
    return absl::InvalidArgumentError(Concat("no fenced block follows the comment of ", name));
  }
  rest.remove_prefix(kFence.size());
  const size_t end = rest.find(kFence);
  if (end == std::string_view::npos) {
    return absl::InvalidArgumentError(Concat("the fenced block of ", name, " does not end"));
  }
  return rest.substr(0, end);
}

std::string DifferingRows(std::span<const std::byte> documented,
                          std::span<const std::byte> actual) {
  std::string text;
  for (size_t at = 0; at < std::max(documented.size(), actual.size()); at += kRowSize) {
    const std::string left = HexRowAt(at, documented);
    const std::string right = HexRowAt(at, actual);
    if (left != right) text += Concat("- ", left, "\n+ ", right, "\n");
  }
  return text;
}

std::string PathOf(std::string_view document) {
  return Concat(TAPE_SOURCE_DIR "/docs/format/", document);
}

absl::StatusOr<std::string> ReadDocument(std::string_view document) {
  const std::string path = PathOf(document);
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(Concat("cannot read ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

testing::AssertionResult Update(std::string_view document, std::string_view name,
                                std::span<const std::byte> bytes) {
  absl::StatusOr<std::string> text = ReadDocument(document);
  if (text.ok()) text = ReplaceDocExample(*text, name, bytes);
  if (!text.ok()) return testing::AssertionFailure() << text.status();
  std::ofstream file(PathOf(document), std::ios::binary | std::ios::trunc);
  file << *text;
  if (!file.flush()) return testing::AssertionFailure() << "cannot write " << PathOf(document);
  return testing::AssertionSuccess();
}

}  // namespace

std::string HexRows(std::span<const std::byte> bytes) {
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += kRowSize)
    text.append(HexRowAt(at, bytes)).append("\n");
  return text;
}

absl::StatusOr<std::vector<std::byte>> ParseDocExample(std::string_view markdown,
                                                       std::string_view name) {
  absl::StatusOr<std::string_view> block = FindBlock(markdown, name);
  if (!block.ok()) return block.status();
  std::vector<std::byte> bytes;
  while (!block->empty()) {
    if (absl::Status status = ParseRow(TakeUntil(*block, "\n"), bytes); !status.ok()) return status;
  }
  return bytes;
}

absl::StatusOr<std::string> ReplaceDocExample(std::string_view markdown, std::string_view name,
                                              std::span<const std::byte> bytes) {
  const absl::StatusOr<std::string_view> block = FindBlock(markdown, name);
  if (!block.ok()) return block.status();
  std::string text(markdown);
  const auto begin = static_cast<size_t>(block->data() - markdown.data());
  return text.replace(begin, block->size(), HexRows(bytes));
}

absl::StatusOr<std::vector<std::byte>> ReadDocExample(std::string_view document,
                                                      std::string_view name) {
  const absl::StatusOr<std::string> text = ReadDocument(document);
  if (!text.ok()) return text.status();
  return ParseDocExample(*text, name);
}

testing::AssertionResult MatchesDocExample(std::string_view document, std::string_view name,
                                           std::span<const std::byte> bytes) {
  if (std::getenv("TAPE_UPDATE_EXAMPLES") != nullptr) return Update(document, name, bytes);
  const absl::StatusOr<std::vector<std::byte>> documented = ReadDocExample(document, name);
  if (documented.ok() && std::ranges::equal(*documented, bytes)) return testing::AssertionSuccess();
  const std::string why = documented.ok()
                              ? Concat("- document, + bytes:\n", DifferingRows(*documented, bytes))
                              : Concat(std::string(documented.status().message()), "\n");
  return testing::AssertionFailure() << "docs/format/" << document << ", example " << name << "\n"
                                     << why << "The right block is\n```\n"
                                     << HexRows(bytes) << "```";
}

}  // namespace tape::support
