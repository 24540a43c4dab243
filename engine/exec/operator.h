// A step of a query: rows come out of it when it is asked.
//
//   while (true) {
//     absl::StatusOr<Rows> rows = root->Next();
//     if (!rows.ok()) return rows.status();
//     if (rows->empty()) break;
//     rows->selection.ForEach([&](uint32_t row) { rows->batch->columns[0].ValueAt(row); });
//   }
//
// What comes is a batch and which of its rows count: a filter chooses rows without moving any.
// Whoever wants them side by side calls Compact.
//
// Columns that nobody above asked for may be anything; who builds the operators knows which.
//
// Errors end an operator: it is not asked again. Between batches a source asks whether the query
// was cancelled. Thread-bound; the QueryRun outlives it.
#pragma once

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "engine/exec/query_run.h"
#include "engine/exec/selection.h"
#include "engine/exec/vector.h"

namespace tape::engine::exec {

struct Rows {
  const Batch* batch = nullptr;
  Selection selection = Selection::All(0);

  bool empty() const { return selection.size() == 0; }
  size_t size() const { return selection.size(); }
};

class Operator {
 public:
  virtual ~Operator() = default;

  // The next rows, at most kBlockRows; none after the last. Good until the next call.
  virtual absl::StatusOr<Rows> Next() = 0;
};

using OperatorPtr = std::unique_ptr<Operator>;

// The rows as a batch of their own, whose row i is the i-th that counts. It shares memory with the
// other where all of them do.
Batch Compact(const Rows& rows);

}  // namespace tape::engine::exec
