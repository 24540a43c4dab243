#include "format/encoding/decimal_form.h"

#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace tape::format {
namespace {

// The number nearest to the decimal digits * 10^-exponent, as the standard library reads it.
template <typename T>
T FromText(int64_t digits, unsigned exponent) {
  std::string text = std::to_string(digits);
  text.push_back('e');
  text.append(std::to_string(-static_cast<int>(exponent)));
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Digits of every length up to `bits`, of both signs.
int64_t AnyDigits(unsigned bits, std::mt19937_64& random) {
  const auto digits = static_cast<int64_t>(random() >> (64 - bits + random() % bits));
  return random() % 2 == 0 ? digits : -digits;
}

template <typename T>
class DecimalForm : public testing::Test {
 protected:
  static constexpr unsigned kDigitBits = std::numeric_limits<T>::digits;
};

using Elements = testing::Types<double, float>;
TYPED_TEST_SUITE(DecimalForm, Elements);

TYPED_TEST(DecimalForm, IsTheNumberThatItsTextReads) {
  using T = TypeParam;
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const int64_t digits = AnyDigits(this->kDigitBits, random);
    const auto exponent = static_cast<unsigned>(random() % (kMaxDecimalExponent + 1));
    ASSERT_TRUE(SameBits(FromDigits<T>(digits, exponent), FromText<T>(digits, exponent)))
        << digits << " / 10^" << exponent;
  }
}

TYPED_TEST(DecimalForm, FindsDigitsOfEveryDecimalThatFits) {
  using T = TypeParam;
  std::mt19937_64 random(2);
  for (int i = 0; i < 200'000; ++i) {
    // Half of them near the limit, where a rounded product is off by one.
    const bool large = i % 2 == 0;
    const int64_t most = (int64_t{1} << this->kDigitBits) - 1;
    const int64_t digits = large ? most - static_cast<int64_t>(random() % (most / 2))
                                 : AnyDigits(this->kDigitBits, random);
    const auto exponent = static_cast<unsigned>(random() % (kMaxDecimalExponent + 1));
    const T value = FromText<T>(digits, exponent);
    int64_t found = 0;
    ASSERT_TRUE(ToDigits(value, exponent, found)) << digits << " / 10^" << exponent;
    ASSERT_TRUE(SameBits(FromDigits<T>(found, exponent), value));
  }
}

TYPED_TEST(DecimalForm, FindsTheGreatestDigits) {
  using T = TypeParam;
  for (int64_t below = 0; below < 2000; ++below) {
    const int64_t digits = (int64_t{1} << this->kDigitBits) - below;
    for (unsigned exponent = 0; exponent <= kMaxDecimalExponent; ++exponent) {
      int64_t found = 0;
      ASSERT_TRUE(ToDigits(FromText<T>(-digits, exponent), exponent, found))
          << digits << " / 10^" << exponent;
    }
  }
}

TYPED_TEST(DecimalForm, RefusesWhatIsNoDecimal) {
  using T = TypeParam;
  using Limits = std::numeric_limits<T>;
  int64_t digits;
  for (const T value : {T(-0.0), Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(),
                        Limits::max(), Limits::lowest(), Limits::denorm_min(), T(0x1p63)}) {
    for (unsigned exponent = 0; exponent <= kMaxDecimalExponent; ++exponent) {
      EXPECT_FALSE(ToDigits(value, exponent, digits)) << value;
    }
  }
  EXPECT_FALSE(ToDigits(T(0.25), 1, digits));
  EXPECT_TRUE(ToDigits(T(0.25), 2, digits));
  EXPECT_TRUE(ToDigits(T(-0x1p62), 0, digits));
}

TYPED_TEST(DecimalForm, ChoosesTheLeastExponentThatWillDo) {
  using T = TypeParam;
  std::mt19937_64 random(3);
  for (unsigned exponent = 0; exponent <= kMaxDecimalExponent; ++exponent) {
    for (const size_t count : {5, 31, 32, 33, 1024}) {
      std::vector<T> values(count);
      for (T& value : values) {
        value = FromText<T>(static_cast<int64_t>(random() % 500) * 2 + 1, exponent);
      }
      EXPECT_EQ(ChooseExponent(std::span<const T>(values)), exponent) << count;
    }
  }
}

TYPED_TEST(DecimalForm, ChoosesAnExponentForMostAndNoneForNoise) {
  using T = TypeParam;
  std::mt19937_64 random(4);
  std::vector<T> values(1024);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = FromText<T>(static_cast<int64_t>(random() % 9000) + 1, i % 16 == 3 ? 9 : 2);
  }
  EXPECT_EQ(ChooseExponent(std::span<const T>(values)), 2u);
  using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  for (T& value : values) value = std::bit_cast<T>(static_cast<Bits>(random()));
  EXPECT_EQ(ChooseExponent(std::span<const T>(values)), std::nullopt);
}

}  // namespace
}  // namespace tape::format
