// An aggregate function: one value of many rows, for each group of them.
//
//   absl::StatusOr<AggregatorPtr> sum = MakeAggregator("sum", {Type::Bigint()});
//   (*sum)->Grow(groups);
//   (*sum)->Add({.arguments = vectors, .rows = rows, .groups = groups_of_rows});
//   absl::StatusOr<Vector> sums = (*sum)->Finish(0, groups);       // DECIMAL(38,0)
//
// count(*)  count(x)  sum  avg  min  max  first(x [, ts])  last(x [, ts])  vwap(price, size)
// bool_and  every  bool_or  stddev[_samp|_pop]  variance  var_samp  var_pop  string_agg(x, sep)
//
// Rows whose (first) argument is NULL do not count, but for first and last, which tell what the
// first and the last row had. Integers and decimals are summed exactly, however many there are, and
// averages divided once; floating point is summed with compensation. What is spread (stddev,
// variance) is DOUBLE PRECISION. Types of results are PostgreSQL's: sum of INTEGER is BIGINT, of
// BIGINT a DECIMAL; avg of either a DECIMAL.
//
// Errors: kInvalidArgument, "function sum(TEXT) does not exist", without a place; a total that its
// type has no room for. Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/selection.h"
#include "engine/exec/vector.h"
#include "tape/type.h"

namespace tape::engine::exec {

struct AggregateInput {
  std::span<const Vector> arguments;  // decoded: no codes
  const Selection& rows;
  const uint32_t* groups = nullptr;  // by row; nullptr: all are in group 0

  uint32_t group(uint32_t row) const { return groups == nullptr ? 0 : groups[row]; }
};

class Aggregator {
 public:
  virtual ~Aggregator() = default;

  const Type& type() const { return type_; }
  // From now on there are groups 0 .. groups - 1; new ones are empty.
  virtual void Grow(size_t groups) = 0;
  virtual absl::Status Add(const AggregateInput& input) = 0;
  // The values of some groups.
  virtual absl::StatusOr<Vector> Finish(size_t first, size_t groups) = 0;
  // Of memory, about.
  virtual uint64_t bytes() const = 0;

 protected:
  explicit Aggregator(Type type) : type_(type) {}

 private:
  Type type_;
};

using AggregatorPtr = std::unique_ptr<Aggregator>;

bool IsAggregateName(std::string_view name);

// Whether the result depends on which row comes first.
bool DependsOnOrder(std::string_view name);

// No arguments: count(*). `labels` of an ENUM that is the first argument.
absl::StatusOr<AggregatorPtr> MakeAggregator(std::string_view name, std::span<const Type> arguments,
                                             LabelsPtr labels = nullptr);

// The same of different values only.
AggregatorPtr MakeDistinct(AggregatorPtr aggregator, const Type& argument);

}  // namespace tape::engine::exec
