// A market that goes on while it is read: what one writer does, and what every snapshot of it must
// show, whoever takes it and whenever.
//
//   LiveMarket market(*store);
//   absl::Status status = market.Begin();              // the tables, or what an earlier life left
//   status = market.Commit(chance);                    // ticks, kills, and one row about them
//
//   MarketReader reader;
//   std::string wrong = reader.Check(*snapshot, /*whole=*/true);     // empty: all is as it must be
//
// Two tables are committed together. `ticks` has an id that is the row's number, late rows, and
// symbols that come up over time; every 16th row is killed later, in order. `commits` has one row a
// commit: how many ticks there are then, and how many of them were killed. So a snapshot carries in
// itself what it must hold.
//
// Thread-bound, each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/chance.h"
#include "tape/appender.h"
#include "tape/snapshot.h"
#include "tape/store.h"

namespace tape {

class LiveMarket {
 public:
  explicit LiveMarket(Store& store) : store_(store) {}

  absl::Status Begin();
  absl::Status Commit(engine::Chance& chance);

  uint64_t rows() const { return rows_; }
  uint64_t kills() const { return kills_; }

 private:
  absl::Status MakeTables();
  absl::Status ReadCounts();
  absl::Status AppendTick(engine::Chance& chance);
  absl::Status AppendCounts();

  Store& store_;
  std::unique_ptr<Appender> ticks_;
  std::unique_ptr<Appender> commits_;
  uint64_t rows_ = 0;
  uint64_t kills_ = 0;
};

class MarketReader {
 public:
  // What is wrong with it. Not whole: only what the ends of the tables tell.
  std::string Check(const Snapshot& snapshot, bool whole);

  // The greatest that was seen.
  uint64_t rows() const { return rows_; }

 private:
  std::string CheckTicks(const Snapshot& snapshot, uint64_t rows, uint64_t kills);

  uint64_t lsn_ = 0;
  uint64_t rows_ = 0;
  std::vector<uint8_t> seen_;  // by row number, of one scan
};

}  // namespace tape
