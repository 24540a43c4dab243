// & | # << >> ~ of integers.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/exec/casts/casts.h"
#include "engine/exec/casts/meeting.h"
#include "engine/exec/loops.h"
#include "engine/exec/make.h"

namespace tape::engine::exec {
namespace {

using Made = absl::StatusOr<ExpressionPtr>;

struct And {
  template <typename T>
  static T Apply(T a, T b) {
    return static_cast<T>(a & b);
  }
};
struct Or {
  template <typename T>
  static T Apply(T a, T b) {
    return static_cast<T>(a | b);
  }
};
struct Xor {
  template <typename T>
  static T Apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};

template <typename T, typename Operation>
absl::StatusOr<Vector> Run(const KernelCall& call) {
  return MapPairs<T, T, T>(call, [](T a, T b) { return Operation::Apply(a, b); });
}

template <typename T>
absl::StatusOr<Vector> Complement(const KernelCall& call) {
  return Map<T, T>(call, [](T a) { return static_cast<T>(~a); });
}

// As many places as the machine shifts: the count's low bits.
template <typename T, bool kLeft>
absl::StatusOr<Vector> Shift(const KernelCall& call) {
  using Unsigned = std::make_unsigned_t<T>;
  constexpr int32_t kMask = std::max<int32_t>(32, sizeof(T) * 8) - 1;
  return MapPairs<T, int32_t, T>(call, [](T a, int32_t count) {
    const int64_t places = count & kMask;
    if (kLeft) return static_cast<T>(static_cast<uint64_t>(static_cast<Unsigned>(a)) << places);
    return static_cast<T>(int64_t{a} >> places);
  });
}

template <typename T>
Kernel KernelOf(BitOperator op) {
  switch (op) {
    case BitOperator::kAnd:
      return Run<T, And>;
    case BitOperator::kOr:
      return Run<T, Or>;
    case BitOperator::kXor:
      return Run<T, Xor>;
    case BitOperator::kShiftLeft:
      return Shift<T, true>;
    default:
      return Shift<T, false>;
  }
}

Kernel KernelFor(BitOperator op, Element element) {
  if (element == Element::kInt16) return KernelOf<int16_t>(op);
  return element == Element::kInt32 ? KernelOf<int32_t>(op) : KernelOf<int64_t>(op);
}

constexpr const char* kSpellings[] = {"&", "|", "#", "<<", ">>"};

}  // namespace

absl::StatusOr<ExpressionPtr> MakeBits(BitOperator op, ExpressionPtr left, ExpressionPtr right) {
  const char* name = kSpellings[static_cast<size_t>(op)];
  if (!IsInteger(left->type()) || !IsInteger(right->type())) {
    return NoOperator(name, left->type(), right->type());
  }
  const bool shifts = op >= BitOperator::kShiftLeft;
  const Element element = shifts ? ElementOf(left->type())
                                 : std::max(ElementOf(left->type()), ElementOf(right->type()));
  const Type type = element == Element::kInt16
                        ? Type::Smallint()
                        : (element == Element::kInt32 ? Type::Integer() : Type::Bigint());
  Made a = MakeCast(std::move(left), type, CastContext::kExplicit);
  if (!a.ok()) return a.status();
  Made b = MakeCast(std::move(right), shifts ? Type::Integer() : type, CastContext::kExplicit);
  if (!b.ok()) return b.status();
  return MakeCall({.name = name, .kernel = KernelFor(op, element)}, type,
                  {*std::move(a), *std::move(b)});
}

absl::StatusOr<ExpressionPtr> MakeBitNot(ExpressionPtr operand) {
  const Type type = operand->type();
  if (!IsInteger(type)) {
    return absl::InvalidArgumentError("operator does not exist: ~ " + type.ToString());
  }
  const Element element = ElementOf(type);
  const Kernel kernel =
      element == Element::kInt16
          ? Complement<int16_t>
          : (element == Element::kInt32 ? Complement<int32_t> : Complement<int64_t>);
  return MakeCall({.name = "~", .kernel = kernel}, type, {std::move(operand)});
}

}  // namespace tape::engine::exec
