// An aggregator that keeps one State for each group.
//
//   struct Count { int64_t rows = 0; };
//
// Thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/exec/aggregate/aggregator.h"

namespace tape::engine::exec {

template <typename State>
class GroupStates : public Aggregator {
 public:
  void Grow(size_t groups) override { states_.resize(groups); }
  uint64_t bytes() const override { return states_.capacity() * sizeof(State); }

 protected:
  explicit GroupStates(Type type) : Aggregator(type) {}

  // function(State&, const T&) for each selected row whose argument is not NULL.
  template <typename T, typename Function>
  void ForEachValue(const AggregateInput& input, Function function) {
    const Vector& values = input.arguments[0];
    const T* elements = values.Flat<T>();
    const size_t mask = values.row_mask();
    if (values.validity() == nullptr && input.groups == nullptr) {
      State state = std::move(states_[0]);
      input.rows.ForEach([&](uint32_t row) { function(state, elements[row & mask]); });
      states_[0] = std::move(state);
      return;
    }
    input.rows.ForEach([&](uint32_t row) {
      if (!values.IsNull(row)) function(states_[input.group(row)], elements[row & mask]);
    });
  }

  // A vector whose i-th element is get(states[first + i], out), NULL where that is false.
  template <typename T, typename Get>
  Vector Collect(size_t first, size_t groups, Get get) const {
    Vector vector = Vector::Make(type(), groups);
    T* out = vector.template Mutable<T>();
    for (size_t i = 0; i < groups; ++i) {
      if (!get(states_[first + i], out[i])) vector.MutableValidity()[i] = 0;
    }
    return vector;
  }

  std::vector<State> states_;
};

}  // namespace tape::engine::exec
