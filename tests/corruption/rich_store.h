// A small store that has something of everything, on a disk in memory: for damaging it.
//
//   RichStore store;                                     // made, and closed
//   for (const std::string& path : store.FilePaths()) ...
//   absl::StatusOr<std::string> content = ContentOf(store.files(), store.host());   // all rows
//
// Four tables: ticks (two days, late rows, clustered, most physical forms, a bulk load, kills),
// orders (a key, history with its LSNs, kills), plain (no time), and quiet, of which nothing was
// heard since the WAL let go of it. Rows in slices and in the WAL.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/write/store_writer.h"

namespace tape::engine {

inline constexpr const char* kRichFolder = "/store";

class RichStore {
 public:
  RichStore();

  MemoryFileSystem& files() { return files_; }
  ManualHost& host() { return host_; }

  // Of all files, in order.
  std::vector<std::string> FilePaths();

 private:
  absl::Status Make();
  absl::Status MakeTables();
  absl::Status Append(const char* table, uint64_t rows, std::vector<uint64_t> kills = {});
  absl::Status Load(const char* table, uint64_t rows);
  absl::Status SealAll();

  MemoryFileSystem files_;
  ManualHost host_;
  std::unique_ptr<StoreWriter> writer_;
};

// Every row of every table, in two orders, read by a process that has nothing open yet.
absl::StatusOr<std::string> ContentOf(MemoryFileSystem& files, ManualHost& host);

}  // namespace tape::engine
