#include "engine/exec/aggregate/sums.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>

#include "engine/exec/aggregate/exact_total.h"
#include "engine/exec/aggregate/group_states.h"
#include "engine/exec/element.h"
#include "tape/decimal.h"

namespace tape::engine::exec {
namespace {

using format::Int256;

bool IsInteger(const Type& type) {
  return type.kind() == TypeKind::kSmallint || type.kind() == TypeKind::kInteger ||
         type.kind() == TypeKind::kBigint;
}
bool IsFloat(const Type& type) {
  return type.kind() == TypeKind::kReal || type.kind() == TypeKind::kDouble;
}

// What an exact number is as a decimal.
DecimalType ExactType(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kSmallint:
      return {5, 0};
    case TypeKind::kInteger:
      return {10, 0};
    case TypeKind::kBigint:
      return {19, 0};
    default:
      return {type.precision(), type.scale()};
  }
}

// ---- exact

template <typename T>
struct ExactState {
  TotalOf<T> total{};
  int64_t count = 0;
};

template <typename T>
class ExactTotals : public GroupStates<ExactState<T>> {
 public:
  using State = ExactState<T>;
  explicit ExactTotals(Type type) : GroupStates<State>(type) {}

  absl::Status Add(const AggregateInput& input) override {
    this->template ForEachValue<T>(input, [](State& state, const T& value) {
      state.total += TotalOf<T>(value);
      ++state.count;
    });
    return absl::OkStatus();
  }
};

template <typename T>
class ExactSum : public ExactTotals<T> {
 public:
  using State = ExactState<T>;
  explicit ExactSum(Type type) : ExactTotals<T>(type) {}

  absl::StatusOr<Vector> Finish(size_t first, size_t groups) override {
    if (this->type().kind() == TypeKind::kBigint) return FinishAs<int64_t>(first, groups);
    return FinishAs<Int128>(first, groups);
  }

 private:
  template <typename R>
  absl::StatusOr<Vector> FinishAs(size_t first, size_t groups) {
    absl::Status status;
    Vector sums = this->template Collect<R>(first, groups, [&](const State& state, R& out) {
      const absl::StatusOr<Int128> total = AsUnscaled(Int256(state.total), "the sum");
      if (!total.ok()) status = total.status();
      out = total.ok() ? static_cast<R>(*total) : R{};
      return state.count != 0;
    });
    if (!status.ok()) return status;
    return sums;
  }
};

template <typename T>
class ExactAverage : public ExactTotals<T> {
 public:
  using State = ExactState<T>;
  ExactAverage(Type type, int digits) : ExactTotals<T>(type), digits_(digits) {}

  absl::StatusOr<Vector> Finish(size_t first, size_t groups) override {
    absl::Status status;
    Vector averages =
        this->template Collect<Int128>(first, groups, [&](const State& state, Int128& out) {
          out = 0;
          if (state.count == 0) return false;
          const absl::StatusOr<Int128> mean =
              RoundedQuotient(Int256(state.total), state.count, digits_);
          if (!mean.ok()) status = mean.status();
          if (mean.ok()) out = *mean;
          return true;
        });
    if (!status.ok()) return status;
    return averages;
  }

 private:
  const int digits_;  // more than the argument has after the point
};

struct VwapState {
  Int256 notional;
  Int256 size;
};

// Prices and sizes are exact; they may be of any width.
class ExactVwap : public GroupStates<VwapState> {
 public:
  ExactVwap(Type type, int digits) : GroupStates(type), digits_(digits) {}

  absl::Status Add(const AggregateInput& input) override {
    const Vector& price = input.arguments[0];
    const Vector& size = input.arguments[1];
    WithElement(ElementOf(price.type()), [&]<typename P>() {
      WithElement(ElementOf(size.type()), [&]<typename S>() { AddRows<P, S>(input); });
    });
    return absl::OkStatus();
  }

  absl::StatusOr<Vector> Finish(size_t first, size_t groups) override {
    absl::Status status;
    Vector prices = Collect<Int128>(first, groups, [&](const VwapState& state, Int128& out) {
      out = 0;
      if (state.size == Int256()) return false;
      absl::StatusOr<Int128> size = AsUnscaled(state.size, "the sum of sizes");
      if (size.ok()) size = RoundedQuotient(state.notional, *size, digits_);
      if (!size.ok()) status = size.status();
      if (size.ok()) out = *size;
      return true;
    });
    if (!status.ok()) return status;
    return prices;
  }

 private:
  template <typename P, typename S>
  void AddRows(const AggregateInput& input) {
    if constexpr (std::is_convertible_v<P, Int128> && std::is_convertible_v<S, Int128>) {
      const Vector& price = input.arguments[0];
      const Vector& size = input.arguments[1];
      input.rows.ForEach([&](uint32_t row) {
        if (price.IsNull(row) || size.IsNull(row)) return;
        VwapState& state = states_[input.group(row)];
        const auto shares = static_cast<Int128>(size.At<S>(row));
        state.notional += Int256::Product(static_cast<Int128>(price.At<P>(row)), shares);
        state.size += Int256(shares);
      });
    }
  }

  const int digits_;
};

// ---- floating point, with Neumaier's compensation

struct FloatState {
  double total = 0;
  double lost = 0;
  int64_t count = 0;

  void Add(double value) {
    const double sum = total + value;
    lost += std::abs(total) >= std::abs(value) ? (total - sum) + value : (value - sum) + total;
    total = sum;
    ++count;
  }
  // What was lost is no number once an infinity came.
  double Total() const { return std::isfinite(total) ? total + lost : total; }
};

template <typename T>
class FloatSum : public GroupStates<FloatState> {
 public:
  FloatSum(Type type, bool average) : GroupStates(type), average_(average) {}

  absl::Status Add(const AggregateInput& input) override {
    ForEachValue<T>(input, [](FloatState& state, T value) { state.Add(value); });
    return absl::OkStatus();
  }

  absl::StatusOr<Vector> Finish(size_t first, size_t groups) override {
    if (type().kind() == TypeKind::kReal) return FinishAs<float>(first, groups);
    return FinishAs<double>(first, groups);
  }

 private:
  template <typename R>
  Vector FinishAs(size_t first, size_t groups) {
    return Collect<R>(first, groups, [&](const FloatState& state, R& out) {
      const double divisor = average_ ? static_cast<double>(state.count) : 1.0;
      out = state.count == 0 ? R{} : static_cast<R>(state.Total() / divisor);
      return state.count != 0;
    });
  }

  const bool average_;
};

// ---- spread, by Welford

struct SpreadState {
  int64_t count = 0;
  double mean = 0;
  double squares = 0;
};

template <typename T>
class Spread : public GroupStates<SpreadState> {
 public:
  Spread(double unit, bool root, bool population)
      : GroupStates(Type::Double()), unit_(unit), root_(root), population_(population) {}

  absl::Status Add(const AggregateInput& input) override {
    ForEachValue<T>(input, [unit = unit_](SpreadState& state, const T& value) {
      const double number = static_cast<double>(value) / unit;
      const double distance = number - state.mean;
      ++state.count;
      state.mean += distance / static_cast<double>(state.count);
      state.squares += distance * (number - state.mean);
    });
    return absl::OkStatus();
  }

  absl::StatusOr<Vector> Finish(size_t first, size_t groups) override {
    return Collect<double>(first, groups, [&](const SpreadState& state, double& out) {
      const int64_t divisor = population_ ? state.count : state.count - 1;
      const double variance = divisor > 0 ? state.squares / static_cast<double>(divisor) : 0;
      out = root_ ? std::sqrt(variance) : variance;
      return divisor > 0;
    });
  }

 private:
  const double unit_;
  const bool root_;
  const bool population_;
};

// function.operator()<T>() for the element of a number, else nullptr.
template <typename Function>
AggregatorPtr ForNumber(const Type& type, Function function) {
  const bool number = IsInteger(type) || IsFloat(type) || type.kind() == TypeKind::kDecimal;
  if (!number) return nullptr;
  return WithElement(ElementOf(type), [&]<typename T>() -> AggregatorPtr {
    constexpr bool kNumber = std::is_convertible_v<T, double> || std::is_same_v<T, Int128>;
    if constexpr (kNumber) return function.template operator()<T>();
    return nullptr;
  });
}

}  // namespace

AggregatorPtr MakeSum(const Type& argument) {
  return ForNumber(argument, [&]<typename T>() -> AggregatorPtr {
    if constexpr (std::is_floating_point_v<T>) {
      return std::make_unique<FloatSum<T>>(argument, /*average=*/false);
    } else {
      const DecimalType exact = ExactType(argument);
      const bool narrow = IsInteger(argument) && exact.precision < 19;
      return std::make_unique<ExactSum<T>>(
          narrow ? Type::Bigint() : Type::Decimal(kMaxDecimalPrecision, exact.scale));
    }
  });
}

AggregatorPtr MakeAverage(const Type& argument) {
  return ForNumber(argument, [&]<typename T>() -> AggregatorPtr {
    if constexpr (std::is_floating_point_v<T>) {
      return std::make_unique<FloatSum<T>>(Type::Double(), /*average=*/true);
    } else {
      const DecimalType exact = ExactType(argument);
      const int scale = QuotientType(exact, {19, 0}).scale;
      return std::make_unique<ExactAverage<T>>(Type::Decimal(kMaxDecimalPrecision, scale),
                                               scale - exact.scale);
    }
  });
}

AggregatorPtr MakeVwap(const Type& price, const Type& size) {
  const auto exact = [](const Type& type) {
    return IsInteger(type) || type.kind() == TypeKind::kDecimal;
  };
  if (!exact(price) || !exact(size)) return nullptr;
  const DecimalType type = ExactType(price);
  const int scale = QuotientType(type, {19, 0}).scale;
  return std::make_unique<ExactVwap>(Type::Decimal(kMaxDecimalPrecision, scale),
                                     scale - type.scale);
}

AggregatorPtr MakeSpread(std::string_view name, const Type& argument) {
  const bool root = name.starts_with("stddev");
  const bool population = name.ends_with("_pop");
  return ForNumber(argument, [&]<typename T>() -> AggregatorPtr {
    const double unit = std::pow(10.0, IsFloat(argument) ? 0 : ExactType(argument).scale);
    return std::make_unique<Spread<T>>(unit, root, population);
  });
}

}  // namespace tape::engine::exec
