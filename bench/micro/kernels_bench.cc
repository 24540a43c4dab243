// The kernels, level by level: bytes of decoded values per second, input and output together in the
// L2 cache.
//
//   tape-micro --benchmark_filter=kernels/ --benchmark_repetitions=5
//   --benchmark_report_aggregates_only=true
//
// Names are kernels/<level>/<kernel>/<width>. The references are memcpy, a loop that adds a
// constant, a running sum, and bits read one value after the other.
#include <benchmark/benchmark.h>

#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "format/kernels/packing.h"

namespace tape::format {
namespace {

constexpr size_t kBlocks = 32;  // 256 KiB of 64-bit values
constexpr size_t kRows = kBlocks * kBlockRows;

struct Data {
  std::vector<uint64_t> u = std::vector<uint64_t>(kRows);
  std::vector<int64_t> values = std::vector<int64_t>(kRows);
  std::vector<int64_t> out = std::vector<int64_t>(kRows);
  std::vector<double> doubles = std::vector<double>(kRows);
  std::vector<uint32_t> index = std::vector<uint32_t>(kRows);
  std::vector<uint8_t> bytes = std::vector<uint8_t>(kRows);
  std::vector<std::byte> packed;
  std::vector<uint64_t> bitmap = std::vector<uint64_t>(kRows / 64);

  explicit Data(unsigned width) : packed(kBlocks * PackedBytes(kBlockRows, width)) {
    std::mt19937_64 random(width);
    for (size_t i = 0; i < kRows; ++i) {
      u[i] = random() & LowBits(width);
      values[i] = static_cast<int64_t>(u[i] * 100);
      doubles[i] = static_cast<double>(random() % 1'000'000) / 100;
      index[i] = static_cast<uint32_t>(random() % kRows);
      bytes[i] = random() % 2;
    }
    for (size_t block = 0; block < kBlocks; ++block) {
      PortableKernels().pack_full(&u[block * kBlockRows], width, Packed(block, width));
    }
  }

  std::byte* Packed(size_t block, unsigned width) {
    return packed.data() + block * PackedBytes(kBlockRows, width);
  }
};

using Body = std::function<void(const Kernels&, Data&, unsigned width, size_t block)>;

void RunBlocks(benchmark::State& state, const Kernels& kernels, unsigned width, size_t value_bytes,
               const Body& body) {
  Data data(width);
  for (auto _ : state) {
    for (size_t block = 0; block < kBlocks; ++block) body(kernels, data, width, block);
    benchmark::ClobberMemory();
  }
  const int64_t rows = static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(kRows);
  state.SetItemsProcessed(rows);
  state.SetBytesProcessed(rows * static_cast<int64_t>(value_bytes));
}

struct Case {
  const char* name;
  size_t value_bytes;
  std::vector<unsigned> widths;
  Body body;
};

// The place of a block in an array of values.
template <typename T>
T* At(std::vector<T>& values, size_t block) {
  return values.data() + block * kBlockRows;
}

std::vector<Case> PackedCases() {
  const std::vector<unsigned> widths = {3, 8, 12, 17, 24, 33, 48, 64};
  using K = const Kernels&;
  return {
      {"pack", 8, widths,
       [](K k, Data& d, unsigned w, size_t b) { k.pack_full(At(d.u, b), w, d.Packed(b, w)); }},
      {"unpack_64", 8, widths,
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_full_64(d.Packed(b, w), w, 12345, 1, At(d.out, b));
       }},
      {"unpack_64_scaled",
       8,
       {12, 24},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_full_64(d.Packed(b, w), w, 12345, 100, At(d.out, b));
       }},
      {"unpack_32",
       4,
       {3, 12, 24},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_full_32(d.Packed(b, w), w, 12345, 1, reinterpret_cast<int32_t*>(At(d.out, b)));
       }},
      {"unpack_16",
       2,
       {3, 12},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_full_16(d.Packed(b, w), w, 12345, 1, reinterpret_cast<int16_t*>(At(d.out, b)));
       }},
      {"unpack_8",
       1,
       {3, 7},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_full_8(d.Packed(b, w), w, 1, 1, reinterpret_cast<uint8_t*>(At(d.out, b)));
       }},
  };
}

std::vector<Case> PackedDeltaAndFilterCases() {
  using K = const Kernels&;
  return {
      {"unpack_delta_64",
       8,
       {3, 8, 12, 24, 33},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_delta_full_64(d.Packed(b, w), w, {5, 7, 1}, At(d.out, b));
       }},
      {"unpack_delta_64_scaled",
       8,
       {8, 24},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_delta_full_64(d.Packed(b, w), w, {5, 7, 100}, At(d.out, b));
       }},
      {"unpack_zigzag_delta_64",
       8,
       {8, 24},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_zigzag_delta_full_64(d.Packed(b, w), w, {5, 7, 1}, At(d.out, b));
       }},
      {"unpack_then_prefix",
       8,
       {8, 24},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_full_64(d.Packed(b, w), w, 7, 1, At(d.out, b));
         k.prefix_sum_64(At(d.out, b), kBlockRows, 5, 1);
       }},
      {"unpack_to_double",
       8,
       {12, 20},
       [](K k, Data& d, unsigned w, size_t b) {
         k.unpack_full_64(d.Packed(b, w), w, 7, 1, At(d.out, b));
         k.divide_to_double(At(d.out, b), kBlockRows, 100, At(d.doubles, b));
       }},
      {"filter",
       8,
       {3, 8, 12, 17, 24, 33, 48, 64},
       [](K k, Data& d, unsigned w, size_t b) {
         k.filter_full(d.Packed(b, w), w, LowBits(w) / 4, LowBits(w) / 2, d.bitmap.data() + b * 16);
       }},
  };
}

std::vector<Case> DecodingCases() {
  using K = const Kernels&;
  return {
      {"prefix_sum",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.prefix_sum_64(At(d.values, b), kBlockRows, 1, 1);
       }},
      {"divide_to_double",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.divide_to_double(At(d.values, b), kBlockRows, 100, At(d.doubles, b));
       }},
      {"divide_to_float",
       4,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         float* const floats = reinterpret_cast<float*>(At(d.doubles, b));
         k.divide_to_float(At(d.values, b), kBlockRows, 100, floats);
       }},
      {"unzigzag",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.unzigzag_64(At(d.u, b), kBlockRows, 9, At(d.out, b));
       }},
      {"gather_64",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.gather_64(d.u.data(), At(d.index, b), kBlockRows, At(d.out, b));
       }},
      {"gather_32",
       4,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.gather_32(d.u.data(), At(d.index, b), kBlockRows, At(d.out, b));
       }},
      {"widen_32",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.widen_32(reinterpret_cast<int32_t*>(At(d.index, b)), kBlockRows, At(d.out, b));
       }},
      {"expand_bitmap",
       1,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.expand_bitmap(d.bitmap.data() + b * 16, kBlockRows, At(d.bytes, b));
       }},
      {"collect_bitmap",
       1,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.collect_bitmap(At(d.bytes, b), kBlockRows, d.bitmap.data() + b * 16);
       }},
  };
}

std::vector<Case> EncodingCases() {
  using K = const Kernels&;
  return {
      {"delta",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.delta_64(At(d.values, b), kBlockRows, At(d.out, b));
       }},
      {"zigzag",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.zigzag_64(At(d.values, b), kBlockRows, 9, At(d.u, b));
       }},
      {"all_divisible",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         benchmark::DoNotOptimize(
             k.all_divisible(At(d.values, b), kBlockRows, 0, ExactDivisor::Of(100)));
       }},
      {"divide_exact",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.divide_exact(At(d.values, b), kBlockRows, 0, ExactDivisor::Of(100), At(d.u, b));
       }},
      {"width_histogram",
       8,
       {8, 20},
       [](K k, Data& d, unsigned, size_t b) {
         uint32_t histogram[65] = {};
         k.width_histogram(At(d.u, b), kBlockRows, histogram);
         benchmark::DoNotOptimize(histogram);
       }},
      {"double_to_scaled",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.double_to_scaled(At(d.doubles, b), kBlockRows, 100, At(d.out, b));
       }},
      {"narrow_32",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.narrow_32(At(d.values, b), kBlockRows, reinterpret_cast<int32_t*>(At(d.out, b)));
       }},
  };
}

std::vector<Case> AggregateCases() {
  using K = const Kernels&;
  return {
      {"min_max_64",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         benchmark::DoNotOptimize(k.min_max_64(At(d.values, b), kBlockRows).min);
       }},
      {"min_max_double",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         benchmark::DoNotOptimize(k.min_max_double(At(d.doubles, b), kBlockRows).min);
       }},
      {"min_max_float",
       4,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         const float* const floats = reinterpret_cast<const float*>(At(d.doubles, b));
         benchmark::DoNotOptimize(k.min_max_float(floats, kBlockRows).min);
       }},
      {"sum_64",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         benchmark::DoNotOptimize(static_cast<int64_t>(k.sum_64(At(d.values, b), kBlockRows)));
       }},
      {"sum_32",
       4,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         benchmark::DoNotOptimize(k.sum_32(reinterpret_cast<int32_t*>(At(d.index, b)), kBlockRows));
       }},
      {"between_64",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.between_64(At(d.values, b), kBlockRows, 1000, 50'000'000, d.bitmap.data() + b * 16);
       }},
      {"between_double",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.between_double(At(d.doubles, b), kBlockRows, 1000, 5000, d.bitmap.data() + b * 16);
       }},
      {"differ_64",
       8,
       {20},
       [](K k, Data& d, unsigned, size_t b) {
         k.differ_64(At(d.values, b), At(d.u, b), kBlockRows, d.bitmap.data() + b * 16);
       }},
  };
}

std::vector<Case> References() {
  using K = const Kernels&;
  return {
      {"memcpy",
       8,
       {20},
       [](K, Data& d, unsigned, size_t b) { std::memcpy(At(d.out, b), At(d.values, b), 8192); }},
      {"plain_add",
       8,
       {20},
       [](K, Data& d, unsigned, size_t b) {
         const int64_t* const in = At(d.values, b);
         int64_t* const out = At(d.out, b);
         for (size_t i = 0; i < kBlockRows; ++i) out[i] = in[i] + 12345;
       }},
      {"plain_running_sum",
       8,
       {20},
       [](K, Data& d, unsigned, size_t b) {
         const uint64_t* const in = At(d.u, b);
         int64_t* const out = At(d.out, b);
         uint64_t sum = 0;
         for (size_t i = 0; i < kBlockRows; ++i) out[i] = static_cast<int64_t>(sum += in[i]);
       }},
      {"sequential_bits",
       8,
       {12, 24},
       [](K k, Data& d, unsigned w, size_t b) {
         Unpack(k, d.Packed(b, w), kBlockRows - 1, w, At(d.u, b));
       }},
  };
}

void RegisterCases(const std::string& prefix, const Kernels& kernels,
                   const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    for (unsigned width : one.widths) {
      const std::string name = prefix + one.name + "/" + std::to_string(width);
      benchmark::RegisterBenchmark(name.c_str(), [&kernels, width, one](benchmark::State& state) {
        RunBlocks(state, kernels, width, one.value_bytes, one.body);
      });
    }
  }
}

const bool registered = [] {
  RegisterCases("kernels/reference/", PortableKernels(), References());
  for (const Kernels* kernels : AllUsableKernels()) {
    const std::string prefix = "kernels/" + std::string(kernels->name) + "/";
    for (const auto& cases : {PackedCases(), PackedDeltaAndFilterCases(), DecodingCases(),
                              EncodingCases(), AggregateCases()}) {
      RegisterCases(prefix, *kernels, cases);
    }
  }
  return true;
}();

}  // namespace
}  // namespace tape::format
