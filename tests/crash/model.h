// What a store must hold, whatever happened to it: the commits that were tried, how many of them
// were acknowledged, and how many of those as durable.
//
//   Model model;
//   model.Began(found, /*attempt=*/1);             // a store was opened and holds this
//   model.Tried(after);                            // rows and kills of each table, afterwards
//   model.Acknowledged();                          // it returned ok: it survives the process
//   model.MadeDurable(model.acknowledged());       // these survive the power
//   std::string wrong = model.Judge(found, model.acknowledged());
//
// Judge says what is wrong with what was found: half a commit, fewer than were promised, more than
// were tried. Where nothing is, that is from then on what happened.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/crash/model_rows.h"

namespace tape::engine {

// How much there is of each table.
struct ModelCounts {
  std::array<uint64_t, kModelTables> rows{};
  std::array<uint64_t, kModelTables> kills{};

  friend bool operator==(const ModelCounts&, const ModelCounts&) = default;
};
std::string TextOf(const ModelCounts& counts);

// Who hears what a store does.
class Journal {
 public:
  virtual ~Journal() = default;
  // A table was defined, which is durable when it returns.
  virtual void Defined(size_t table) = 0;
  virtual bool IsDefined(size_t table) const = 0;
  virtual void Began(const ModelCounts& found, uint32_t attempt) = 0;
  virtual void Tried(const ModelCounts& after) = 0;
  // The last one that was tried ...
  virtual void Failed() = 0;
  virtual void Acknowledged() = 0;
  // ... and how many have returned ok so far.
  virtual uint64_t acknowledged() const = 0;
  virtual void MadeDurable(uint64_t commits) = 0;
};

class Model : public Journal {
 public:
  void Defined(size_t table) override { defined_[table] = true; }
  bool IsDefined(size_t table) const override { return defined_[table]; }
  void Began(const ModelCounts& found, uint32_t attempt) override;
  void Tried(const ModelCounts& after) override { commits_.push_back(after); }
  void Failed() override { commits_.pop_back(); }
  void Acknowledged() override { acknowledged_ = commits_.size() - 1; }
  uint64_t acknowledged() const override { return acknowledged_; }
  void MadeDurable(uint64_t commits) override;
  uint64_t durable() const { return durable_; }
  uint64_t tried() const { return commits_.size() - 1; }
  // After the last commit that was tried.
  const ModelCounts& counts() const { return commits_.back(); }

  // The row as it was appended.
  ModelRow Row(size_t table, uint64_t row) const;

  std::string Judge(const ModelCounts& found, uint64_t promised);

 private:
  struct Attempt {
    uint64_t first_row = 0;
    uint32_t number = 0;
  };

  std::vector<ModelCounts> commits_ = {{}};  // what is there after each; the first: before any
  uint64_t acknowledged_ = 0;
  uint64_t durable_ = 0;
  std::array<bool, kModelTables> defined_{};
  std::array<std::vector<Attempt>, kModelTables> attempts_;  // who appended which rows, ascending
};

}  // namespace tape::engine
