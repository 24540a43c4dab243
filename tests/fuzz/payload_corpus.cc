#include <algorithm>
#include <bit>
#include <limits>
#include <span>

#include "format/encoding/bytes_codec.h"
#include "format/encoding/dictionary_section.h"
#include "format/encoding/float_codec.h"
#include "format/encoding/integer_codec.h"
#include "format/encoding/payload.h"
#include "format/encoding/wide_codec.h"
#include "tests/fuzz/corpus_maker.h"

namespace tape::fuzz {
namespace {

using format::AppendValue;
using format::CodecWord;
using Bytes = std::vector<std::byte>;

constexpr size_t kFull = format::kBlockRows;
constexpr uint32_t kSeed = 1;

const format::Kernels& Level() { return format::PortableKernels(); }

// What stands in front of a payload in an input; see payload_input.h.
struct Head {
  uint8_t mode = 0;
  uint8_t shift = 0;
  size_t rows = 0;
  int64_t min = 0;
  CodecWord word{};
};

Bytes InputOf(const Head& head, std::span<const std::byte> payload) {
  Bytes input;
  AppendValue(head.mode, input);
  AppendValue(head.shift, input);
  AppendValue(static_cast<uint16_t>(head.rows), input);
  AppendValue(kSeed, input);
  AppendValue(head.min, input);
  AppendValue(head.word, input);
  format::AppendValues(payload, input);
  return input;
}

// --- Integers.

using Integers = std::vector<int64_t>;

void AddIntegers(const std::string& name, const Integers& values, Corpus& corpus) {
  format::IntegerScratch scratch;
  const int64_t min = *std::min_element(values.begin(), values.end());
  const auto plan = PlanIntegers(Level(), values, {.reference = min}, scratch);
  Bytes payload;
  WriteIntegers(Level(), plan, values, scratch, payload);
  corpus["integer_codec/made_" + name] = InputOf({0, 0, values.size(), min, plan.word}, payload);
  Bytes nested;
  WriteNestedIntegers(Level(), values, scratch, nested);
  corpus["integer_codec/made_nested_" + name] = InputOf({1, 0, values.size(), 0, {}}, nested);
}

void AddIndexes(Corpus& corpus) {
  const auto indexes = Sequence<int64_t>(kFull, [](size_t i) { return i % 50 == 0 ? i : i % 4; });
  const auto plan = PlanIndexes(Level(), indexes);
  format::IntegerScratch scratch;
  Bytes payload;
  WriteIntegers(Level(), plan, indexes, scratch, payload);
  corpus["integer_codec/made_indexes"] = InputOf({0, 0, kFull, 0, plan.word}, payload);
}

void AddAllIntegers(Corpus& corpus) {
  const auto add = [&](const char* name, size_t rows, auto value) {
    AddIntegers(name, Sequence<int64_t>(rows, value), corpus);
  };
  add("constant", 9, [](size_t) { return -7; });
  add("frame", 12, [](size_t i) { return 1000 + 5 * static_cast<int64_t>(Scatter(i) % 16); });
  add("frame_full", kFull, [](size_t i) { return Scatter(i) % 8; });
  add("exception_list", kFull, [](size_t i) { return i % 300 == 7 ? Scatter(i) : Scatter(i) % 4; });
  add("exception_bitmap", kFull,
      [](size_t i) { return i % 5 == 0 ? 512 + Scatter(i) % 8 : Scatter(i) % 4; });
  add("exception_short", 20,
      [](size_t i) { return i == 11 ? -99999 : static_cast<int64_t>(i % 2); });
  add("delta", 100, [](size_t i) { return 1000000 * i + Scatter(i) % 8; });
  add("delta_full", kFull, [](size_t i) { return 1000000 * i + Scatter(i) % 4; });
  add("delta_exceptions", kFull,
      [](size_t i) { return 1000000 * i + (i > 400 ? uint64_t{1} << 40 : 0) + Scatter(i) % 2; });
  add("delta_falling", 40, [](size_t i) { return -100 * static_cast<int64_t>(i); });
  add("extremes", 4, [](size_t i) {
    return i % 2 == 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
  });
  add("one", 1, [](size_t) { return 42; });
  AddIndexes(corpus);
  const auto values = Sequence<int64_t>(60, [](size_t i) { return Scatter(i); });
  corpus["integer_codec/made_values"] =
      InputOf({2, 50, 0, 0, {}}, std::as_bytes(std::span(values)));
}

// --- Floating point.

template <typename T>
void AddFloats(const std::string& name, const std::vector<T>& values, Corpus& corpus) {
  format::FloatScratch scratch;
  const std::span<const T> span(values);
  const auto bounds = BoundsOfFloats(Level(), span);
  const auto plan = PlanFloats(Level(), span, bounds.flags, scratch);
  Bytes payload;
  WriteFloats(Level(), plan, span, scratch, payload);
  const uint8_t mode = sizeof(T) == 8 ? 0 : 1;
  const std::string form = sizeof(T) == 8 ? "double_" : "float_";
  corpus["float_codec/made_" + form + name] =
      InputOf({mode, 0, values.size(), bounds.min, plan.word}, payload);
  corpus["float_codec/made_" + form + "values_" + name] =
      InputOf({static_cast<uint8_t>(mode + 2), 0, 0, 0, {}},
              std::as_bytes(span.first(std::min<size_t>(span.size(), 40))));
}

template <typename T>
void AddAllFloats(Corpus& corpus) {
  constexpr T kNan = std::numeric_limits<T>::quiet_NaN();
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  const auto price = [](size_t i) {
    return static_cast<T>(10000 + static_cast<int64_t>(Scatter(i) % 64)) / 100;
  };
  const auto add = [&](const char* name, size_t rows, auto value) {
    AddFloats(name, Sequence<T>(rows, value), corpus);
  };
  add("constant", 5, [](size_t) { return T{0.5}; });
  add("nan", 5, [](size_t) { return kNan; });
  add("prices", 50, price);
  add("prices_full", kFull, price);
  add("exceptions", 90, [&](size_t i) {
    return i % 30 == 4 ? kNan : i % 30 == 9 ? kInfinity : i % 30 == 20 ? T{-0.0} : price(i);
  });
  add("raw", 20, [](size_t i) {
    return std::bit_cast<T>(
        static_cast<std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>>(Scatter(i)));
  });
  add("odd_raw", 3, [](size_t i) { return T{1} / static_cast<T>(3 + i); });
}

// --- 128 bits.

void AddWides(const std::string& name, const std::vector<Int128>& values, uint8_t flags,
              Corpus& corpus) {
  format::WideScratch scratch;
  const auto plan = PlanWide(Level(), values, flags, scratch);
  Bytes payload;
  WriteWide(Level(), plan, values, scratch, payload);
  corpus["wide_codec/made_" + name] =
      InputOf({0, 0, values.size(), static_cast<int64_t>(plan.min), plan.word}, payload);
}

void AddAllWides(Corpus& corpus) {
  const auto add = [&](const char* name, size_t rows, auto value, uint8_t flags = 0) {
    AddWides(name, Sequence<Int128>(rows, value), flags, corpus);
  };
  const auto wide = [](uint64_t high, uint64_t low) {
    return static_cast<Int128>(static_cast<UInt128>(high) << 64 | low);
  };
  add("constant", 3, [](size_t) { return -5; });
  add(
      "constant_without_bounds", 3, [](size_t) { return -5; }, format::kNoBounds);
  add("offset", 40, [&](size_t i) { return wide(7, 1000 + Scatter(i) % 100); });
  add("offset_full", kFull, [&](size_t i) { return wide(7, Scatter(i) % 4); });
  add("offset_from_the_middle", 10, [&](size_t i) { return wide(7, Scatter(i)); });
  add("split", 40, [&](size_t i) { return wide(1000 * i, Scatter(i) % 256); });
  add("raw", 6, [&](size_t i) { return wide(Scatter(i), Scatter(i + 100)); });
  const auto values = Sequence<Int128>(20, [&](size_t i) { return wide(Scatter(i), i); });
  corpus["wide_codec/made_values"] = InputOf({1, 60, 0, 0, {}}, std::as_bytes(std::span(values)));
}

// --- Byte strings and dictionaries.

void AddStrings(const std::string& name, const std::vector<std::string>& values, Corpus& corpus) {
  ColumnBuffer column(Physical::kBytes);
  for (const std::string& value : values) column.AppendBytes(value);
  format::BytesScratch scratch;
  const auto plan = PlanBytes(Level(), column.view(), scratch);
  Bytes payload;
  if (!WriteBytes(Level(), plan, column.view(), scratch, payload).ok()) payload.clear();
  corpus["bytes_codec/made_" + name] = InputOf({0, 0, values.size(), 0, plan.word}, payload);
}

void AddAllStrings(Corpus& corpus) {
  const auto add = [&](const char* name, size_t rows, auto value) {
    AddStrings(name, Sequence<std::string>(rows, value), corpus);
  };
  add("raw", 4, [](size_t i) { return std::string(i, static_cast<char>('a' + i)); });
  add("empty", 3, [](size_t) { return std::string(); });
  add("zstd", 40, [](size_t i) { return R"({"venue":"X","size":)" + std::to_string(i % 7) + "}"; });
  add("two_pages_zstd", 3, [](size_t i) { return std::string(40 << 10, static_cast<char>(i)); });
  corpus["bytes_codec/made_all_null"] =
      InputOf({0, 0, 3, 0, {.encoding = format::Encoding::kConstant, .null_count = 3}}, {});
  const std::string text =
      "\x03"
      "abc"
      "\x01"
      "d"
      "\x02"
      "ef";
  corpus["bytes_codec/made_values"] = InputOf({1, 0, 0, 0, {}}, std::as_bytes(std::span(text)));
}

template <typename Entry>
void AddDictionary(const std::string& name, uint8_t kind, const std::vector<Entry>& entries,
                   Corpus& corpus) {
  Bytes input;
  const std::vector<int16_t> indexes = {0, static_cast<int16_t>(entries.size() - 1), 0};
  AppendValue(kind, input);
  AppendValue(static_cast<uint8_t>(indexes.size()), input);
  AppendValue(static_cast<uint32_t>(entries.size()), input);
  format::AppendValues(std::span(indexes), input);
  Bytes section;
  format::WriteDictionary(std::span<const Entry>(entries), section);
  format::AppendValues(std::span<const std::byte>(section), input);
  corpus["dictionary_section/made_" + name] = input;
}

void AddAllDictionaries(Corpus& corpus) {
  AddDictionary<int64_t>("words", 0, {7, -1, 1000000}, corpus);
  AddDictionary<Int128>("wides", 1, {7, Int128{-1} << 80}, corpus);
  AddDictionary<std::string_view>("strings", 2, {"NASDAQ", "", "NYSE", "X"}, corpus);
  AddDictionary<std::string_view>("one_string", 2, {"N"}, corpus);
}

}  // namespace

void AddPayloads(Corpus& corpus) {
  AddAllIntegers(corpus);
  AddAllFloats<double>(corpus);
  AddAllFloats<float>(corpus);
  AddAllWides(corpus);
  AddAllStrings(corpus);
  AddAllDictionaries(corpus);
}

}  // namespace tape::fuzz
