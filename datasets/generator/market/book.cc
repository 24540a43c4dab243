#include "datasets/generator/market/book.h"

#include <algorithm>
#include <cmath>

namespace tape::generator {

Book::Book(const Instrument& instrument)
    : price_(instrument.open_ticks),
      bid_(price_ - instrument.spread_ticks / 2),
      ask_(bid_ + instrument.spread_ticks),
      step_(instrument.step_ticks),
      spread_(instrument.spread_ticks),
      floor_(instrument.open_ticks / 4),
      ceiling_(instrument.open_ticks * 4),
      tick_(instrument.tick),
      size_step_(instrument.size_step) {}

void Book::Shift(int64_t ticks) {
  const bool leaves = price_ + ticks < floor_ || price_ + ticks > ceiling_;
  const int64_t inwards = leaves ? -ticks : ticks;
  price_ += inwards;
  bid_ += inwards;
  ask_ += inwards;
}

void Book::Move(Dice& dice, bool up) {
  if (!dice.OneIn(2)) return;
  const int64_t steps = dice.OneIn(4) ? 2 + dice.Take(3) : 1;
  Shift(up ? steps * step_ : -steps * step_);
}

void Book::Quote(Dice& dice, Random& random, Event& event) {
  int64_t spread = spread_;
  if (dice.OneIn(3)) spread += step_;
  if (dice.OneIn(5)) spread += 2 * step_;
  bid_ = price_ - spread / 2;
  ask_ = bid_ + spread;
  event.price[0] = bid_ * tick_;
  event.price[1] = ask_ * tick_;
  event.size[0] = RoundLots(random);
  event.size[1] = RoundLots(random);
}

void Book::Trade(Dice& dice, int odd_per_16, Random& random, Event& event) {
  event.side = static_cast<uint8_t>(dice.Take(1));
  const bool buys = event.side == 0;
  int64_t price = buys ? ask_ : bid_;
  if (dice.OneIn(3))
    price = bid_ + static_cast<int64_t>(random.Below(static_cast<uint64_t>(ask_ - bid_) + 1));
  event.price[0] = price * tick_;
  const bool odd = dice.Take(4) < static_cast<uint32_t>(odd_per_16);
  event.size[0] = odd ? static_cast<int64_t>(1 + random.Below(99)) * size_step_ : RoundLots(random);
  if (dice.OneIn(3)) Shift(buys ? step_ : -step_);
}

// A few lots mostly, thousands rarely: the same heavy tail as the gaps.
int64_t Book::RoundLots(Random& random) const {
  const double tail = std::min(1 / std::sqrt(1 - random.Unit()) - 1, 1000.0);
  return (1 + static_cast<int64_t>(tail * 6)) * 100 * size_step_;
}

}  // namespace tape::generator
