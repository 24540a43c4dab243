// Inner, left and cross joins, by hash.
//
//   JoinOperator join(run, std::move(trades), std::move(quotes),
//                     {.left_keys = {a}, .right_keys = {b}, .right = {.first = 5, .end = 9}});
//
// Both sides have batches of one width (scan_operator.h); of the right side's columns only those
// from right.first to before right.end count, and the result has them in the left side's places. The
// right side is read into memory first. Rows of the left keep their order; those of the right that
// go with one of them come in the order in which the right had them.
//
// A NULL key is equal to nothing. Without keys every row goes with every row. `condition` looks at
// pairs of rows, after the keys; a left join keeps a row of the left that no pair is left of, with
// NULLs at the right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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
};

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
  absl::StatusOr<bool> NextLeft();
  absl::Status EncodeKeys(const std::vector<ExpressionPtr>& keys, const Rows& rows,
                          KeyWords::Unknown unknown);
  uint32_t FirstMatch(uint32_t row) const;
  // Pairs of the current left batch, at most kBlockRows.
  void CollectPairs();
  void Advance();
  absl::Status MakeBatch();
  absl::Status Filter();
  void NoteMatched();

  QueryRun& run_;
  const OperatorPtr left_;
  OperatorPtr right_;
  const JoinSpec spec_;
  KeyWords keys_;
  GroupTable table_;
  KeptRows kept_;
  Charged charged_;
  std::vector<uint32_t> heads_;  // by group: its first row of the right
  std::vector<uint32_t> tails_;
  std::vector<uint32_t> nexts_;  // by row of the right: the next of its group
  std::vector<uint64_t> words_;

  Rows current_;            // of the left
  size_t at_ = 0;           // which of its rows
  uint32_t match_ = kEnd;   // the next row of the right for it
  bool matched_ = false;    // whether the row has a pair that passed
  bool padding_ = false;    // its pairs are through; it waits for NULLs
  std::vector<uint32_t> pair_left_;
  std::vector<uint32_t> pair_right_;
  std::vector<bool> left_matched_;  // by row of the left batch
  Batch batch_;
  std::vector<uint32_t> chosen_;
};

}  // namespace tape::engine::exec
