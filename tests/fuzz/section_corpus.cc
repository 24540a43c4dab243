#include <span>

#include "format/bytes/file_header.h"
#include "format/layout/extent_writer.h"
#include "format/layout/key_extent.h"
#include "format/layout/kills.h"
#include "format/layout/lsn_extent.h"
#include "format/layout/summary.h"
#include "tests/fuzz/corpus_maker.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/section_places.h"

namespace tape::fuzz {
namespace {

using Bytes = std::vector<std::byte>;

constexpr size_t kTwoBlocks = 1040;

// --- Kills.

template <typename Make>
void AddKills(const std::string& name, size_t count, Make make, Corpus& corpus) {
  const auto kills = Sequence<format::Kill>(count, make);
  format::ExtentWriter writer(format::PortableKernels());
  Bytes bytes;
  Expect(AppendKills(writer, kills, kKillsPlace, bytes).ok());
  corpus["kills/made_" + name] = bytes;
}

void AddAllKills(Corpus& corpus) {
  AddKills(
      "one", 1,
      [](size_t) {
        return format::Kill{RowNumber(17), Lsn(900)};
      },
      corpus);
  AddKills(
      "some", 12,
      [](size_t i) {
        return format::Kill{RowNumber(3 * i + Scatter(i) % 3), Lsn(100 + Scatter(i) % 50)};
      },
      corpus);
  AddKills(
      "two_blocks", kTwoBlocks,
      [](size_t i) {
        return format::Kill{RowNumber(2 * i), Lsn(900 + i / 512)};
      },
      corpus);
}

// --- LSNs.

template <typename Make>
void AddLsns(const std::string& name, size_t count, Make make, Corpus& corpus) {
  const auto lsns = Sequence<Lsn>(count, make);
  format::ExtentWriter writer(format::PortableKernels());
  Bytes bytes;
  Expect(AppendLsns(writer, lsns, kLsnsPlace, bytes).ok());
  corpus["lsns/made_" + name] = bytes;
}

void AddAllLsns(Corpus& corpus) {
  AddLsns(
      "one", 1, [](size_t) { return Lsn(900); }, corpus);
  AddLsns(
      "some", 40, [](size_t i) { return Lsn(900 + 2 * i + Scatter(i) % 3); }, corpus);
  AddLsns(
      "two_blocks", kTwoBlocks, [](size_t i) { return Lsn(900 + i / 300 * 70); }, corpus);
}

// --- Key extents.

template <typename Make>
void AddKeys(const std::string& name, size_t count, Make make, Corpus& corpus) {
  format::ExtentWriter writer(format::PortableKernels());
  Bytes bytes;
  Expect(AppendKeyExtent(writer, Sequence<format::KeyEntry>(count, make), kKeyPlace, bytes).ok());
  corpus["key_extent/made_" + name] = bytes;
}

void AddAllKeys(Corpus& corpus) {
  AddKeys(
      "one", 1,
      [](size_t) {
        return format::KeyEntry{42, RowNumber(7)};
      },
      corpus);
  AddKeys(
      "some", 50,
      [](size_t i) {
        return format::KeyEntry{Scatter(i), RowNumber(i)};
      },
      corpus);
  AddKeys(
      "equal_hashes", 30,
      [](size_t i) {
        return format::KeyEntry{i / 10, RowNumber(Scatter(i) % 1000)};
      },
      corpus);
  AddKeys(
      "two_blocks", kTwoBlocks,
      [](size_t i) {
        return format::KeyEntry{i / 512 << 60, RowNumber(i)};
      },
      corpus);
}

// --- Summaries.

template <typename T, typename Value>
format::ColumnSummary Summary(uint32_t column, size_t rows, Value value) {
  ColumnBuffer values(kPhysicalOf<T>);
  for (size_t row = 0; row < rows; ++row) values.Append(static_cast<T>(value(row)));
  values.MutableValidity()[rows / 2] = 0;
  return SummarizeColumn(format::PortableKernels(), values.view(),
                         {.column = column, .first_row = 0, .last_row = rows - 1});
}

format::ColumnSummary StringSummary(uint32_t column, size_t rows) {
  ColumnBuffer values(Physical::kBytes);
  for (size_t row = 0; row < rows; ++row) values.AppendBytes(std::string(10 + row, 'a'));
  return SummarizeColumn(format::PortableKernels(), values.view(),
                         {.column = column, .first_row = 0, .last_row = rows - 1});
}

void AppendSlice(uint64_t slice, Bytes& file) {
  constexpr size_t kRows = 9;
  const auto some = [](size_t i) { return Scatter(i) % 2; };
  const std::vector<format::ColumnSummary> columns = {
      Summary<int64_t>(1, kRows, [](size_t i) { return 1000 * i; }),
      Summary<uint32_t>(2, kRows, [](size_t i) { return 1 + i % 3; }),
      Summary<double>(3, kRows, [](size_t i) { return 100.25 - static_cast<double>(i); }),
      Summary<Int128>(4, kRows, [](size_t i) { return -static_cast<Int128>(Scatter(i)); }),
      StringSummary(5, kRows),
      Summary<uint8_t>(7, kRows, some),
      Summary<int16_t>(8, kRows, some),
      Summary<float>(9, kRows, some),
      Summary<int32_t>(10, kRows, [](size_t i) { return -static_cast<int32_t>(i); })};
  const format::ExtentPlace place{kSummarySeeds, format::kFileHeaderSize + file.size()};
  Expect(AppendSummary({slice, kRows, columns}, place, file).ok());
}

void AddSummaries(Corpus& corpus) {
  Bytes& one = corpus["summary/made_one"];
  AppendSlice(1, one);
  Bytes& two = corpus["summary/made_two"];
  AppendSlice(1, two);
  AppendSlice(2, two);
  Bytes& synced = corpus["summary/made_after_sync"];
  AppendSlice(1, synced);
  synced.resize(4096 - format::kFileHeaderSize);
  AppendSlice(2, synced);
}

}  // namespace

void AddSections(Corpus& corpus) {
  AddAllKills(corpus);
  AddAllLsns(corpus);
  AddAllKeys(corpus);
  AddSummaries(corpus);
}

}  // namespace tape::fuzz
