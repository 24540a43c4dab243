#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "engine/io/chance.h"
#include "engine/io/posix_file_system.h"
#include "format/bytes/message.h"
#include "tape/appender.h"
#include "tape/store.h"
#include "tests/crash/child.h"
#include "tests/crash/model_store.h"

namespace tape::engine {
namespace {

using format::Concat;

constexpr int kPipe = 3;

#define TAPE_TRY(expression)                              \
  do {                                                    \
    if (absl::Status s = (expression); !s.ok()) return s; \
  } while (false)

void Say(Saying what, std::string_view rest) {
  const std::string line = Concat(std::string(1, static_cast<char>(what)), rest, "\n");
  if (::write(kPipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(9);
}

// Says everything, at once: what is in the pipe outlives the process.
class PipeJournal : public Journal {
 public:
  void Defined(size_t) override {}
  bool IsDefined(size_t) const override { return false; }
  void Began(const ModelCounts& found, uint32_t) override {
    commits_ = 0;
    Say(Saying::kBegan, CountsLine(found));
  }
  void Tried(const ModelCounts& after) override { Say(Saying::kTried, CountsLine(after)); }
  void Failed() override { Say(Saying::kFailed, ""); }
  void Acknowledged() override {
    ++commits_;
    Say(Saying::kAcknowledged, "");
  }
  uint64_t acknowledged() const override { return commits_; }
  void MadeDurable(uint64_t commits) override { Say(Saying::kDurable, std::to_string(commits)); }

 private:
  uint64_t commits_ = 0;
};

// ---- everything that a writer does, one after the other

absl::Status OneRound(ModelStore& store, int round) {
  TAPE_TRY(store.Append(0, 60));
  TAPE_TRY(store.Append(1, 5));
  TAPE_TRY(store.Commit());
  TAPE_TRY(store.Write());
  TAPE_TRY(store.Append(0, 600));
  TAPE_TRY(store.AppendBatch(1, 300));
  store.Kill(0, 5);
  TAPE_TRY(store.CommitTogether());
  TAPE_TRY(store.MakeDurable());
  TAPE_TRY(store.AppendBatch(0, 20));
  TAPE_TRY(store.Commit());
  TAPE_TRY(store.Seal(round == 1 ? SealWhat::kEverything : SealWhat::kFullSlices));
  return store.Release();
}

absl::Status WorkOfEngine(ModelStore& store, uint32_t attempt) {
  TAPE_TRY(store.Open(attempt));
  for (int round = 0; round < 3; ++round) TAPE_TRY(OneRound(store, round));
  TAPE_TRY(store.Close());
  TAPE_TRY(store.Open(attempt));
  TAPE_TRY(OneRound(store, 3));
  store.Drop();
  TAPE_TRY(store.Open(attempt));
  return OneRound(store, 4);
}

// ---- the public API, with the store's threads at work

struct PublicRow {
  Timestamp ts;
  SymbolCode symbol;
};

class PublicWork {
 public:
  PublicWork(std::string folder, std::string shared_memory, uint32_t attempt, ModelCounts counts)
      : folder_(std::move(folder)),
        shared_memory_(std::move(shared_memory)),
        attempt_(attempt),
        counts_(counts),
        chance_(attempt) {}

  absl::Status Run() {
    TAPE_TRY(Open());
    for (int commit = 0; commit < 600; ++commit) {
      TAPE_TRY(CommitOne(chance_.Below(kModelTables)));
      if (chance_.OneIn(40)) TAPE_TRY(Seal());
      if (!chance_.OneIn(150)) continue;
      TAPE_TRY(Close());
      TAPE_TRY(Open());
    }
    return Close();
  }

 private:
  absl::Status Open() {
    auto store = Store::Open(folder_, {.create = true,
                                       .shared_memory = shared_memory_,
                                       .tail_bytes_max = uint64_t{256} << 20,
                                       .wal_segment_bytes = uint64_t{64} << 10,
                                       .wal_interval_ms = 1,
                                       .sync_interval_ms = 5});
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
    for (size_t table = 0; table < kModelTables; ++table) {
      const absl::Status made = store_->CreateTable(ModelSchema(table));
      if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
      auto appender = store_->OpenAppender("main", ModelTableName(table));
      if (!appender.ok()) return appender.status();
      appenders_[table] = *std::move(appender);
      counts_.rows[table] = appenders_[table]->next_row().value();
    }
    journal_.Began(counts_, attempt_);
    return absl::OkStatus();
  }

  absl::Status Close() {
    const uint64_t commits = journal_.acknowledged();
    for (auto& appender : appenders_) appender.reset();
    TAPE_TRY(store_->Close());
    journal_.MadeDurable(commits);
    store_.reset();
    return absl::OkStatus();
  }

  absl::Status Seal() {
    return store_->Seal("main", ModelTableName(chance_.Below(kModelTables))).status();
  }

  absl::Status AppendRows(size_t table, uint64_t rows) {
    Appender& appender = *appenders_[table];
    const auto ts = appender.Handle<Timestamp>("ts");
    const auto symbol = appender.Handle<SymbolCode>("symbol");
    const auto size = appender.Handle<int64_t>("size");
    const auto note = appender.Handle<std::string_view>("note");
    if (!ts.ok() || !symbol.ok() || !size.ok() || !note.ok()) return symbol.status();
    for (uint64_t i = 0; i < rows; ++i) {
      const ModelRow row(table, appender.next_row().value(), attempt_);
      auto code = appender.Intern("symbol", row.symbol);
      if (!code.ok()) return code.status();
      appender.Set(*ts, Timestamp::FromNanos(row.time));
      appender.Set(*symbol, *code);
      if (row.has_size) appender.Set(*size, row.size);
      if (row.has_note) appender.Set(*note, row.note);
      if (!appender.EndRow()) return appender.status();
    }
    return absl::OkStatus();
  }

  absl::Status CommitOne(size_t table) {
    const ModelCounts before = counts_;
    const uint64_t rows = chance_.OneIn(30) ? 900 : 1 + chance_.Below(40);
    TAPE_TRY(AppendRows(table, rows));
    counts_.rows[table] += rows;
    if (chance_.OneIn(3) && counts_.kills[table] < KillsOf(before.rows[table])) {
      appenders_[table]->Kill(RowNumber(KilledRow(counts_.kills[table]++)));
    }
    const bool durable = chance_.OneIn(8);
    journal_.Tried(counts_);
    TAPE_TRY(
        appenders_[table]->Commit(durable ? Durability::kDurable : Durability::kProcess).status());
    journal_.Acknowledged();
    if (durable) journal_.MadeDurable(journal_.acknowledged());
    return absl::OkStatus();
  }

  const std::string folder_;
  const std::string shared_memory_;
  const uint32_t attempt_;
  ModelCounts counts_;
  Chance chance_;
  PipeJournal journal_;
  std::unique_ptr<Store> store_;
  std::array<std::unique_ptr<Appender>, kModelTables> appenders_;
};

absl::Status Run(const std::vector<std::string>& arguments) {
  const auto attempt = static_cast<uint32_t>(std::strtoul(arguments[4].c_str(), nullptr, 10));
  if (arguments[1] == "store") {
    return PublicWork(arguments[2], arguments[3], attempt, ParseCounts(arguments[6])).Run();
  }
  KillingFileSystem files(PosixFileSystem::Instance(),
                          [](const std::string& point) { Say(Saying::kFires, point); });
  if (const auto point = KillPoint::Parse(arguments[5])) files.KillAt(*point);
  PipeJournal journal;
  ModelStore store({files, PosixHost::Instance()},
                   {.folder = arguments[2], .shared_memory = arguments[3]}, journal);
  absl::Status status = WorkOfEngine(store, attempt);
  for (const auto& [call, count] : files.calls()) {
    Say(Saying::kCalls, Concat(count, " ", call.first, ";", call.second));
  }
  return status;
}

}  // namespace

int RunChild(const std::vector<std::string>& arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const absl::Status status = Run(arguments);
  if (status.ok()) return 0;
  Say(Saying::kError, status.ToString());
  return 1;
}

}  // namespace tape::engine
