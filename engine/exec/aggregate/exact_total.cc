#include "engine/exec/aggregate/exact_total.h"

#include "absl/status/status.h"
#include "format/bytes/message.h"
#include "format/types/unscaled.h"
#include "tape/limits.h"

namespace tape::engine::exec {

using format::Int256;

absl::StatusOr<Int128> AsUnscaled(const Int256& total, std::string_view what) {
  const Int256 limit(format::PowerOfTen(kMaxDecimalPrecision));
  if (total.Magnitude() >= limit) {
    return absl::InvalidArgumentError(
        format::Concat(what, " is out of range: it has more than 38 digits"));
  }
  return total.ToInt128();
}

absl::StatusOr<Int128> RoundedQuotient(const Int256& total, Int128 divisor, int digits) {
  // Whole part and fraction one by one, so that no product has more than 254 bits.
  const Int128 power = format::PowerOfTen(digits);
  const Int256::Division whole = Divide(total, divisor);
  absl::StatusOr<Int128> whole_part = AsUnscaled(whole.quotient, "the average");
  if (!whole_part.ok()) return whole_part.status();
  const Int256::Division fraction = Divide(Int256::Product(whole.remainder, power), divisor);
  Int256 quotient = Int256::Product(*whole_part, power) + fraction.quotient;
  const UInt128 rest = format::Magnitude(fraction.remainder);
  if (rest >= format::Magnitude(divisor) - rest) {
    quotient += Int256(total.IsNegative() != (divisor < 0) ? Int128{-1} : Int128{1});
  }
  return AsUnscaled(quotient, "the average");
}

}  // namespace tape::engine::exec
