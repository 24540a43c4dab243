// Files of every format version, read by today's code; and those of today's version, written by it
// once more.
#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/bytes/message.h"
#include "format/layout/slice_view.h"
#include "tests/compat/golden_files.h"

namespace tape::compat {
namespace {

using format::Concat;
using format::FileHeader;
using format::FileHeaderLayout;
using format::Kernels;
using format::RowOrder;
using format::SliceView;

std::string Root(uint16_t version) {
  return Concat(TAPE_SOURCE_DIR "/tests/compat/golden/v", version);
}

// The folders of golden days of one version, by name.
std::vector<std::string> DaysOf(uint16_t version) {
  std::vector<std::string> days;
  for (const auto& entry : std::filesystem::directory_iterator(Root(version))) {
    if (std::filesystem::exists(entry.path() / "columns.csv"))
      days.push_back(entry.path().string());
  }
  std::sort(days.begin(), days.end());
  return days;
}

// Every day of every version that this build reads.
std::vector<std::string> AllDays() {
  std::vector<std::string> days;
  for (uint16_t version = 0; version <= kFormatVersion; ++version) {
    const std::vector<std::string> more = DaysOf(version);
    days.insert(days.end(), more.begin(), more.end());
  }
  return days;
}

struct LoadedDay {
  GoldenFiles files;
  GoldenDay day;
};

LoadedDay Load(const std::string& folder) {
  LoadedDay loaded{LoadGoldenFiles(folder), {}};
  absl::StatusOr<GoldenDay> day = ParseGoldenDay(loaded.files);
  EXPECT_TRUE(day.ok()) << folder << ": " << day.status();
  if (day.ok()) loaded.day = *std::move(day);
  return loaded;
}

// "NULL", or the value's bytes.
std::string Cell(const ColumnView& column, size_t row) {
  if (column.IsNull(row)) return "NULL";
  if (column.physical() == Physical::kBytes) return Concat("'", column.Bytes(row), "'");
  const size_t size = PhysicalSize(column.physical());
  const uint8_t* value = column.RawValues().data() + row * size;
  std::string text = "0x";
  for (size_t i = size; i-- > 0;) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[value[i] >> 4];
    text += kDigits[value[i] & 15];
  }
  return text;
}

// The rows of a slice in an order, as the text says: a stable sort of the arriving rows, which is
// what (time, arrival) and (code, time, arrival) mean.
std::vector<uint32_t> Sorted(const GoldenDay& day, const GoldenRows& rows, RowOrder order,
                             bool clustered) {
  std::vector<uint32_t> sorted(rows.rows());
  std::iota(sorted.begin(), sorted.end(), 0u);
  if (order == RowOrder::kArrival) return sorted;
  for (size_t i = 0; i < day.columns.size(); ++i) {
    if (!day.columns[i].is_time) continue;
    const auto times = rows.columns[i].view().Values<int64_t>();
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](uint32_t a, uint32_t b) { return times[a] < times[b]; });
  }
  for (size_t i = 0; i < day.columns.size() && clustered && order == RowOrder::kStored; ++i) {
    if (!day.columns[i].is_cluster) continue;
    const auto codes = rows.columns[i].view().Values<uint32_t>();
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](uint32_t a, uint32_t b) { return codes[a] < codes[b]; });
  }
  return sorted;
}

// Reads a slice's column and compares it with the text. Stops at the first difference.
void ExpectColumn(const LoadedDay& loaded, size_t slice, const SliceView& view, size_t column,
                  format::SliceReader& reader) {
  const GoldenRows& rows = loaded.day.slices[slice];
  for (const RowOrder order : {RowOrder::kArrival, RowOrder::kTime, RowOrder::kStored}) {
    SCOPED_TRACE(
        Concat("column ", loaded.day.columns[column].name, ", order ", static_cast<int>(order)));
    ColumnBuffer read(loaded.day.columns[column].physical);
    const absl::Status status = reader.ReadColumn(column, order, read);
    ASSERT_TRUE(status.ok()) << status;
    const std::vector<uint32_t> sources = Sorted(loaded.day, rows, order, view.shape().clustered);
    ASSERT_EQ(read.rows(), sources.size());
    const ColumnView expected = rows.columns[column].view();
    for (size_t row = 0; row < sources.size(); ++row) {
      ASSERT_EQ(Cell(read.view(), row), Cell(expected, sources[row])) << "row " << row;
    }
  }
}

// The files hold the rows of the text beside them.
void ExpectRows(const LoadedDay& loaded, const Kernels& kernels) {
  absl::StatusOr<std::vector<SliceView>> slices = OpenGoldenDay(loaded.files, loaded.day);
  ASSERT_TRUE(slices.ok()) << slices.status();
  ASSERT_EQ(slices->size(), loaded.day.slices.size());
  for (size_t slice = 0; slice < slices->size(); ++slice) {
    SCOPED_TRACE(Concat("slice ", slice + 1));
    const SliceView& view = (*slices)[slice];
    ASSERT_EQ(view.rows(), loaded.day.slices[slice].rows());
    format::SliceReader reader(kernels);
    reader.Open(view);
    for (size_t column = 0; column < loaded.day.columns.size(); ++column) {
      ExpectColumn(loaded, slice, view, column, reader);
    }
  }
}

class Golden : public testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Levels, Golden,
                         testing::ValuesIn(format::AllUsableKernels().begin(),
                                           format::AllUsableKernels().end()),
                         [](const auto& info) {
                           std::string name(info.param->name);
                           std::erase_if(name,
                                         [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

TEST_P(Golden, HoldsTheRowsOfTheTextBesideIt) {
  const std::vector<std::string> days = AllDays();
  ASSERT_FALSE(days.empty());
  for (const std::string& folder : days) {
    SCOPED_TRACE(folder);
    ExpectRows(Load(folder), kernels());
  }
}

// Zstd's pages are its own; another version of it may make others of the same length or not.
bool SameZstd() {
  const GoldenFiles files = LoadGoldenFiles(Root(kFormatVersion));
  return GoldenText(files, "made_with.csv") == Concat("zstd,", ZSTD_versionString(), "\n");
}

void ExpectSameBytes(const std::vector<std::byte>& golden, const std::vector<std::byte>& today) {
  const auto [a, b] = std::mismatch(golden.begin(), golden.end(), today.begin(), today.end());
  if (a == golden.end() && b == today.end()) return;
  ADD_FAILURE() << kGoldenChanged << "\nthe first byte that differs is " << a - golden.begin()
                << "; sizes " << golden.size() << " and " << today.size();
}

TEST_P(Golden, IsWhatTodaysWriterMakes) {
  const std::vector<std::string> days = DaysOf(kFormatVersion);
  ASSERT_FALSE(days.empty());
  for (const std::string& folder : days) {
    SCOPED_TRACE(folder);
    const LoadedDay loaded = Load(folder);
    absl::StatusOr<GoldenFiles> today = WriteGoldenDay(loaded.day, kernels());
    ASSERT_TRUE(today.ok()) << today.status();
    ExpectRows({*today, loaded.day}, kernels());
    if (!SameZstd()) continue;
    for (const auto& [name, bytes] : *today) {
      SCOPED_TRACE(name);
      const auto golden = loaded.files.find(name);
      ASSERT_NE(golden, loaded.files.end()) << kGoldenChanged;
      ExpectSameBytes(golden->second, bytes);
    }
  }
}

TEST(GoldenFolder, HoldsNothingThatNobodyMade) {
  for (const std::string& folder : DaysOf(kFormatVersion)) {
    SCOPED_TRACE(folder);
    const LoadedDay loaded = Load(folder);
    absl::StatusOr<GoldenFiles> today = WriteGoldenDay(loaded.day, format::BestKernels());
    ASSERT_TRUE(today.ok()) << today.status();
    for (const auto& [name, bytes] : loaded.files) {
      const bool text = name == "columns.csv" || name.starts_with("slice");
      EXPECT_TRUE(text || today->contains(name)) << name;
    }
  }
}

TEST(GoldenFolder, StaysBelow310Kilobytes) {
  size_t size = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Root(0))) {
    if (entry.is_regular_file()) size += entry.file_size();
  }
  EXPECT_GT(size, 0u);
  EXPECT_LT(size, 310'000u);
}

// --- Headers.

TEST(GoldenHeaders, AreOfEveryKindAndWhatTheTextSays) {
  for (uint16_t version = 0; version <= kFormatVersion; ++version) {
    const GoldenFiles files = LoadGoldenFiles(Root(version));
    const absl::StatusOr<std::vector<FileHeader>> headers = ParseGoldenHeaders(files);
    ASSERT_TRUE(headers.ok()) << headers.status();
    ASSERT_EQ(headers->size(), static_cast<size_t>(format::FileKind::kLsns));
    const std::vector<std::byte>& bytes = files.at("headers.bin");
    ASSERT_EQ(bytes.size(), headers->size() * format::kFileHeaderSize);
    for (size_t i = 0; i < headers->size(); ++i) {
      const auto golden = std::span(bytes).subspan(i * format::kFileHeaderSize);
      const absl::StatusOr<FileHeader> read = FileHeader::Parse(golden);
      ASSERT_TRUE(read.ok()) << read.status();
      FileHeader expected = (*headers)[i];
      expected.version = version;
      EXPECT_EQ(static_cast<size_t>(read->kind), i + 1);
      EXPECT_EQ(*read, expected) << i;
    }
  }
}

TEST(GoldenHeaders, AreWhatTodaysWriterMakes) {
  const GoldenFiles files = LoadGoldenFiles(Root(kFormatVersion));
  const absl::StatusOr<std::vector<FileHeader>> headers = ParseGoldenHeaders(files);
  ASSERT_TRUE(headers.ok()) << headers.status();
  std::vector<std::byte> today;
  for (const FileHeader& header : *headers) {
    const auto bytes = header.Serialize();
    today.insert(today.end(), bytes.begin(), bytes.end());
  }
  ExpectSameBytes(files.at("headers.bin"), today);
}

// --- What is newer.

// The files of a golden day with one header changed by `change`, its checksum made right again.
template <typename Change>
LoadedDay WithHeader(const std::string& name, Change change) {
  LoadedDay loaded = Load(Root(kFormatVersion) + "/samples");
  std::vector<std::byte>& file = loaded.files.at(name);
  FileHeaderLayout header;
  std::memcpy(&header, file.data(), sizeof(header));
  change(header);
  std::memcpy(file.data(), &header, sizeof(header));
  header.crc = format::Crc32c(std::span(file).first(offsetof(FileHeaderLayout, crc)));
  std::memcpy(file.data(), &header, sizeof(header));
  return loaded;
}

constexpr std::array<const char*, 3> kChanged = {"c0001-ts.0001.col", "c0002-symbol.0001.col",
                                                 "order.0001.tape"};

TEST(GoldenFile, OfANewerVersionIsRefusedByThatName) {
  for (const char* name : kChanged) {
    const LoadedDay loaded =
        WithHeader(name, [](FileHeaderLayout& header) { header.version = kFormatVersion + 1; });
    const absl::Status status = OpenGoldenDay(loaded.files, loaded.day).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
    const std::string expected = Concat("format version ", kFormatVersion + 1);
    EXPECT_NE(status.message().find(expected), status.message().npos) << status;
  }
}

TEST(GoldenFile, WithAnUnknownMandatoryFeatureIsRefusedByItsBit) {
  for (const char* name : kChanged) {
    for (unsigned bit = 0; bit < 32; ++bit) {
      if ((kKnownMandatoryFeatures >> bit & 1) != 0) continue;
      const LoadedDay loaded = WithHeader(
          name, [&](FileHeaderLayout& header) { header.mandatory_features = 1u << bit; });
      const absl::Status status = OpenGoldenDay(loaded.files, loaded.day).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
      const std::string expected = Concat("mandatory feature bit ", bit, " ");
      EXPECT_NE(status.message().find(expected), status.message().npos) << status;
    }
  }
}

TEST(GoldenFile, WithUnknownOptionalFeaturesIsReadLikeAnyOther) {
  for (const char* name : kChanged) {
    SCOPED_TRACE(name);
    const LoadedDay loaded =
        WithHeader(name, [](FileHeaderLayout& header) { header.optional_features = 0xFFFFFFFF; });
    ExpectRows(loaded, format::BestKernels());
  }
}

TEST(GoldenFile, InThePlaceOfAnotherIsRefused) {
  LoadedDay loaded = Load(Root(kFormatVersion) + "/samples");
  std::swap(loaded.files.at("c0003-sequence.0001.col"), loaded.files.at("c0004-price.0001.col"));
  const absl::Status status = OpenGoldenDay(loaded.files, loaded.day).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_NE(status.message().find("column: expected 3, found 4"), status.message().npos) << status;
}

}  // namespace
}  // namespace tape::compat
