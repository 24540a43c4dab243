#include <span>

#include "format/layout/extent_writer.h"
#include "format/layout/slice_builder.h"
#include "tests/fuzz/corpus_maker.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/extent_place.h"
#include "tests/fuzz/slice_input.h"

namespace tape::fuzz {
namespace {

constexpr size_t kShort = 20;
constexpr size_t kTwoBlocks = 1040;

template <typename T, typename Value>
ColumnBuffer Column(size_t rows, Value value) {
  ColumnBuffer column(kPhysicalOf<T>);
  for (size_t row = 0; row < rows; ++row) column.Append(static_cast<T>(value(row)));
  return column;
}

template <typename Value>
ColumnBuffer Strings(size_t rows, Value value) {
  ColumnBuffer column(Physical::kBytes);
  for (size_t row = 0; row < rows; ++row) column.AppendBytes(value(row));
  return column;
}

// The column with every `step`-th row NULL.
ColumnBuffer WithNulls(ColumnBuffer column, size_t step) {
  const std::span<uint8_t> validity = column.MutableValidity();
  for (size_t row = 0; row < validity.size(); row += step) validity[row] = 0;
  return column;
}

// --- Extents.

void AddExtent(const std::string& name, const ColumnBuffer& column, Corpus& corpus,
               bool sensitive = false) {
  format::ExtentWriter writer(format::PortableKernels());
  const format::ExtentSpec spec{
      .seeds = kExtentPlace.seeds, .offset = kExtentPlace.offset, .sensitive = sensitive};
  std::vector<std::byte> bytes;
  Expect(writer.Append(column.view(), spec, bytes).ok());
  corpus["extent/made_" + name] = bytes;
}

template <typename T>
void AddForm(const std::string& name, Corpus& corpus) {
  const auto some = [](size_t i) { return Scatter(i) % 2; };
  AddExtent(name + "_short", Column<T>(kShort, some), corpus);
  AddExtent(name + "_nulls", WithNulls(Column<T>(kTwoBlocks, some), 3), corpus);
}

void AddForms(Corpus& corpus) {
  AddForm<uint8_t>("bool", corpus);
  AddForm<int16_t>("int16", corpus);
  AddForm<int32_t>("int32", corpus);
  AddForm<int64_t>("int64", corpus);
  AddForm<Int128>("int128", corpus);
  AddForm<float>("float32", corpus);
  AddForm<double>("float64", corpus);
  AddForm<uint32_t>("code32", corpus);
}

void AddSpecialExtents(Corpus& corpus) {
  const auto rare = [](size_t i) { return Scatter(Scatter(i) % 3); };
  AddExtent("dictionary_words", Column<int64_t>(kTwoBlocks, rare), corpus);
  AddExtent("dictionary_floats", WithNulls(Column<double>(kTwoBlocks, rare), 5), corpus);
  AddExtent("dictionary_wides",
            Column<Int128>(kTwoBlocks, [&](size_t i) { return Int128{1} << (60 + rare(i) % 50); }),
            corpus);
  AddExtent("dictionary_strings",
            Strings(kTwoBlocks, [&](size_t i) { return "venue " + std::to_string(rare(i) % 100); }),
            corpus);
  AddExtent("delta", Column<int64_t>(kTwoBlocks, [](size_t i) { return 1000000 * i; }), corpus);
  AddExtent("exceptions",
            Column<int32_t>(kTwoBlocks,
                            [](size_t i) {
                              return i % 400 == 1 ? 1 << 20 : static_cast<int32_t>(Scatter(i) % 2);
                            }),
            corpus);
  AddExtent("split_wides",
            Column<Int128>(kShort,
                           [](size_t i) {
                             return static_cast<Int128>(i) << 64 | static_cast<Int128>(Scatter(i));
                           }),
            corpus);
  AddExtent(
      "prices",
      Column<double>(kShort,
                     [](size_t i) { return static_cast<double>(10000 + Scatter(i) % 64) / 100; }),
      corpus);
  AddExtent("all_null", WithNulls(Column<int64_t>(5, [](size_t) { return 1; }), 1), corpus);
  AddExtent("no_rows", ColumnBuffer(Physical::kInt64), corpus);
  AddExtent("sensitive", Column<int64_t>(kShort, rare), corpus, true);
  AddExtent("strings",
            WithNulls(Strings(kShort, [](size_t i) { return std::string(i % 5, 'a'); }), 4), corpus,
            true);
  AddExtent(
      "strings_zstd",
      Strings(kShort, [](size_t i) { return R"({"venue":"X","size":)" + std::to_string(i) + "}"; }),
      corpus);
}

void CopyExtents(Corpus& corpus) {
  for (const char* name : {"int64_short", "int128_nulls", "dictionary_strings", "no_rows"}) {
    corpus[std::string("extent_raw/made_") + name] = corpus[std::string("extent/made_") + name];
  }
}

// --- Slices: time, symbol, then others.

void AddSlice(const std::string& name, const std::vector<ColumnBuffer>& columns,
              const SlicePreamble& preamble, Corpus& corpus) {
  std::vector<ColumnView> views;
  for (const ColumnBuffer& column : columns) views.push_back(column.view());
  SlicePreamble counted = preamble;
  counted.columns = static_cast<uint8_t>(columns.size());
  const format::SliceSpec spec = SpecOf(counted);
  format::SliceBuilder builder(format::PortableKernels());
  format::BuiltSlice slice;
  Expect(builder.Build(views, spec, slice).ok());
  corpus["slice/made_" + name] = SliceInputOf(slice, spec);
}

constexpr size_t kRows = 60;
constexpr SlicePreamble kTimeAndSymbol{.cluster_column = 1, .time_column = 0};

ColumnBuffer Times(bool late, size_t step) {
  return Column<int64_t>(kRows, [=](size_t i) { return step * (late && i % 9 == 5 ? i - 4 : i); });
}

ColumnBuffer Symbols(size_t symbols) {
  return Column<uint32_t>(kRows, [=](size_t i) { return 1 + Scatter(i) % symbols; });
}

std::vector<ColumnBuffer> Trades(bool late, size_t symbols) {
  const auto note = [](size_t i) { return i % 7 == 0 ? "halt" : ""; };
  std::vector<ColumnBuffer> columns;
  columns.push_back(Times(late, 1000));
  columns.push_back(Symbols(symbols));
  columns.push_back(Column<double>(kRows, [](size_t i) { return 100 + 0.25 * (Scatter(i) % 4); }));
  columns.push_back(Strings(kRows, note));
  columns.push_back(WithNulls(Column<uint8_t>(kRows, [](size_t i) { return i % 2; }), 11));
  columns.push_back(Column<int64_t>(kRows, [](size_t i) { return 7000 + i; }));
  columns.push_back(Times(late, 3));  // what rises in time order
  return columns;
}

// Long enough for samples of the tape, and small: symbols in runs.
std::vector<ColumnBuffer> LongSlice() {
  constexpr size_t kLong = 33 * 1024;
  std::vector<ColumnBuffer> columns;
  columns.push_back(
      Column<int64_t>(kLong, [](size_t i) { return 1000 * (i / 2 * 2 + 1 - i % 2); }));
  columns.push_back(Column<uint32_t>(kLong, [](size_t i) { return 5 + i / 4096 % 3; }));
  columns.push_back(Column<int64_t>(kLong, [](size_t i) { return i; }));
  return columns;
}

void AddSlices(Corpus& corpus) {
  AddSlice("ordered", Trades(false, 4), kTimeAndSymbol, corpus);
  AddSlice("late", Trades(true, 4), kTimeAndSymbol, corpus);
  AddSlice("one_symbol", Trades(false, 1), kTimeAndSymbol, corpus);
  AddSlice("not_clustered_late", Trades(true, 100000), kTimeAndSymbol, corpus);
  AddSlice("no_time", Trades(false, 4), {.cluster_column = 1}, corpus);
  AddSlice("plain", Trades(false, 4), {}, corpus);
  AddSlice("sensitive", Trades(true, 3),
           {.cluster_column = 1, .time_column = 0, .sensitive = 4, .without_bounds = 8}, corpus);
  AddSlice("sensitive_symbol", Trades(true, 4),
           {.cluster_column = 1, .time_column = 0, .sensitive = 2}, corpus);
  AddSlice("samples", LongSlice(), kTimeAndSymbol, corpus);
}

}  // namespace

void AddExtents(Corpus& corpus) {
  AddForms(corpus);
  AddSpecialExtents(corpus);
  CopyExtents(corpus);
  AddSlices(corpus);
}

}  // namespace tape::fuzz
