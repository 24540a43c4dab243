#include "tests/crash/operations.h"

#include <array>
#include <string_view>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr std::array<std::string_view, kDoings> kNames = {
    "append",  "batch",           "kill",  "bulk load", "abandon",   "fold",
    "commit",  "commit together", "write", "durable",   "seal full", "seal everything",
    "release", "close",           "die",   "clock"};

constexpr int64_t kHourNs = int64_t{3'600} * 1'000'000'000;

bool HasTable(Doing doing) { return doing <= Doing::kFold; }

// ---- workloads

constexpr Operation kCommitEach{.doing = Doing::kCommit};
constexpr Operation kCommitBoth{.doing = Doing::kCommitTogether};
constexpr Operation kMakeDurable{.doing = Doing::kDurable};
constexpr Operation kWriteWal{.doing = Doing::kWrite};
constexpr Operation kSealSlices{.doing = Doing::kSealFull};
constexpr Operation kSealAll{.doing = Doing::kSealEverything};
constexpr Operation kReleaseWal{.doing = Doing::kRelease};
constexpr Operation kCloseAndOpen{.doing = Doing::kClose};
constexpr Operation kDieAndOpen{.doing = Doing::kDie};

constexpr Operation Rows(size_t table, uint64_t rows) { return {Doing::kAppend, table, rows}; }
constexpr Operation Batch(size_t table, uint64_t rows) { return {Doing::kBatch, table, rows}; }
constexpr Operation Load(size_t table, uint64_t rows) { return {Doing::kBulkLoad, table, rows}; }
constexpr Operation FoldOf(size_t table) { return {Doing::kFold, table, 0}; }
constexpr Operation Kills(size_t table, uint64_t kills) { return {Doing::kKill, table, kills}; }

std::vector<Operation> Times(int times, const std::vector<Operation>& operations) {
  std::vector<Operation> all;
  for (int i = 0; i < times; ++i) all.insert(all.end(), operations.begin(), operations.end());
  return all;
}

std::vector<Workload> MakeWorkloads() {
  return {
      {"create", {Rows(0, 1), kCommitEach, kMakeDurable}},
      {"append", Times(3, {Rows(0, 5), kCommitEach, Rows(0, 90), kCommitEach, kWriteWal,
                           Rows(0, 300), kCommitEach, kMakeDurable})},
      {"batch", Times(3, {Batch(0, 400), kCommitEach, kWriteWal, Batch(1, 30), kCommitEach})},
      {"late rows",
       Times(2, {Rows(0, 195), kCommitEach, kMakeDurable, kSealAll, Rows(0, 100), kCommitEach})},
      {"commit levels", Times(4, {Rows(0, 3), kCommitEach, Rows(1, 3), kCommitEach, kWriteWal,
                                  Rows(0, 2), kCommitEach, kMakeDurable, Rows(1, 1), kCommitEach})},
      {"seal",
       Times(2, {Rows(0, 1100), Rows(1, 20), kCommitEach, kMakeDurable, Rows(0, 20), kCommitEach,
                 kSealSlices, kReleaseWal, kMakeDurable, kSealAll, kReleaseWal})},
      {"day roll",
       {Batch(0, 1400), kCommitEach, kMakeDurable, Batch(0, 300), kCommitEach, kMakeDurable,
        kSealAll, kReleaseWal, Rows(0, 10), kCommitEach}},
      {"commits over two tables",
       Times(3, {Rows(0, 3), Rows(1, 40), kCommitBoth, Rows(1, 150), Rows(0, 9), kCommitBoth,
                 kWriteWal, Rows(0, 200), Rows(1, 1), kCommitBoth, kMakeDurable})},
      {"kills", Times(2, {Rows(0, 60), Rows(1, 60), kCommitBoth, Kills(0, 5), Kills(1, 2),
                          kCommitBoth, kMakeDurable, kSealAll, Kills(0, 3), Rows(0, 4), kCommitEach,
                          kMakeDurable, kSealAll, kReleaseWal})},
      // Table 0 keeps no history: a fold drops what was killed there.
      {"fold", Times(2, {Rows(0, 90), Rows(1, 60), kCommitBoth, Kills(1, 2), kCommitEach,
                         kMakeDurable, kSealAll, Rows(0, 90), Rows(1, 60), kCommitBoth,
                         kMakeDurable, kSealAll, FoldOf(0), FoldOf(1), kReleaseWal})},
      {"bulk attach",
       Times(2, {Rows(0, 40), kCommitEach, Load(0, 1200), Rows(0, 5), Rows(1, 5), kCommitBoth,
                 kWriteWal, Load(1, 30), Kills(1, 1), Rows(1, 3), kCommitEach, kReleaseWal})},
      {"close and open",
       Times(3, {Rows(0, 50), Rows(1, 5), kCommitEach, Kills(0, 2), kCommitEach, kCloseAndOpen})},
      {"recovery itself",
       Times(3, {Rows(0, 70), Rows(1, 5), kCommitBoth, kWriteWal, Rows(0, 30), kCommitEach,
                 kDieAndOpen, Rows(1, 9), kMakeDurable, kCommitEach, kDieAndOpen})},
      {"segments come and go",
       Times(4, {Batch(0, 900), kCommitEach, kMakeDurable, kSealAll, kReleaseWal})},
  };
}

}  // namespace

std::string TextOf(const Operation& operation) {
  const std::string name(kNames[static_cast<size_t>(operation.doing)]);
  if (!HasTable(operation.doing)) return name;
  return Concat(name, " ", operation.count, " of t", operation.table);
}

std::string TextOf(std::span<const Operation> operations) {
  std::string text;
  for (const Operation& operation : operations) {
    if (!text.empty()) text += "; ";
    text += TextOf(operation);
  }
  return text;
}

Operation AnyOperation(Chance& chance) {
  // Rows and commits are what a store mostly gets.
  constexpr std::array<Doing, 6> kOften = {Doing::kAppend,  Doing::kBatch,  Doing::kKill,
                                           Doing::kAbandon, Doing::kCommit, Doing::kCommitTogether};
  const uint64_t lot = chance.Below(kDoings + 10);
  Operation operation{
      .doing = lot < kDoings ? static_cast<Doing>(lot) : kOften[lot % kOften.size()],
      .table = chance.Below(kModelTables)};
  if (operation.doing == Doing::kAbandon && !chance.OneIn(3)) operation.doing = Doing::kAppend;
  const bool large = chance.OneIn(8);
  operation.count = large ? 1 + chance.Below(1200) : 1 + chance.Below(40);
  if (operation.doing == Doing::kKill) operation.count = 1 + operation.count % 9;
  if (operation.doing == Doing::kFold) operation.table = 1;  // which keeps what was killed
  return operation;
}

Operation TypicalOperation(size_t index) {
  Operation operation{.doing = static_cast<Doing>(index), .table = 0, .count = 7};
  if (operation.doing == Doing::kBatch) operation = {Doing::kBatch, 1, 1100};
  if (operation.doing == Doing::kKill) operation.count = 2;
  if (operation.doing == Doing::kBulkLoad) operation.count = 40;
  if (operation.doing == Doing::kFold) operation.table = 1;
  return operation;
}

const std::vector<Workload>& Workloads() {
  static const auto* workloads = new std::vector<Workload>(MakeWorkloads());
  return *workloads;
}

// ---- Operator

absl::Status Operator::Reopen() {
  store_.Drop();
  return Open();
}

absl::Status Operator::Do(const Operation& operation) {
  switch (operation.doing) {
    case Doing::kAppend:
      return store_.Append(operation.table, operation.count);
    case Doing::kBatch:
      return store_.AppendBatch(operation.table, operation.count);
    case Doing::kKill:
      store_.Kill(operation.table, operation.count);
      return absl::OkStatus();
    case Doing::kBulkLoad:
      return store_.BulkLoad(operation.table, operation.count);
    case Doing::kFold:
      return store_.Fold(operation.table);
    case Doing::kAbandon:
      store_.Abandon(operation.table);
      return absl::OkStatus();
    case Doing::kCommit:
      return store_.Commit();
    case Doing::kCommitTogether:
      return store_.CommitTogether();
    case Doing::kWrite:
      return store_.Write();
    case Doing::kDurable:
      return store_.MakeDurable();
    case Doing::kSealFull:
      return store_.Seal(SealWhat::kFullSlices);
    case Doing::kSealEverything:
      return store_.Seal(SealWhat::kEverything);
    case Doing::kRelease:
      return store_.Release();
    case Doing::kClose:
      if (absl::Status status = store_.Close(); !status.ok()) return status;
      return Open();
    case Doing::kDie:
      return Reopen();
    case Doing::kClock:
      host_.SetRealTimeNs(host_.RealTimeNs() - kHourNs);
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status Operator::Run(const Operation& operation) {
  if (!store_.is_open()) {
    if (absl::Status status = Open(); !status.ok()) return status;
  }
  return Do(operation);
}

absl::Status Operator::RunUntilError(std::span<const Operation> operations) {
  for (const Operation& operation : operations) {
    if (over_()) return absl::AbortedError("over");
    if (absl::Status status = Run(operation); !status.ok()) return status;
  }
  return absl::OkStatus();
}

void Operator::RunAll(std::span<const Operation> operations) {
  for (const Operation& operation : operations) {
    if (over_()) return;
    const absl::Status status = Run(operation);
    if (status.ok()) continue;
    errors_.push_back(status);
    if (!store_.is_open()) continue;
    for (size_t table = 0; table < kModelTables; ++table) {
      if (!store_.appender(table).ok()) store_.Abandon(table);
    }
  }
}

}  // namespace tape::engine
