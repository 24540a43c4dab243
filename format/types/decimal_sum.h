// The exact sum of any number of decimals of one scale.
//
//   DecimalSum sum;
//   for (Int128 unscaled : column) sum.Add(unscaled);
//   absl::StatusOr<Decimal> total = sum.Total(/*scale=*/8);
//
// 256 bits hold the sum of 2^127 values of 128 bits, so adding cannot overflow, whatever comes in
// between; only a total of more than 38 digits is an error. The order of values and of partial sums
// does not matter: two sums over the same values are equal.
//
// Thread-compatible.
#pragma once

#include "absl/status/statusor.h"
#include "format/types/int256.h"
#include "tape/decimal.h"

namespace tape::format {

class DecimalSum {
 public:
  void Add(Int128 unscaled) { sum_ += Int256(unscaled); }

  // The values of another part of the same column.
  void Add(const DecimalSum& part) { sum_ += part.sum_; }

  const Int256& unscaled() const { return sum_; }

  // kInvalidArgument if it has more than 38 digits.
  absl::StatusOr<Decimal> Total(int scale) const;

 private:
  Int256 sum_;
};

}  // namespace tape::format
