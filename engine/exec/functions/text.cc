// Functions of text.
#include <string>
#include <utility>

#include "engine/exec/functions.h"
#include "engine/exec/functions/characters.h"
#include "engine/exec/like.h"
#include "engine/exec/loops.h"
#include "engine/exec/regex.h"
#include "format/bytes/message.h"
#include "format/types/hex.h"
#include "tape/limits.h"

namespace tape::engine::exec {
namespace {

using format::Concat;
using Text = std::string_view;
using Out = RowResult<Text>;

Text TextAt(const KernelCall& call, size_t argument, uint32_t row) {
  return call.arguments[argument].At<Text>(row);
}

int64_t IntegerAt(const KernelCall& call, size_t argument, uint32_t row) {
  return call.arguments[argument].At<int32_t>(row);
}

absl::Status TooLong(const KernelCall& call, size_t size) {
  return absl::ResourceExhaustedError(
      Concat(call.name, ": a value of ", size, " bytes is above the limit of ", kMaxValueBytes));
}

// ---- lengths, cases

template <size_t (*kLength)(Text)>
absl::StatusOr<Vector> Length(const KernelCall& call) {
  return Map<Text, int32_t>(call, [](Text a) { return static_cast<int32_t>(kLength(a)); });
}

size_t Bytes(Text text) { return text.size(); }

// Letters of ASCII: what another letter's other case is depends on languages.
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool IsWord(char c) {
  return (Lower(c) >= 'a' && Lower(c) <= 'z') || (c >= '0' && c <= '9') ||
         static_cast<uint8_t>(c) >= 0x80;
}

template <char (*kCase)(char)>
absl::StatusOr<Vector> ChangeCase(const KernelCall& call) {
  std::string text;
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    text = TextAt(call, 0, row);
    for (char& c : text) c = kCase(c);
    out.Keep(text);
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> InitCap(const KernelCall& call) {
  std::string text;
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    text = TextAt(call, 0, row);
    bool inside = false;
    for (char& c : text) {
      c = inside ? Lower(c) : Upper(c);
      inside = IsWord(c);
    }
    out.Keep(text);
    return absl::OkStatus();
  });
}

// ---- pieces

// Whether the character of `text` that begins at `at` is one of `set`.
bool IsIn(Text character, Text set) { return set.find(character) != Text::npos; }

Text TrimmedLeft(Text text, Text set) {
  while (!text.empty()) {
    const size_t size = std::max<size_t>(format::Utf8Length(text), 1);
    if (!IsIn(text.substr(0, size), set)) break;
    text.remove_prefix(size);
  }
  return text;
}

Text TrimmedRight(Text text, Text set) {
  while (!text.empty()) {
    const Text last = LastCharacters(text, 1);
    if (!IsIn(last, set)) break;
    text.remove_suffix(last.size());
  }
  return text;
}

template <bool kLeft, bool kRight>
absl::StatusOr<Vector> Trim(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    const Text set = call.arguments.size() > 1 ? TextAt(call, 1, row) : Text(" ");
    Text text = TextAt(call, 0, row);
    if (kLeft) text = TrimmedLeft(text, set);
    if (kRight) text = TrimmedRight(text, set);
    out.Set(text);
    return absl::OkStatus();
  });
}

// From a position counted from 1, which may lie before the text.
absl::StatusOr<Vector> Substring(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    const Text text = TextAt(call, 0, row);
    const int64_t start = IntegerAt(call, 1, row);
    const int64_t skipped = std::max<int64_t>(start - 1, 0);
    const Text rest = text.substr(CharacterOffset(text, static_cast<size_t>(skipped)));
    if (call.arguments.size() == 2) {
      out.Set(rest);
      return absl::OkStatus();
    }
    const int64_t count = IntegerAt(call, 2, row);
    if (count < 0) {
      return absl::InvalidArgumentError(Concat("negative substring length not allowed: ", count));
    }
    const int64_t end = std::max<int64_t>(start + count, 1);
    out.Set(FirstCharacters(rest, std::max<int64_t>(end - 1 - skipped, 0)));
    return absl::OkStatus();
  });
}

template <Text (*kPiece)(Text, int64_t)>
absl::StatusOr<Vector> Piece(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    out.Set(kPiece(TextAt(call, 0, row), IntegerAt(call, 1, row)));
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> Position(const KernelCall& call) {
  return MapPairs<Text, Text, int32_t>(call, [](Text text, Text part) {
    const size_t at = text.find(part);
    return at == Text::npos ? 0 : static_cast<int32_t>(CountCharacters(text.substr(0, at)) + 1);
  });
}

absl::StatusOr<Vector> StartsWith(const KernelCall& call) {
  return MapPairs<Text, Text, uint8_t>(
      call, [](Text text, Text part) { return uint8_t{text.starts_with(part)}; });
}

Text FieldFrom(Text text, Text delimiter, int64_t number) {
  for (; number > 1; --number) {
    const size_t at = text.find(delimiter);
    if (at == Text::npos) return {};
    text.remove_prefix(at + delimiter.size());
  }
  return text.substr(0, text.find(delimiter));
}

Text FieldFromEnd(Text text, Text delimiter, int64_t number) {
  for (; number > 1; --number) {
    const size_t at = text.rfind(delimiter);
    if (at == Text::npos) return {};
    text = text.substr(0, at);
  }
  const size_t at = text.rfind(delimiter);
  return at == Text::npos ? text : text.substr(at + delimiter.size());
}

absl::StatusOr<Vector> SplitPart(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    const Text text = TextAt(call, 0, row);
    const Text delimiter = TextAt(call, 1, row);
    const int64_t number = IntegerAt(call, 2, row);
    if (number == 0) return absl::InvalidArgumentError("field position must not be zero");
    if (delimiter.empty()) {
      out.Set(number == 1 || number == -1 ? text : Text());
    } else {
      out.Set(number > 0 ? FieldFrom(text, delimiter, number)
                         : FieldFromEnd(text, delimiter, -number));
    }
    return absl::OkStatus();
  });
}

// ---- new texts

absl::StatusOr<Vector> Joined(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    const std::string text = Concat(TextAt(call, 0, row), TextAt(call, 1, row));
    if (text.size() > kMaxValueBytes) return TooLong(call, text.size());
    out.Keep(text);
    return absl::OkStatus();
  });
}

void AppendArgument(const Vector& argument, uint32_t row, std::string& out) {
  // As in an array, a boolean is one letter here.
  if (argument.type().kind() == TypeKind::kBoolean) {
    out += argument.At<uint8_t>(row) != 0 ? 't' : 'f';
    return;
  }
  WithElement(ElementOf(argument.type()),
              [&]<typename T>() { AppendText<T>(argument.type(), argument.At<T>(row), out); });
}

// All that are not NULL, from `first`, with the separator between them.
absl::Status ConcatRow(const KernelCall& call, size_t first, uint32_t row, Out& out) {
  const Text separator = first == 0 ? Text() : TextAt(call, 0, row);
  std::string text;
  bool any = false;
  for (size_t i = first; i < call.arguments.size(); ++i) {
    if (call.arguments[i].IsNull(row)) continue;
    if (any) text += separator;
    any = true;
    AppendArgument(call.arguments[i], row, text);
    if (text.size() > kMaxValueBytes) return TooLong(call, text.size());
  }
  out.Keep(text);
  return absl::OkStatus();
}

absl::StatusOr<Vector> ConcatAll(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) { return ConcatRow(call, 0, row, out); });
}

absl::StatusOr<Vector> ConcatWithSeparator(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    if (!call.arguments[0].IsNull(row)) return ConcatRow(call, 1, row, out);
    out.SetNull();
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> Replace(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    Text text = TextAt(call, 0, row);
    const Text from = TextAt(call, 1, row);
    std::string replaced;
    while (!from.empty()) {
      const size_t at = text.find(from);
      if (at == Text::npos) break;
      replaced += text.substr(0, at);
      replaced += TextAt(call, 2, row);
      text.remove_prefix(at + from.size());
      if (replaced.size() > kMaxValueBytes) return TooLong(call, replaced.size());
    }
    replaced += text;
    out.Keep(replaced);
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> Repeat(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    const Text text = TextAt(call, 0, row);
    const auto count = static_cast<size_t>(std::max<int64_t>(IntegerAt(call, 1, row), 0));
    if (text.size() * count > kMaxValueBytes) return TooLong(call, text.size() * count);
    std::string repeated;
    for (size_t i = 0; i < count && !text.empty(); ++i) repeated += text;
    out.Keep(repeated);
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> Reverse(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    Text text = TextAt(call, 0, row);
    std::string reversed;
    while (!text.empty()) {
      const Text last = LastCharacters(text, 1);
      reversed += last;
      text.remove_suffix(last.size());
    }
    out.Keep(reversed);
    return absl::OkStatus();
  });
}

// Fills up to a length with a text, again and again, or cuts to it.
template <bool kLeft>
absl::StatusOr<Vector> Pad(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    const Text text = TextAt(call, 0, row);
    const Text fill = call.arguments.size() > 2 ? TextAt(call, 2, row) : Text(" ");
    const int64_t length = std::max<int64_t>(IntegerAt(call, 1, row), 0);
    const int64_t missing = length - static_cast<int64_t>(CountCharacters(text));
    if (missing <= 0 || fill.empty()) {
      out.Set(missing < 0 ? FirstCharacters(text, length) : text);
      return absl::OkStatus();
    }
    const auto fill_size = static_cast<int64_t>(CountCharacters(fill));
    std::string padding;
    for (int64_t i = 0; i < missing / fill_size; ++i) {
      padding += fill;
      if (padding.size() > kMaxValueBytes) return TooLong(call, padding.size());
    }
    padding += FirstCharacters(fill, missing % fill_size);
    out.Keep(kLeft ? Concat(padding, text) : Concat(text, padding));
    return absl::OkStatus();
  });
}

// Each character of the second argument becomes that of the third at its place, or nothing.
absl::StatusOr<Vector> Translate(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    Text text = TextAt(call, 0, row);
    const Text from = TextAt(call, 1, row);
    const Text to = TextAt(call, 2, row);
    std::string translated;
    while (!text.empty()) {
      const Text character = FirstCharacters(text, 1);
      text.remove_prefix(character.size());
      const size_t at = from.find(character);
      if (at == Text::npos) {
        translated += character;
        continue;
      }
      const size_t place = CountCharacters(from.substr(0, at));
      translated += FirstCharacters(to.substr(CharacterOffset(to, place)), 1);
    }
    out.Keep(translated);
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> ToHex(const KernelCall& call) {
  return MapRows<Text>(call, [&](uint32_t row, Out& out) {
    out.Keep(format::Hex(static_cast<uint64_t>(call.arguments[0].At<int64_t>(row))).substr(2));
    return absl::OkStatus();
  });
}

absl::StatusOr<Vector> Ascii(const KernelCall& call) {
  return Map<Text, int32_t>(call, [](Text text) -> int32_t {
    const size_t size = format::Utf8Length(text);
    if (size <= 1) return text.empty() ? 0 : static_cast<uint8_t>(text[0]);
    int32_t c = static_cast<uint8_t>(text[0]) & (0xFF >> (size + 1));
    for (size_t i = 1; i < size; ++i) c = c << 6 | (static_cast<uint8_t>(text[i]) & 0x3F);
    return c;
  });
}

// ---- patterns

// A pattern that is the same for all rows is compiled once.
template <bool kAnyCase>
absl::StatusOr<Vector> Like(const KernelCall& call) {
  const bool same = call.arguments[1].is_constant() &&
                    (call.arguments.size() == 2 || call.arguments[2].is_constant());
  absl::StatusOr<LikePattern> pattern = absl::UnknownError("none yet");
  return MapRows<uint8_t>(call, [&](uint32_t row, RowResult<uint8_t>& out) {
    if (!pattern.ok() || !same) {
      const Text escape = call.arguments.size() > 2 ? TextAt(call, 2, row) : Text("\\");
      pattern =
          LikePattern::Compile(TextAt(call, 1, row), {.escape = escape, .any_case = kAnyCase});
      if (!pattern.ok()) return pattern.status();
    }
    out.Set(pattern->Matches(TextAt(call, 0, row)) ? 1 : 0);
    return absl::OkStatus();
  });
}

template <bool kAnyCase, bool kNegated>
absl::StatusOr<Vector> MatchRegex(const KernelCall& call) {
  const bool same = call.arguments[1].is_constant();
  absl::StatusOr<Regex> regex = absl::UnknownError("none yet");
  return MapRows<uint8_t>(call, [&](uint32_t row, RowResult<uint8_t>& out) {
    if (!regex.ok() || !same) regex = Regex::Compile(TextAt(call, 1, row), kAnyCase);
    if (!regex.ok()) return regex.status();
    out.Set(regex->Matches(TextAt(call, 0, row)) != kNegated ? 1 : 0);
    return absl::OkStatus();
  });
}

using enum Parameter;
constexpr auto kGivesText = Gives<TypeKind::kText>;
constexpr auto kGivesInteger = Gives<TypeKind::kInteger>;
constexpr auto kGivesBoolean = Gives<TypeKind::kBoolean>;

std::vector<Function> Make() {
  return {
      {"length", {kText}, kGivesInteger, Length<CountCharacters>},
      {"length", {kBytea}, kGivesInteger, Length<Bytes>},
      {"char_length", {kText}, kGivesInteger, Length<CountCharacters>},
      {"character_length", {kText}, kGivesInteger, Length<CountCharacters>},
      {"octet_length", {kText}, kGivesInteger, Length<Bytes>},
      {"octet_length", {kBytea}, kGivesInteger, Length<Bytes>},
      {"upper", {kText}, kGivesText, ChangeCase<Upper>},
      {"lower", {kText}, kGivesText, ChangeCase<Lower>},
      {"initcap", {kText}, kGivesText, InitCap},
      {"btrim", {kText}, kGivesText, Trim<true, true>},
      {"btrim", {kText, kText}, kGivesText, Trim<true, true>},
      {"ltrim", {kText}, kGivesText, Trim<true, false>},
      {"ltrim", {kText, kText}, kGivesText, Trim<true, false>},
      {"rtrim", {kText}, kGivesText, Trim<false, true>},
      {"rtrim", {kText, kText}, kGivesText, Trim<false, true>},
      {"substr", {kText, kInteger}, kGivesText, Substring},
      {"substr", {kText, kInteger, kInteger}, kGivesText, Substring},
      {"left", {kText, kInteger}, kGivesText, Piece<FirstCharacters>},
      {"right", {kText, kInteger}, kGivesText, Piece<LastCharacters>},
      {"strpos", {kText, kText}, kGivesInteger, Position},
      {"starts_with", {kText, kText}, kGivesBoolean, StartsWith},
      {"split_part", {kText, kText, kInteger}, kGivesText, SplitPart},
      {"||", {kText, kText}, kGivesText, Joined},
      {"concat", {kAny}, kGivesText, ConcatAll, false, Volatility::kImmutable, true},
      {"concat_ws",
       {kText, kAny},
       kGivesText,
       ConcatWithSeparator,
       false,
       Volatility::kImmutable,
       true},
      {"replace", {kText, kText, kText}, kGivesText, Replace},
      {"repeat", {kText, kInteger}, kGivesText, Repeat},
      {"reverse", {kText}, kGivesText, Reverse},
      {"lpad", {kText, kInteger}, kGivesText, Pad<true>},
      {"lpad", {kText, kInteger, kText}, kGivesText, Pad<true>},
      {"rpad", {kText, kInteger}, kGivesText, Pad<false>},
      {"rpad", {kText, kInteger, kText}, kGivesText, Pad<false>},
      {"translate", {kText, kText, kText}, kGivesText, Translate},
      {"to_hex", {kBigint}, kGivesText, ToHex},
      {"ascii", {kText}, kGivesInteger, Ascii},
      {"~", {kText, kText}, kGivesBoolean, MatchRegex<false, false>},
      {"~*", {kText, kText}, kGivesBoolean, MatchRegex<true, false>},
      {"!~", {kText, kText}, kGivesBoolean, MatchRegex<false, true>},
      {"!~*", {kText, kText}, kGivesBoolean, MatchRegex<true, true>},
      {"like", {kText, kText}, kGivesBoolean, Like<false>},
      {"like", {kText, kText, kText}, kGivesBoolean, Like<false>},
      {"ilike", {kText, kText}, kGivesBoolean, Like<true>},
      {"ilike", {kText, kText, kText}, kGivesBoolean, Like<true>},
  };
}

}  // namespace

std::span<const Function> TextFunctions() {
  static const std::vector<Function>& functions = *new std::vector<Function>(Make());
  return functions;
}

}  // namespace tape::engine::exec
