#include "engine/files/names.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "format/bytes/message.h"
#include "format/types/civil.h"

namespace tape::engine {
namespace {

using format::Concat;
using format::FileKind;

constexpr size_t kSlugMax = 40;
constexpr size_t kTableDigits = 6;
constexpr size_t kDigits = 4;
constexpr std::string_view kAllRows = "all";

// How the files of a kind are called: <begin><number, if it has one><slug>.<generation><end>.
struct NameForm {
  FileKind kind;
  std::string_view begin;
  bool has_number;
  bool has_slug;
  std::string_view end;
};

constexpr std::array<NameForm, 8> kNameForms = {{
    {FileKind::kColumn, "c", true, true, ".col"},
    {FileKind::kDictionary, "c", true, true, ".dict"},
    {FileKind::kKeyExtents, "key-", true, false, ""},
    {FileKind::kManifest, "manifest", false, false, ""},
    {FileKind::kOrderTape, "order", false, false, ".tape"},
    {FileKind::kSummary, "summary", false, false, ""},
    {FileKind::kKills, "kills", false, false, ""},
    {FileKind::kLsns, "lsns", false, false, ""},
}};

std::string Digits(uint64_t number, size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool StaysInSlug(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '.' || c == '_'; }

std::string Slug(std::string_view name) {
  if (name.empty()) return {};
  std::string slug("-");
  slug.append(name.substr(0, kSlugMax));
  std::replace_if(
      slug.begin() + 1, slug.end(), [](char c) { return !StaysInSlug(c); }, '_');
  return slug;
}

// A number as Digits writes it: 0 for what is none, which no id and no generation is.
uint32_t ParseDigits(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return 0;
  return Digits(number, kDigits) == text ? number : 0;
}

// "0003-price" behind the "c".
bool ParseNumber(std::string_view text, const NameForm& form, uint32_t& number) {
  const size_t end = form.has_slug ? std::min(text.find('-'), text.size()) : text.size();
  number = ParseDigits(text.substr(0, end));
  return number != 0;
}

std::optional<TableFile> ParseAs(const NameForm& form, std::string_view name) {
  if (!name.starts_with(form.begin) || !name.ends_with(form.end)) return std::nullopt;
  name.remove_suffix(form.end.size());
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot < form.begin.size()) return std::nullopt;
  TableFile file{.kind = form.kind};
  file.generation = ParseDigits(name.substr(dot + 1));
  if (file.generation == 0) return std::nullopt;
  const std::string_view middle = name.substr(form.begin.size(), dot - form.begin.size());
  const bool fits = form.has_number ? ParseNumber(middle, form, file.column) : middle.empty();
  return fits ? std::optional(file) : std::nullopt;
}

int32_t FloorDiv(int64_t number, int64_t by) {
  return static_cast<int32_t>(number / by - (number % by < 0 ? 1 : 0));
}

}  // namespace

Day PartitionOf(Partition partition, int64_t time_ns) {
  const int32_t day = FloorDiv(time_ns, format::kNanosPerDay);
  switch (partition) {
    case Partition::kNone:
      return kWithoutDay;
    case Partition::kDay:
      return Day(day);
    case Partition::kWeek:  // 1970-01-01 was a Thursday
      return Day(FloorDiv(day + 3, 7) * 7 - 3);
    case Partition::kMonth: {
      CivilDay civil = format::CivilFromDays(day);
      civil.day = 1;
      return Day(static_cast<int32_t>(format::DaysFromCivil(civil)));
    }
  }
  return kWithoutDay;
}

bool TableFile::LiesInDay() const {
  return kind == FileKind::kColumn || kind == FileKind::kOrderTape || kind == FileKind::kSummary ||
         kind == FileKind::kKills || kind == FileKind::kLsns;
}

std::string TableFolder(TableId table, std::string_view schema, std::string_view name) {
  return Concat("t", Digits(table.value(), kTableDigits), Slug(Concat(schema, ".", name)));
}

std::string DayFolder(Partition partition, Day day) {
  if (partition == Partition::kNone || day == kWithoutDay) return std::string(kAllRows);
  const CivilDay civil = format::CivilFromDays(day.value());
  return Concat(Digits(static_cast<uint64_t>(civil.year), 4), "-",
                Digits(static_cast<uint64_t>(civil.month), 2), "-",
                Digits(static_cast<uint64_t>(civil.day), 2));
}

bool IsDayFolder(std::string_view name) {
  constexpr std::string_view kPattern = "0000-00-00";
  const auto fits = [](char found, char expected) {
    return expected == '0' ? IsDigit(found) : found == expected;
  };
  return name == kAllRows ||
         std::equal(name.begin(), name.end(), kPattern.begin(), kPattern.end(), fits);
}

std::string FileName(const TableFile& file, std::string_view name) {
  const auto* const form = std::find_if(kNameForms.begin(), kNameForms.end(),
                                        [&](const NameForm& f) { return f.kind == file.kind; });
  if (form == kNameForms.end()) return {};  // no file of a table
  return Concat(form->begin, form->has_number ? Digits(file.column, kDigits) : std::string(),
                form->has_slug ? Slug(name) : std::string(), ".", Digits(file.generation, kDigits),
                form->end);
}

std::optional<TableFile> ParseFileName(std::string_view file_name) {
  for (const NameForm& form : kNameForms) {
    std::optional<TableFile> file = ParseAs(form, file_name);
    if (file.has_value()) return file;
  }
  return std::nullopt;
}

}  // namespace tape::engine
