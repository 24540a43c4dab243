#include "format/types/decimal_sum.h"

#include "format/bytes/message.h"
#include "format/types/unscaled.h"

namespace tape::format {

absl::StatusOr<Decimal> DecimalSum::Total(int scale) const {
  if (!sum_.FitsInt128() || !FitsDigits(sum_.ToInt128(), kMaxDecimalPrecision)) {
    return absl::InvalidArgumentError(Concat("decimal overflow: the sum ", sum_.ToString(), "e-",
                                             scale, " has more than 38 digits"));
  }
  return Decimal{sum_.ToInt128(), scale};
}

}  // namespace tape::format
