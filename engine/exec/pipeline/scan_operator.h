// Rows of a source, as the first step of a query.
//
//   ScanOperator scan(run, source, {.columns = {0, 3}}, /*places=*/{5, 8}, /*width=*/12);
//
// What the source gives stands at its place in a batch of that width; the other columns are NULL,
// as nobody asked for them. So all operators of one SELECT share one numbering of columns, whatever
// each of them reads. The source is opened when the first rows are asked for.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/operator.h"
#include "engine/exec/source.h"

namespace tape::engine::exec {

class ScanOperator : public Operator {
 public:
  // `places`: of each column of the spec, and where it asks for row numbers, of those.
  ScanOperator(QueryRun& run, std::shared_ptr<const Source> source, SourceSpec spec,
               std::vector<size_t> places, size_t width);

  absl::StatusOr<Rows> Next() override;

 private:
  QueryRun& run_;
  const std::shared_ptr<const Source> source_;
  const SourceSpec spec_;
  const std::vector<size_t> places_;
  std::unique_ptr<RowStream> stream_;
  Batch batch_;
};

// The columns of another operator from a place on: a query in FROM.
class PlaceOperator : public Operator {
 public:
  PlaceOperator(OperatorPtr child, size_t first, size_t columns, size_t width);

  absl::StatusOr<Rows> Next() override;

 private:
  const OperatorPtr child_;
  const size_t first_;
  const size_t columns_;
  Batch batch_;
};

}  // namespace tape::engine::exec
