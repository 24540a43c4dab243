#include "tests/compat/golden_files.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/status/status.h"
#include "format/bytes/message.h"
#include "format/layout/slice_builder.h"

namespace tape::compat {
namespace {

using format::BuiltSlice;
using format::Concat;
using format::FileHeader;
using format::FileKind;
using format::SliceSpec;
using format::SliceView;

constexpr char kOrderFile[] = "order.0001.tape";
constexpr char kSlicesFile[] = "slices.csv";

absl::Status Bad(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(Concat("golden files: ", what, ": ", text));
}

FileHeader HeaderOf(FileKind kind, uint32_t column) {
  FileHeader header{.kind = kind, .identity = GoldenIdentity()};
  header.identity.column = column;
  return header;
}

std::string SliceFile(size_t slice) { return Concat("slice", slice, ".csv"); }

// Where the extents of the next slice go, in files that may not have been begun.
SliceSpec SpecOf(const GoldenDay& day, const GoldenFiles& files) {
  SliceSpec spec;
  const auto end_of = [&](const std::string& name) {
    const auto file = files.find(name);
    return file == files.end() ? format::kFileHeaderSize : file->second.size();
  };
  for (size_t i = 0; i < day.columns.size(); ++i) {
    const GoldenColumn& column = day.columns[i];
    const format::PlaceSeed seeds(HeaderOf(FileKind::kColumn, column.id));
    spec.columns.push_back({.place = {seeds, end_of(day.ColumnFile(i))},
                            .keeps_bounds = column.keeps_bounds,
                            .sensitive = column.sensitive});
    if (column.is_time) spec.time_column = i;
    if (column.is_cluster) spec.cluster_column = i;
  }
  const format::PlaceSeed seeds(HeaderOf(FileKind::kOrderTape, 0));
  spec.order_place = {seeds, end_of(kOrderFile)};
  return spec;
}

std::string Line(const GoldenExtents& section) {
  const format::SliceShape& shape = section.shape;
  return Concat(section.slice, ",", shape.rows, ",", shape.clustered ? 1 : 0, ",",
                shape.order.has_tape ? 1 : 0, ",", shape.order.has_samples ? 1 : 0, ",",
                shape.order.has_displacement ? 1 : 0, ",", section.file, ",", section.offset, ",",
                section.length, "\n");
}

constexpr std::string_view kSlicesHead =
    "slice,rows,clustered,tape,samples,displacement,file,offset,length\n";

// Appends to a file, which begins with its header; returns the line of slices.csv.
std::string AppendSection(const FileHeader& header, const std::vector<std::byte>& bytes,
                          GoldenExtents section, GoldenFiles& files) {
  std::vector<std::byte>& file = files[section.file];
  if (file.empty()) {
    const auto head = header.Serialize();
    file.assign(head.begin(), head.end());
  }
  section.offset = file.size();
  section.length = bytes.size();
  file.insert(file.end(), bytes.begin(), bytes.end());
  return Line(section);
}

absl::Status AppendSlice(const GoldenDay& day, size_t index, const format::Kernels& kernels,
                         GoldenFiles& files, std::string& lines) {
  std::vector<ColumnView> views;
  for (const ColumnBuffer& column : day.slices[index].columns) views.push_back(column.view());
  // A builder of its own: the bytes of a slice must not depend on the slices before it.
  format::SliceBuilder builder(kernels);
  BuiltSlice built;
  absl::Status status = builder.Build(views, SpecOf(day, files), built);
  if (!status.ok()) return status;
  GoldenExtents section{.slice = index + 1, .shape = built.shape, .file = {}};
  for (size_t i = 0; i < day.columns.size(); ++i) {
    section.file = day.ColumnFile(i);
    const FileHeader header = HeaderOf(FileKind::kColumn, day.columns[i].id);
    lines += AppendSection(header, built.columns[i], section, files);
  }
  if (built.order.empty()) return absl::OkStatus();
  section.file = kOrderFile;
  lines += AppendSection(HeaderOf(FileKind::kOrderTape, 0), built.order, section, files);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return Bad("number", text);
  return value;
}

// The fields of a line as numbers, but for those that are not.
absl::StatusOr<std::vector<int64_t>> Numbers(const CsvLine& line, size_t text_field) {
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < line.size(); ++i) {
    const absl::StatusOr<int64_t> number = i == text_field ? 0 : Number(line[i].text);
    if (!number.ok()) return number.status();
    numbers.push_back(*number);
  }
  return numbers;
}

absl::StatusOr<std::span<const std::byte>> BytesOf(const GoldenFiles& files,
                                                   const GoldenExtents& section) {
  const auto file = files.find(section.file);
  if (file == files.end()) return Bad("no such file", section.file);
  const std::vector<std::byte>& bytes = file->second;
  if (section.offset > bytes.size() || section.length > bytes.size() - section.offset) {
    return Bad("section beyond the end of", section.file);
  }
  return std::span(bytes).subspan(section.offset, section.length);
}

absl::Status CheckHeaders(const GoldenFiles& files, const GoldenDay& day,
                          const std::vector<GoldenExtents>& sections) {
  for (const GoldenExtents& section : sections) {
    absl::StatusOr<FileHeader> expected = GoldenHeader(day, section.file);
    if (!expected.ok()) return expected.status();
    const auto file = files.find(section.file);
    if (file == files.end()) return Bad("no such file", section.file);
    absl::StatusOr<FileHeader> found = FileHeader::Parse(file->second, expected->kind);
    if (!found.ok()) return found.status();
    absl::Status status = found->Matches(expected->identity);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<SliceView> OpenSlice(const GoldenFiles& files, const GoldenDay& day, size_t slice,
                                    const std::vector<GoldenExtents>& sections) {
  SliceSpec spec = SpecOf(day, {});
  format::SliceShape shape;
  std::vector<std::span<const std::byte>> columns(day.columns.size());
  std::span<const std::byte> order;
  for (const GoldenExtents& section : sections) {
    if (section.slice != slice) continue;
    absl::StatusOr<std::span<const std::byte>> bytes = BytesOf(files, section);
    if (!bytes.ok()) return bytes.status();
    shape = section.shape;
    if (section.file == kOrderFile) {
      order = *bytes;
      spec.order_place.offset = section.offset;
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      if (section.file != day.ColumnFile(i)) continue;
      columns[i] = *bytes;
      spec.columns[i].place.offset = section.offset;
    }
  }
  return SliceView::Parse(spec, shape, {columns, order});
}

}  // namespace

std::string GoldenDay::ColumnFile(size_t column) const {
  std::string id = Concat(columns[column].id);
  id.insert(0, 4 - std::min<size_t>(id.size(), 4), '0');
  return Concat("c", id, "-", columns[column].name, ".0001.col");
}

absl::StatusOr<GoldenDay> ParseGoldenDay(const GoldenFiles& files) {
  GoldenDay day;
  absl::StatusOr<std::vector<GoldenColumn>> columns =
      ParseGoldenColumns(GoldenText(files, "columns.csv"));
  if (!columns.ok()) return columns.status();
  day.columns = *std::move(columns);
  for (size_t slice = 1; files.contains(SliceFile(slice)); ++slice) {
    absl::StatusOr<GoldenRows> rows =
        ParseGoldenRows(GoldenText(files, SliceFile(slice)), day.columns);
    if (!rows.ok()) return rows.status();
    day.slices.push_back(*std::move(rows));
  }
  if (day.slices.empty()) return Bad("no rows", SliceFile(1));
  return day;
}

absl::StatusOr<GoldenFiles> WriteGoldenDay(const GoldenDay& day, const format::Kernels& kernels) {
  GoldenFiles files;
  std::string lines(kSlicesHead);
  for (size_t slice = 0; slice < day.slices.size(); ++slice) {
    absl::Status status = AppendSlice(day, slice, kernels, files, lines);
    if (!status.ok()) return status;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(lines.data());
  files[kSlicesFile].assign(bytes, bytes + lines.size());
  return files;
}

absl::StatusOr<std::vector<GoldenExtents>> ParseGoldenExtents(const GoldenFiles& files) {
  absl::StatusOr<std::vector<CsvLine>> lines = ParseCsv(GoldenText(files, kSlicesFile));
  if (!lines.ok()) return lines.status();
  std::vector<GoldenExtents> sections;
  for (size_t i = 1; i < lines->size(); ++i) {
    const CsvLine& line = (*lines)[i];
    constexpr size_t kFile = 6;
    if (line.size() != 9) return Bad("fields of a slice", line[0].text);
    absl::StatusOr<std::vector<int64_t>> number = Numbers(line, kFile);
    if (!number.ok()) return number.status();
    const auto yes = [&](size_t field) { return (*number)[field] != 0; };
    const auto count = [&](size_t field) { return static_cast<size_t>((*number)[field]); };
    sections.push_back({.slice = count(0),
                        .shape = {.rows = static_cast<uint32_t>(count(1)),
                                  .clustered = yes(2),
                                  .order = {yes(3), yes(4), yes(5)}},
                        .file = line[kFile].text,
                        .offset = count(7),
                        .length = count(8)});
  }
  return sections;
}

absl::StatusOr<std::vector<SliceView>> OpenGoldenDay(const GoldenFiles& files,
                                                     const GoldenDay& day) {
  absl::StatusOr<std::vector<GoldenExtents>> sections = ParseGoldenExtents(files);
  if (!sections.ok()) return sections.status();
  if (absl::Status status = CheckHeaders(files, day, *sections); !status.ok()) return status;
  std::vector<SliceView> slices;
  for (size_t slice = 1; slice <= day.slices.size(); ++slice) {
    absl::StatusOr<SliceView> view = OpenSlice(files, day, slice, *sections);
    if (!view.ok()) return view.status();
    slices.push_back(*std::move(view));
  }
  return slices;
}

absl::StatusOr<FileHeader> GoldenHeader(const GoldenDay& day, const std::string& file) {
  if (file == kOrderFile) return HeaderOf(FileKind::kOrderTape, 0);
  for (size_t i = 0; i < day.columns.size(); ++i) {
    if (file == day.ColumnFile(i)) return HeaderOf(FileKind::kColumn, day.columns[i].id);
  }
  return Bad("no such file of the day", file);
}

absl::StatusOr<std::vector<FileHeader>> ParseGoldenHeaders(const GoldenFiles& files) {
  absl::StatusOr<std::vector<CsvLine>> lines = ParseCsv(GoldenText(files, "headers.csv"));
  if (!lines.ok()) return lines.status();
  std::vector<FileHeader> headers;
  for (size_t i = 1; i < lines->size(); ++i) {
    constexpr size_t kName = 0;
    const CsvLine& line = (*lines)[i];
    if (line.size() != 7) return Bad("fields of a header", line[0].text);
    absl::StatusOr<std::vector<int64_t>> number = Numbers(line, kName);
    if (!number.ok()) return number.status();
    const auto unsigned32 = [&](size_t field) { return static_cast<uint32_t>((*number)[field]); };
    FileHeader header{.kind = static_cast<FileKind>((*number)[1]),
                      .identity = {.store = GoldenIdentity().store,
                                   .table = unsigned32(2),
                                   .column = unsigned32(3),
                                   .generation = unsigned32(4),
                                   .day = static_cast<int32_t>((*number)[5])},
                      .salt = static_cast<uint64_t>((*number)[6])};
    headers.push_back(header);
  }
  return headers;
}

}  // namespace tape::compat
