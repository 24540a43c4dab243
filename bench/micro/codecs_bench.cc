// The codecs of floats, 128-bit integers and bytes, and the dictionary builder: bytes of values per
// second, input and output together in the L2 cache.
//
//   tape-micro --benchmark_filter=codecs/ --benchmark_repetitions=5
//
// Names are codecs/<codec>/<what>/<data>. The reference for decoding is codecs/memcpy.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "format/encoding/bytes_codec.h"
#include "format/encoding/dictionary_builder.h"
#include "format/encoding/float_codec.h"
#include "format/encoding/wide_codec.h"

namespace tape::format {
namespace {

constexpr size_t kBlocks = 16;  // 128 KiB of doubles
constexpr size_t kReadableAfterEnd = 64;

using Random = std::mt19937_64;

void Report(benchmark::State& state, size_t rows, size_t bytes) {
  const auto runs = static_cast<int64_t>(state.iterations());
  state.SetItemsProcessed(runs * static_cast<int64_t>(rows));
  state.SetBytesProcessed(runs * static_cast<int64_t>(bytes));
}

void Register(const std::string& name, std::function<void(benchmark::State&)> run) {
  benchmark::RegisterBenchmark(("codecs/" + name).c_str(), std::move(run));
}

// --- Floats.

template <typename T>
using Law = std::function<T(size_t, Random&)>;

// A decimal as text gives it: the number nearest to d / power.
template <typename T>
T Decimal(uint64_t d, double power) {
  return static_cast<T>(static_cast<double>(d) / power);
}

template <typename T>
std::vector<std::pair<std::string, Law<T>>> FloatLaws() {
  return {
      {"cents", [](size_t, Random& r) { return Decimal<T>(r() % 4096, 1e2); }},
      {"mils", [](size_t, Random& r) { return Decimal<T>(r() % 100'000, 1e3); }},
      {"2 digits", [](size_t, Random& r) { return Decimal<T>(r() % 1'000'000, 1e2); }},
      {"4 digits", [](size_t, Random& r) { return Decimal<T>(r() % 10'000'000, 1e4); }},
      {"8 digits", [](size_t, Random& r) { return Decimal<T>(r() % 100'000'000'000, 1e8); }},
      {"walk",
       [price = int64_t{1'000'000}](size_t, Random& r) mutable {
         price += static_cast<int64_t>(r() % 7) - 3;
         return Decimal<T>(static_cast<uint64_t>(price), 1e2);
       }},
      {"walk of 8 digits",
       [price = int64_t{6'543'210'000'000}](size_t, Random& r) mutable {
         price += static_cast<int64_t>(r() % 2'000'001) - 1'000'000;
         return Decimal<T>(static_cast<uint64_t>(price), 1e8);
       }},
      {"integers", [](size_t, Random& r) { return static_cast<T>(r() % 4096); }},
      {"noise", [](size_t, Random& r) { return static_cast<T>(std::sqrt(double(r() >> 11))); }},
  };
}

template <typename T>
struct FloatData {
  std::vector<T> values = std::vector<T>(kBlocks * kBlockRows);
  std::vector<T> out = std::vector<T>(kBlocks * kBlockRows);
  std::unique_ptr<FloatScratch> scratch = std::make_unique<FloatScratch>();
  std::vector<FloatPlan> plans;
  std::vector<size_t> begins;
  std::vector<std::byte> bytes;

  explicit FloatData(Law<T> law) {
    Random random(1);
    for (size_t i = 0; i < values.size(); ++i) values[i] = law(i, random);
    Encode();
    bytes.resize(bytes.size() + kReadableAfterEnd);
  }

  std::span<const T> Block(size_t block) const {
    return std::span<const T>(values).subspan(block * kBlockRows, kBlockRows);
  }

  void Encode() {
    const Kernels& kernels = BestKernels();
    bytes.clear();
    begins.clear();
    plans.clear();
    for (size_t block = 0; block < kBlocks; ++block) {
      plans.push_back(PlanFloats(kernels, Block(block), 0, *scratch));
      begins.push_back(bytes.size());
      WriteFloats(kernels, plans.back(), Block(block), *scratch, bytes);
    }
  }

  double BitsPerValue() const {
    const size_t size = bytes.size() - kReadableAfterEnd;
    return 8.0 * static_cast<double>(size) / static_cast<double>(values.size());
  }

  double ExceptionPercent() const {
    size_t count = 0;
    for (const FloatPlan& plan : plans) count += plan.word.exception_count;
    return 100.0 * static_cast<double>(count) / static_cast<double>(values.size());
  }

  bool Decode() {
    bool ok = true;
    for (size_t block = 0; block < kBlocks; ++block) {
      const FloatPlan& plan = plans[block];
      const Payload payload{plan.word, {bytes.data() + begins[block], plan.size_bytes}, kBlockRows};
      T* const to = out.data() + block * kBlockRows;
      ok = ReadFloats(BestKernels(), payload, 0, *scratch, to).ok() && ok;
    }
    return ok;
  }
};

template <typename T>
void AddFloats(const std::string& type) {
  for (const auto& [name, law] : FloatLaws<T>()) {
    Register(type + "/decode/" + name, [law = law](benchmark::State& state) {
      FloatData<T> data(law);
      for (auto _ : state) {
        if (!data.Decode()) state.SkipWithError("refused");
        benchmark::ClobberMemory();
      }
      Report(state, data.values.size(), data.values.size() * sizeof(T));
      state.counters["bits"] = data.BitsPerValue();
      state.counters["exceptions_%"] = data.ExceptionPercent();
    });
    Register(type + "/encode/" + name, [law = law](benchmark::State& state) {
      FloatData<T> data(law);
      for (auto _ : state) {
        data.Encode();
        benchmark::ClobberMemory();
      }
      Report(state, data.values.size(), data.values.size() * sizeof(T));
    });
    Register(type + "/bounds/" + name, [law = law](benchmark::State& state) {
      FloatData<T> data(law);
      for (auto _ : state) {
        for (size_t block = 0; block < kBlocks; ++block) {
          benchmark::DoNotOptimize(BoundsOfFloats(BestKernels(), data.Block(block)));
        }
      }
      Report(state, data.values.size(), data.values.size() * sizeof(T));
    });
  }
  Register(type + "/at/cents", [](benchmark::State& state) {
    FloatData<T> data(FloatLaws<T>()[0].second);
    const Payload payload{
        data.plans[0].word, {data.bytes.data(), data.plans[0].size_bytes}, kBlockRows};
    size_t row = 0;
    for (auto _ : state) {
      row = (row + 331) % kBlockRows;
      if constexpr (sizeof(T) == 8) {
        benchmark::DoNotOptimize(ReadDoubleAt(BestKernels(), payload, 0, row, *data.scratch));
      } else {
        benchmark::DoNotOptimize(ReadFloatAt(BestKernels(), payload, 0, row, *data.scratch));
      }
    }
  });
}

// --- 128-bit integers.

void AddWides() {
  const std::vector<std::pair<std::string, Law<Int128>>> laws = {
      {"small", [](size_t, Random& r) { return (Int128(5) << 64) + Int128(r() % 100'000); }},
      {"uuid7", [](size_t i, Random& r) { return (Int128(i) << 80) | Int128(r()); }},
      {"noise", [](size_t, Random& r) { return (Int128(r()) << 64) | Int128(r()); }},
  };
  for (const auto& [name, law] : laws) {
    const auto draw = [law = law] {
      Random random(1);
      std::vector<Int128> values(kBlockRows);
      for (size_t i = 0; i < values.size(); ++i) values[i] = law(i, random);
      return values;
    };
    Register("int128/encode/" + name, [draw](benchmark::State& state) {
      const std::vector<Int128> values = draw();
      auto scratch = std::make_unique<WideScratch>();
      std::vector<std::byte> bytes;
      for (auto _ : state) {
        bytes.clear();
        const WidePlan plan = PlanWide(BestKernels(), values, 0, *scratch);
        WriteWide(BestKernels(), plan, values, *scratch, bytes);
        benchmark::ClobberMemory();
      }
      Report(state, kBlockRows, kBlockRows * sizeof(Int128));
    });
    Register("int128/decode/" + name, [draw](benchmark::State& state) {
      const std::vector<Int128> values = draw();
      auto scratch = std::make_unique<WideScratch>();
      std::vector<std::byte> bytes;
      const WidePlan plan = PlanWide(BestKernels(), values, 0, *scratch);
      WriteWide(BestKernels(), plan, values, *scratch, bytes);
      bytes.resize(bytes.size() + kReadableAfterEnd);
      std::vector<Int128> out(kBlockRows);
      const Payload payload{plan.word, {bytes.data(), plan.size_bytes}, kBlockRows};
      for (auto _ : state) {
        benchmark::DoNotOptimize(ReadWide(BestKernels(), payload, plan.min, *scratch, out.data()));
        benchmark::ClobberMemory();
      }
      Report(state, kBlockRows, kBlockRows * sizeof(Int128));
    });
  }
}

// --- Byte strings.

std::string Sentence(Random& random) {
  static constexpr const char* kWords[] = {"order ", "filled ", "cancelled ", "at ",
                                           "venue ", "price ",  "limit ",     "size "};
  std::string text = std::to_string(random() % 1'000'000) + " ";
  const size_t words = 5 + random() % 20;
  for (size_t i = 0; i < words; ++i) text += kWords[random() % 8];
  return text;
}

ColumnBuffer Sentences() {
  Random random(1);
  ColumnBuffer column(Physical::kBytes);
  for (size_t i = 0; i < kBlockRows; ++i) column.AppendBytes(Sentence(random));
  return column;
}

ColumnBuffer Noise() {
  Random random(1);
  ColumnBuffer column(Physical::kBytes);
  for (size_t i = 0; i < kBlockRows; ++i) {
    std::string text(100, '\0');
    for (char& c : text) c = static_cast<char>(random());
    column.AppendBytes(text);
  }
  return column;
}

void AddBytes(const std::string& name, const std::function<ColumnBuffer()>& draw) {
  Register("bytes/encode/" + name, [draw](benchmark::State& state) {
    const ColumnBuffer column = draw();
    auto scratch = std::make_unique<BytesScratch>();
    std::vector<std::byte> bytes;
    for (auto _ : state) {
      bytes.clear();
      const BytesPlan plan = PlanBytes(BestKernels(), column.view(), *scratch);
      if (!WriteBytes(BestKernels(), plan, column.view(), *scratch, bytes).ok()) return;
    }
    Report(state, kBlockRows, column.view().Heap().size());
  });
  const auto read = [draw](benchmark::State& state, bool one_row) {
    const ColumnBuffer column = draw();
    auto scratch = std::make_unique<BytesScratch>();
    std::vector<std::byte> bytes;
    const BytesPlan plan = PlanBytes(BestKernels(), column.view(), *scratch);
    if (!WriteBytes(BestKernels(), plan, column.view(), *scratch, bytes).ok()) return;
    bytes.resize(bytes.size() + kReadableAfterEnd);
    const Payload payload{plan.word, {bytes.data(), plan.size_bytes}, kBlockRows};
    ColumnBuffer out(Physical::kBytes);
    size_t row = 0;
    for (auto _ : state) {
      out.Clear();
      row = (row + 331) % kBlockRows;
      if (one_row) {
        benchmark::DoNotOptimize(ReadBytesAt(BestKernels(), payload, row, *scratch));
      } else {
        benchmark::DoNotOptimize(ReadBytes(BestKernels(), payload, *scratch, out));
      }
      benchmark::ClobberMemory();
    }
    if (!one_row) Report(state, kBlockRows, column.view().Heap().size());
  };
  Register("bytes/decode/" + name, [read](benchmark::State& state) { read(state, false); });
  Register("bytes/at/" + name, [read](benchmark::State& state) { read(state, true); });
}

// --- Dictionaries, of whole extents.

constexpr size_t kExtentRows = 262'144;

void AddDictionaries() {
  const std::vector<std::pair<std::string, Law<int64_t>>> laws = {
      {"3 values", [](size_t, Random& r) { return static_cast<int64_t>(r() % 3); }},
      {"runs", [](size_t i, Random&) { return static_cast<int64_t>(i / 5000 % 9); }},
      {"lots", [](size_t, Random& r) { return static_cast<int64_t>(r() % 500) * 100; }},
      {"200 hashes",
       [](size_t, Random& r) { return static_cast<int64_t>(r() % 200 * 0x123456789ABCDEF); }},
      {"5000 hashes",
       [](size_t, Random& r) { return static_cast<int64_t>(r() % 5000 * 0x123456789ABCDEF); }},
      {"50000 hashes",
       [](size_t, Random& r) { return static_cast<int64_t>(r() % 50'000 * 0x123456789ABCDEF); }},
      {"unique", [](size_t i, Random&) { return static_cast<int64_t>(i * 0x123456789ABCDEF); }},
  };
  for (const auto& [name, law] : laws) {
    Register("dictionary/int64/" + name, [law = law](benchmark::State& state) {
      Random random(1);
      std::vector<int64_t> values(kExtentRows);
      for (size_t i = 0; i < values.size(); ++i) values[i] = law(i, random);
      DictionaryScratch scratch;
      Dictionary<int64_t> dictionary;
      for (auto _ : state) {
        benchmark::DoNotOptimize(
            BuildDictionary(BestKernels(), values, SIZE_MAX, scratch, dictionary));
      }
      Report(state, kExtentRows, kExtentRows * sizeof(int64_t));
    });
  }
  Register("dictionary/bytes/500 symbols", [](benchmark::State& state) {
    Random random(1);
    ColumnBuffer column(Physical::kBytes);
    for (size_t i = 0; i < kExtentRows; ++i) {
      column.AppendBytes("SYM" + std::to_string(random() % 500));
    }
    DictionaryScratch scratch;
    Dictionary<std::string_view> dictionary;
    for (auto _ : state) {
      benchmark::DoNotOptimize(
          BuildDictionary(BestKernels(), column.view(), SIZE_MAX, scratch, dictionary));
    }
    Report(state, kExtentRows, column.view().Heap().size());
  });
}

void AddMemcpy() {
  Register("memcpy", [](benchmark::State& state) {
    std::vector<double> from(kBlocks * kBlockRows, 1.0);
    std::vector<double> to(from.size());
    for (auto _ : state) {
      std::memcpy(to.data(), from.data(), from.size() * sizeof(double));
      benchmark::ClobberMemory();
    }
    Report(state, from.size(), from.size() * sizeof(double));
  });
}

[[maybe_unused]] const bool kRegistered = [] {
  AddMemcpy();
  AddFloats<double>("float64");
  AddFloats<float>("float32");
  AddWides();
  AddBytes("sentences", Sentences);
  AddBytes("noise", Noise);
  AddDictionaries();
  return true;
}();

}  // namespace
}  // namespace tape::format
