// Blocks of integers and whole slices, on the quotes of the reference market: rows and bytes of
// values per second.
//
//   tape-micro --benchmark_filter='(integers|slices)/' --benchmark_repetitions=5
//
// integers/... work on 128 KiB of values with their encoded form, in the L2 cache, and are to be
// read against codecs/memcpy of the same run. slices/... build, and read back in time order, eight
// slices of quotes; checksums are verified throughout.
#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "datasets/generator/reference_set.h"
#include "format/encoding/integer_codec.h"
#include "format/layout/time_order_reader.h"

namespace tape::format {
namespace {

constexpr size_t kBlocks = 16;
constexpr size_t kReadableAfterEnd = 64;
constexpr size_t kSliceRows = 262'144;

using Values = std::vector<int64_t>;

void Report(benchmark::State& state, size_t rows, size_t bytes) {
  const auto runs = static_cast<int64_t>(state.iterations());
  state.SetItemsProcessed(runs * static_cast<int64_t>(rows));
  state.SetBytesProcessed(runs * static_cast<int64_t>(bytes));
}

// --- The quotes.

ColumnBuffer Codes(const auto& numbers) {
  ColumnBuffer column(Physical::kCode32);
  for (const auto number : numbers) column.Append(static_cast<uint32_t>(number) + 1);
  return column;
}

ColumnBuffer Integers(const Values& values) {
  ColumnBuffer column(Physical::kInt64);
  column.AppendValues(std::span<const int64_t>(values));
  return column;
}

// Eight slices of the reference market's quotes, and as they are built.
struct QuoteSlices {
  std::vector<ColumnBuffer> columns;  // ts, symbol, exchange, bid_px, bid_sz, ask_px, ask_sz
  SliceSpec spec;
  std::vector<BuiltSlice> built;
  size_t rows = 0;

  std::vector<ColumnView> Views(size_t slice) const {
    std::vector<ColumnView> views;
    for (const ColumnBuffer& column : columns) {
      views.push_back(column.view().Slice(slice * kSliceRows, kSliceRows));
    }
    return views;
  }
  size_t value_bytes() const { return rows * (5 * sizeof(int64_t) + 2 * sizeof(uint32_t)); }
};

const QuoteSlices& Quotes() {
  static const QuoteSlices* const kQuotes = [] {
    const size_t slices = 8;
    const generator::ReferenceSet set =
        generator::MakeReferenceSet(slices * kSliceRows / 5, slices * kSliceRows);
    const generator::QuoteColumns& q = set.columns.quotes;
    auto* quotes = new QuoteSlices;
    quotes->columns.push_back(Integers(q.ts));
    quotes->columns.push_back(Codes(q.symbol));
    quotes->columns.push_back(Codes(q.exchange));
    for (const Values* values : {&q.bid_px, &q.bid_sz, &q.ask_px, &q.ask_sz}) {
      quotes->columns.push_back(Integers(*values));
    }
    quotes->spec.columns.resize(quotes->columns.size());
    quotes->spec.time_column = 0;
    quotes->spec.cluster_column = 1;
    quotes->rows = slices * kSliceRows;
    quotes->built.resize(slices);
    SliceBuilder builder(BestKernels());
    for (size_t i = 0; i < slices; ++i) {
      if (!builder.Build(quotes->Views(i), quotes->spec, quotes->built[i]).ok()) std::abort();
    }
    return quotes;
  }();
  return *kQuotes;
}

absl::StatusOr<SliceView> Parse(const QuoteSlices& quotes, const BuiltSlice& built) {
  const std::vector<std::span<const std::byte>> columns(built.columns.begin(), built.columns.end());
  return SliceView::Parse(quotes.spec, built.shape, {columns, built.order});
}

// --- Integers.

// Times of quotes as they are stored: of a few symbols, one after the other.
Values StoredTimes() {
  const QuoteSlices& quotes = Quotes();
  absl::StatusOr<SliceView> slice = Parse(quotes, quotes.built[0]);
  ExtentReader reader(BestKernels());
  Values times(kBlocks * kBlockRows);
  for (size_t block = 0; block < kBlocks; ++block) {
    if (!reader.ReadIntegers(*slice->extent(0), block, times.data() + block * kBlockRows).ok()) {
      std::abort();
    }
  }
  return times;
}

// What columns of ticks look like, stored by symbol.
std::vector<std::pair<std::string, Values>> Columns() {
  std::mt19937_64 random(1);
  Values lots, codes, walk;
  int64_t price = 101'25;
  for (size_t i = 0; i < kBlocks * kBlockRows; ++i) {
    lots.push_back(100 * static_cast<int64_t>(1 + random() % 32));
    codes.push_back(static_cast<int64_t>(random() % 4096));
    walk.push_back(price += static_cast<int64_t>(random() % 3) - 1);
  }
  return {{"frame_codes", codes},
          {"frame_scaled_lots", lots},
          {"delta_times", StoredTimes()},
          {"delta_walk", walk}};
}

struct EncodedColumn {
  struct Block {
    CodecWord word;
    std::vector<std::byte> bytes;
    size_t size;
  };
  Values values;
  std::vector<Block> blocks;
};

EncodedColumn Encode(const Kernels& kernels, const Values& values) {
  EncodedColumn column{values, {}};
  auto scratch = std::make_unique<IntegerScratch>();
  for (size_t first = 0; first < values.size(); first += kBlockRows) {
    const std::span<const int64_t> block(values.data() + first, kBlockRows);
    const IntegerPlan plan = PlanIntegers(kernels, block, {}, *scratch);
    EncodedColumn::Block encoded{plan.word, {}, plan.size_bytes};
    WriteIntegers(kernels, plan, block, *scratch, encoded.bytes);
    encoded.bytes.resize(encoded.bytes.size() + kReadableAfterEnd);
    column.blocks.push_back(std::move(encoded));
  }
  return column;
}

void EncodeIntegers(benchmark::State& state, const Kernels& kernels, const Values& values) {
  auto scratch = std::make_unique<IntegerScratch>();
  std::vector<std::byte> out;
  for (auto _ : state) {
    out.clear();
    for (size_t first = 0; first < values.size(); first += kBlockRows) {
      const std::span<const int64_t> block(values.data() + first, kBlockRows);
      const IntegerPlan plan = PlanIntegers(kernels, block, {}, *scratch);
      WriteIntegers(kernels, plan, block, *scratch, out);
    }
    benchmark::DoNotOptimize(out.data());
  }
  Report(state, values.size(), values.size() * sizeof(int64_t));
}

IntegerPayload PayloadOf(const EncodedColumn::Block& block) {
  return {block.word, std::span(block.bytes).first(block.size), kBlockRows};
}

void DecodeIntegers(benchmark::State& state, const Kernels& kernels, const EncodedColumn& column) {
  Values out(column.values.size());
  for (auto _ : state) {
    int64_t* at = out.data();
    for (const EncodedColumn::Block& block : column.blocks) {
      if (!ReadIntegers(kernels, PayloadOf(block), at).ok()) state.SkipWithError("damaged");
      at += kBlockRows;
    }
    benchmark::ClobberMemory();
  }
  if (out != column.values) state.SkipWithError("other values came back");
  Report(state, out.size(), out.size() * sizeof(int64_t));
}

void FilterOnPacked(benchmark::State& state, const Kernels& kernels, const EncodedColumn& column) {
  uint64_t bitmap[kBlockWords];
  for (auto _ : state) {
    for (const EncodedColumn::Block& block : column.blocks) {
      absl::StatusOr<bool> packed = FilterPacked(kernels, PayloadOf(block), 500, 2000, bitmap);
      if (!packed.ok() || !*packed) state.SkipWithError("not filtered on packed values");
      benchmark::DoNotOptimize(bitmap);
    }
  }
  Report(state, column.values.size(), column.values.size() * sizeof(int64_t));
}

// --- Slices.

void BuildSlices(benchmark::State& state) {
  const QuoteSlices& quotes = Quotes();
  SliceBuilder builder(BestKernels());
  BuiltSlice out;
  for (auto _ : state) {
    for (size_t i = 0; i < quotes.built.size(); ++i) {
      if (!builder.Build(quotes.Views(i), quotes.spec, out).ok()) state.SkipWithError("refused");
    }
  }
  Report(state, quotes.rows, quotes.value_bytes());
}

// Parses, checks, decodes and walks all columns of every slice; returns the rows seen.
size_t WalkAll(const QuoteSlices& quotes, TimeOrderReader& reader) {
  constexpr size_t kAll[] = {0, 1, 2, 3, 4, 5, 6};
  size_t rows = 0;
  for (const BuiltSlice& built : quotes.built) {
    absl::StatusOr<SliceView> slice = Parse(quotes, built);
    if (!slice.ok() || !reader.Open(*slice, kAll).ok()) return 0;
    for (;;) {
      absl::StatusOr<size_t> batch = reader.Next();
      if (!batch.ok()) return 0;
      if (*batch == 0) break;
      rows += *batch;
      benchmark::DoNotOptimize(reader.column(0).RawValues().data());
    }
  }
  return rows;
}

void WalkInTimeOrder(benchmark::State& state) {
  const QuoteSlices& quotes = Quotes();
  TimeOrderReader reader(BestKernels());
  for (auto _ : state) {
    if (WalkAll(quotes, reader) != quotes.rows) state.SkipWithError("rows are missing");
  }
  Report(state, quotes.rows, quotes.value_bytes());
}

// One value at a random row: checksum, decode of what the encoding asks for.
void ReadPoints(benchmark::State& state, size_t column) {
  const QuoteSlices& quotes = Quotes();
  absl::StatusOr<SliceView> slice = Parse(quotes, quotes.built[0]);
  ExtentReader reader(BestKernels());
  ColumnBuffer out(slice->physical(column));
  std::mt19937_64 random(1);
  for (auto _ : state) {
    out.Clear();
    const size_t row = random() % kSliceRows;
    if (!reader.AppendRow(*slice->extent(column), row, out).ok()) state.SkipWithError("damaged");
  }
  Report(state, 1, sizeof(int64_t));
}

// Times and symbols of quotes, and ids in arrival order: a random row's place in that is found in
// the directory, the samples and an interval of the tape.
void ReadMovedPoints(benchmark::State& state) {
  const QuoteSlices& quotes = Quotes();
  Values ids(kSliceRows);
  std::iota(ids.begin(), ids.end(), 1'000'000);
  const ColumnView columns[] = {quotes.columns[0].view().Slice(0, kSliceRows),
                                quotes.columns[1].view().Slice(0, kSliceRows),
                                ColumnView::Of(std::span<const int64_t>(ids))};
  SliceSpec spec{.columns = {{}, {}, {}}, .time_column = 0, .cluster_column = 1};
  BuiltSlice built;
  if (!SliceBuilder(BestKernels()).Build(columns, spec, built).ok()) std::abort();
  const std::vector<std::span<const std::byte>> bytes(built.columns.begin(), built.columns.end());
  absl::StatusOr<SliceView> slice = SliceView::Parse(spec, built.shape, {bytes, built.order});
  SliceReader reader(BestKernels());
  reader.Open(*slice);
  ColumnBuffer out(Physical::kInt64);
  std::mt19937_64 random(1);
  for (auto _ : state) {
    out.Clear();
    if (!reader.ReadRow(2, random() % kSliceRows, out).ok()) state.SkipWithError("damaged");
  }
  Report(state, 1, sizeof(int64_t));
}

void Register(const std::string& name, std::function<void(benchmark::State&)> run) {
  benchmark::RegisterBenchmark(name.c_str(), std::move(run));
}

const bool registered = [] {
  for (const Kernels* kernels : AllUsableKernels()) {
    const std::string level = std::string(kernels->name) + "/";
    for (const auto& [name, values] : Columns()) {
      const EncodedColumn column = Encode(*kernels, values);
      Register("integers/" + level + "encode/" + name,
               [=](benchmark::State& state) { EncodeIntegers(state, *kernels, column.values); });
      Register("integers/" + level + "decode/" + name,
               [=](benchmark::State& state) { DecodeIntegers(state, *kernels, column); });
      if (name.starts_with("frame")) {
        Register("integers/" + level + "filter/" + name,
                 [=](benchmark::State& state) { FilterOnPacked(state, *kernels, column); });
      }
    }
  }
  Register("slices/build/quotes", BuildSlices);
  Register("slices/walk/quotes", WalkInTimeOrder);
  Register("slices/point/ts", [](benchmark::State& state) { ReadPoints(state, 0); });
  Register("slices/point/bid_sz", [](benchmark::State& state) { ReadPoints(state, 4); });
  Register("slices/point/id_in_arrival_order", ReadMovedPoints);
  return true;
}();

}  // namespace
}  // namespace tape::format
