#include "format/layout/key_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tape/limits.h"
#include "tests/support/doc_example.h"

namespace tape::format {
namespace {

constexpr StoreUuid kStore = {0x6f, 0x1d, 0x2c, 0x3b, 0x8a, 0x4e, 0x4f, 0x70,
                              0x9b, 0x1d, 0x52, 0xc7, 0xe0, 0xa9, 0x6e, 0x14};

StoreUuid Counting() {
  StoreUuid key;
  for (uint8_t i = 0; i < 16; ++i) key[i] = i;
  return key;
}

uint64_t SipHash(const StoreUuid& key, std::string_view message) {
  SipHash13 hash(key);
  for (size_t at = 0; at < message.size(); at += 8) {
    hash.Add(LoadLe<uint64_t>(reinterpret_cast<const std::byte*>(message.data()) + at));
  }
  return hash.Finish();
}

KeyHash Key() { return KeyHash(kStore); }

uint64_t HashOf(int64_t value) {
  KeyHash key = Key();
  key.AddInteger(value);
  return key.Finish();
}

uint64_t HashOf(std::initializer_list<std::string_view> values) {
  KeyHash key = Key();
  for (const std::string_view value : values) key.AddBytes(value);
  return key.Finish();
}

uint64_t WideHash(Int128 value) {
  KeyHash key = Key();
  key.AddWide(value);
  return key.Finish();
}

uint64_t FloatingHash(double value) {
  KeyHash key = Key();
  key.AddFloating(value);
  return key.Finish();
}

// Counted with an implementation that shares nothing with this one: the first by CPython 3.11,
// whose hash of bytes under PYTHONHASHSEED=0 is SipHash-1-3 with a key of zeros; the others by a
// script that agrees with it.
TEST(SipHash13, IsThatOfOtherImplementations) {
  EXPECT_EQ(SipHash({}, "12345678abcdefgh"), 0xfa1ae646133b1694u);
  std::string message(32, '\0');
  for (size_t i = 0; i < message.size(); ++i) message[i] = static_cast<char>(i);
  const std::string_view view = message;
  EXPECT_EQ(SipHash(Counting(), view.substr(0, 0)), 0xabac0158050fc4dcu);
  EXPECT_EQ(SipHash(Counting(), view.substr(0, 8)), 0x369095118d299a8eu);
  EXPECT_EQ(SipHash(Counting(), view.substr(0, 16)), 0xcc4fdd1a7d908b66u);
  EXPECT_EQ(SipHash(Counting(), view.substr(0, 24)), 0xf464aeb267349c8cu);
  EXPECT_EQ(SipHash(Counting(), view), 0x81157b6c16a7b60du);
}

TEST(KeyHash, IsWhatTheSpecificationSays) {
  EXPECT_EQ(HashOf(0), 0x1f1f046aa4523c93u);
  EXPECT_EQ(HashOf(-1), 0x20d59082a6c05c5bu);
  EXPECT_EQ(WideHash(Int128{1} << 64), 0x5ef69e7fbec66c7cu);
  EXPECT_EQ(WideHash(static_cast<Int128>(UInt128{1} << 127)), 0x7a796c7babae89c6u);
  EXPECT_EQ(FloatingHash(1.5), 0x1ab85c21ce70d594u);
  EXPECT_EQ(HashOf({""}), 0x4e31cd13f50b24fau);
  EXPECT_EQ(HashOf({"AAPL"}), 0xf99d3a9646747250u);
  EXPECT_EQ(HashOf({std::string_view("AAPL\0", 5)}), 0x7cc830ed2339f7cbu);
  EXPECT_EQ(HashOf({"AAPLMSFT"}), 0x5b24e5b6a3d3f51du);
  EXPECT_EQ(HashOf({"a", "bc"}), 0x53779c931742ed34u);
  EXPECT_EQ(HashOf({"ab", "c"}), 0xaafb43c2ee791363u);
  KeyHash null = Key();
  null.AddNull();
  EXPECT_EQ(null.Finish(), 0xe332e373995fff4eu);
  KeyHash mixed = Key();
  mixed.AddInteger(1);
  mixed.AddNull();
  mixed.AddBytes("12345678901234567");
  EXPECT_EQ(mixed.Finish(), 0xb1ee579669fc05deu);
}

TEST(KeyHash, IsTheExampleOfTheSpecification) {
  KeyHash key = Key();
  key.AddInteger(1'737'449'100'000'000'000);
  key.AddInteger(7);
  std::vector<std::byte> bytes(8);
  StoreLe<uint64_t>(bytes.data(), key.Finish());
  EXPECT_EQ(LoadLe<uint64_t>(bytes.data()), 0x230fba69bf026ef6u);
  EXPECT_TRUE(support::MatchesDocExample("key-extent.md", "hash", bytes));

  const auto message = support::ReadDocExample("key-extent.md", "message");
  ASSERT_TRUE(message.ok()) << message.status();
  const std::string_view text(reinterpret_cast<const char*>(message->data()), message->size());
  EXPECT_EQ(SipHash(kStore, text), 0x230fba69bf026ef6u);
}

TEST(KeyHash, HashesANumberAlikeInEveryIntegerForm) {
  for (const int64_t value : {0, 1, -1, 77, -32'768, 32'767}) {
    const auto narrow = static_cast<int16_t>(value);
    const auto middle = static_cast<int32_t>(value);
    const auto wide = static_cast<Int128>(value);
    for (const ColumnView& column :
         {ColumnView::Of(std::span(&narrow, 1)), ColumnView::Of(std::span(&middle, 1)),
          ColumnView::Of(std::span(&value, 1)), ColumnView::Of(std::span(&wide, 1))}) {
      KeyHash key = Key();
      key.AddValue(column, 0);
      EXPECT_EQ(key.Finish(), HashOf(value)) << value;
    }
  }
  const uint8_t yes = 1;
  KeyHash boolean = Key();
  boolean.AddValue(ColumnView::Of(std::span(&yes, 1)), 0);
  EXPECT_EQ(boolean.Finish(), HashOf(1));
  const uint32_t code = 0xFFFF'FFFF;
  KeyHash symbol = Key();
  symbol.AddValue(ColumnView::Of(std::span(&code, 1)), 0);
  EXPECT_EQ(symbol.Finish(), HashOf(0xFFFF'FFFF));
}

TEST(KeyHash, TakesTwoWordsForWhatDoesNotFitOne) {
  constexpr auto kLeast = std::numeric_limits<int64_t>::min();
  constexpr auto kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(WideHash(kLeast), HashOf(kLeast));
  EXPECT_EQ(WideHash(kMost), HashOf(kMost));
  EXPECT_NE(WideHash(Int128{kMost} + 1), HashOf(kLeast));
  EXPECT_NE(WideHash(Int128{kLeast} - 1), HashOf(kMost));
}

TEST(KeyHash, HashesEqualFloatingValuesAlike) {
  EXPECT_EQ(FloatingHash(-0.0), FloatingHash(0.0));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(FloatingHash(std::bit_cast<double>(0xFFF0'0000'0000'0001)), FloatingHash(nan));
  EXPECT_EQ(FloatingHash(std::bit_cast<double>(0x7FF8'0000'0000'1234)), FloatingHash(nan));
  EXPECT_NE(FloatingHash(std::numeric_limits<double>::infinity()), FloatingHash(nan));
  const float half = 0.5F;
  KeyHash key = Key();
  key.AddValue(ColumnView::Of(std::span(&half, 1)), 0);
  EXPECT_EQ(key.Finish(), FloatingHash(0.5));
}

TEST(KeyHash, KeepsTheValuesOfATupleApart) {
  std::vector<uint64_t> hashes = {
      HashOf({"ab", "c"}),
      HashOf({"a", "bc"}),
      HashOf({"abc", ""}),
      HashOf({"", "abc"}),
      HashOf({"abc"}),
      HashOf({std::string_view("abc\0", 4)}),
      HashOf({std::string_view("abc\0\0\0\0\0", 8)}),
      HashOf({std::string_view("abc\0\0\0\0\0\0", 9)}),
  };
  for (const auto& shape : {std::vector<int>{0, 1}, {1, 0}, {0, 0}, {1, 1}}) {
    KeyHash key = Key();
    for (const int value : shape) value == 0 ? key.AddNull() : key.AddInteger(0);
    hashes.push_back(key.Finish());
  }
  KeyHash wide_first = Key();
  wide_first.AddWide((Int128{2} << 64) + 1);
  wide_first.AddWide(3);
  hashes.push_back(wide_first.Finish());
  KeyHash wide_last = Key();
  wide_last.AddWide(1);
  wide_last.AddWide((Int128{3} << 64) + 2);
  hashes.push_back(wide_last.Finish());
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

TEST(KeyHash, IsAnotherInEveryStore) {
  StoreUuid other = kStore;
  other[15] ^= 1;
  KeyHash here = Key();
  KeyHash there(other);
  here.AddInteger(17);
  there.AddInteger(17);
  EXPECT_NE(here.Finish(), there.Finish());
}

// One flipped bit of a key flips each bit of the hash half of the time.
TEST(KeyHash, SpreadsEveryBit) {
  constexpr int kKeys = 4000;
  std::mt19937_64 random(1);
  for (int bit = 0; bit < 64; ++bit) {
    std::array<int, 64> flips{};
    for (int i = 0; i < kKeys; ++i) {
      const auto value = static_cast<int64_t>(random());
      const auto changed =
          static_cast<int64_t>(static_cast<uint64_t>(value) ^ (uint64_t{1} << bit));
      const uint64_t difference = HashOf(value) ^ HashOf(changed);
      for (int out = 0; out < 64; ++out) flips[out] += static_cast<int>((difference >> out) & 1);
    }
    for (int out = 0; out < 64; ++out) {
      EXPECT_NEAR(flips[out], kKeys / 2, 6 * 32) << bit << " to " << out;  // 32 = its deviation
    }
  }
}

struct Columns {
  ColumnBuffer flags{Physical::kBool};
  ColumnBuffer shorts{Physical::kInt16};
  ColumnBuffer ints{Physical::kInt32};
  ColumnBuffer times{Physical::kInt64};
  ColumnBuffer wides{Physical::kInt128};
  ColumnBuffer floats{Physical::kFloat32};
  ColumnBuffer doubles{Physical::kFloat64};
  ColumnBuffer codes{Physical::kCode32};
  ColumnBuffer texts{Physical::kBytes};

  explicit Columns(size_t rows) {
    std::mt19937_64 random(rows);
    for (size_t row = 0; row < rows; ++row) {
      flags.Append<uint8_t>(random() % 2);
      shorts.Append(static_cast<int16_t>(random()));
      ints.Append(static_cast<int32_t>(random()));
      times.Append(static_cast<int64_t>(random()));
      wides.Append(static_cast<Int128>(UInt128{random()} << 64 | random()) >> (random() % 120));
      floats.Append(static_cast<float>(random()));
      doubles.Append(static_cast<double>(random()));
      codes.Append(static_cast<uint32_t>(random() % 3));
      random() % 5 == 0 ? texts.AppendNull() : (void)texts.AppendBytes(std::string(row % 40, 'x'));
    }
  }

  std::vector<ColumnView> views() const {
    return {flags.view(),  shorts.view(),  ints.view(),  times.view(), wides.view(),
            floats.view(), doubles.view(), codes.view(), texts.view()};
  }
};

TEST(HashKeys, GivesEachRowTheHashOfItsValues) {
  const Columns columns(700);
  const std::vector<ColumnView> views = columns.views();
  std::vector<uint64_t> hashes(700);
  ASSERT_TRUE(HashKeys(kStore, views, hashes).ok());
  for (size_t row = 0; row < hashes.size(); ++row) {
    KeyHash key = Key();
    key.AddInteger(columns.flags.view().Values<uint8_t>()[row]);
    key.AddInteger(columns.shorts.view().Values<int16_t>()[row]);
    key.AddInteger(columns.ints.view().Values<int32_t>()[row]);
    key.AddInteger(columns.times.view().Values<int64_t>()[row]);
    key.AddWide(columns.wides.view().Values<Int128>()[row]);
    key.AddFloating(columns.floats.view().Values<float>()[row]);
    key.AddFloating(columns.doubles.view().Values<double>()[row]);
    const uint32_t code = columns.codes.view().Values<uint32_t>()[row];
    code == 0 ? key.AddNull() : key.AddInteger(code);
    const ColumnView texts = columns.texts.view();
    texts.IsNull(row) ? key.AddNull() : key.AddBytes(texts.Bytes(row));
    ASSERT_EQ(hashes[row], key.Finish()) << row;
  }
}

TEST(HashKeys, RefusesColumnsThatMakeNoKey) {
  const Columns columns(3);
  const auto refuses = [](std::span<const ColumnView> key, size_t rows) {
    std::vector<uint64_t> hashes(rows);
    return HashKeys(kStore, key, hashes).code() == absl::StatusCode::kInvalidArgument;
  };
  const std::vector<ColumnView> one = {columns.times.view()};
  EXPECT_FALSE(refuses(one, 3));
  EXPECT_TRUE(refuses({}, 3));
  EXPECT_TRUE(refuses(one, 2));
  EXPECT_TRUE(refuses(std::vector<ColumnView>(kMaxKeyColumns + 1, one[0]), 3));
  EXPECT_FALSE(refuses(std::vector<ColumnView>(kMaxKeyColumns, one[0]), 3));
}

}  // namespace
}  // namespace tape::format
