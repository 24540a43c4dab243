#include "tests/support/columns.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>

#include "tape/int128.h"

namespace tape::support {
namespace {

using Random = std::mt19937_64;
constexpr size_t kRowsOfBlock = 1024;

constexpr std::array kPhysicals = {Physical::kBool,    Physical::kInt16,  Physical::kInt32,
                                   Physical::kInt64,   Physical::kInt128, Physical::kFloat32,
                                   Physical::kFloat64, Physical::kCode32, Physical::kBytes};

constexpr std::array kNumberLaws = {Law::kConstant,    Law::kAlternating, Law::kExtremes,
                                    Law::kRandom,      Law::kDecimals,    Law::kWalk,
                                    Law::kFewDistinct, Law::kSorted,      Law::kOutliers};

constexpr std::array kFloatLaws = {
    Law::kConstant,    Law::kAlternating, Law::kExtremes, Law::kRandom, Law::kDecimals, Law::kWalk,
    Law::kFewDistinct, Law::kSorted,      Law::kOutliers, Law::kNan,    Law::kLarge};

constexpr std::array kBytesLaws = {Law::kConstant,       Law::kAlternating, Law::kExtremes,
                                   Law::kRandom,         Law::kFewDistinct, Law::kSorted,
                                   Law::kEmpty,          Law::kJson,        Law::kOutliers,
                                   Law::kIncompressible, Law::kOneLarge,    Law::kArrays};

constexpr std::array kNullPatterns = {Nulls::kNone,       Nulls::kUnused, Nulls::kAll,
                                      Nulls::kFirst,      Nulls::kLast,   Nulls::kAlternating,
                                      Nulls::kOnePercent, Nulls::kHalf,   Nulls::kBlocks};

bool OneIn(uint64_t n, Random& random) { return random() % n == 0; }

// 0 for half of the rows, 1 for a quarter, ..., below 12.
size_t Skewed(Random& random) {
  return std::min<size_t>(11, static_cast<size_t>(std::countr_zero(random() | 1u << 12)));
}

Int128 Join(uint64_t high, uint64_t low) {
  return static_cast<Int128>((static_cast<UInt128>(high) << 64) | low);
}

// --- Integers: made in 128 bits, of which a form keeps the lowest.

Int128 AllBits(Random& random) {
  const uint64_t high = random();
  return Join(high, random());
}

template <typename T>
Int128 Extreme(Random& random) {
  constexpr bool kWide = sizeof(T) == 16;
  constexpr bool kUnsigned = static_cast<T>(-1) > T{0};
  constexpr unsigned kBits = 8 * sizeof(T);
  const UInt128 all = kWide ? ~UInt128{0} : (UInt128{1} << kBits % 128) - 1;
  const auto greatest = static_cast<Int128>(kUnsigned ? all : all >> 1);
  const Int128 least = kUnsigned ? 0 : -greatest - 1;
  const Int128 values[] = {least, least + 1, greatest - 1, greatest, 0, 1, -1};
  return values[random() % 7];
}

template <typename T>
class IntegerMaker {
 public:
  IntegerMaker(Law law, Random& random) : law_(law), random_(random) {
    for (Int128& value : few_) value = AllBits(random);
  }

  T Next(size_t row) {
    const Int128 value = Make(row);
    if constexpr (std::is_same_v<T, uint8_t>) {
      return static_cast<T>(value & 1);
    } else {
      return static_cast<T>(value);
    }
  }

 private:
  Int128 Make(size_t row) {
    switch (law_) {
      case Law::kConstant:
        return 43;
      case Law::kAlternating:
        return row % 2 == 0 ? 7 : -4;
      case Law::kExtremes:
        return Extreme<T>(random_);
      case Law::kDecimals:
        return 100'000 + 25 * static_cast<Int128>(random_() % 1000);
      case Law::kWalk:
        return last_ += static_cast<Int128>(random_() % 9) - 4;
      case Law::kFewDistinct:
        return few_[Skewed(random_)];
      case Law::kSorted:
        return sizeof(T) == 16 ? Uuid(row) : last_ += static_cast<Int128>(random_() % 200);
      case Law::kOutliers:
        return OneIn(60, random_) ? AllBits(random_) : 500 + static_cast<Int128>(random_() % 100);
      default:
        return AllBits(random_);
    }
  }

  Int128 Uuid(size_t row) {
    last_ += static_cast<Int128>(random_() % 3);
    return Join(0x0194'8A2B'0000'7000 + static_cast<uint64_t>(last_) + row % 2, random_());
  }

  Law law_;
  Random& random_;
  Int128 last_ = sizeof(T) == 16 ? Join(5, 0) : 1000;
  std::array<Int128, 12> few_{};
};

// --- Floating point.

template <typename T>
using BitsOf = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <typename T>
T FloatOfBits(uint64_t bits) {
  return std::bit_cast<T>(static_cast<BitsOf<T>>(bits));
}

template <typename T>
T FloatExtreme(Random& random) {
  using Limits = std::numeric_limits<T>;
  const T inf = Limits::infinity();
  const auto bits_of_inf = std::bit_cast<BitsOf<T>>(inf);
  const T values[] = {inf,
                      -inf,
                      Limits::max(),
                      Limits::lowest(),
                      Limits::min(),
                      Limits::denorm_min(),
                      -Limits::denorm_min(),
                      T{0},
                      -T{0},
                      FloatOfBits<T>(bits_of_inf + 1),        // signalling NaN
                      FloatOfBits<T>(bits_of_inf + 0x12345),  // one with a payload
                      FloatOfBits<T>(~BitsOf<T>{0}),          // a negative one
                      Limits::quiet_NaN()};
  return values[random() % std::size(values)];
}

template <typename T>
class FloatMaker {
 public:
  FloatMaker(Law law, Random& random) : law_(law), random_(random) {
    for (T& value : few_) value = FloatOfBits<T>(random());
  }

  T Next(size_t row) {
    switch (law_) {
      case Law::kConstant:
        return T{101.25};
      case Law::kAlternating:
        return row % 2 == 0 ? -T{0} : T{0};
      case Law::kExtremes:
        return FloatExtreme<T>(random_);
      case Law::kDecimals:
        return Cents(random_() % 100'000);
      case Law::kWalk:
        return Cents(ticks_ += random_() % 9 - 4);
      case Law::kFewDistinct:
        return few_[Skewed(random_)];
      case Law::kSorted:
        return Cents(ticks_ += random_() % 9);
      case Law::kOutliers:
        return OneIn(60, random_) ? FloatOfBits<T>(random_()) : Cents(random_() % 10'000);
      case Law::kNan:
        return row / kRowsOfBlock % 2 == 0 || OneIn(9, random_) ? FloatOfBits<T>(~uint64_t{0} - 5)
                                                                : Cents(random_() % 10'000);
      case Law::kLarge:
        return static_cast<T>(9e17) + static_cast<T>(random_() % 100'000'000);
      default:
        return FloatOfBits<T>(random_());
    }
  }

 private:
  static T Cents(uint64_t cents) { return static_cast<T>(static_cast<double>(cents) / 100.0); }

  Law law_;
  Random& random_;
  uint64_t ticks_ = 20'000;
  std::array<T, 12> few_{};
};

// --- Bytes.

std::string RandomBytes(size_t size, Random& random) {
  std::string value(size, '\0');
  for (char& c : value) c = static_cast<char>(random());
  return value;
}

std::string OddString(Random& random) {
  using std::string_literals::operator""s;
  static const std::array<std::string, 12> kValues = {""s,
                                                      "\0"s,
                                                      "\0\0"s,
                                                      "abc"s,
                                                      "abc\0"s,
                                                      "abcdefgh"s,
                                                      "abcdefg\0"s,
                                                      "abcdefgh\0"s,
                                                      "abcdefghi"s,
                                                      "\xff\xff\xff\xff\xff\xff\xff\xff"s,
                                                      "\xff\xff\xff\xff\xff\xff\xff\xff\xff"s,
                                                      "\x80"s};
  return kValues[random() % kValues.size()];
}

std::string Json(size_t row, Random& random) {
  return R"({"venue":"XNAS","seq":)" + std::to_string(row) +
         R"(,"tags":["open","cross"],"latency_us":)" + std::to_string(random() % 400) +
         (OneIn(3, random) ? R"(,"note":null})" : R"(,"note":"halt lifted"})");
}

std::string Array(Random& random) {
  const auto count = static_cast<uint32_t>(random() % 6);
  std::string value(sizeof(count) + count * sizeof(uint64_t), '\0');
  std::memcpy(value.data(), &count, sizeof(count));
  for (uint32_t i = 0; i < count; ++i) {
    value[sizeof(count) + i * sizeof(uint64_t)] = static_cast<char>(random() % 50);
  }
  return value;
}

class StringMaker {
 public:
  StringMaker(const ColumnRecipe& recipe, Random& random) : recipe_(recipe), random_(random) {
    for (std::string& value : few_) value = RandomBytes(random() % 20, random);
  }

  std::string Next(size_t row) {
    switch (recipe_.law) {
      case Law::kConstant:
        return "NASDAQ";
      case Law::kAlternating:
        return row % 2 == 0 ? "buy" : "sell";
      case Law::kExtremes:
        return OddString(random_);
      case Law::kFewDistinct:
        return few_[Skewed(random_)];
      case Law::kSorted:
        return "order-" + std::to_string(10'000'000 + row * 3);
      case Law::kEmpty:
        return "";
      case Law::kJson:
        return Json(row, random_);
      case Law::kOutliers:
        return OneIn(60, random_) ? RandomBytes(3000, random_) : "x";
      case Law::kIncompressible:
        return RandomBytes(100 + random_() % 100, random_);
      case Law::kOneLarge:
        return row == recipe_.rows / 2 ? RandomBytes(size_t{1} << 20, random_) : "short";
      case Law::kArrays:
        return Array(random_);
      default:
        return RandomBytes(random_() % 40, random_);
    }
  }

 private:
  ColumnRecipe recipe_;
  Random& random_;
  std::array<std::string, 12> few_;
};

// --- Columns.

template <typename T, typename Maker>
TestColumn Fixed(const ColumnRecipe& recipe, Random& random) {
  Maker maker(recipe.law, random);
  std::vector<T> values(recipe.rows);
  for (size_t row = 0; row < recipe.rows; ++row) values[row] = maker.Next(row);
  return ColumnOf(std::span<const T>(values));
}

TestColumn Strings(const ColumnRecipe& recipe, Random& random) {
  StringMaker maker(recipe, random);
  std::vector<std::string> values(recipe.rows);
  for (size_t row = 0; row < recipe.rows; ++row) values[row] = maker.Next(row);
  return TestColumn(values);
}

TestColumn MakeValues(const ColumnRecipe& recipe, Random& random) {
  switch (recipe.physical) {
    case Physical::kBool:
      return Fixed<uint8_t, IntegerMaker<uint8_t>>(recipe, random);
    case Physical::kInt16:
      return Fixed<int16_t, IntegerMaker<int16_t>>(recipe, random);
    case Physical::kInt32:
      return Fixed<int32_t, IntegerMaker<int32_t>>(recipe, random);
    case Physical::kInt64:
      return Fixed<int64_t, IntegerMaker<int64_t>>(recipe, random);
    case Physical::kInt128:
      return Fixed<Int128, IntegerMaker<Int128>>(recipe, random);
    case Physical::kFloat32:
      return Fixed<float, FloatMaker<float>>(recipe, random);
    case Physical::kFloat64:
      return Fixed<double, FloatMaker<double>>(recipe, random);
    case Physical::kCode32:
      return Fixed<uint32_t, IntegerMaker<uint32_t>>(recipe, random);
    case Physical::kBytes:
      break;
  }
  return Strings(recipe, random);
}

bool HasValue(Nulls nulls, size_t row, size_t rows, Random& random) {
  switch (nulls) {
    case Nulls::kAll:
      return false;
    case Nulls::kFirst:
      return row != 0;
    case Nulls::kLast:
      return row + 1 != rows;
    case Nulls::kAlternating:
      return row % 2 == 0;
    case Nulls::kOnePercent:
      return !OneIn(100, random);
    case Nulls::kHalf:
      return OneIn(2, random);
    case Nulls::kBlocks:
      return row / kRowsOfBlock % 2 != 0;
    default:
      return true;
  }
}

bool SameValue(const ColumnView& a, const ColumnView& b, size_t row) {
  if (a.physical() == Physical::kBytes) return a.Bytes(row) == b.Bytes(row);
  const size_t size = PhysicalSize(a.physical());
  return std::memcmp(a.RawValues().data() + row * size, b.RawValues().data() + row * size, size) ==
         0;
}

}  // namespace

std::span<const Physical> AllPhysicals() { return kPhysicals; }
std::span<const Nulls> AllNulls() { return kNullPatterns; }

std::span<const Law> LawsOf(Physical physical) {
  if (physical == Physical::kBytes) return kBytesLaws;
  const bool floating = physical == Physical::kFloat32 || physical == Physical::kFloat64;
  return floating ? std::span<const Law>(kFloatLaws) : std::span<const Law>(kNumberLaws);
}

std::string_view Name(Physical physical) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "", "Bool", "Int16", "Int32", "Int64", "Int128", "Float32", "Float64", "Code32", "Bytes"};
  return kNames[static_cast<size_t>(physical)];
}

std::string_view Name(Law law) {
  static constexpr std::array<std::string_view, 16> kNames = {
      "Constant",    "Alternating",    "Extremes", "Random", "Decimals", "Walk",
      "FewDistinct", "Sorted",         "Outliers", "Nan",    "Large",    "Empty",
      "Json",        "Incompressible", "OneLarge", "Arrays"};
  return kNames[static_cast<size_t>(law)];
}

std::string_view Name(Nulls nulls) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "no nulls",          "unused validity", "all null",  "first null", "last null",
      "every second null", "1 % null",        "half null", "null blocks"};
  return kNames[static_cast<size_t>(nulls)];
}

std::string Name(const ColumnRecipe& recipe) {
  return std::string(Name(recipe.physical)) + " " + std::string(Name(recipe.law)) + ", " +
         std::to_string(recipe.rows) + " rows, " + std::string(Name(recipe.nulls));
}

TestColumn::TestColumn(Physical physical, std::vector<uint8_t> values, size_t rows)
    : physical_(physical), rows_(rows), values_(std::move(values)) {}

TestColumn::TestColumn(std::span<const std::string> values)
    : physical_(Physical::kBytes), rows_(values.size()), offsets_(values.size() + 1) {
  for (size_t row = 0; row < rows_; ++row) offsets_[row + 1] = offsets_[row] + values[row].size();
  heap_ = std::vector<char>(offsets_.back());
  for (size_t row = 0; row < rows_; ++row) values[row].copy(heap_.data() + offsets_[row], SIZE_MAX);
}

ColumnView TestColumn::view() const {
  const uint8_t* valid = valid_.empty() ? nullptr : valid_.data();
  if (physical_ != Physical::kBytes) {
    return ColumnView::Fixed(physical_, values_.data(), rows_, valid);
  }
  return ColumnView::Bytes(offsets_, {heap_.data(), heap_.size()}, valid);
}

std::vector<uint8_t> MakeValidity(Nulls nulls, size_t rows, uint64_t seed) {
  Random random(seed + 77);
  std::vector<uint8_t> valid(nulls == Nulls::kNone ? 0 : rows);
  for (size_t row = 0; row < valid.size(); ++row) {
    valid[row] = HasValue(nulls, row, rows, random) ? 1 : 0;
  }
  return valid;
}

TestColumn MakeColumn(const ColumnRecipe& recipe) {
  Random random(recipe.seed);
  TestColumn column = MakeValues(recipe, random);
  column.SetValidity(MakeValidity(recipe.nulls, recipe.rows, recipe.seed));
  return column;
}

testing::AssertionResult SameRows(const ColumnView& expected, const ColumnView& actual) {
  if (expected.physical() != actual.physical()) {
    return testing::AssertionFailure() << "of another physical form";
  }
  if (expected.rows() != actual.rows()) {
    return testing::AssertionFailure() << actual.rows() << " rows instead of " << expected.rows();
  }
  for (size_t row = 0; row < expected.rows(); ++row) {
    if (expected.IsNull(row) != actual.IsNull(row)) {
      return testing::AssertionFailure()
             << "row " << row << (actual.IsNull(row) ? " became NULL" : " is no longer NULL");
    }
    if (!expected.IsNull(row) && !SameValue(expected, actual, row)) {
      return testing::AssertionFailure() << "row " << row << " has another value";
    }
  }
  return testing::AssertionSuccess();
}

size_t RawSize(const ColumnView& column) {
  const size_t validity = column.Validity().empty() ? 0 : (column.rows() + 7) / 8;
  if (column.physical() != Physical::kBytes) return column.RawValues().size() + validity;
  size_t heap = 0;
  for (size_t row = 0; row < column.rows(); ++row) {
    heap += column.IsNull(row) ? 0 : column.Bytes(row).size();
  }
  return heap + column.rows() * sizeof(uint64_t) + validity;
}

}  // namespace tape::support
