// Inner, left and cross joins, by hash.
//
//   JoinOperator join(run, std::move(trades), std::move(quotes),
//                     {.left_keys = {a}, .right_keys = {b}, .right = {.first = 5, .end = 9}});
//
// Both sides have batches of one width (scan_operator.h); of the right side's columns only those
// from right.first to before right.end count, and the result has them in the left side's places.
// The right side is read into memory first. Pairs come in the order of the left, and of the right
// for one row of it; what a left join keeps without a pair comes behind the pairs of its batch.
//
// A NULL key is equal to nothing. Without keys every row goes with every row. `condition` looks at
// pairs of rows, after the keys; a left join keeps a row of the left that no pair is left of, with
// NULLs at the right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/operator.h"
#include "engine/exec/pipeline/kept_rows.h"
#include "engine/exec/pipeline/key_words.h"

namespace tape::engine::exec {

// Which columns of the common numbering are one side's, and which of them anybody needs.
struct JoinColumns {
  std::vector<Type> types{};   // of all columns
  std::vector<bool> needed{};  // of all columns
  size_t first = 0;            // those of the right
  size_t end = 0;

  // `needed`, of the right alone: what is to be kept of its rows.
  std::vector<bool> NeededOfRight() const;
};

std::vector<Type> TypesOf(const std::vector<ExpressionPtr>& keys);

struct JoinSpec {
  std::vector<ExpressionPtr> left_keys{};
  std::vector<ExpressionPtr> right_keys{};  // of the same types, one by one
  ExpressionPtr condition{};                // nullptr: every pair with equal keys
  bool keeps_left = false;
  JoinColumns columns{};
};

class JoinOperator : public Operator {
 public:
  JoinOperator(QueryRun& run, OperatorPtr left, OperatorPtr right, JoinSpec spec);

  absl::StatusOr<Rows> Next() override;

 private:
  static constexpr uint32_t kEnd = KeptRows::kNoRow;

  absl::Status ReadRight();
  absl::Status AddRight(const Rows& rows);
  absl::Status EncodeKeys(const std::vector<ExpressionPtr>& keys, const Rows& rows,
                          KeyWords::Unknown unknown);
  // False after the last.
  absl::StatusOr<bool> NextLeft();
  // The first row of the right that has the keys of a row of the left.
  uint32_t FirstMatch(uint32_t row) const;
  // The next pairs of the left batch, at most kBlockRows; false where there are no more.
  bool CollectPairs();
  // The rows of the left batch that no pair was left of, once.
  bool CollectUnmatched();
  absl::StatusOr<Rows> Joined();
  // What the condition leaves of the batch.
  absl::StatusOr<Rows> Filtered();

  QueryRun& run_;
  const OperatorPtr left_;
  const OperatorPtr right_;  // texts of symbols that were kept are its own
  const JoinSpec spec_;
  KeyWords keys_;
  GroupTable table_;
  KeptRows kept_;
  Charged charged_;
  std::vector<uint32_t> heads_;  // by group: its first row of the right
  std::vector<uint32_t> tails_;
  std::vector<uint32_t> nexts_;  // by row of the right: the next one of its group
  std::vector<uint64_t> words_;
  std::vector<uint32_t> groups_;

  bool done_with_right_ = false;
  Rows current_{};                // of the left
  size_t at_ = 0;                 // which of its rows comes next
  uint32_t match_ = kEnd;         // the row of the right that comes next for the row before it
  std::vector<uint8_t> matched_;  // by row of the left batch
  std::vector<uint32_t> pair_left_;
  std::vector<uint32_t> pair_right_;
  Batch batch_;
  std::vector<uint32_t> chosen_;
};

}  // namespace tape::engine::exec
