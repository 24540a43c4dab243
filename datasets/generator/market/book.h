// The market in one symbol: a price that walks on its tick, a bid, an ask, and sizes.
//
//   Book book(instrument);
//   book.Move(dice, /*up=*/true);                 // now and then, a step
//   book.Quote(dice, random, event);              // fills in prices and sizes of a quote
//   book.Trade(dice, odd_per_16, random, event);  // and of a trade against the last quote
//
// The price is reflected at a quarter and at four times its opening, so that no stream, however
// long, leaves its decimals. Thread-compatible.
#pragma once

#include <cstdint>

#include "datasets/generator/columns.h"
#include "datasets/generator/market/instruments.h"
#include "datasets/generator/random.h"

namespace tape::generator {

class Book {
 public:
  explicit Book(const Instrument& instrument);

  // Moves the price by nothing (three times in four) or by some steps in the direction given.
  void Move(Dice& dice, bool up);

  // Sets bid and ask around the price.
  void Quote(Dice& dice, Random& random, Event& event);

  // Buys at the ask or sells at the bid, sometimes at a better price. Some trades shift the
  // market after them.
  void Trade(Dice& dice, int odd_per_16, Random& random, Event& event);

 private:
  int64_t RoundLots(Random& random) const;
  void Shift(int64_t ticks);

  int64_t price_;  // prices here are in ticks
  int64_t bid_;
  int64_t ask_;
  int64_t step_;
  int64_t spread_;
  int64_t floor_;
  int64_t ceiling_;
  int64_t tick_;
  int64_t size_step_;
};

}  // namespace tape::generator
