// Schema::Decided: time and cluster column where the definition is silent. Declared in
// tape/schema.h.
#include <algorithm>
#include <unordered_map>

#include "format/bytes/message.h"
#include "tape/schema.h"

namespace tape {
namespace {

using format::Concat;

// A key or an index, as far as deciding goes.
struct Candidate {
  std::string source;
  std::vector<size_t> columns;
  bool is_key;
};

class Decider {
 public:
  explicit Decider(const TableDefinition& definition) : definition_(definition) {
    for (size_t i = 0; i < definition.columns.size(); ++i) {
      by_name_.emplace(definition.columns[i].name, i);
    }
    if (definition.primary_key.has_value()) AddKey(*definition.primary_key);
    for (const KeyConstraint& unique : definition.uniques) AddKey(unique);
    for (const IndexDefinition& index : definition.indexes) AddIndex(index);
  }

  Schema::Decision Run() {
    Time();
    Cluster();
    const bool has_time = decision_.time_column.has_value();
    decision_.partition =
        definition_.partition.value_or(has_time ? Partition::kDay : Partition::kNone);
    decision_.history = definition_.options.history;
    if (decision_.history == History::kDefault) {
      decision_.history = SomeKeyLacksTime() ? History::kAll : History::kNone;
    }
    return std::move(decision_);
  }

 private:
  void AddKey(const KeyConstraint& key) {
    Candidate candidate{Concat("key ", key.name), {}, true};
    for (const std::string& name : key.columns) AddColumn(name, candidate);
    candidates_.push_back(std::move(candidate));
  }

  void AddIndex(const IndexDefinition& index) {
    if (!index.where.empty()) return;
    Candidate candidate{Concat("index ", index.name), {}, index.unique};
    for (const IndexColumn& column : index.columns) AddColumn(column.name, candidate);
    candidates_.push_back(std::move(candidate));
  }

  void AddColumn(std::string_view name, Candidate& candidate) const {
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) candidate.columns.push_back(found->second);
  }

  std::optional<size_t> IndexOf(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
  }

  bool MayBeTime(size_t index) const {
    const Column& column = definition_.columns[index];
    return column.type.IsTimestamp() && !column.nullable && !column.sensitive &&
           column.name != "created_at" && column.name != "updated_at";
  }

  bool MayBeCluster(size_t index) const {
    const Column& column = definition_.columns[index];
    return column.type.IsString() && !column.nullable && !column.sensitive;
  }

  void SetTime(size_t index, std::string source) {
    decision_.time_column = index;
    decision_.time_source = std::move(source);
  }

  void Time() {
    if (!definition_.time_column.empty()) {
      if (const auto index = IndexOf(definition_.time_column)) SetTime(*index, "PARTITION BY");
      return;
    }
    for (const Candidate& candidate : candidates_) {
      for (const size_t index : candidate.columns) {
        if (MayBeTime(index)) return SetTime(index, candidate.source);
      }
    }
    const auto index = IndexOf("timestamp");
    if (index.has_value() && MayBeTime(*index)) SetTime(*index, "its name");
  }

  void Cluster() {
    if (definition_.cluster_column.has_value()) {
      decision_.cluster_column = IndexOf(*definition_.cluster_column);
      if (decision_.cluster_column.has_value()) decision_.cluster_source = "CLUSTER BY";
      return;
    }
    for (const Candidate& candidate : candidates_) {
      if (!HasTime(candidate)) continue;
      const auto found = std::find_if(candidate.columns.begin(), candidate.columns.end(),
                                      [this](size_t index) { return MayBeCluster(index); });
      if (found == candidate.columns.end()) continue;
      decision_.cluster_column = *found;
      decision_.cluster_source = candidate.source;
      return;
    }
  }

  bool HasTime(const Candidate& candidate) const {
    return decision_.time_column.has_value() &&
           std::find(candidate.columns.begin(), candidate.columns.end(), *decision_.time_column) !=
               candidate.columns.end();
  }

  bool SomeKeyLacksTime() const {
    return std::any_of(candidates_.begin(), candidates_.end(), [this](const Candidate& candidate) {
      return candidate.is_key && !HasTime(candidate);
    });
  }

  const TableDefinition& definition_;
  std::unordered_map<std::string_view, size_t> by_name_;
  std::vector<Candidate> candidates_;
  Schema::Decision decision_;
};

}  // namespace

Schema::Decision Schema::Decided(const TableDefinition& definition) {
  return Decider(definition).Run();
}

}  // namespace tape
