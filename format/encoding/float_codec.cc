#include "format/encoding/float_codec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "format/bytes/little_endian.h"
#include "format/bytes/zero_padding.h"
#include "format/encoding/decimal_form.h"

namespace tape::format {
namespace {

using Position = uint16_t;  // of an exception

// Raw blocks are read by copying; what saves less than a thirty-second is not worth more than that.
constexpr size_t kMinSavingDivisor = 32;

template <typename T>
constexpr size_t kExceptionSize = sizeof(T) + sizeof(Position);

absl::Status Damaged(std::string_view what, uint64_t found) {
  return DamagedPayload("float", what, found);
}

bool Test(const uint64_t* bitmap, size_t i) { return ((bitmap[i / 64] >> (i % 64)) & 1) != 0; }

// --- The two element types, told apart once.

void FromDigitsArray(const Kernels& kernels, const int64_t* digits, size_t n, unsigned exponent,
                     double* out) {
  kernels.divide_to_double(digits, n, kPowersOfTen[exponent], out);
}
void FromDigitsArray(const Kernels& kernels, const int64_t* digits, size_t n, unsigned exponent,
                     float* out) {
  kernels.divide_to_float(digits, n, kPowersOfTen[exponent], out);
}

// The values as doubles.
const double* AsDoubles(const Kernels&, std::span<const double> values, FloatScratch&) {
  return values.data();
}
const double* AsDoubles(const Kernels& kernels, std::span<const float> values,
                        FloatScratch& scratch) {
  kernels.widen_float(values.data(), values.size(), scratch.doubles);
  return scratch.doubles;
}

// Which values their digits do not bring back.
void MarkExceptions(const Kernels& kernels, std::span<const double> values, unsigned exponent,
                    FloatScratch& scratch) {
  FromDigitsArray(kernels, scratch.digits, values.size(), exponent, scratch.doubles);
  kernels.differ_64(scratch.doubles, values.data(), values.size(), scratch.exceptions);
}
void MarkExceptions(const Kernels& kernels, std::span<const float> values, unsigned exponent,
                    FloatScratch& scratch) {
  FromDigitsArray(kernels, scratch.digits, values.size(), exponent, scratch.floats);
  kernels.differ_32(scratch.floats, values.data(), values.size(), scratch.exceptions);
}

// --- Bounds.

// Numeric comparison takes the two zeros for one; which of them occur decides what is written.
template <typename T>
bool HasZero(std::span<const T> values, bool negative) {
  return std::any_of(values.begin(), values.end(),
                     [&](T v) { return v == 0 && std::signbit(v) == negative; });
}

template <typename T>
FloatBounds Bounds(DoubleMinMax found, std::span<const T> values) {
  if (found.nans == values.size()) return {0, 0, kNoBounds | kHasNan};
  if (found.min == 0) found.min = HasZero(values, /*negative=*/true) ? -0.0 : 0.0;
  if (found.max == 0) found.max = HasZero(values, /*negative=*/false) ? 0.0 : -0.0;
  return {std::bit_cast<int64_t>(found.min), std::bit_cast<int64_t>(found.max),
          found.nans == 0 ? uint8_t{0} : kHasNan};
}

// --- Planning.

template <typename T>
bool AllSame(std::span<const T> values) {
  return std::memcmp(values.data(), values.data() + 1, values.size_bytes() - sizeof(T)) == 0;
}

// Calls visit(i) for every exception, in order.
template <typename Visit>
void VisitExceptions(const FloatScratch& scratch, size_t n, Visit visit) {
  for (size_t word = 0; word * 64 < n; ++word) {
    for (uint64_t bits = scratch.exceptions[word]; bits != 0; bits &= bits - 1) {
      visit(word * 64 + static_cast<size_t>(std::countr_zero(bits)));
    }
  }
}

// Where the nearest integer to a rounded product is not right, one of its neighbours may be.
template <typename T>
void TryNeighbours(std::span<const T> values, unsigned exponent, FloatScratch& scratch) {
  VisitExceptions(scratch, values.size(), [&](size_t i) {
    if (!ToDigits(values[i], exponent, scratch.digits[i])) return;
    scratch.exceptions[i / 64] &= ~(uint64_t{1} << (i % 64));
  });
}

// An exception takes its neighbour's digits, so that it disturbs neither width nor deltas. At least
// one value is no exception.
void FillExceptionSlots(size_t n, FloatScratch& scratch) {
  size_t first = 0;
  while (Test(scratch.exceptions, first)) ++first;
  std::fill_n(scratch.digits, first, scratch.digits[first]);
  VisitExceptions(scratch, n, [&](size_t i) {
    if (i > first) scratch.digits[i] = scratch.digits[i - 1];
  });
}

// Fills scratch.digits and scratch.exceptions; returns the number of exceptions. The exponent is
// one that ChooseExponent gave for these values.
template <typename T>
size_t FindDigits(const Kernels& kernels, std::span<const T> values, unsigned exponent,
                  FloatScratch& scratch) {
  const size_t n = values.size();
  const double* doubles = AsDoubles(kernels, values, scratch);
  kernels.double_to_scaled(doubles, n, kPowersOfTen[exponent], scratch.digits);
  MarkExceptions(kernels, values, exponent, scratch);
  if (!kernels.any_bit(scratch.exceptions, n)) return 0;
  TryNeighbours(values, exponent, scratch);
  FillExceptionSlots(n, scratch);
  return kernels.count_bits(scratch.exceptions, n);
}

// Makes the plan a scaled one, if that is smaller.
template <typename T>
void TryScaled(const Kernels& kernels, std::span<const T> values, FloatScratch& scratch,
               FloatPlan& plan) {
  const std::optional<unsigned> exponent = ChooseExponent(values);
  if (!exponent.has_value()) return;
  const size_t exceptions = FindDigits(kernels, values, *exponent, scratch);
  const size_t exceptions_size = RoundUpToWord(exceptions * kExceptionSize<T>);
  if (exceptions_size >= plan.size_bytes) return;
  const IntegerPlan digits =
      PlanIntegers(kernels, {scratch.digits, values.size()}, {.nested = true}, scratch.integers);
  const size_t size = NestedSize(digits) + exceptions_size;
  if (size + plan.size_bytes / kMinSavingDivisor > plan.size_bytes) return;
  plan.word = {Encoding::kScaled, static_cast<uint8_t>(*exponent),   0,
               plan.word.flags,   static_cast<uint16_t>(exceptions), 0};
  plan.digits = digits;
  plan.size_bytes = size;
}

template <typename T>
FloatPlan Plan(const Kernels& kernels, std::span<const T> values, uint8_t flags,
               FloatScratch& scratch) {
  FloatPlan plan;
  plan.word.flags = flags;
  plan.scratch = &scratch;
  plan.generation = ++scratch.generation;
  if (AllSame(values)) {
    plan.word.encoding = Encoding::kConstant;
    plan.size_bytes = (flags & kNoBounds) != 0 ? RoundUpToWord(sizeof(T)) : 0;
    return plan;
  }
  plan.word.encoding = Encoding::kRaw;
  plan.size_bytes = RoundUpToWord(values.size_bytes());
  TryScaled(kernels, values, scratch, plan);
  return plan;
}

// --- Writing.

// Values, then their positions.
template <typename T>
void AppendExceptions(std::span<const T> values, const FloatScratch& scratch, size_t count,
                      std::vector<std::byte>& out) {
  const size_t begin = out.size();
  out.resize(begin + count * kExceptionSize<T>);
  std::byte* value = out.data() + begin;
  std::byte* position = value + count * sizeof(T);
  VisitExceptions(scratch, values.size(), [&](size_t i) {
    StoreLe<T>(value, values[i]);
    StoreLe<Position>(position, static_cast<Position>(i));
    value += sizeof(T);
    position += sizeof(Position);
  });
}

template <typename T>
void WriteScaled(const Kernels& kernels, const FloatPlan& plan, std::span<const T> values,
                 FloatScratch& scratch, std::vector<std::byte>& out) {
  const bool fresh = plan.scratch == &scratch && plan.generation == scratch.generation;
  if (!fresh) {
    ++scratch.generation;
    FindDigits(kernels, values, plan.word.width, scratch);
  }
  WriteNested(kernels, plan.digits, {scratch.digits, values.size()}, scratch.integers, out);
  AppendExceptions(values, scratch, plan.word.exception_count, out);
}

template <typename T>
void Write(const Kernels& kernels, const FloatPlan& plan, std::span<const T> values,
           FloatScratch& scratch, std::vector<std::byte>& out) {
  if (plan.size_bytes == 0) return;
  const size_t begin = out.size();
  if (plan.word.encoding == Encoding::kConstant) {
    AppendValue(values[0], out);
  } else if (plan.word.encoding == Encoding::kRaw) {
    AppendValues(values, out);
  } else {
    WriteScaled(kernels, plan, values, scratch, out);
  }
  out.resize(begin + plan.size_bytes);
}

// --- Reading.

// Bytes before the zero padding are used; the padding ends the payload.
absl::Status CheckEnd(const Payload& payload, size_t used) {
  if (RoundUpToWord(used) != payload.data.size()) {
    return Damaged("size of the payload", payload.data.size());
  }
  if (!AllZero(payload.data.subspan(used))) return Damaged("padding is not zero", used);
  return absl::OkStatus();
}

absl::Status CheckPlainWord(const CodecWord& word) {
  const unsigned any = word.width | word.exception_width | word.exception_count;
  return any == 0 ? absl::OkStatus() : Damaged("packed values where there are none", any);
}

absl::Status CheckWord(const Payload& payload) {
  const CodecWord& word = payload.word;
  if (absl::Status status = CheckCounts("float", payload); !status.ok()) return status;
  if (word.encoding == Encoding::kConstant || word.encoding == Encoding::kRaw) {
    return CheckPlainWord(word);
  }
  if (word.encoding != Encoding::kScaled) {
    return Damaged("unknown encoding", static_cast<uint8_t>(word.encoding));
  }
  if (word.width > kMaxDecimalExponent) return Damaged("exponent above 22", word.width);
  if (word.exception_width != 0) {
    return Damaged("exception width of scaled values", word.exception_width);
  }
  return absl::OkStatus();
}

// The header's min as an element. It is a number, and for float a float.
absl::StatusOr<double> FromMin(int64_t min, double) {
  const auto value = std::bit_cast<double>(min);
  if (std::isnan(value)) return Damaged("bounds that are no number", static_cast<uint64_t>(min));
  return value;
}
absl::StatusOr<float> FromMin(int64_t min, float) {
  constexpr double kGreatest = std::numeric_limits<float>::max();
  const auto value = std::bit_cast<double>(min);
  const bool in_range = std::isinf(value) || std::fabs(value) <= kGreatest;  // not so for NaN
  if (!in_range || static_cast<double>(static_cast<float>(value)) != value) {
    return Damaged("bounds that are no float", static_cast<uint64_t>(min));
  }
  return static_cast<float>(value);
}

template <typename T>
absl::StatusOr<T> ConstantValue(const Payload& payload, int64_t min) {
  const bool all_null = payload.word.null_count == payload.count;
  const bool stored = !all_null && (payload.word.flags & kNoBounds) != 0;
  if (absl::Status status = CheckEnd(payload, stored ? sizeof(T) : 0); !status.ok()) return status;
  if (all_null) return T{0};
  if (!stored) return FromMin(min, T{});
  return LoadLe<T>(payload.data.data());
}

// The exceptions end the payload: values, then positions, then padding.
template <typename T>
class Exceptions {
 public:
  // kDataLoss when there are too few bytes.
  static absl::StatusOr<Exceptions> Find(const Payload& payload) {
    const size_t count = payload.word.exception_count;
    const size_t size = RoundUpToWord(count * kExceptionSize<T>);
    if (size > payload.data.size()) return Damaged("payload cut short", payload.data.size());
    return Exceptions(payload.data.data() + payload.data.size() - size, count);
  }

  size_t count() const { return count_; }
  T value(size_t i) const { return LoadLe<T>(bytes_ + i * sizeof(T)); }
  size_t position(size_t i) const {
    return LoadLe<Position>(bytes_ + count_ * sizeof(T) + i * sizeof(Position));
  }

  absl::Status Apply(size_t rows, T* out) const {
    size_t least = 0;  // of the next position
    for (size_t i = 0; i < count_; ++i) {
      const size_t row = position(i);
      if (row < least || row >= rows) return Damaged("exception out of order at row", row);
      out[row] = value(i);
      least = row + 1;
    }
    return absl::OkStatus();
  }

 private:
  Exceptions(const std::byte* bytes, size_t count) : bytes_(bytes), count_(count) {}

  const std::byte* bytes_;
  size_t count_;
};

template <typename T>
absl::Status ReadScaled(const Kernels& kernels, const Payload& payload, FloatScratch& scratch,
                        T* out) {
  ++scratch.generation;
  absl::StatusOr<Exceptions<T>> exceptions = Exceptions<T>::Find(payload);
  if (!exceptions.ok()) return exceptions.status();
  absl::StatusOr<size_t> nested =
      ReadNestedIntegers(kernels, payload.data, payload.count, scratch.digits);
  if (!nested.ok()) return nested.status();
  absl::Status status = CheckEnd(payload, *nested + exceptions->count() * kExceptionSize<T>);
  if (!status.ok()) return status;
  FromDigitsArray(kernels, scratch.digits, payload.count, payload.word.width, out);
  return exceptions->Apply(payload.count, out);
}

template <typename T>
absl::Status Read(const Kernels& kernels, const Payload& payload, int64_t min,
                  FloatScratch& scratch, T* out) {
  if (absl::Status status = CheckWord(payload); !status.ok()) return status;
  if (payload.word.encoding == Encoding::kScaled) {
    return ReadScaled(kernels, payload, scratch, out);
  }
  if (payload.word.encoding == Encoding::kConstant) {
    absl::StatusOr<T> value = ConstantValue<T>(payload, min);
    if (!value.ok()) return value.status();
    std::fill_n(out, payload.count, *value);
    return absl::OkStatus();
  }
  const size_t size = payload.count * sizeof(T);
  if (absl::Status status = CheckEnd(payload, size); !status.ok()) return status;
  std::memcpy(out, payload.data.data(), size);
  return absl::OkStatus();
}

template <typename T>
absl::StatusOr<T> ReadScaledAt(const Kernels& kernels, const Payload& payload, size_t index,
                               FloatScratch& scratch) {
  absl::StatusOr<Exceptions<T>> exceptions = Exceptions<T>::Find(payload);
  if (!exceptions.ok()) return exceptions.status();
  for (size_t i = 0; i < exceptions->count(); ++i) {
    if (exceptions->position(i) == index) return exceptions->value(i);
  }
  ++scratch.generation;
  absl::StatusOr<int64_t> digits =
      ReadNestedIntegerAt(kernels, payload.data, payload.count, index, scratch.digits);
  if (!digits.ok()) return digits.status();
  return FromDigits<T>(*digits, payload.word.width);
}

template <typename T>
absl::StatusOr<T> ReadAt(const Kernels& kernels, const Payload& payload, int64_t min, size_t index,
                         FloatScratch& scratch) {
  if (absl::Status status = CheckWord(payload); !status.ok()) return status;
  if (index >= payload.count) return Damaged("row outside the block", index);
  if (payload.word.encoding == Encoding::kScaled) {
    return ReadScaledAt<T>(kernels, payload, index, scratch);
  }
  if (payload.word.encoding == Encoding::kConstant) return ConstantValue<T>(payload, min);
  absl::Status status = CheckEnd(payload, payload.count * sizeof(T));
  if (!status.ok()) return status;
  return LoadLe<T>(payload.data.data() + index * sizeof(T));
}

}  // namespace

FloatBounds BoundsOfFloats(const Kernels& kernels, std::span<const double> values) {
  return Bounds(kernels.min_max_double(values.data(), values.size()), values);
}

FloatBounds BoundsOfFloats(const Kernels& kernels, std::span<const float> values) {
  return Bounds(kernels.min_max_float(values.data(), values.size()), values);
}

FloatPlan PlanFloats(const Kernels& kernels, std::span<const double> values, uint8_t flags,
                     FloatScratch& scratch) {
  return Plan(kernels, values, flags, scratch);
}

FloatPlan PlanFloats(const Kernels& kernels, std::span<const float> values, uint8_t flags,
                     FloatScratch& scratch) {
  return Plan(kernels, values, flags, scratch);
}

void WriteFloats(const Kernels& kernels, const FloatPlan& plan, std::span<const double> values,
                 FloatScratch& scratch, std::vector<std::byte>& out) {
  Write(kernels, plan, values, scratch, out);
}

void WriteFloats(const Kernels& kernels, const FloatPlan& plan, std::span<const float> values,
                 FloatScratch& scratch, std::vector<std::byte>& out) {
  Write(kernels, plan, values, scratch, out);
}

absl::Status ReadFloats(const Kernels& kernels, const Payload& payload, int64_t min,
                        FloatScratch& scratch, double* out) {
  return Read(kernels, payload, min, scratch, out);
}

absl::Status ReadFloats(const Kernels& kernels, const Payload& payload, int64_t min,
                        FloatScratch& scratch, float* out) {
  return Read(kernels, payload, min, scratch, out);
}

absl::StatusOr<double> ReadDoubleAt(const Kernels& kernels, const Payload& payload, int64_t min,
                                    size_t index, FloatScratch& scratch) {
  return ReadAt<double>(kernels, payload, min, index, scratch);
}

absl::StatusOr<float> ReadFloatAt(const Kernels& kernels, const Payload& payload, int64_t min,
                                  size_t index, FloatScratch& scratch) {
  return ReadAt<float>(kernels, payload, min, index, scratch);
}

}  // namespace tape::format
