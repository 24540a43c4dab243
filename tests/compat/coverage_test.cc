// That the golden files show the whole format: every role, physical form, encoding and flag, and
// the variants of a payload.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "format/bytes/message.h"
#include "format/encoding/bytes_codec.h"
#include "format/encoding/payload.h"
#include "format/encoding/validity.h"
#include "format/layout/extent_view.h"
#include "tests/compat/golden_files.h"

namespace tape::compat {
namespace {

using format::BlockPrefix;
using format::CodecWord;
using format::Concat;
using format::Encoding;
using format::ExtentHeader;
using format::ExtentPlace;
using format::ExtentView;

using Shown = std::set<std::string>;

constexpr std::string_view kRoles[] = {
    "", "column", "directory codes", "first rows", "order tape", "tape samples", "displacement"};
constexpr std::string_view kForms[] = {"",       "bool",    "int16",   "int32",  "int64",
                                       "int128", "float32", "float64", "code32", "bytes"};
constexpr std::string_view kEncodings[] = {"",    "constant", "frame",  "delta", "dictionary",
                                           "raw", "scaled",   "offset", "split", "pages"};

std::string_view NameOf(Encoding encoding) { return kEncodings[static_cast<size_t>(encoding)]; }

template <typename T>
T At(std::span<const std::byte> bytes, size_t at = 0) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

// The positions and signs of exceptions.
void ShowExceptions(const CodecWord& word, size_t rows, Shown& shown) {
  if (word.exception_count == 0) return;
  const bool is_list = word.exception_count * size_t{10} < rows;
  const bool positive = (word.flags & format::kPositiveHighs) != 0;
  shown.insert(is_list ? "exceptions: list" : "exceptions: bitmap");
  shown.insert(positive ? "exceptions: positive" : "exceptions: of both signs");
}

void ShowNested(std::span<const std::byte> data, size_t rows, Shown& shown) {
  const auto word = At<CodecWord>(data);
  shown.insert(Concat("nested ", NameOf(word.encoding)));
  ShowExceptions(word, rows, shown);
}

void ShowPages(std::span<const std::byte> data, size_t rows, Shown& shown) {
  ShowNested(data, rows, shown);
  alignas(64) int64_t lengths[format::kBlockRows];
  const absl::StatusOr<size_t> nested =
      format::ReadNestedIntegers(format::BestKernels(), data, rows, lengths);
  ASSERT_TRUE(nested.ok()) << nested.status();
  const auto pages = At<uint32_t>(data, *nested);
  for (size_t page = 0; page < pages; ++page) {
    const auto entry = At<format::BytesPage>(data, *nested + 8 + page * sizeof(format::BytesPage));
    shown.insert(entry.codec == format::PageCodec::kZstd ? "page: Zstd" : "page: raw");
  }
}

void ShowPayload(const ExtentView& extent, const CodecWord& word, size_t rows,
                 std::span<const std::byte> payload, Shown& shown) {
  if (word.encoding == Encoding::kScaled) {
    if (word.exception_count > 0) shown.insert("scaled with exceptions");
    ShowNested(payload, rows, shown);
  } else if (word.encoding == Encoding::kOffset) {
    ShowNested(payload.subspan(sizeof(Int128)), rows, shown);
  } else if (word.encoding == Encoding::kSplit) {
    ShowNested(payload, rows, shown);
  } else if (word.encoding == Encoding::kPages) {
    ShowPages(payload, rows, shown);
  } else if (format::IsInteger(extent.physical()) || word.encoding == Encoding::kDictionary) {
    ShowExceptions(word, rows, shown);
  }
}

void ShowBlock(const ExtentView& extent, size_t block, Shown& shown) {
  const CodecWord word = extent.Prefix(block).word;
  const size_t rows = extent.BlockRows(block);
  const std::string_view form = kForms[static_cast<size_t>(extent.physical())];
  if (word.null_count == rows) {
    shown.insert(Concat(form, " all NULL"));
    return;
  }
  shown.insert(Concat(form, " ", NameOf(word.encoding)));
  shown.insert(rows == format::kBlockRows ? "full block" : "partial block");
  if (word.null_count > 0) shown.insert(Concat(form, " with NULLs"));
  if ((word.flags & format::kNoBounds) != 0) {
    shown.insert(Concat(form, " ", NameOf(word.encoding), " without bounds"));
  }
  if ((word.flags & format::kInexactBounds) != 0) shown.insert("inexact bounds");
  if ((word.flags & format::kHasNan) != 0) shown.insert("has NaN");
  const size_t validity = format::ValidityBytes(rows, word.null_count);
  ShowPayload(extent, word, rows, extent.BlockData(block).subspan(validity), shown);
}

void ShowExtent(const ExtentView& extent, Shown& shown) {
  const ExtentHeader& header = extent.header();
  shown.insert(Concat("role: ", kRoles[static_cast<size_t>(header.role)]));
  if ((header.flags & format::kArrivalOrder) != 0) shown.insert("in arrival order");
  if ((header.flags & format::kTimeOrder) != 0) shown.insert("in time order");
  if ((header.flags & format::kSensitive) != 0) shown.insert("SENSITIVE");
  for (size_t block = 0; block < extent.blocks(); ++block) ShowBlock(extent, block, shown);
}

// The extents of a section lie end to end.
void ShowSection(const GoldenFiles& files, const GoldenDay& day, const GoldenExtents& section,
                 Shown& shown) {
  const std::vector<std::byte>& file = files.at(section.file);
  const format::PlaceSeed seeds(*GoldenHeader(day, section.file));
  const size_t end = section.offset + section.length;
  for (size_t at = section.offset; at < end;) {
    const absl::StatusOr<ExtentView> extent =
        ExtentView::Parse(std::span(file).subspan(at, end - at), {seeds, at});
    ASSERT_TRUE(extent.ok()) << section.file << ": " << extent.status();
    ShowExtent(*extent, shown);
    at += extent->size_bytes();
  }
}

Shown ShownByGoldenFiles() {
  Shown shown;
  const std::string root = Concat(TAPE_SOURCE_DIR "/tests/compat/golden/v", kFormatVersion);
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (!std::filesystem::exists(entry.path() / "columns.csv")) continue;
    const GoldenFiles files = LoadGoldenFiles(entry.path().string());
    const absl::StatusOr<GoldenDay> day = ParseGoldenDay(files);
    const absl::StatusOr<std::vector<GoldenExtents>> sections = ParseGoldenExtents(files);
    EXPECT_TRUE(day.ok() && sections.ok()) << entry.path();
    if (!day.ok() || !sections.ok()) continue;
    for (const GoldenExtents& section : *sections) {
      const format::SliceShape& shape = section.shape;
      shown.insert(shape.clustered ? "slice: clustered" : "slice: in time order");
      if (shape.order.has_displacement) shown.insert("slice: late");
      if (section.slice > 1) shown.insert("file of several slices");
      ShowSection(files, *day, section, shown);
    }
  }
  return shown;
}

std::string Listed(const Shown& shown) {
  std::string text;
  for (const std::string& feature : shown) text += feature + "\n";
  return text;
}

// What the format has.
const char* const kFormat[] = {
    "role: column",
    "role: directory codes",
    "role: first rows",
    "role: order tape",
    "role: tape samples",
    "role: displacement",
    "slice: clustered",
    "slice: in time order",
    "slice: late",
    "file of several slices",
    "in arrival order",
    "in time order",
    "SENSITIVE",
    "full block",
    "partial block",
    "inexact bounds",
    "has NaN",
    "exceptions: list",
    "exceptions: bitmap",
    "exceptions: positive",
    "exceptions: of both signs",
    "nested constant",
    "nested frame",
    "nested delta",
    "page: raw",
    "page: Zstd",
    "scaled with exceptions",
    "bool frame",
    "int16 frame",
    "int32 frame",
    "int64 frame",
    "code32 frame",
    "int64 delta",
    "int32 delta",
    "bool constant",
    "int32 constant",
    "int64 constant",
    "int128 constant",
    "code32 constant",
    "float64 constant",
    "int16 dictionary",
    "code32 dictionary",
    "int64 dictionary",
    "int128 dictionary",
    "float64 dictionary",
    "bytes dictionary",
    "float32 raw",
    "float32 scaled",
    "float64 raw",
    "float64 scaled",
    "int128 raw",
    "int128 offset",
    "int128 split",
    "bytes pages",
    "bool with NULLs",
    "int16 with NULLs",
    "int32 with NULLs",
    "int64 with NULLs",
    "int128 with NULLs",
    "float32 with NULLs",
    "float64 with NULLs",
    "bytes with NULLs",
    "int64 all NULL",
    "bytes all NULL",
    "int64 constant without bounds",
    "float64 constant without bounds",
    "bytes pages without bounds",
};

TEST(GoldenCoverage, IsTheWholeFormat) {
  const Shown expected(std::begin(kFormat), std::end(kFormat));
  const Shown shown = ShownByGoldenFiles();
  Shown missing;
  std::set_difference(expected.begin(), expected.end(), shown.begin(), shown.end(),
                      std::inserter(missing, missing.end()));
  EXPECT_TRUE(missing.empty()) << "missing:\n" << Listed(missing) << "shown:\n" << Listed(shown);
}

}  // namespace
}  // namespace tape::compat
