#include "format/encoding/float_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "format/encoding/decimal_form.h"

namespace tape::format {
namespace {

constexpr size_t kReadableAfterEnd = 64;
constexpr size_t kLengths[] = {1, 2, 3, 7, 8, 31, 32, 33, 63, 64, 65, 1000, 1023, 1024};

template <typename T>
using BitsOf = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <typename T>
std::vector<BitsOf<T>> Bits(const std::vector<T>& values) {
  std::vector<BitsOf<T>> bits(values.size());
  std::memcpy(bits.data(), values.data(), values.size() * sizeof(T));
  return bits;
}

template <typename T>
T NanOf(uint64_t payload, bool negative) {
  constexpr BitsOf<T> kExponent = std::bit_cast<BitsOf<T>>(std::numeric_limits<T>::infinity());
  constexpr BitsOf<T> kMantissa = (BitsOf<T>{1} << (sizeof(T) == 8 ? 52 : 23)) - 1;
  constexpr BitsOf<T> kSign = BitsOf<T>{1} << (8 * sizeof(T) - 1);
  const auto mantissa = static_cast<BitsOf<T>>(payload) & kMantissa;
  return std::bit_cast<T>(
      static_cast<BitsOf<T>>(kExponent | (mantissa == 0 ? 1 : mantissa) | (negative ? kSign : 0)));
}

template <typename T>
using Law = std::function<T(size_t, std::mt19937_64&)>;

// A decimal as text gives it: the nearest number to d / 10^digits.
template <typename T>
T Decimal(int64_t d, int digits) {
  const double power = std::pow(10.0, digits);  // exact up to 10^22
  return static_cast<T>(static_cast<double>(d) / power);
}

template <typename T>
std::vector<std::pair<std::string, Law<T>>> Laws() {
  using Limits = std::numeric_limits<T>;
  std::vector<std::pair<std::string, Law<T>>> laws = {
      {"constant", [](size_t, auto&) { return T(42.5); }},
      {"zeros of both signs", [](size_t, auto& r) { return r() % 2 == 0 ? T(0.0) : T(-0.0); }},
      {"negative zeros", [](size_t, auto&) { return T(-0.0); }},
      {"alternating", [](size_t i, auto&) { return i % 2 == 0 ? T(-0.25) : T(0.25); }},
      {"extremes", [](size_t i, auto&) { return i % 2 == 0 ? Limits::max() : Limits::lowest(); }},
      {"infinities",
       [](size_t i, auto&) { return i % 2 == 0 ? Limits::infinity() : -Limits::infinity(); }},
      {"NaN payloads", [](size_t i, auto& r) { return NanOf<T>(r(), i % 3 == 0); }},
      {"one NaN everywhere", [](size_t, auto&) { return NanOf<T>(77, true); }},
      {"denormals", [](size_t i, auto&) { return static_cast<T>(i) * Limits::denorm_min(); }},
      {"any bits", [](size_t, auto& r) { return std::bit_cast<T>(static_cast<BitsOf<T>>(r())); }},
      {"uniform", [](size_t, auto& r) { return static_cast<T>(r()) * static_cast<T>(0x1p-64); }},
      {"huge integers", [](size_t, auto& r) { return static_cast<T>(r() >> 1); }},
      {"nanoseconds",
       [](size_t i, auto& r) {
         return static_cast<T>(1'772'409'600'000'000'000 + static_cast<int64_t>(i) * 1'000'000'000 +
                               static_cast<int64_t>(r() % 1000));
       }},
      {"integers", [](size_t, auto& r) { return static_cast<T>(r() % 10'000); }},
      {"integers with a zero of the other sign",
       [](size_t, auto& r) { return r() % 9 == 0 ? T(-0.0) : static_cast<T>(r() % 10); }},
      {"decimals of every length",
       [](size_t, auto& r) {
         const auto d = static_cast<int64_t>(r() >> (11 + r() % 53));
         return Decimal<T>(r() % 2 == 0 ? d : -d, static_cast<int>(r() % 23));
       }},
      {"some NaN",
       [](size_t, auto& r) {
         return r() % 8 == 0 ? NanOf<T>(1, false) : Decimal<T>(static_cast<int64_t>(r() % 5000), 2);
       }},
      {"halves and noise",
       [](size_t i, auto& r) {
         return i % 2 == 0 ? T(1.5) : static_cast<T>(r()) * static_cast<T>(0x1p-63);
       }},
  };
  for (int digits = 1; digits <= 9; ++digits) {
    laws.emplace_back("decimals of " + std::to_string(digits), [digits](size_t, auto& r) {
      return Decimal<T>(static_cast<int64_t>(r() % 200'000) - 100'000, digits);
    });
  }
  return laws;
}

template <typename T>
std::vector<T> Draw(const Law<T>& law, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<T> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = law(i, random);
  return values;
}

struct Block {
  FloatPlan plan;
  FloatBounds bounds;
  std::vector<std::byte> bytes;  // kReadableAfterEnd more than the payload
  size_t count;

  Payload payload() const { return {plan.word, std::span(bytes).first(plan.size_bytes), count}; }
};

template <typename T>
class FloatCodec : public testing::Test {
 protected:
  Block Write(const std::vector<T>& values, const Kernels& kernels = BestKernels()) {
    const std::span<const T> span(values);
    const FloatBounds bounds = BoundsOfFloats(kernels, span);
    Block block{PlanFloats(kernels, span, bounds.flags, *scratch_), bounds, {}, values.size()};
    WriteFloats(kernels, block.plan, span, *scratch_, block.bytes);
    EXPECT_EQ(block.bytes.size(), block.plan.size_bytes);
    EXPECT_EQ(block.bytes.size() % 8, 0u);
    EXPECT_LE(block.bytes.size(), RoundUpToWord(values.size() * sizeof(T)));
    block.bytes.resize(block.bytes.size() + kReadableAfterEnd);
    return block;
  }

  absl::StatusOr<std::vector<T>> Read(const Payload& payload, int64_t min) {
    std::vector<T> out(kBlockRows);
    absl::Status status = ReadFloats(BestKernels(), payload, min, *scratch_, out.data());
    if (!status.ok()) return status;
    out.resize(payload.count);
    return out;
  }

  absl::StatusOr<T> ReadAt(const Payload& payload, int64_t min, size_t index) {
    if constexpr (sizeof(T) == 8) {
      return ReadDoubleAt(BestKernels(), payload, min, index, *scratch_);
    } else {
      return ReadFloatAt(BestKernels(), payload, min, index, *scratch_);
    }
  }

  void ExpectReads(const Block& block, const std::vector<T>& values) {
    absl::StatusOr<std::vector<T>> out = Read(block.payload(), block.bounds.min);
    ASSERT_TRUE(out.ok()) << out.status();
    ASSERT_EQ(Bits(*out), Bits(values));
    for (size_t i = 0; i < values.size(); i += 1 + values.size() / 61) {
      absl::StatusOr<T> value = ReadAt(block.payload(), block.bounds.min, i);
      ASSERT_TRUE(value.ok()) << value.status();
      ASSERT_TRUE(SameBits(*value, values[i])) << "row " << i;
    }
  }

  std::unique_ptr<FloatScratch> scratch_ = std::make_unique<FloatScratch>();
};

using Elements = testing::Types<double, float>;
TYPED_TEST_SUITE(FloatCodec, Elements);

TYPED_TEST(FloatCodec, ReturnsEveryBitForEveryLawAndLength) {
  for (const auto& [name, law] : Laws<TypeParam>()) {
    for (const size_t count : kLengths) {
      SCOPED_TRACE(name + " x " + std::to_string(count));
      const std::vector<TypeParam> values = Draw(law, count, count);
      this->ExpectReads(this->Write(values), values);
    }
  }
}

TYPED_TEST(FloatCodec, WritesTheSameBytesWithEveryKernelLevel) {
  for (const auto& [name, law] : Laws<TypeParam>()) {
    const std::vector<TypeParam> values = Draw(law, 1024, 5);
    this->scratch_ = std::make_unique<FloatScratch>();
    const Block expected = this->Write(values, PortableKernels());
    for (const Kernels* kernels : AllUsableKernels()) {
      this->scratch_ = std::make_unique<FloatScratch>();
      EXPECT_EQ(this->Write(values, *kernels).bytes, expected.bytes) << name << kernels->name;
    }
  }
}

TYPED_TEST(FloatCodec, StoresDecimalsAsIntegersOfTheirWidthWithoutAnException) {
  for (int digits = 0; digits <= 22; ++digits) {
    const auto law = [digits](size_t, auto& r) {
      return Decimal<TypeParam>(static_cast<int64_t>(r() % 4096), digits);
    };
    const Block block = this->Write(Draw<TypeParam>(law, 1024, 9));
    EXPECT_EQ(block.plan.word.encoding, Encoding::kScaled) << digits;
    EXPECT_EQ(block.plan.word.width, digits);
    EXPECT_EQ(block.plan.word.exception_width, 0);
    EXPECT_EQ(block.plan.word.exception_count, 0) << digits;
    EXPECT_LE(block.plan.size_bytes, 1024u * 12 / 8 + 16) << digits;
  }
}

TYPED_TEST(FloatCodec, HasNoExceptionsAmongDecimalsOfAllTheDigitsThatFit) {
  constexpr unsigned kBits = sizeof(TypeParam) == 8 ? 53 : 24;
  for (int digits = 0; digits <= 9; ++digits) {
    for (unsigned bits = kBits - 4; bits <= kBits; ++bits) {
      const auto law = [&](size_t, auto& r) {
        const auto d = static_cast<int64_t>((r() >> (64 - bits)) | uint64_t{1} << (bits - 1));
        return Decimal<TypeParam>(r() % 2 == 0 ? d : -d, digits);
      };
      const std::vector<TypeParam> values = Draw<TypeParam>(law, 1024, bits);
      const Block block = this->Write(values);
      if (block.plan.word.encoding == Encoding::kScaled) {
        EXPECT_EQ(block.plan.word.exception_count, 0) << digits << " of " << bits;
      } else {
        EXPECT_EQ(bits, 53) << "saves a thirty-second";
      }
      this->ExpectReads(block, values);
    }
  }
}

TYPED_TEST(FloatCodec, WritesTheSameBytesWhateverItWroteBefore) {
  using T = TypeParam;
  std::vector<std::vector<std::byte>> alone;
  for (const auto& [name, law] : Laws<T>()) {
    this->scratch_ = std::make_unique<FloatScratch>();
    alone.push_back(this->Write(Draw<T>(law, 700, 3)).bytes);
  }
  for (int round = 0; round < 2; ++round) {
    size_t next = 0;
    for (const auto& [name, law] : Laws<T>()) {
      EXPECT_EQ(this->Write(Draw<T>(law, 700, 3)).bytes, alone[next++]) << name;
    }
  }
}

TYPED_TEST(FloatCodec, KeepsAnyNumberOfExceptionsAnywhere) {
  using T = TypeParam;
  for (const size_t exceptions : {0, 1, 2, 3, 63, 64, 65, 200, 512, 900, 1022, 1023, 1024}) {
    std::mt19937_64 random(exceptions);
    std::vector<T> values(1024);
    for (T& value : values) value = Decimal<T>(static_cast<int64_t>(random() % 3000), 2);
    std::vector<size_t> rows(values.size());
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = i;
    std::shuffle(rows.begin(), rows.end(), random);
    for (size_t i = 0; i < exceptions; ++i) values[rows[i]] = NanOf<T>(random(), i % 2 == 0);
    SCOPED_TRACE(exceptions);
    const Block block = this->Write(values);
    this->ExpectReads(block, values);
    if (exceptions <= 200) {
      EXPECT_EQ(block.plan.word.encoding, Encoding::kScaled);
      EXPECT_EQ(block.plan.word.exception_count, exceptions);
    }
    if (exceptions >= 1022) {
      EXPECT_EQ(block.plan.word.encoding, Encoding::kRaw);
    }
  }
}

TYPED_TEST(FloatCodec, KeepsExceptionsAtTheBeginningAndTheEnd) {
  using T = TypeParam;
  for (const size_t run : {1, 2, 63, 64, 65, 130}) {
    std::vector<T> values(1000);
    for (size_t i = 0; i < values.size(); ++i) {
      const bool outside = i < run || i >= values.size() - run;
      values[i] = outside ? T(-0.0) : Decimal<T>(1000 + static_cast<int64_t>(i % 7), 1);
    }
    SCOPED_TRACE(run);
    const Block block = this->Write(values);
    EXPECT_EQ(block.plan.word.exception_count, 2 * run);
    EXPECT_LT(block.plan.size_bytes, 600 + 2 * run * (sizeof(T) + 2)) << "neighbours' digits fit";
    this->ExpectReads(block, values);
  }
}

TYPED_TEST(FloatCodec, FollowsDataThatChangesItsDecimals) {
  using T = TypeParam;
  for (const int digits : {0, 2, 2, 4, 5, 2, 6}) {
    const auto law = [digits](size_t, auto& r) {
      return Decimal<T>(static_cast<int64_t>(r() % 4096), digits);
    };
    const std::vector<T> values = Draw<T>(law, 1024, static_cast<uint64_t>(digits));
    const Block block = this->Write(values);
    EXPECT_EQ(block.plan.word.encoding, Encoding::kScaled);
    EXPECT_LE(block.plan.size_bytes, 1024u * 12 / 8 + 16);
    this->ExpectReads(block, values);
  }
}

TYPED_TEST(FloatCodec, StoresNoiseRawAndRecoversFromIt) {
  using T = TypeParam;
  const auto noise = [](size_t, auto& r) { return std::bit_cast<T>(static_cast<BitsOf<T>>(r())); };
  const std::vector<T> wild = Draw<T>(noise, 1024, 3);
  EXPECT_EQ(this->Write(wild).plan.word.encoding, Encoding::kRaw);
  const auto prices = [](size_t, auto& r) {
    return Decimal<T>(static_cast<int64_t>(r() % 4096), 2);
  };
  EXPECT_EQ(this->Write(Draw<T>(prices, 1024, 3)).plan.word.encoding, Encoding::kScaled);
}

TYPED_TEST(FloatCodec, WritesAPlanWhoseDigitsAreGone) {
  using T = TypeParam;
  const Kernels& kernels = BestKernels();
  std::vector<T> first(500);
  std::vector<T> second(500);
  for (size_t i = 0; i < first.size(); ++i) {
    first[i] = i % 50 == 7 ? T(-0.0) : Decimal<T>(static_cast<int64_t>(i), 2);
    second[i] = Decimal<T>(static_cast<int64_t>(i * i), 1);
  }
  const std::span<const T> values(first);
  const Block expected = this->Write(first);
  FloatPlan plan = PlanFloats(kernels, values, 0, *this->scratch_);
  const auto write_with = [&](FloatScratch& scratch) {
    std::vector<std::byte> bytes;
    WriteFloats(kernels, plan, values, scratch, bytes);
    bytes.resize(bytes.size() + kReadableAfterEnd);
    return bytes;
  };
  this->Write(second);  // another plan took the scratch
  EXPECT_EQ(write_with(*this->scratch_), expected.bytes);
  auto other = std::make_unique<FloatScratch>();
  PlanFloats(kernels, std::span<const T>(second), 0, *other);
  EXPECT_EQ(write_with(*other), expected.bytes);
  plan = PlanFloats(kernels, values, 0, *this->scratch_);
  const Block between = this->Write(second);
  plan = PlanFloats(kernels, values, 0, *this->scratch_);
  ASSERT_TRUE(this->Read(between.payload(), between.bounds.min).ok());  // reading takes it too
  EXPECT_EQ(write_with(*this->scratch_), expected.bytes);
}

TYPED_TEST(FloatCodec, NeedsNoBytesForAConstantWithBoundsAndAWordWithout) {
  using T = TypeParam;
  const std::vector<T> values(100, T(2.5));
  const Block bounded = this->Write(values);
  EXPECT_EQ(bounded.plan.word.encoding, Encoding::kConstant);
  EXPECT_EQ(bounded.plan.size_bytes, 0u);

  const std::span<const T> span(values);
  Block secret{PlanFloats(BestKernels(), span, kNoBounds, *this->scratch_), {}, {}, 100};
  WriteFloats(BestKernels(), secret.plan, span, *this->scratch_, secret.bytes);
  EXPECT_EQ(secret.bytes.size(), 8u);
  secret.bytes.resize(8 + kReadableAfterEnd);
  this->ExpectReads(secret, values);
}

TYPED_TEST(FloatCodec, ReadsABlockWithoutValuesAsZeros) {
  const Payload payload{{Encoding::kConstant, 0, 0, kNoBounds, 0, 9}, {}, 9};
  absl::StatusOr<std::vector<TypeParam>> out = this->Read(payload, 0);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(Bits(*out), std::vector<BitsOf<TypeParam>>(9, 0));
}

TYPED_TEST(FloatCodec, FindsBoundsInTheFormatsOrder) {
  using T = TypeParam;
  using Limits = std::numeric_limits<T>;
  const auto bounds = [](std::vector<T> values) {
    return BoundsOfFloats(BestKernels(), std::span<const T>(values));
  };
  const auto of = [](double min, double max, unsigned flags) {
    return FloatBounds{std::bit_cast<int64_t>(min), std::bit_cast<int64_t>(max),
                       static_cast<uint8_t>(flags)};
  };
  const T nan = NanOf<T>(5, true);
  EXPECT_EQ(bounds({1, -2, 3}), of(-2, 3, 0));
  EXPECT_EQ(bounds({T(0.0), T(-0.0)}), of(-0.0, 0.0, 0));
  EXPECT_EQ(bounds({T(-0.0), T(-0.0)}), of(-0.0, -0.0, 0));
  EXPECT_EQ(bounds({T(0.0), T(0.0), 1}), of(0.0, 1, 0));
  EXPECT_EQ(bounds({T(0.0), -1, T(-0.0)}), of(-1, 0.0, 0));
  EXPECT_EQ(bounds({T(-0.0), -1}), of(-1, -0.0, 0));
  EXPECT_EQ(bounds({nan, 4, nan}), of(4, 4, kHasNan));
  EXPECT_EQ(bounds({nan, nan}), (FloatBounds{0, 0, kNoBounds | kHasNan}));
  EXPECT_EQ(
      bounds({Limits::infinity(), -Limits::infinity()}),
      of(-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(), 0));
  EXPECT_EQ(bounds({Limits::denorm_min(), Limits::max()}),
            of(Limits::denorm_min(), Limits::max(), 0));
}

// --- Hostile bytes.

// What reading damaged bytes may do: refuse, or give some values.
template <typename T>
void ReadAnyway(FloatCodec<T>&, const Payload& payload, int64_t min, FloatScratch& scratch) {
  std::vector<T> out(kBlockRows);
  absl::Status status = ReadFloats(BestKernels(), payload, min, scratch, out.data());
  ASSERT_TRUE(status.ok() || status.code() == absl::StatusCode::kDataLoss) << status;
  for (const size_t index : {size_t{0}, payload.count / 2, payload.count}) {
    absl::StatusCode code;
    if constexpr (sizeof(T) == 8) {
      code = ReadDoubleAt(BestKernels(), payload, min, index, scratch).status().code();
    } else {
      code = ReadFloatAt(BestKernels(), payload, min, index, scratch).status().code();
    }
    ASSERT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss);
    if (index == payload.count) {
      ASSERT_EQ(code, absl::StatusCode::kDataLoss);
    }
  }
}

template <typename T>
std::vector<std::vector<T>> SmallBlocks() {
  std::vector<std::vector<T>> blocks;
  for (const auto& [name, law] : Laws<T>()) {
    blocks.push_back(Draw(law, 21, 4));
    blocks.push_back(Draw(law, 64, 5));
  }
  return blocks;
}

TYPED_TEST(FloatCodec, SurvivesEverySingleBitFlip) {
  for (const auto& values : SmallBlocks<TypeParam>()) {
    Block block = this->Write(values);
    for (size_t bit = 0; bit < 8 * block.plan.size_bytes; ++bit) {
      block.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
      ReadAnyway(*this, block.payload(), block.bounds.min, *this->scratch_);
      block.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    for (size_t bit = 0; bit < 64; ++bit) {
      Payload payload = block.payload();
      uint64_t word;
      std::memcpy(&word, &payload.word, sizeof(word));
      word ^= uint64_t{1} << bit;
      payload.word = std::bit_cast<CodecWord>(word);
      ReadAnyway(*this, payload, block.bounds.min, *this->scratch_);
      ReadAnyway(*this, block.payload(), block.bounds.min ^ static_cast<int64_t>(word),
                 *this->scratch_);
    }
  }
}

TYPED_TEST(FloatCodec, RefusesEveryTruncationAndEveryExtension) {
  for (const auto& values : SmallBlocks<TypeParam>()) {
    const Block block = this->Write(values);
    Payload payload = block.payload();
    for (size_t size = 0; size <= block.plan.size_bytes + 16; ++size) {
      payload.data = std::span(block.bytes).first(size);
      const absl::StatusCode code = this->Read(payload, block.bounds.min).status().code();
      ASSERT_EQ(code == absl::StatusCode::kOk, size == block.plan.size_bytes) << size;
      ASSERT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss);
    }
  }
}

TYPED_TEST(FloatCodec, SurvivesRandomWordsOverRandomBytes) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes(random() % 64 * 8 + kReadableAfterEnd);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() % 3 == 0 ? random() : 0);
    Payload payload{{}, std::span(bytes).first(bytes.size() - kReadableAfterEnd), 1};
    payload.count = 1 + random() % (round % 2 == 0 ? 20 : 1024);
    payload.word.encoding = static_cast<Encoding>(random() % 11);
    payload.word.width = static_cast<uint8_t>(random() % 24);
    payload.word.exception_width = static_cast<uint8_t>(random() % 5 == 0 ? random() : 0);
    payload.word.flags = static_cast<uint8_t>(random() % 9);
    payload.word.exception_count = static_cast<uint16_t>(random() % 12);
    payload.word.null_count = static_cast<uint16_t>(random() % 3);
    if (bytes.size() > 72 && round % 3 != 0) {  // a likely nested word
      const CodecWord word{
          static_cast<Encoding>(1 + random() % 3), static_cast<uint8_t>(random() % 5),
          static_cast<uint8_t>(random() % 4),      0,
          static_cast<uint16_t>(random() % 3),     0};
      std::memcpy(bytes.data(), &word, sizeof(word));
    }
    ReadAnyway(*this, payload, static_cast<int64_t>(random()), *this->scratch_);
  }
}

TYPED_TEST(FloatCodec, RefusesWhatNoWriterWrites) {
  using T = TypeParam;
  const Block scaled = this->Write(Draw<T>(Laws<T>()[14].second, 64, 8));
  ASSERT_EQ(scaled.plan.word.encoding, Encoding::kScaled);
  ASSERT_GE(scaled.plan.word.exception_count, 2);
  const auto expect_refused = [&](Payload payload, std::string_view why) {
    const absl::Status status = this->Read(payload, 0).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << why;
    EXPECT_NE(status.ToString().find(why), std::string::npos) << status;
  };
  Payload payload = scaled.payload();
  payload.word.width = 23;
  expect_refused(payload, "exponent above 22");
  payload.word.width = 2;
  payload.word.exception_width = 1;
  expect_refused(payload, "exception width");
  payload = scaled.payload();
  payload.word.null_count = 65;
  expect_refused(payload, "more nulls than rows");
  payload = scaled.payload();
  payload.word.encoding = Encoding::kSplit;
  expect_refused(payload, "unknown encoding");
  payload = scaled.payload();
  payload.count = 1025;
  expect_refused(payload, "rows of a block");
  const int64_t nan = std::bit_cast<int64_t>(std::numeric_limits<double>::quiet_NaN());
  const Payload constant{{Encoding::kConstant, 0, 0, 0, 0, 0}, {}, 9};
  EXPECT_EQ(this->Read(constant, nan).status().code(), absl::StatusCode::kDataLoss);

  Block twice = this->Write(Draw<T>(Laws<T>()[14].second, 64, 8));
  const size_t count = twice.plan.word.exception_count;
  const size_t exceptions_size = RoundUpToWord(count * (sizeof(T) + 2));
  std::byte* const positions =
      twice.bytes.data() + twice.plan.size_bytes - exceptions_size + count * sizeof(T);
  std::memcpy(positions + 2, positions, 2);
  expect_refused(twice.payload(), "exception out of order");
}

TEST(FloatBlock, RefusesBoundsThatNoFloatHas) {
  auto scratch = std::make_unique<FloatScratch>();
  std::vector<float> out(kBlockRows);
  const Payload payload{{Encoding::kConstant, 0, 0, 0, 0, 0}, {}, 9};
  for (const double min : {0.1, 1e300, -1e39, std::nextafter(1.0, 2.0)}) {
    EXPECT_EQ(ReadFloats(BestKernels(), payload, std::bit_cast<int64_t>(min), *scratch, out.data())
                  .code(),
              absl::StatusCode::kDataLoss)
        << min;
  }
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double min : {0.25, -0.0, infinity, -infinity}) {
    ASSERT_TRUE(
        ReadFloats(BestKernels(), payload, std::bit_cast<int64_t>(min), *scratch, out.data()).ok());
    EXPECT_TRUE(SameBits(out[8], static_cast<float>(min)));
  }
}

}  // namespace
}  // namespace tape::format
