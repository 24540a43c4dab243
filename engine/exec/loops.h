// The loops inside kernels: one pass over arrays, with constants in registers.
//
//   return Map<int64_t, int64_t>(call, [](int64_t a) { return -a; });
//   return MapChecked<int32_t, int32_t, int32_t>(
//       call, [](int32_t a, int32_t b, int32_t* sum) { return !__builtin_add_overflow(a, b, sum);
//       },
//       [](int32_t a, int32_t b) { return OutOfRange("INTEGER", "+", a, b); });
//   return MapRows(call, [&](uint32_t row, std::string_view* out) { ...; return absl::OkStatus();
//   });
//
// Map and MapChecked compute every selected row, NULL or not: their functions take any element and
// do not branch where they can help it. A check that fails is looked at again row by row, where
// NULLs do not count. MapRows is for what costs more than a branch: it passes over NULLs and stops
// at the first error.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/call.h"

namespace tape::engine::exec {

template <typename A, typename Function>
void ForEachElement(const KernelCall& call, Function&& function) {
  const A* a = call.arguments[0].Flat<A>();
  const size_t size = call.rows.size();
  if (call.rows.is_all() && !call.arguments[0].is_constant()) {
    for (uint32_t row = 0; row < size; ++row) function(row, a[row]);
    return;
  }
  const size_t mask = call.arguments[0].row_mask();
  for (size_t i = 0; i < size; ++i) function(call.rows[i], a[call.rows[i] & mask]);
}

template <typename A, typename B, typename Function>
void ForEachPair(const KernelCall& call, Function&& function) {
  const A* a = call.arguments[0].Flat<A>();
  const B* b = call.arguments[1].Flat<B>();
  const size_t a_mask = call.arguments[0].row_mask();
  const size_t b_mask = call.arguments[1].row_mask();
  const size_t size = call.rows.size();
  if (!call.rows.is_all() || (a_mask | b_mask) == 0) {
    for (size_t i = 0; i < size; ++i) {
      const uint32_t row = call.rows[i];
      function(row, a[row & a_mask], b[row & b_mask]);
    }
  } else if (a_mask == 0) {
    const A constant = a[0];
    for (uint32_t row = 0; row < size; ++row) function(row, constant, b[row]);
  } else if (b_mask == 0) {
    const B constant = b[0];
    for (uint32_t row = 0; row < size; ++row) function(row, a[row], constant);
  } else {
    for (uint32_t row = 0; row < size; ++row) function(row, a[row], b[row]);
  }
}

template <typename A, typename R, typename Function>
absl::StatusOr<Vector> Map(const KernelCall& call, Function function) {
  Vector result = call.Result();
  R* const out = result.template Mutable<R>();
  ForEachElement<A>(call, [&](uint32_t row, const A& a) { out[row] = function(a); });
  return result;
}

template <typename A, typename B, typename R, typename Function>
absl::StatusOr<Vector> MapPairs(const KernelCall& call, Function function) {
  Vector result = call.Result();
  R* const out = result.template Mutable<R>();
  ForEachPair<A, B>(call, [&](uint32_t row, const A& a, const B& b) { out[row] = function(a, b); });
  return result;
}

// Functions return whether there is a result.
template <typename A, typename R, typename Function, typename Complain>
absl::StatusOr<Vector> MapChecked(const KernelCall& call, Function function, Complain complain) {
  Vector result = call.Result();
  R* const out = result.template Mutable<R>();
  bool good = true;
  ForEachElement<A>(
      call, [&](uint32_t row, const A& a) { good &= static_cast<bool>(function(a, &out[row])); });
  if (good) return result;
  absl::Status status;
  ForEachElement<A>(call, [&](uint32_t row, const A& a) {
    if (!status.ok() || !call.IsValid(row) || function(a, &out[row])) return;
    status = call.evaluation.Fail(row, complain(a));
  });
  if (!status.ok()) return status;
  return result;
}

template <typename A, typename B, typename R, typename Function, typename Complain>
absl::StatusOr<Vector> MapPairsChecked(const KernelCall& call, Function function,
                                       Complain complain) {
  Vector result = call.Result();
  R* const out = result.template Mutable<R>();
  bool good = true;
  ForEachPair<A, B>(call, [&](uint32_t row, const A& a, const B& b) {
    good &= static_cast<bool>(function(a, b, &out[row]));
  });
  if (good) return result;
  absl::Status status;
  ForEachPair<A, B>(call, [&](uint32_t row, const A& a, const B& b) {
    if (!status.ok() || !call.IsValid(row) || function(a, b, &out[row])) return;
    status = call.evaluation.Fail(row, complain(a, b));
  });
  if (!status.ok()) return status;
  return result;
}

// What a function of a row has to write its result with.
template <typename R>
class RowResult {
 public:
  RowResult(Vector& vector, R* out) : vector_(vector), out_(out) {}

  // A text that is taken over as it is must be an argument's.
  void Set(const R& value) {
    *out_ = value;
    set_ = true;
  }
  // A copy; `value` may be a temporary.
  void Keep(std::string_view value) { *out_ = vector_.arena().Keep(value); }
  void SetNull() { null_ = true; }

  bool is_null() const { return null_; }
  bool is_set() const { return set_; }

 private:
  Vector& vector_;
  R* out_;
  bool null_ = false;
  bool set_ = false;
};

// The validity of a result, no longer shared with its arguments.
uint8_t* OwnValidity(const KernelCall& call, Vector& result);

// `function` is absl::Status(uint32_t row, RowResult<R>& out). Texts that it takes over from
// arguments stay alive.
template <typename R, typename Function>
absl::StatusOr<Vector> MapRows(const KernelCall& call, Function function) {
  Vector result = call.Result();
  R* const out = result.template Mutable<R>();
  uint8_t* nulls = nullptr;
  bool takes_over = false;
  absl::Status status;
  const auto run = [&](uint32_t row) {
    if (!status.ok() || !call.IsValid(row)) return;
    RowResult<R> to(result, &out[row]);
    status = function(row, to);
    takes_over = takes_over || to.is_set();
    if (!status.ok()) status = call.evaluation.Fail(row, std::move(status));
    if (!to.is_null()) return;
    if (nulls == nullptr) nulls = OwnValidity(call, result);
    nulls[row] = 0;
  };
  call.rows.ForEach(run);
  if (!status.ok()) return status;
  if constexpr (std::is_same_v<R, std::string_view>) {
    for (const Vector& argument : call.arguments) {
      if (takes_over) result.KeepAlive(argument);
    }
  }
  return result;
}

}  // namespace tape::engine::exec
