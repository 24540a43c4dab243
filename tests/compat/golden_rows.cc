#include "tests/compat/golden_rows.h"

#include <bit>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "format/bytes/message.h"
#include "tape/int128.h"

namespace tape::compat {
namespace {

using format::Concat;

// "code32" for Physical::kCode32; the names that block.md uses.
constexpr std::pair<std::string_view, Physical> kForms[] = {
    {"bool", Physical::kBool},       {"int16", Physical::kInt16},   {"int32", Physical::kInt32},
    {"int64", Physical::kInt64},     {"int128", Physical::kInt128}, {"float32", Physical::kFloat32},
    {"float64", Physical::kFloat64}, {"code32", Physical::kCode32}, {"bytes", Physical::kBytes},
};

absl::Status Bad(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(Concat("golden rows: ", what, ": ", text));
}

template <typename T>
std::optional<T> Number(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Int128> WideNumber(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  UInt128 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<UInt128>(c - '0');
  }
  return static_cast<Int128>(negative ? 0 - value : value);
}

template <typename T>
std::optional<T> Floating(std::string_view text) {
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  if (!text.starts_with("0x")) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  }
  const std::optional<Bits> bits = Number<Bits>(text.substr(2), 16);
  if (!bits.has_value()) return std::nullopt;
  return std::bit_cast<T>(*bits);
}

std::optional<std::string> ByteString(const std::string& text) {
  if (!text.starts_with("\\x")) return text;
  std::string bytes;
  for (size_t i = 2; i < text.size(); i += 2) {
    const std::optional<uint8_t> byte = Number<uint8_t>(std::string_view(text).substr(i, 2), 16);
    if (!byte.has_value()) return std::nullopt;
    bytes.push_back(static_cast<char>(*byte));
  }
  return bytes;
}

template <typename T>
bool Add(const std::optional<T>& value, ColumnBuffer& out) {
  return value.has_value() && out.Append(*value);
}

// `text` is the value of row `repeat` of its line: 10+3 is 10, 13, 16, ...
template <typename T>
std::optional<T> Progression(std::string_view text, size_t repeat) {
  const size_t plus = text.find('+');
  const std::optional<T> first = Number<T>(text.substr(0, plus));
  if (!first.has_value() || plus == text.npos) return first;
  const std::optional<T> step = Number<T>(text.substr(plus + 1));
  if (!step.has_value()) return std::nullopt;
  return static_cast<T>(*first + *step * static_cast<T>(repeat));
}

bool AddValue(const CsvField& field, size_t repeat, ColumnBuffer& out) {
  switch (out.physical()) {
    case Physical::kBool:
      if (field.text != "true" && field.text != "false") return false;
      return out.Append(static_cast<uint8_t>(field.text == "true" ? 1 : 0));
    case Physical::kInt16:
      return Add(Progression<int16_t>(field.text, repeat), out);
    case Physical::kInt32:
      return Add(Progression<int32_t>(field.text, repeat), out);
    case Physical::kInt64:
      return Add(Progression<int64_t>(field.text, repeat), out);
    case Physical::kInt128:
      return Add(WideNumber(field.text), out);
    case Physical::kFloat32:
      return Add(Floating<float>(field.text), out);
    case Physical::kFloat64:
      return Add(Floating<double>(field.text), out);
    case Physical::kCode32:
      return Add(Progression<uint32_t>(field.text, repeat), out);
    case Physical::kBytes:
      break;
  }
  const std::optional<std::string> bytes = ByteString(field.text);
  return bytes.has_value() && out.AppendBytes(*bytes);
}

absl::Status AddLine(const CsvLine& line, bool counted, GoldenRows& rows) {
  const size_t first = counted ? 1 : 0;
  if (line.size() != rows.columns.size() + first) return Bad("fields of the line", line[0].text);
  const std::optional<size_t> repeats = counted ? Number<size_t>(line[0].text) : size_t{1};
  if (!repeats.has_value()) return Bad("rows", line[0].text);
  for (size_t repeat = 0; repeat < *repeats; ++repeat) {
    for (size_t i = 0; i < rows.columns.size(); ++i) {
      const CsvField& field = line[first + i];
      if (field.text.empty() && !field.quoted) {
        rows.columns[i].AppendNull();
      } else if (!AddValue(field, repeat, rows.columns[i])) {
        return Bad("value", field.text);
      }
    }
  }
  return absl::OkStatus();
}

// Takes one field off the front of `line`, and the comma after it.
absl::StatusOr<CsvField> TakeField(std::string_view& line) {
  CsvField field;
  if (line.starts_with('"')) {
    field.quoted = true;
    size_t at = 1;
    for (; at < line.size() && (line[at] != '"' || line.substr(at).starts_with("\"\"")); ++at) {
      if (line[at] == '"') ++at;
      field.text.push_back(line[at]);
    }
    if (at >= line.size()) return Bad("a quote without its end", line);
    line.remove_prefix(at + 1);
  } else {
    field.text = line.substr(0, line.find(','));
    line.remove_prefix(field.text.size());
  }
  if (!line.empty() && line[0] != ',') return Bad("a comma should stand at", line);
  return field;
}

}  // namespace

absl::StatusOr<std::vector<CsvLine>> ParseCsv(std::string_view text) {
  std::vector<CsvLine> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (end == text.npos) return Bad("the last line does not end", text);
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(end + 1);
    CsvLine& line = lines.emplace_back();
    for (bool more = true; more;) {
      absl::StatusOr<CsvField> field = TakeField(rest);
      if (!field.ok()) return field.status();
      line.push_back(*std::move(field));
      more = !rest.empty();
      if (more) rest.remove_prefix(1);
    }
  }
  return lines;
}

absl::StatusOr<std::vector<GoldenColumn>> ParseGoldenColumns(std::string_view csv) {
  absl::StatusOr<std::vector<CsvLine>> lines = ParseCsv(csv);
  if (!lines.ok()) return lines.status();
  std::vector<GoldenColumn> columns;
  for (size_t i = 1; i < lines->size(); ++i) {
    const CsvLine& line = (*lines)[i];
    if (line.size() != 5) return Bad("fields of a column", line[0].text);
    const std::optional<uint32_t> id = Number<uint32_t>(line[0].text);
    const auto* form = std::begin(kForms);
    while (form != std::end(kForms) && form->first != line[2].text) ++form;
    if (!id.has_value() || form == std::end(kForms)) return Bad("column", line[1].text);
    columns.push_back({.id = *id,
                       .name = line[1].text,
                       .physical = form->second,
                       .is_time = line[3].text == "time",
                       .is_cluster = line[3].text == "cluster",
                       .keeps_bounds = line[4].text != "no bounds",
                       .sensitive = line[4].text == "sensitive"});
  }
  if (columns.empty()) return Bad("columns", "none");
  return columns;
}

absl::StatusOr<GoldenRows> ParseGoldenRows(std::string_view csv,
                                           const std::vector<GoldenColumn>& columns) {
  absl::StatusOr<std::vector<CsvLine>> lines = ParseCsv(csv);
  if (!lines.ok()) return lines.status();
  if (lines->empty()) return Bad("header line", "none");
  const bool counted = (*lines)[0][0].text == "rows";
  GoldenRows rows;
  for (size_t i = 0; i < columns.size(); ++i) {
    const size_t at = i + (counted ? 1 : 0);
    if (at >= (*lines)[0].size() || (*lines)[0][at].text != columns[i].name) {
      return Bad("header line lacks", columns[i].name);
    }
    rows.columns.emplace_back(columns[i].physical);
  }
  for (size_t i = 1; i < lines->size(); ++i) {
    if (absl::Status status = AddLine((*lines)[i], counted, rows); !status.ok()) return status;
  }
  return rows;
}

}  // namespace tape::compat
