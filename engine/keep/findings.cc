#include "engine/keep/findings.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tape {
namespace {

using format::Concat;

std::string_view NameOf(FindingKind kind) {
  switch (kind) {
    case FindingKind::kDamage:
      return "damage";
    case FindingKind::kUnsupported:
      return "unsupported";
    case FindingKind::kUnreadable:
      return "unreadable";
    case FindingKind::kNote:
      return "note";
  }
  return "unknown";
}

}  // namespace

std::string VerifyFinding::ToString() const {
  std::string text(NameOf(kind));
  const auto add = [&](std::string_view before, std::string_view field) {
    if (!field.empty()) text += Concat(before, field);
  };
  add(": ", file);
  if (offset.has_value()) text += Concat(", offset ", *offset);
  add(", table ", table);
  add(", day ", day);
  add(", column ", column);
  if (block.has_value()) text += Concat(", block ", *block);
  add(": ", what);
  add(": expected ", expected);
  add(", found ", found);
  return text;
}

bool VerifyReport::ok() const {
  return findings_left_out == 0 && std::ranges::all_of(findings, [](const VerifyFinding& finding) {
           return finding.kind == FindingKind::kNote;
         });
}

}  // namespace tape

namespace tape::engine {
namespace {

FindingKind KindOf(const absl::Status& status) {
  if (absl::IsDataLoss(status) || absl::IsNotFound(status) || absl::IsAborted(status) ||
      absl::IsInvalidArgument(status)) {
    return FindingKind::kDamage;
  }
  return absl::IsUnimplemented(status) ? FindingKind::kUnsupported : FindingKind::kUnreadable;
}

// "<path>: what" gives its path.
std::string TakeFile(std::string_view& message) {
  const size_t end = message.find(": ");
  if (!message.starts_with('/') || end == std::string_view::npos) return {};
  std::string file(message.substr(0, end));
  message.remove_prefix(end + 2);
  return file;
}

std::optional<uint64_t> OffsetIn(std::string_view message) {
  constexpr std::string_view kWord = "offset ";
  const size_t at = message.find(kWord);
  if (at == std::string_view::npos) return std::nullopt;
  message.remove_prefix(at + kWord.size());
  uint64_t offset = 0;
  const auto read = std::from_chars(message.data(), message.data() + message.size(), offset);
  return read.ec == std::errc() ? std::optional(offset) : std::nullopt;
}

// "...: expected X, found Y" gives X and Y.
void TakeValues(std::string_view& message, VerifyFinding& finding) {
  constexpr std::string_view kExpected = "expected ";
  constexpr std::string_view kFound = ", found ";
  const size_t expected = message.rfind(kExpected);
  if (expected == std::string_view::npos) return;
  const size_t found = message.find(kFound, expected);
  if (found == std::string_view::npos) return;
  const size_t begin = expected + kExpected.size();
  finding.expected = std::string(message.substr(begin, found - begin));
  finding.found = std::string(message.substr(found + kFound.size()));
  message = message.substr(0, expected);
  while (message.ends_with(' ') || message.ends_with(':') || message.ends_with(',')) {
    message.remove_suffix(1);
  }
}

}  // namespace

void Findings::Add(const FindingPlace& place, FindingKind kind, std::string_view what,
                   std::string_view expected, std::string_view found) {
  if (report_.findings.size() >= options_.findings_max) {
    if (kind != FindingKind::kNote) ++report_.findings_left_out;
    return;
  }
  report_.findings.push_back({.kind = kind,
                              .file = place.file,
                              .offset = place.offset,
                              .table = place.table,
                              .day = place.day,
                              .column = place.column,
                              .block = place.block,
                              .what = std::string(what),
                              .expected = std::string(expected),
                              .found = std::string(found)});
}

void Findings::Add(const FindingPlace& place, const absl::Status& status) {
  std::string_view message(status.message().data(), status.message().size());
  VerifyFinding finding;
  FindingPlace at = place;
  if (std::string file = TakeFile(message); !file.empty()) at.file = std::move(file);
  if (!at.offset.has_value()) at.offset = OffsetIn(message);
  TakeValues(message, finding);
  if (message.empty()) message = "is not as expected";
  Add(at, KindOf(status), message, finding.expected, finding.found);
}

absl::Status Findings::Tell(std::string_view doing) {
  if (!options_.progress) return absl::OkStatus();
  if (options_.progress({std::string(doing), report_.bytes, bytes_all_})) return absl::OkStatus();
  return absl::CancelledError("the verification was ended by its caller");
}

}  // namespace tape::engine
