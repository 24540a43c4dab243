#include "format/encoding/integer_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tape::format {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
constexpr size_t kReadableAfterEnd = 16;

using Values = std::vector<int64_t>;
using Law = std::function<int64_t(size_t, std::mt19937_64&)>;

int64_t Below(std::mt19937_64& random, uint64_t bound) {
  return static_cast<int64_t>(random() % bound);
}

// What columns look like, and what they should never look like.
const std::vector<std::pair<std::string, Law>>& Laws() {
  static const auto* const kLaws = new std::vector<std::pair<std::string, Law>>{
      {"constant", [](size_t, auto&) { return 42; }},
      {"alternating", [](size_t i, auto&) { return i % 2 == 0 ? -7 : 7; }},
      {"extremes", [](size_t i, auto&) { return i % 2 == 0 ? kLeast : kGreatest; }},
      {"one least", [](size_t i, auto&) { return i == 3 ? kLeast : 100; }},
      {"random", [](size_t, auto& random) { return static_cast<int64_t>(random()); }},
      {"lots", [](size_t, auto& random) { return 100 * (1 + Below(random, 40)); }},
      {"odd and round lots",
       [](size_t, auto& random) {
         return random() % 8 < 3 ? 1 + Below(random, 99) : 100 * (1 + Below(random, 50));
       }},
      {"sequence", [](size_t i, auto&) { return 1'000'000 + static_cast<int64_t>(i); }},
      {"falling by a tick", [](size_t i, auto&) { return -500 * static_cast<int64_t>(i); }},
      {"outliers on both sides",
       [](size_t i, auto& random) {
         return i % 97 == 5 ? static_cast<int64_t>(random()) >> 20 : 1000 + Below(random, 16);
       }},
      {"one high outlier", [](size_t i, auto&) { return i == 700 ? kGreatest : 1; }},
      {"bits", [](size_t, auto& random) { return Below(random, 2); }},
  };
  return *kLaws;
}

Values Draw(const Law& law, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  Values values(count);
  for (size_t i = 0; i < count; ++i) values[i] = law(i, random);
  return values;
}

Values RandomWalk(size_t count, int64_t tick, uint64_t seed) {
  std::mt19937_64 random(seed);
  Values values(count);
  int64_t price = 10'000 * tick;
  for (int64_t& value : values) value = price += tick * (Below(random, 3) - 1);
  return values;
}

// Gaps between events: many short ones, few very long ones.
Values Times(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  Values values(count);
  int64_t now = 1'772'409'600'000'000'000;
  for (int64_t& value : values)
    value = now += static_cast<int64_t>(random() >> (20 + random() % 40));
  return values;
}

struct Written {
  IntegerPlan plan;
  std::vector<std::byte> bytes;  // kReadableAfterEnd more than the payload
};

class IntegerCodec : public testing::Test {
 protected:
  Written Write(const Values& values, const IntegerPlace& place) {
    Written written{PlanIntegers(kernels_, values, place, scratch_), {}};
    WriteIntegers(kernels_, written.plan, values, scratch_, written.bytes);
    EXPECT_EQ(written.bytes.size(), written.plan.size_bytes);
    EXPECT_EQ(written.bytes.size() % 8, 0u);
    written.bytes.resize(written.bytes.size() + kReadableAfterEnd);
    return written;
  }

  IntegerPayload Payload(const Written& written, size_t count) const {
    return {written.plan.word, std::span(written.bytes).first(written.plan.size_bytes), count,
            written.plan.place.reference};
  }

  void ExpectRoundTrip(const Values& values) {
    const int64_t least = *std::min_element(values.begin(), values.end());
    const Written written = Write(values, {.reference = least});
    Values out(kBlockRows);
    absl::StatusOr<size_t> size =
        ReadIntegers(kernels_, Payload(written, values.size()), out.data());
    ASSERT_TRUE(size.ok()) << size.status();
    EXPECT_EQ(*size, written.plan.size_bytes);
    out.resize(values.size());
    ASSERT_EQ(out, values);
    ExpectPoints(written, values);
    ExpectNestedRoundTrip(values);
  }

  void ExpectPoints(const Written& written, const Values& values) {
    Values block(kBlockRows);
    for (size_t index = 0; index < values.size(); index += 1 + values.size() / 17) {
      absl::StatusOr<int64_t> value =
          ReadIntegerAt(kernels_, Payload(written, values.size()), index, block.data());
      ASSERT_TRUE(value.ok()) << value.status();
      ASSERT_EQ(*value, values[index]) << "row " << index;
    }
  }

  void ExpectNestedRoundTrip(const Values& values) {
    std::vector<std::byte> bytes;
    const size_t price = PriceNestedIntegers(kernels_, values, scratch_);
    const size_t size = WriteNestedIntegers(kernels_, values, scratch_, bytes);
    ASSERT_EQ(size, price);
    ASSERT_EQ(bytes.size(), size);
    bytes.resize(size + kReadableAfterEnd);
    Values out(kBlockRows);
    absl::StatusOr<size_t> read = ReadNestedIntegers(kernels_, bytes, values.size(), out.data());
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_EQ(*read, size);
    out.resize(values.size());
    ASSERT_EQ(out, values);
  }

  const Kernels& kernels_ = BestKernels();
  IntegerScratch scratch_;
};

constexpr size_t kLengths[] = {1, 2, 3, 7, 8, 15, 16, 17, 63, 64, 65, 512, 1023, 1024};

TEST_F(IntegerCodec, ReturnsWhatWasWrittenForEveryLawAndLength) {
  for (const auto& [name, law] : Laws()) {
    for (const size_t count : kLengths) {
      SCOPED_TRACE(name + " x " + std::to_string(count));
      ExpectRoundTrip(Draw(law, count, count));
    }
  }
}

TEST_F(IntegerCodec, ReturnsWalksAndTimes) {
  for (const size_t count : kLengths) {
    for (const int64_t tick : {1, 5, 100, 1 << 20, 12345}) {
      ExpectRoundTrip(RandomWalk(count, tick, count));
    }
    ExpectRoundTrip(Times(count, count));
  }
}

TEST_F(IntegerCodec, ReturnsEveryWidth) {
  std::mt19937_64 random(7);
  for (unsigned width = 0; width <= 64; ++width) {
    for (const size_t count : {size_t{1000}, kBlockRows}) {
      Values values(count);
      for (int64_t& value : values) {
        value = static_cast<int64_t>(width == 0 ? 0 : random() >> (64 - width));
      }
      SCOPED_TRACE(width);
      ExpectRoundTrip(values);
    }
  }
}

TEST_F(IntegerCodec, ReturnsAnyNumberOfExceptions) {
  for (size_t exceptions = 0; exceptions <= kBlockRows; exceptions += 37) {
    Values values(kBlockRows, 3);
    for (size_t i = 0; i < exceptions; ++i) {
      values[(i * 619) % kBlockRows] = kGreatest >> (i % 60);
    }
    ExpectRoundTrip(values);
  }
}

TEST_F(IntegerCodec, HasNoExceptionsWhereTheySaveNothing) {
  for (size_t count = 2; count <= 64; ++count) {  // a bit each is a word, and so are exceptions
    Values indexes(count);
    for (size_t i = 0; i < count; ++i) indexes[i] = static_cast<int64_t>(i % 2);
    const IntegerPlan plan = PlanIndexes(kernels_, indexes);
    EXPECT_EQ(plan.size_bytes, 8u) << count;
    EXPECT_EQ(plan.word.exception_count, 0) << count;
  }
}

TEST_F(IntegerCodec, NeedsNoBytesForAConstantBlock) {
  EXPECT_EQ(PlanIntegers(kernels_, Values(kBlockRows, -5), {.reference = -5}, scratch_).size_bytes,
            0u);
}

TEST_F(IntegerCodec, PacksLotsByTheirCommonDivisor) {
  const Written written = Write(Draw(Laws()[5].second, kBlockRows, 1), {.reference = 100});
  EXPECT_EQ(written.plan.scale, 100u);
  EXPECT_LE(written.plan.word.width, 6);
}

TEST_F(IntegerCodec, FindsTheDivisorWhateverCameBefore) {
  const Values tens =
      Draw([](size_t, auto& random) { return 10 * Below(random, 999); }, kBlockRows, 1);
  const Values thousands =
      Draw([](size_t i, auto& random) { return 1000 * Below(random, 999) - (i == 900 ? 500 : 0); },
           kBlockRows, 2);
  EXPECT_EQ(Write(tens, {.reference = 0}).plan.scale, 10u);
  EXPECT_EQ(Write(thousands, {.reference = -500}).plan.scale, 500u);
  EXPECT_EQ(Write(tens, {.reference = 0}).plan.scale, 10u);
}

TEST_F(IntegerCodec, PrefersDeltasForWalksAndSequences) {
  const Values walk = RandomWalk(kBlockRows, 100, 3);
  const Written written = Write(walk, {.reference = *std::min_element(walk.begin(), walk.end())});
  EXPECT_EQ(written.plan.word.encoding, Encoding::kDelta);
  EXPECT_EQ(written.plan.word.width, 2);
  const Values ids = Draw(Laws()[7].second, kBlockRows, 1);
  EXPECT_LE(Write(ids, {.reference = ids[0]}).plan.size_bytes, 8u);
}

TEST_F(IntegerCodec, PaysForOutliersOnlyWhereTheyAre) {
  const Values values = Draw(Laws()[9].second, kBlockRows, 1);
  const Written written =
      Write(values, {.reference = *std::min_element(values.begin(), values.end())});
  EXPECT_LE(written.plan.word.width, 5);
  EXPECT_GT(written.plan.word.exception_count, 0);
  EXPECT_LT(written.plan.size_bytes, kBlockRows * 5 / 8 + 200);
}

TEST_F(IntegerCodec, IsNeverLargerThanRawByMoreThanTheVarints) {
  for (const auto& [name, law] : Laws()) {
    for (const size_t count : kLengths) {
      const Values values = Draw(law, count, 99);
      const int64_t least = *std::min_element(values.begin(), values.end());
      EXPECT_LE(Write(values, {.reference = least}).plan.size_bytes, 8 * count + 24) << name;
    }
  }
}

TEST_F(IntegerCodec, PacksIndexesAsTheyAre) {
  std::mt19937_64 random(5);
  Values indexes(kBlockRows);
  for (int64_t& index : indexes) index = std::min(Below(random, 300), Below(random, 300) / 8);
  indexes[1000] = 60'000;
  const IntegerPlan plan = PlanIndexes(kernels_, indexes);
  std::vector<std::byte> bytes;
  WriteIntegers(kernels_, plan, indexes, scratch_, bytes);
  ASSERT_EQ(bytes.size(), plan.size_bytes);
  EXPECT_GE(plan.word.exception_count, 1);
  bytes.resize(bytes.size() + kReadableAfterEnd);
  Values out(kBlockRows);
  ASSERT_TRUE(ReadIntegers(kernels_, {plan.word, bytes, kBlockRows}, out.data()).ok());
  EXPECT_EQ(out, indexes);
}

TEST_F(IntegerCodec, AllLevelsReadTheSame) {
  for (const Kernels* level : AllUsableKernels()) {
    for (const auto& [name, law] : Laws()) {
      const Values values = Draw(law, kBlockRows, 11);
      const Written written = Write(values, {});
      Values out(kBlockRows);
      ASSERT_TRUE(ReadIntegers(*level, Payload(written, kBlockRows), out.data()).ok() ||
                  written.plan.word.encoding == Encoding::kConstant);
      if (written.plan.word.encoding != Encoding::kConstant) {
        EXPECT_EQ(out, values) << name;
      }
    }
  }
}

TEST_F(IntegerCodec, RefusesEveryTruncation) {
  for (const auto& [name, law] : Laws()) {
    const Values values = Draw(law, 100, 2);
    const Written written =
        Write(values, {.reference = *std::min_element(values.begin(), values.end())});
    Values out(kBlockRows);
    for (size_t size = 0; size < written.plan.size_bytes; ++size) {
      std::vector<std::byte> cut(written.bytes.begin(), written.bytes.begin() + size);
      cut.resize(size + kReadableAfterEnd);
      IntegerPayload payload = Payload(written, values.size());
      payload.data = std::span(cut).first(size);
      const absl::Status status = ReadIntegers(kernels_, payload, out.data()).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << name << " cut at " << size;
    }
  }
}

// A hostile file can have any bytes and a right checksum: it must be refused or give values, and
// never touch other memory (which ASan watches here).
TEST_F(IntegerCodec, SurvivesAnyWordAndAnyBytes) {
  std::mt19937_64 random(3);
  Values out(kBlockRows);
  size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes(random() % 300 * 8 + kReadableAfterEnd);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() % 4 == 0 ? random() : 0);
    CodecWord word{static_cast<Encoding>(random() % 6),
                   static_cast<uint8_t>(random() % 70),
                   static_cast<uint8_t>(random() % 70),
                   0,
                   static_cast<uint16_t>(random() % 3 == 0 ? random() % 1100 : 0),
                   0};
    const IntegerPayload payload{word, std::span(bytes).first(bytes.size() - kReadableAfterEnd),
                                 round % 2 == 0 ? kBlockRows : random() % 1030};
    refused += ReadIntegers(kernels_, payload, out.data()).ok() ? 0 : 1;
    refused += ReadIntegerAt(kernels_, payload, random() % 1100, out.data()).ok() ? 0 : 1;
    refused += ReadNestedIntegers(kernels_, payload.data, payload.count, out.data()).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 20'000u);
}

TEST_F(IntegerCodec, RefusesASecondSpellingOfTheSamePayload) {
  const Values values = Draw(Laws()[5].second, kBlockRows, 1);
  const Written written = Write(values, {.reference = 100});
  Values out(kBlockRows);
  IntegerPayload payload = Payload(written, values.size());
  payload.word.exception_count = static_cast<uint16_t>(kBlockRows + 1);
  EXPECT_FALSE(ReadIntegers(kernels_, payload, out.data()).ok());
  std::vector<std::byte> padded = written.bytes;
  padded[written.plan.size_bytes - 1] = std::byte{1};
  payload = Payload(written, values.size());
  payload.data = std::span(padded).first(written.plan.size_bytes);
  EXPECT_FALSE(ReadIntegers(kernels_, payload, out.data()).ok());
}

}  // namespace
}  // namespace tape::format
