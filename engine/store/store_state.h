// What stands behind the public Store and Appender.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "engine/change/change.h"
#include "engine/io/fork_wiped.h"
#include "engine/io/host.h"
#include "engine/io/mutex.h"
#include "engine/read/store_reader.h"
#include "engine/store/staged_appender.h"
#include "engine/store/store_threads.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/open_table.h"
#include "engine/write/store_writer.h"
#include "tape/appender.h"
#include "tape/store.h"

namespace tape {

struct Store::State {
  StoreOptions options;
  StoreRecovery recovery;
  std::string folder;
  std::unique_ptr<engine::StoreWriter> writer;    // nullptr: it is read only
  std::unique_ptr<engine::StoreThreads> threads;  // nullptr: the caller's
  std::optional<Lsn> closed;                      // the last commit, once it is
  std::atomic<int> open_sessions = 0;
  engine::ForkWiped<uint32_t> here = engine::ForkWiped<uint32_t>(1);

  // Whether this is a copy of the process that opened the store, which has no right to touch it.
  bool forked() const { return *here == 0; }

  // kFailedPrecondition where it is read only, or a forked copy.
  absl::Status CheckWriter() const;
  absl::StatusOr<std::shared_ptr<engine::OpenTable>> Find(std::string_view schema,
                                                          std::string_view table) const;
  // Opened when first needed, by the writer's own process as by any other.
  absl::StatusOr<std::shared_ptr<engine::StoreReader>> Reader();
  // The same: through which every table with constraints is changed.
  absl::StatusOr<engine::Changes*> Changes();
  bool HasTriggers(const engine::TableInfo& table) const;
  // The appender's rows are checked before they go into the tail.
  absl::Status Stage(Appender::State& appender);

  engine::Mutex mutex;
  std::shared_ptr<engine::StoreReader> reader ABSL_GUARDED_BY(mutex);
  std::unique_ptr<engine::RuleSource> rules ABSL_GUARDED_BY(mutex);  // CHECKs and triggers
  std::unique_ptr<engine::Changes> changes ABSL_GUARDED_BY(mutex);
};

struct Appender::State {
  State(engine::StoreWriter* writer, std::shared_ptr<engine::OpenTable> open_table,
        engine::FullTail when_full)
      : store(writer),
        table(std::move(open_table)),
        tail(*table->tail, writer->sequence(), when_full) {}

  // Where the next row goes.
  RowCursor& cursor();
  bool Fail(absl::Status status);
  // Does all that may fail before several commit together.
  absl::Status Ready();

  engine::StoreWriter* store;
  std::shared_ptr<engine::OpenTable> table;
  engine::TailAppender tail;
  std::unique_ptr<engine::StagedAppender> staged;  // nullptr: rows go into the tail at once
  std::vector<uint32_t> code_begins;               // by column
  std::vector<uint32_t> code_ends;                 // by column
  std::vector<bool> more_set;                      // columns from the 64th on that the row has
};

}  // namespace tape
