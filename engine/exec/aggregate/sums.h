// sum, avg, vwap and what is spread around an average.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "engine/exec/aggregate/aggregator.h"
#include "tape/type.h"

namespace tape::engine::exec {

// nullptr where the argument is no number.
AggregatorPtr MakeSum(const Type& argument);
AggregatorPtr MakeAverage(const Type& argument);
AggregatorPtr MakeVwap(const Type& price, const Type& size);

// stddev, stddev_samp, stddev_pop, variance, var_samp, var_pop
AggregatorPtr MakeSpread(std::string_view name, const Type& argument);

}  // namespace tape::engine::exec
