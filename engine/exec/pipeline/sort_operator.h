// ORDER BY, and the first n of it without sorting the rest.
//
//   SortOperator sort(run, child, types, {{.column = 2, .descending = true}}, /*limit=*/100);
//
// Stable: rows that are equal in all keys stay in the order in which they came. With a limit no
// more than a few times as many rows are kept, and most rows of a long input are turned away by one
// comparison of integers: the first key's order is mapped to a number of 64 bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/operator.h"
#include "engine/exec/pipeline/kept_rows.h"

namespace tape::engine::exec {

struct SortKey {
  size_t column = 0;
  bool descending = false;
  bool nulls_first = false;
  LabelsPtr labels{};  // of an ENUM
};

class SortOperator : public Operator {
 public:
  // At least one key. `limit`: rows that will be asked for, UINT64_MAX: all. `types`: of the
  // columns of `child`.
  SortOperator(QueryRun& run, OperatorPtr child, std::vector<Type> types, std::vector<SortKey> keys,
               uint64_t limit);

  absl::StatusOr<Rows> Next() override;

 private:
  // How the first key of a row compares, as far as 64 bits go: first `rank`, where NULL is apart.
  struct Entry {
    uint64_t prefix = 0;
    uint32_t row = 0;
    uint8_t rank = 0;
  };

  absl::Status ReadAll();
  absl::Status Keep(const Rows& rows);
  std::vector<Entry> EntriesOf(const Rows& rows) const;
  bool Before(const Entry& a, const Entry& b) const;
  int CompareKey(const SortKey& key, uint32_t a, uint32_t b) const;
  void SortEntries();
  // Leaves the first `limit_` rows.
  absl::Status Cut();

  OperatorPtr child_;
  const std::vector<Type> types_;
  const std::vector<SortKey> keys_;
  const uint64_t limit_;
  KeptRows kept_;
  Charged charged_;
  std::vector<Entry> entries_;
  bool has_bound_ = false;
  Entry bound_;  // rows above it are not among the first `limit_`
  bool sorted_ = false;
  size_t next_ = 0;
  Batch batch_;
};

}  // namespace tape::engine::exec
