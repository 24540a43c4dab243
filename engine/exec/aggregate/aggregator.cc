#include "engine/exec/aggregate/aggregator.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/exec/aggregate/group_states.h"
#include "engine/exec/aggregate/sums.h"
#include "engine/exec/element.h"
#include "engine/exec/pipeline/key_words.h"
#include "engine/exec/value.h"
#include "format/bytes/message.h"

namespace tape::engine::exec {
namespace {

using format::Concat;

constexpr std::array<std::string_view, 19> kNames = {
    "avg",     "bool_and", "bool_or",  "count",      "every",       "first",      "last",
    "max",     "min",      "stddev",   "stddev_pop", "stddev_samp", "string_agg", "sum",
    "var_pop", "var_samp", "variance", "vwap",       "array_agg"};

// ---- counts

class Count : public GroupStates<int64_t> {
 public:
  explicit Count(bool all) : GroupStates(Type::Bigint()), all_(all) {}

  absl::Status Add(const AggregateInput& input) override {
    if (input.groups == nullptr && (all_ || input.arguments[0].validity() == nullptr)) {
      states_[0] += static_cast<int64_t>(input.rows.size());
      return absl::OkStatus();
    }
    input.rows.ForEach([&](uint32_t row) {
      states_[input.group(row)] += all_ || !input.arguments[0].IsNull(row) ? 1 : 0;
    });
    return absl::OkStatus();
  }

  absl::StatusOr<Vector> Finish(size_t first, size_t groups) override {
    return Collect<int64_t>(first, groups, [](int64_t rows, int64_t& out) {
      out = rows;
      return true;
    });
  }

 private:
  const bool all_;
};

// ---- one of the values

// A text is a copy here: batches go.
template <typename T>
using Owned = std::conditional_t<std::is_same_v<T, std::string_view>, std::string, T>;

template <typename T>
struct Chosen {
  Owned<T> value{};
  bool any = false;
  bool null = false;
  int64_t time = 0;
};

template <typename T>
class OneOf : public GroupStates<Chosen<T>> {
 protected:
  explicit OneOf(Type type) : GroupStates<Chosen<T>>(type) {}

  absl::StatusOr<Vector> Finish(size_t first, size_t groups) override {
    return this->template Collect<T>(first, groups, [](const Chosen<T>& chosen, T& out) {
      out = T(chosen.value);
      return chosen.any && !chosen.null;
    });
  }
};

template <typename T>
class Extreme : public OneOf<T> {
 public:
  Extreme(Type type, bool greatest, LabelsPtr labels)
      : OneOf<T>(type), greatest_(greatest), labels_(std::move(labels)) {}

  absl::Status Add(const AggregateInput& input) override {
    this->template ForEachValue<T>(input, [this](Chosen<T>& chosen, const T& value) {
      if (chosen.any && !IsBeyond(value, T(chosen.value))) return;
      chosen.value = Owned<T>(value);
      chosen.any = true;
    });
    return absl::OkStatus();
  }

 private:
  bool IsBeyond(const T& value, const T& than) const {
    if constexpr (std::is_integral_v<T> || std::is_same_v<T, Int128>) {
      return greatest_ ? value > than : value < than;
    } else {
      const int order = CompareElements(this->type(), value, than, labels_.get());
      return greatest_ ? order > 0 : order < 0;
    }
  }

  const bool greatest_;
  const LabelsPtr labels_;
};

// Of the row that comes first or last; with times, of the one whose time is the least or greatest.
template <typename T>
class EndOf : public OneOf<T> {
 public:
  EndOf(Type type, bool last) : OneOf<T>(type), last_(last) {}

  absl::Status Add(const AggregateInput& input) override {
    const bool timed = input.arguments.size() > 1;
    input.rows.ForEach([&](uint32_t row) {
      if (timed && input.arguments[1].IsNull(row)) return;
      const int64_t time = timed ? input.arguments[1].At<int64_t>(row) : 0;
      Chosen<T>& chosen = this->states_[input.group(row)];
      const bool takes = !chosen.any || (last_ ? time >= chosen.time : timed && time < chosen.time);
      if (takes) Take(input.arguments[0], row, time, chosen);
    });
    return absl::OkStatus();
  }

 private:
  static void Take(const Vector& values, uint32_t row, int64_t time, Chosen<T>& chosen) {
    chosen.any = true;
    chosen.time = time;
    chosen.null = values.IsNull(row);
    if (!chosen.null) chosen.value = Owned<T>(values.At<T>(row));
  }

  const bool last_;
};

// ---- booleans, texts

class AllOrAny : public OneOf<uint8_t> {
 public:
  explicit AllOrAny(bool all) : OneOf(Type::Boolean()), all_(all) {}

  absl::Status Add(const AggregateInput& input) override {
    ForEachValue<uint8_t>(input, [this](Chosen<uint8_t>& chosen, uint8_t value) {
      if (!chosen.any || (value != 0) != all_) chosen.value = value;
      chosen.any = true;
    });
    return absl::OkStatus();
  }

 private:
  const bool all_;
};

class Joined : public OneOf<std::string_view> {
 public:
  Joined() : OneOf(Type::Text()) {}

  absl::Status Add(const AggregateInput& input) override {
    const Vector& separators = input.arguments[1];
    input.rows.ForEach([&](uint32_t row) {
      if (input.arguments[0].IsNull(row)) return;
      Chosen<std::string_view>& chosen = states_[input.group(row)];
      const size_t before = chosen.value.size();
      if (chosen.any && !separators.IsNull(row)) {
        chosen.value += separators.At<std::string_view>(row);
      }
      chosen.value += input.arguments[0].At<std::string_view>(row);
      chosen.any = true;
      text_bytes_ += chosen.value.size() - before;
    });
    return absl::OkStatus();
  }
  uint64_t bytes() const override { return GroupStates::bytes() + text_bytes_; }

 private:
  uint64_t text_bytes_ = 0;
};

// ---- DISTINCT

class Distinct : public Aggregator {
 public:
  Distinct(AggregatorPtr inner, const Type& argument)
      : Aggregator(inner->type()),
        inner_(std::move(inner)),
        keys_({Type::Bigint(), argument}),
        seen_(keys_.words()) {}

  void Grow(size_t groups) override { inner_->Grow(groups); }

  absl::Status Add(const AggregateInput& input) override {
    Vector groups = Vector::Make(Type::Bigint(), input.rows.end());
    auto* numbers = groups.Mutable<int64_t>();
    input.rows.ForEach([&](uint32_t row) { numbers[row] = input.group(row); });
    const std::array<Vector, 2> keys = {std::move(groups), input.arguments[0]};
    keys_.Encode(keys, input.rows, KeyWords::Unknown::kLearn, words_);
    fresh_.clear();
    seen_.Add(words_, input.rows, pairs_, &fresh_);
    const Selection fresh = Selection::Of(fresh_);
    return inner_->Add({.arguments = input.arguments, .rows = fresh, .groups = input.groups});
  }

  absl::StatusOr<Vector> Finish(size_t first, size_t groups) override {
    return inner_->Finish(first, groups);
  }
  uint64_t bytes() const override { return inner_->bytes() + seen_.bytes() + keys_.bytes(); }

 private:
  const AggregatorPtr inner_;
  KeyWords keys_;
  GroupTable seen_;
  std::vector<uint64_t> words_;
  std::vector<uint32_t> pairs_;
  std::vector<uint32_t> fresh_;
};

// ---- by name

bool IsTime(const Type& type) {
  return type.kind() == TypeKind::kTimestamp || type.kind() == TypeKind::kTimestampTz;
}

AggregatorPtr MakeExtreme(const Type& type, bool greatest, const LabelsPtr& labels) {
  return WithElement(ElementOf(type), [&]<typename T>() -> AggregatorPtr {
    return std::make_unique<Extreme<T>>(type, greatest, labels);
  });
}

AggregatorPtr MakeEnd(std::span<const Type> arguments, bool last) {
  if (arguments.size() == 2 && !IsTime(arguments[1])) return nullptr;
  return WithElement(ElementOf(arguments[0]), [&]<typename T>() -> AggregatorPtr {
    return std::make_unique<EndOf<T>>(arguments[0], last);
  });
}

AggregatorPtr MakeOfOne(std::string_view name, const Type& type, const LabelsPtr& labels) {
  if (name == "count") return std::make_unique<Count>(/*all=*/false);
  if (name == "sum") return MakeSum(type);
  if (name == "avg") return MakeAverage(type);
  if (name == "min" || name == "max") return MakeExtreme(type, name == "max", labels);
  if (name.starts_with("stddev") || name.starts_with("var")) return MakeSpread(name, type);
  const bool boolean = type.kind() == TypeKind::kBoolean;
  if (boolean && name == "bool_or") return std::make_unique<AllOrAny>(/*all=*/false);
  if (boolean && (name == "bool_and" || name == "every")) {
    return std::make_unique<AllOrAny>(/*all=*/true);
  }
  return nullptr;
}

AggregatorPtr MakeByName(std::string_view name, std::span<const Type> arguments,
                         const LabelsPtr& labels) {
  const size_t count = arguments.size();
  if (count == 0) return name == "count" ? std::make_unique<Count>(/*all=*/true) : nullptr;
  if ((count == 1 || count == 2) && (name == "first" || name == "last")) {
    return MakeEnd(arguments, name == "last");
  }
  if (count == 1) return MakeOfOne(name, arguments[0], labels);
  if (count != 2) return nullptr;
  if (name == "vwap") return MakeVwap(arguments[0], arguments[1]);
  const bool texts = arguments[0].IsString() && arguments[1].IsString();
  return name == "string_agg" && texts ? std::make_unique<Joined>() : nullptr;
}

}  // namespace

bool IsAggregateName(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool DependsOnOrder(std::string_view name) {
  return name == "first" || name == "last" || name == "string_agg" || name == "array_agg";
}

absl::StatusOr<AggregatorPtr> MakeAggregator(std::string_view name, std::span<const Type> arguments,
                                             LabelsPtr labels) {
  AggregatorPtr made = MakeByName(name, arguments, labels);
  if (made != nullptr) return made;
  std::string types;
  for (const Type& type : arguments) types += (types.empty() ? "" : ", ") + type.ToString();
  if (name == "array_agg") return absl::UnimplementedError("array_agg is not there yet");
  return absl::InvalidArgumentError(Concat("function ", name, "(", types, ") does not exist"));
}

AggregatorPtr MakeDistinct(AggregatorPtr aggregator, const Type& argument) {
  return std::make_unique<Distinct>(std::move(aggregator), argument);
}

}  // namespace tape::engine::exec
