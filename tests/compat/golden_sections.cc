#include "tests/compat/golden_sections.h"

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "format/bytes/file_header.h"
#include "format/layout/extent_writer.h"
#include "format/layout/key_extent.h"
#include "format/layout/kills.h"
#include "format/layout/lsn_extent.h"
#include "format/layout/section_cursor.h"
#include "format/layout/summary.h"
#include "tests/compat/golden_rows.h"

namespace tape::compat {
namespace {

using format::ColumnSummary;
using format::FileHeader;
using format::FileKind;

constexpr char kKillsFile[] = "kills.0001";
constexpr char kKeysFile[] = "key-0001.0001";
constexpr char kSummaryFile[] = "summary.0001";
constexpr char kLsnsFile[] = "lsns.0001";

FileHeader HeaderOf(FileKind kind) {
  FileHeader header{.kind = kind, .identity = GoldenIdentity()};
  if (kind == FileKind::kKeyExtents) {
    header.identity.column = 1;  // the key's number
    header.identity.day = format::kNoDay;
  }
  return header;
}

// --- The text, read as columns.

using Columns = std::vector<GoldenColumn>;

Columns Integers(std::initializer_list<const char*> names) {
  Columns columns;
  for (const char* name : names) columns.push_back({.id = 0, .name = name});
  return columns;
}

Columns WithWide(Columns columns, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    columns.push_back({.id = 0, .name = name, .physical = Physical::kInt128});
  }
  return columns;
}

int64_t Number(const GoldenRows& rows, size_t column, size_t row) {
  return rows.columns[column].view().Values<int64_t>()[row];
}

Int128 Wide(const GoldenRows& rows, size_t column, size_t row) {
  return rows.columns[column].view().Values<Int128>()[row];
}

// The element of the section that the row's first column names, from 1.
template <typename T>
T& SectionOf(const GoldenRows& rows, size_t row, std::vector<T>& sections) {
  const auto section = static_cast<size_t>(Number(rows, 0, row));
  if (sections.size() < section) sections.resize(section);
  return sections[section - 1];
}

ColumnSummary SummaryOf(const GoldenRows& rows, size_t row) {
  ColumnSummary summary;
  summary.rows = static_cast<uint64_t>(Number(rows, 2, row));
  summary.column = static_cast<uint32_t>(Number(rows, 3, row));
  summary.physical = static_cast<Physical>(Number(rows, 4, row));
  summary.flags = static_cast<uint16_t>(Number(rows, 5, row));
  summary.nulls = static_cast<uint64_t>(Number(rows, 6, row));
  summary.min = Wide(rows, 7, row);
  summary.max = Wide(rows, 8, row);
  summary.first = Wide(rows, 9, row);
  summary.last = Wide(rows, 10, row);
  summary.sum = format::Int256::FromHalves(static_cast<UInt128>(Wide(rows, 11, row)),
                                           static_cast<UInt128>(Wide(rows, 12, row)));
  return summary;
}

// --- The bytes.

// Where the next section of the file goes: behind its header, or at the next multiple of 4,096.
size_t NextOffset(FileKind kind, std::vector<std::byte>& file) {
  if (file.empty()) {
    const auto header = HeaderOf(kind).Serialize();
    file.assign(header.begin(), header.end());
  } else {
    file.resize(format::RoundUp(file.size(), format::kSyncAlignment));
  }
  return file.size();
}

format::ExtentPlace PlaceOf(FileKind kind, uint64_t offset) {
  return {format::PlaceSeed(HeaderOf(kind)), offset};
}

absl::Status WriteLsns(const GoldenSections& sections, format::ExtentWriter& writer,
                       std::vector<std::byte>& file) {
  for (const std::vector<uint64_t>& golden : sections.lsns) {
    const std::vector<Lsn> lsns(golden.begin(), golden.end());
    const size_t offset = NextOffset(FileKind::kLsns, file);
    absl::Status status = format::AppendLsns(writer, lsns, PlaceOf(FileKind::kLsns, offset), file);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Calls visit with every section of a file whose header has been checked.
template <typename Section, typename Visit>
absl::Status VisitSections(const GoldenFiles& files, const std::string& name, FileKind kind,
                           Visit visit) {
  const std::vector<std::byte>& file = files.at(name);
  absl::StatusOr<FileHeader> header = FileHeader::Parse(file, kind);
  if (!header.ok()) return header.status();
  if (absl::Status status = header->Matches(HeaderOf(kind).identity); !status.ok()) return status;
  format::SectionCursor<Section> cursor(file, format::PlaceSeed(*header));
  for (;;) {
    absl::StatusOr<std::optional<Section>> section = cursor.Next();
    if (!section.ok()) return section.status();
    if (!section->has_value()) return absl::OkStatus();
    if (absl::Status status = visit(**section); !status.ok()) return status;
  }
}

absl::Status ReadKills(const format::KillsView& view, format::KillsReader& reader,
                       std::vector<GoldenKill>& out) {
  std::vector<format::Kill> kills;
  absl::Status status = reader.ReadAll(view, kills);
  for (const format::Kill& kill : kills) out.push_back({kill.row.value(), kill.lsn.value()});
  return status;
}

absl::Status ReadLsns(const format::LsnExtentView& view, format::LsnReader& reader,
                      std::vector<uint64_t>& out) {
  std::vector<Lsn> lsns;
  absl::Status status = reader.ReadAll(view, lsns);
  for (const Lsn lsn : lsns) out.push_back(lsn.value());
  return status;
}

absl::Status ReadKeys(const format::KeyExtentView& view, format::KeyReader& reader,
                      std::vector<GoldenKey>& out) {
  std::vector<format::KeyEntry> keys;
  if (absl::Status status = reader.Verify(view); !status.ok()) return status;
  absl::Status status = reader.ReadAll(view, keys);
  for (const format::KeyEntry& key : keys) out.push_back({key.hash, key.row.value()});
  return status;
}

}  // namespace

absl::StatusOr<GoldenSections> ParseGoldenSections(const GoldenFiles& files) {
  GoldenSections sections;
  absl::StatusOr<GoldenRows> rows =
      ParseGoldenRows(GoldenText(files, "kills.csv"), Integers({"section", "row", "lsn"}));
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < rows->rows(); ++i) {
    SectionOf(*rows, i, sections.kills)
        .push_back({static_cast<uint64_t>(Number(*rows, 1, i)),
                    static_cast<uint64_t>(Number(*rows, 2, i))});
  }
  rows = ParseGoldenRows(GoldenText(files, "keys.csv"), Integers({"section", "hash", "row"}));
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < rows->rows(); ++i) {
    SectionOf(*rows, i, sections.keys)
        .push_back({static_cast<uint64_t>(Number(*rows, 1, i)),
                    static_cast<uint64_t>(Number(*rows, 2, i))});
  }
  rows = ParseGoldenRows(
      GoldenText(files, "summaries.csv"),
      WithWide(Integers({"section", "slice", "rows", "column", "form", "flags", "nulls"}),
               {"min", "max", "first", "last", "sum_high", "sum_low"}));
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < rows->rows(); ++i) {
    GoldenSummary& summary = SectionOf(*rows, i, sections.summaries);
    summary.slice = static_cast<uint64_t>(Number(*rows, 1, i));
    summary.columns.push_back(SummaryOf(*rows, i));
  }
  rows = ParseGoldenRows(GoldenText(files, "lsns.csv"), Integers({"section", "lsn"}));
  if (!rows.ok()) return rows.status();
  for (size_t i = 0; i < rows->rows(); ++i) {
    SectionOf(*rows, i, sections.lsns).push_back(static_cast<uint64_t>(Number(*rows, 1, i)));
  }
  return sections;
}

absl::StatusOr<GoldenFiles> WriteGoldenSections(const GoldenSections& sections,
                                                const format::Kernels& kernels) {
  GoldenFiles files;
  format::ExtentWriter writer(kernels);
  for (const std::vector<GoldenKill>& golden : sections.kills) {
    std::vector<format::Kill> kills;
    for (const GoldenKill& kill : golden) kills.push_back({RowNumber(kill.row), Lsn(kill.lsn)});
    std::vector<std::byte>& file = files[kKillsFile];
    const size_t offset = NextOffset(FileKind::kKills, file);
    absl::Status status =
        format::AppendKills(writer, kills, PlaceOf(FileKind::kKills, offset), file);
    if (!status.ok()) return status;
  }
  for (const std::vector<GoldenKey>& golden : sections.keys) {
    std::vector<format::KeyEntry> keys;
    for (const GoldenKey& key : golden) keys.push_back({key.hash, RowNumber(key.row)});
    std::vector<std::byte>& file = files[kKeysFile];
    const size_t offset = NextOffset(FileKind::kKeyExtents, file);
    absl::Status status =
        format::AppendKeyExtent(writer, keys, PlaceOf(FileKind::kKeyExtents, offset), file);
    if (!status.ok()) return status;
  }
  for (const GoldenSummary& summary : sections.summaries) {
    std::vector<std::byte>& file = files[kSummaryFile];
    const size_t offset = NextOffset(FileKind::kSummary, file);
    absl::Status status = format::AppendSummary(
        {summary.slice, static_cast<uint32_t>(summary.columns[0].rows), summary.columns},
        PlaceOf(FileKind::kSummary, offset), file);
    if (!status.ok()) return status;
  }
  absl::Status status = WriteLsns(sections, writer, files[kLsnsFile]);
  if (!status.ok()) return status;
  return files;
}

absl::StatusOr<GoldenSections> ReadGoldenSections(const GoldenFiles& files,
                                                  const format::Kernels& kernels) {
  GoldenSections sections;
  format::KillsReader kills(kernels);
  absl::Status status = VisitSections<format::KillsView>(
      files, kKillsFile, FileKind::kKills, [&](const format::KillsView& view) {
        return ReadKills(view, kills, sections.kills.emplace_back());
      });
  if (!status.ok()) return status;
  format::KeyReader keys(kernels);
  status = VisitSections<format::KeyExtentView>(
      files, kKeysFile, FileKind::kKeyExtents, [&](const format::KeyExtentView& view) {
        return ReadKeys(view, keys, sections.keys.emplace_back());
      });
  if (!status.ok()) return status;
  status = VisitSections<format::SummarySection>(
      files, kSummaryFile, FileKind::kSummary, [&](const format::SummarySection& section) {
        GoldenSummary& summary = sections.summaries.emplace_back();
        summary.slice = section.slice();
        for (size_t i = 0; i < section.columns(); ++i) {
          summary.columns.push_back(section.Column(i));
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  format::LsnReader lsns(kernels);
  status = VisitSections<format::LsnExtentView>(
      files, kLsnsFile, FileKind::kLsns, [&](const format::LsnExtentView& view) {
        return ReadLsns(view, lsns, sections.lsns.emplace_back());
      });
  if (!status.ok()) return status;
  return sections;
}

}  // namespace tape::compat
