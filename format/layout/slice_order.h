// The three orders of a slice's rows, and how one becomes another.
//
//   arrival   as appended: a = 0, 1, 2, ...
//   time      by (time, arrival): what replay wants
//   stored    by (cluster code, time, arrival): what queries and compression want
//
//   SliceOrder order;
//   order.Arrange(times, codes);              // from the columns in arrival order
//   order.stored()[r]                         // the arrival index of stored row r: gather a column
//   by it order.tape()[t]                           // the rank (among the slice's codes) of the
//   row at time position t
//
// Walking the tape with one cursor per rank gives time order back from stored rows without
// comparing anything; the displacement time position -> arrival index, nearly always zero, gives
// arrival order back from time order.
//
// Thread-compatible; memory is kept for the next slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tape::format {

class SliceOrder {
 public:
  // `times` is empty when the table has no time column: time order is then arrival order. `codes`
  // is empty when it has no cluster column. Both have one entry a row, at most 2^20 of them.
  void Arrange(std::span<const int64_t> times, std::span<const uint32_t> codes);

  size_t rows() const { return rows_; }
  // Whether rows lie by code. Otherwise stored order is time order, and there is no tape.
  bool clustered() const { return clustered_; }
  // Whether some row arrived after one with a later time.
  bool late() const { return late_; }

  // The slice's codes, ascending, and the stored row that each begins at.
  std::span<const uint32_t> ranked_codes() const { return ranked_codes_; }
  std::span<const uint32_t> first_rows() const { return first_rows_; }

  // Time position -> rank; empty unless clustered.
  std::span<const uint32_t> tape() const { return tape_; }
  // Time position -> arrival index; empty unless late.
  std::span<const uint32_t> arrivals() const { return arrivals_; }
  // Stored row -> arrival index; empty when both orders are the same.
  std::span<const uint32_t> stored() const {
    return clustered_ ? std::span<const uint32_t>(stored_) : arrivals();
  }

 private:
  void ArrangeByTime(std::span<const int64_t> times);
  void MergeLateRows(std::span<const int64_t> times);
  void RankCodes(std::span<const uint32_t> codes);
  void RankByTable(std::span<const uint32_t> codes, uint32_t least, uint32_t greatest);
  void RankBySorting(std::span<const uint32_t> codes);
  void LayOutTape();

  size_t rows_ = 0;
  bool clustered_ = false;
  bool late_ = false;
  std::vector<uint32_t> ranked_codes_;
  std::vector<uint32_t> first_rows_;
  std::vector<uint32_t> tape_;
  std::vector<uint32_t> arrivals_;
  std::vector<uint32_t> stored_;
  std::vector<uint32_t> late_rows_;
  std::vector<uint32_t> table_;    // code -> rank
  std::vector<uint32_t> cursors_;  // rank -> next stored row
};

}  // namespace tape::format
