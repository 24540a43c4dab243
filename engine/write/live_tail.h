// Where the tail is, and what it is worth: LIVE and the folder that it names. Bytes and the table
// of decisions: docs/format/live.md.
//
//   absl::StatusOr<LiveTail> live = FindLiveTail(machine, store_folder, uuid);
//   switch (live->state) { ... }
//
//   absl::StatusOr<LiveTail> made = MakeLiveTail(machine, options, live->file);   // the writer
//   absl::Status status = PublishLive(machine, store_folder, made->file);
//
// A folder is opened only after device, inode, owner and mode were found as named: what somebody
// else made under the expected name is never read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/machine.h"
#include "format/bytes/place.h"
#include "format/records/live_file.h"

namespace tape::engine {

enum class LiveState : uint8_t {
  kNone,        // there is no tail: slices and WAL have everything
  kHere,        // there is one, and it can be believed
  kOtherBoot,   // it was lost with the power: the WAL has what it had
  kOutOfReach,  // same boot, but not here, or not as named
  kDamaged,     // LIVE cannot be read
};

struct LiveTail {
  LiveState state = LiveState::kNone;
  std::string folder;                    // where it is, if it is here
  std::optional<format::LiveFile> file;  // what LIVE says, if it can be read
  std::string reason;                    // why it is out of reach, or damaged
};

absl::StatusOr<LiveTail> FindLiveTail(const Machine& machine, const std::string& store_folder,
                                      const format::StoreUuid& store);

struct LiveOptions {
  std::string store_folder;
  format::StoreUuid store{};
  // Where tails are made, a folder of its own for each; empty, or without room for `bytes_min`: in
  // the store's own folder.
  std::string shared_memory = "/dev/shm";
  uint64_t bytes_min = 0;
};

// Makes an empty folder for a tail, of a new nonce and the epoch after `before`, and the LIVE that
// names it, which is not yet published.
absl::StatusOr<LiveTail> MakeLiveTail(const Machine& machine, const LiveOptions& options,
                                      const std::optional<format::LiveFile>& before);

// Folders of tails of this store, in this place, beside `live`: of processes that died while they
// opened or closed it, or that closed it while a snapshot still read. Only those that hold files of
// this store.
absl::StatusOr<std::vector<std::string>> FindDeadTails(const Machine& machine,
                                                       const std::string& store_folder,
                                                       const LiveTail& live);

// Puts LIVE in place, at once and synced.
absl::Status PublishLive(const Machine& machine, const std::string& store_folder,
                         const format::LiveFile& live);

}  // namespace tape::engine
