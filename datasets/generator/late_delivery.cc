#include "datasets/generator/late_delivery.h"

#include "datasets/generator/market/streams.h"

namespace tape::generator {

LateDelivery::LateDelivery(const LateRows& late, uint64_t seed)
    : random_(seed, streams::kLateRows),
      late_below_(static_cast<uint64_t>(late.fraction * 9007199254740992.0)),
      max_delay_ns_(static_cast<uint64_t>(late.max_delay_ns)) {}

bool LateDelivery::HoldBack(const Event& event) {
  if (random_.Next() >> 11 >= late_below_) return false;
  ++late_rows_;
  under_way_.push({event.ts + 1 + static_cast<int64_t>(random_.Below(max_delay_ns_)), event});
  return true;
}

}  // namespace tape::generator
