// What can be done to a store, as data: for workloads that are cut at every operation of the disk,
// and for histories that a seed makes.
//
//   for (const Workload& workload : Workloads()) {
//     Operator worker(store, host);
//     worker.Run(workload.operations);                    // goes on after errors, as a user might
//     EXPECT_EQ(worker.first_error(), absl::OkStatus());
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "engine/io/chance.h"
#include "engine/io/manual_host.h"
#include "tests/crash/model_store.h"

namespace tape::engine {

enum class Doing : uint8_t {
  kAppend,          // `count` rows to a table
  kBatch,           // the same as columns
  kKill,            // `count` rows of a table
  kBulkLoad,        // `count` rows, straight into slices: a commit of its own
  kAbandon,         // a table's open commit
  kFold,            // a table
  kCommit,          // each table's open commit, one after the other
  kCommitTogether,  // both in one
  kWrite,           // the WAL
  kDurable,
  kSealFull,  // whole slices of every table
  kSealEverything,
  kRelease,  // segments
  kClose,    // and open
  kDie,      // open without a close
  kClock,    // an hour back
};
inline constexpr size_t kDoings = 16;

struct Operation {
  Doing doing = Doing::kAppend;
  size_t table = 0;
  uint64_t count = 0;
};

std::string TextOf(const Operation& operation);
std::string TextOf(std::span<const Operation> operations);

// Any operation, of a size that suits the small tails of a test.
Operation AnyOperation(Chance& chance);
// One of each kind, by index below kDoings.
Operation TypicalOperation(size_t index);

struct Workload {
  std::string name;
  std::vector<Operation> operations;
};
const std::vector<Workload>& Workloads();

// Does them to a store, which it opens first, and again whenever it is not open.
class Operator {
 public:
  // Attempts are numbered from `attempt` on.
  Operator(ModelStore& store, ManualHost& host, uint32_t attempt)
      : store_(store), host_(host), attempt_(attempt) {}

  // Nothing is done any more once this is true: on a disk that has gone, what a commit stores
  // reaches nothing, although it says "ok".
  void StopWhen(std::function<bool()> over) { over_ = std::move(over); }

  absl::Status Run(const Operation& operation);
  // All of them, or up to the first error.
  absl::Status RunUntilError(std::span<const Operation> operations);
  // All of them: an error ends nothing, but for the open commit that it hit.
  void RunAll(std::span<const Operation> operations);

  absl::Status Open() { return store_.Open(attempt_++); }
  // Of RunAll.
  const std::vector<absl::Status>& errors() const { return errors_; }
  uint32_t attempt() const { return attempt_; }

 private:
  absl::Status Do(const Operation& operation);
  absl::Status Reopen();

  ModelStore& store_;
  ManualHost& host_;
  uint32_t attempt_;
  std::function<bool()> over_ = [] { return false; };
  std::vector<absl::Status> errors_;
};

}  // namespace tape::engine
