// ASOF JOIN: with each row of the left the row of the right that is nearest to it in time.
//
//   AsofOperator join(run, std::move(trades), std::move(quotes),
//                     {.left_time = t, .right_time = q, .left_keys = {a}, .right_keys = {b}});
//
// Backward takes the last row at or before the left's time (strict: before), forward the first at
// or after it, nearest the closer of both, and the earlier one where they are as close. Of several
// rows with that time, backward takes the one that came last, forward the one that came first.
// Beyond the tolerance there is none. A NULL time or key goes with nothing.
//
// The right side is read into memory, best in time order, since it is sorted where it does not
// ascend; a row of the left costs a search among the rows with its keys. Rows come in the order of
// the left. Columns are as in join_operator.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/operator.h"
#include "engine/exec/pipeline/join_operator.h"
#include "engine/exec/pipeline/kept_rows.h"
#include "engine/exec/pipeline/key_words.h"

namespace tape::engine::exec {

enum class AsofSide : uint8_t { kBackward, kForward, kNearest };

struct AsofSpec {
  ExpressionPtr left_time{};  // TIMESTAMP or TIMESTAMPTZ, as the right one
  ExpressionPtr right_time{};
  std::vector<ExpressionPtr> left_keys{};
  std::vector<ExpressionPtr> right_keys{};  // of the same types, one by one
  AsofSide side = AsofSide::kBackward;
  bool strict = false;
  std::optional<int64_t> tolerance_ns{};
  bool keeps_left = false;
  JoinColumns columns{};
};

class AsofOperator : public Operator {
 public:
  AsofOperator(QueryRun& run, OperatorPtr left, OperatorPtr right, AsofSpec spec);

  absl::StatusOr<Rows> Next() override;

 private:
  // The rows of the right with the same keys, by time.
  struct Series {
    std::vector<std::pair<int64_t, uint32_t>> rows{};
    bool ascends = true;
  };

  absl::Status ReadRight();
  absl::Status AddRight(const Rows& rows);
  // Words of the keys and the times of the rows.
  absl::StatusOr<Vector> Encode(const std::vector<ExpressionPtr>& keys, const Expression& time,
                                const Rows& rows, KeyWords::Unknown unknown);
  absl::Status FindRows(const Rows& rows);
  uint32_t FindRow(const Series& series, int64_t time) const;
  Rows Joined(const Rows& rows);

  QueryRun& run_;
  const OperatorPtr left_;
  const OperatorPtr right_;  // texts of symbols that were kept are its own
  const AsofSpec spec_;
  KeyWords keys_;
  GroupTable table_;
  KeptRows kept_;
  Charged charged_;
  std::vector<Series> series_;  // by group
  uint64_t series_bytes_ = 0;
  bool done_with_right_ = false;
  std::vector<uint64_t> words_;
  std::vector<uint32_t> groups_;
  std::vector<uint32_t> chosen_;
  std::vector<uint32_t> found_;  // by chosen row
  Batch batch_;
};

}  // namespace tape::engine::exec
