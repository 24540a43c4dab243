#include "format/encoding/wide_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tape::format {
namespace {

constexpr size_t kReadableAfterEnd = 64;
constexpr size_t kLengths[] = {1, 2, 3, 15, 16, 17, 63, 64, 65, 1000, 1023, 1024};
constexpr Int128 kGreatest = static_cast<Int128>(~static_cast<UInt128>(0) >> 1);
constexpr Int128 kLeast = -kGreatest - 1;
constexpr Int128 kWord = static_cast<Int128>(1) << 64;

using Values = std::vector<Int128>;
using Law = std::function<Int128(size_t, std::mt19937_64&)>;

Int128 Any(std::mt19937_64& random) {
  const UInt128 high = random();
  return static_cast<Int128>((high << 64) | random());
}

const std::vector<std::pair<std::string, Law>>& Laws() {
  static const auto* const kLaws = new std::vector<std::pair<std::string, Law>>{
      {"constant", [](size_t, auto&) { return kWord * 5 - 3; }},
      {"alternating", [](size_t i, auto&) { return i % 2 == 0 ? kWord : kWord + 1; }},
      {"extremes", [](size_t i, auto&) { return i % 2 == 0 ? kLeast : kGreatest; }},
      {"all of them", [](size_t, auto& random) { return Any(random); }},
      {"around zero", [](size_t, auto& random) { return Int128(random() % 99) - 50; }},
      {"across a word's edge", [](size_t i, auto&) { return kWord * 7 + Int128(i) - 500; }},
      {"half a word", [](size_t, auto& random) { return kLeast + Int128(random() >> 1); }},
      {"a word", [](size_t, auto& random) { return kGreatest - Int128(random()); }},
      {"a word and one", [](size_t i, auto&) { return i % 2 == 0 ? Int128(7) : kWord + 7; }},
      {"wei",
       [](size_t, auto& random) { return Int128(random() % 1'000'000) * 1'000'000'000'000; }},
      {"time and noise",
       [](size_t i, auto& random) {
         return (Int128(1'772'409'600'000 + i * 3) << 80) | Int128(random());
       }},
      {"rising", [](size_t i, auto&) { return -kWord * 3 + Int128(i) * 1000; }},
  };
  return *kLaws;
}

Values Draw(const Law& law, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  Values values(count);
  for (size_t i = 0; i < count; ++i) values[i] = law(i, random);
  return values;
}

struct Block {
  WidePlan plan;
  std::vector<std::byte> bytes;  // kReadableAfterEnd more than the payload
  size_t count;

  Payload payload() const { return {plan.word, std::span(bytes).first(plan.size_bytes), count}; }
};

class WideCodec : public testing::Test {
 protected:
  Block Write(const Values& values, uint8_t flags = 0, const Kernels& kernels = BestKernels()) {
    Block block{PlanWide(kernels, values, flags, *scratch_), {}, values.size()};
    WriteWide(kernels, block.plan, values, *scratch_, block.bytes);
    EXPECT_EQ(block.bytes.size(), block.plan.size_bytes);
    EXPECT_EQ(block.bytes.size() % 8, 0u);
    EXPECT_LE(block.bytes.size(), values.size() * sizeof(Int128));
    block.bytes.resize(block.bytes.size() + kReadableAfterEnd);
    return block;
  }

  absl::StatusOr<Values> Read(const Payload& payload, Int128 min) {
    Values out(kBlockRows);
    absl::Status status = ReadWide(BestKernels(), payload, min, *scratch_, out.data());
    if (!status.ok()) return status;
    out.resize(payload.count);
    return out;
  }

  void ExpectReads(const Block& block, const Values& values) {
    absl::StatusOr<Values> out = Read(block.payload(), block.plan.min);
    ASSERT_TRUE(out.ok()) << out.status();
    ASSERT_TRUE(*out == values);
    for (size_t i = 0; i < values.size(); i += 1 + values.size() / 23) {
      absl::StatusOr<Int128> value =
          ReadWideAt(BestKernels(), block.payload(), block.plan.min, i, *scratch_);
      ASSERT_TRUE(value.ok()) << value.status();
      ASSERT_TRUE(*value == values[i]) << "row " << i;
    }
  }

  // Damaged bytes: refused, or some values.
  void ReadAnyway(const Payload& payload, Int128 min) {
    const absl::StatusCode code = Read(payload, min).status().code();
    ASSERT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss);
    for (const size_t index : {size_t{0}, payload.count - 1, payload.count}) {
      const absl::StatusCode at =
          ReadWideAt(BestKernels(), payload, min, index, *scratch_).status().code();
      ASSERT_TRUE((at == absl::StatusCode::kOk && index < payload.count) ||
                  at == absl::StatusCode::kDataLoss);
    }
  }

  std::unique_ptr<WideScratch> scratch_ = std::make_unique<WideScratch>();
};

TEST_F(WideCodec, ReturnsWhatWasWrittenForEveryLawAndLength) {
  for (const auto& [name, law] : Laws()) {
    for (const size_t count : kLengths) {
      SCOPED_TRACE(name + " x " + std::to_string(count));
      const Values values = Draw(law, count, count);
      const Block block = Write(values);
      ExpectReads(block, values);
      EXPECT_TRUE(block.plan.min == *std::min_element(values.begin(), values.end()));
      EXPECT_TRUE(block.plan.max == *std::max_element(values.begin(), values.end()));
      ExpectReads(Write(values, kNoBounds), values);
    }
  }
}

TEST_F(WideCodec, WritesTheSameBytesWithEveryKernelLevel) {
  for (const auto& [name, law] : Laws()) {
    const Values values = Draw(law, 1024, 5);
    scratch_ = std::make_unique<WideScratch>();
    const Block expected = Write(values, 0, PortableKernels());
    for (const Kernels* kernels : AllUsableKernels()) {
      scratch_ = std::make_unique<WideScratch>();
      EXPECT_EQ(Write(values, 0, *kernels).bytes, expected.bytes) << name << kernels->name;
    }
  }
}

TEST_F(WideCodec, TakesTheEncodingThatFits) {
  const auto encoding = [&](size_t law, uint8_t flags = 0) {
    return Write(Draw(Laws()[law].second, 1024, 3), flags).plan.word.encoding;
  };
  EXPECT_EQ(encoding(0), Encoding::kConstant);
  EXPECT_EQ(encoding(0, kNoBounds), Encoding::kOffset);
  EXPECT_EQ(encoding(3), Encoding::kRaw);
  EXPECT_EQ(encoding(4), Encoding::kOffset);
  EXPECT_EQ(encoding(5), Encoding::kOffset);
  EXPECT_EQ(encoding(6), Encoding::kOffset);
  EXPECT_EQ(encoding(7), Encoding::kOffset);
  EXPECT_EQ(encoding(8), Encoding::kSplit);
  EXPECT_EQ(encoding(10), Encoding::kSplit);
}

TEST_F(WideCodec, CostsWhatTheSameIntegersOf64BitsCost) {
  const Block block = Write(Draw(Laws()[4].second, 1024, 3));
  EXPECT_LE(block.plan.size_bytes, 1024u * 7 / 8 + 40);
}

TEST_F(WideCodec, ReadsABlockWithoutValuesAsZeros) {
  const Payload payload{{Encoding::kConstant, 0, 0, kNoBounds, 0, 9}, {}, 9};
  absl::StatusOr<Values> out = Read(payload, 0);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_TRUE(*out == Values(9, 0));
}

TEST_F(WideCodec, SurvivesEverySingleBitFlip) {
  for (const auto& [name, law] : Laws()) {
    for (const size_t count : {5, 70}) {
      Block block = Write(Draw(law, count, 4));
      for (size_t bit = 0; bit < 8 * block.plan.size_bytes; ++bit) {
        block.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        ReadAnyway(block.payload(), block.plan.min);
        block.bytes[bit / 8] ^= std::byte{1} << (bit % 8);
      }
      for (size_t bit = 0; bit < 64; ++bit) {
        Payload payload = block.payload();
        uint64_t word;
        std::memcpy(&word, &payload.word, sizeof(word));
        word ^= uint64_t{1} << bit;
        payload.word = std::bit_cast<CodecWord>(word);
        ReadAnyway(payload, block.plan.min);
      }
    }
  }
}

TEST_F(WideCodec, RefusesEveryTruncationAndEveryExtension) {
  for (const auto& [name, law] : Laws()) {
    const Block block = Write(Draw(law, 40, 4));
    Payload payload = block.payload();
    for (size_t size = 0; size <= block.plan.size_bytes + 16; ++size) {
      payload.data = std::span(block.bytes).first(size);
      const absl::StatusCode code = Read(payload, block.plan.min).status().code();
      ASSERT_EQ(code == absl::StatusCode::kOk, size == block.plan.size_bytes) << name << size;
      ASSERT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kDataLoss);
    }
  }
}

TEST_F(WideCodec, SurvivesRandomWordsOverRandomBytes) {
  std::mt19937_64 random(12);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes(random() % 64 * 8 + kReadableAfterEnd);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() % 3 == 0 ? random() : 0);
    const size_t size = bytes.size() - kReadableAfterEnd;
    const auto encoding = static_cast<Encoding>(round % 2 == 0 ? 7 + random() % 2 : random() % 11);
    const Payload payload{{encoding, 0, 0, static_cast<uint8_t>(random() % 2), 0, 0},
                          std::span(bytes).first(size),
                          1 + random() % (round % 2 == 0 ? 20 : 1024)};
    const size_t nested = encoding == Encoding::kOffset ? 16 : 0;
    if (size > nested + 8 && round % 3 != 0) {
      const CodecWord word{
          static_cast<Encoding>(1 + random() % 3), static_cast<uint8_t>(random() % 5),
          static_cast<uint8_t>(random() % 4),      0,
          static_cast<uint16_t>(random() % 3),     0};
      std::memcpy(bytes.data() + nested, &word, sizeof(word));
    }
    ReadAnyway(payload, Any(random));
  }
}

TEST_F(WideCodec, RefusesWhatNoWriterWrites) {
  const std::vector<std::byte> bytes(160 + kReadableAfterEnd);
  const auto code = [&](const CodecWord& word, size_t size, size_t count) {
    return Read({word, std::span(bytes).first(size), count}, 0).status().code();
  };
  const auto lost = absl::StatusCode::kDataLoss;
  EXPECT_EQ(code({Encoding::kRaw, 0, 0, 0, 0, 0}, 160, 10), absl::StatusCode::kOk);
  EXPECT_EQ(code({Encoding::kRaw, 1, 0, 0, 0, 0}, 160, 10), lost);
  EXPECT_EQ(code({Encoding::kRaw, 0, 1, 0, 0, 0}, 160, 10), lost);
  EXPECT_EQ(code({Encoding::kRaw, 0, 0, 0, 1, 0}, 160, 10), lost);
  EXPECT_EQ(code({Encoding::kRaw, 0, 0, 0, 0, 11}, 160, 10), lost);
  EXPECT_EQ(code({Encoding::kFrame, 0, 0, 0, 0, 0}, 160, 10), lost);
  EXPECT_EQ(code({Encoding::kConstant, 0, 0, kNoBounds, 0, 0}, 0, 10), lost);
  EXPECT_EQ(code({Encoding::kConstant, 0, 0, 0, 0, 0}, 16, 10), lost);
  EXPECT_EQ(code({Encoding::kConstant, 0, 0, 0, 0, 0}, 0, 0), lost);
  EXPECT_EQ(code({Encoding::kConstant, 0, 0, 0, 0, 0}, 0, 1025), lost);
}

}  // namespace
}  // namespace tape::format
