// An appender for several producers: each appends and commits as if it were alone.
//
//   SharedAppender trades(*store->OpenAppender("main", "trades"));
//   // any thread:
//   absl::StatusOr<Lsn> lsn = trades.Commit([&](Appender& appender) {
//     bound.Append(trade);                                  // handles made before, of this
//     appender return absl::OkStatus();
//   });
//
// What one call appends is one commit: whole or not at all, its rows one after the other. Where the
// function returns an error, or a row was refused, nothing of it stays and that error is returned.
// The function has the appender to itself, so it should do no more than append: prepare before.
//
// A commit that has to be durable waits for the sync when others may append again, so that one sync
// serves all who wait.
//
// What it costs over an Appender of one's own: a mutex, uncontended some 20 ns. Producers that need
// less have a table each, or a thread that appends for them.
//
// Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/appender.h"
#include "tape/ids.h"
#include "tape/schema.h"

namespace tape {

class SharedAppender {
 public:
  explicit SharedAppender(std::unique_ptr<Appender> appender) : appender_(std::move(appender)) {}

  // The appender, for making handles before the first commit.
  Appender& appender() { return *appender_; }

  // `fill(appender)` returns absl::Status.
  template <typename Fill>
  absl::StatusOr<Lsn> Commit(Fill&& fill, Durability durability = Durability::kDefault) {
    absl::StatusOr<Lsn> lsn = CommitAlone(std::forward<Fill>(fill));
    if (!lsn.ok()) return lsn;
    if (absl::Status status = appender_->Await(*lsn, durability); !status.ok()) return status;
    return lsn;
  }

 private:
  template <typename Fill>
  absl::StatusOr<Lsn> CommitAlone(Fill&& fill) {
    const std::lock_guard lock(mutex_);
    Forget forget{appender_.get()};
    absl::Status status = std::forward<Fill>(fill)(*appender_);
    if (status.ok()) status = appender_->status();
    if (!status.ok()) return status;
    absl::StatusOr<Lsn> lsn = appender_->Commit(Durability::kProcess);
    if (lsn.ok()) forget.appender = nullptr;
    return lsn;
  }

  // What did not become a commit, because it failed or threw, is not in the next one either.
  struct Forget {
    Appender* appender;
    ~Forget() {
      if (appender != nullptr) appender->Abandon();
    }
  };

  std::mutex mutex_;
  std::unique_ptr<Appender> appender_;
};

}  // namespace tape
