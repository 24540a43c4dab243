// Embedded databases as rivals for writing rows: each loaded at run time (bench/rivals/fetch),
// given rows of 44 bytes in order, one at a time, and asked to commit.
//
//   absl::StatusOr<std::unique_ptr<RowWriter>> lmdb = LoadLmdb(library, folder, RivalSync::kNone);
//   absl::Status status = (*lmdb)->Append(key, row);
//   status = (*lmdb)->Commit();
//   absl::StatusOr<uint64_t> rows = (*lmdb)->Count();
//
// Set up as their users set them up for speed: LMDB appends in key order through a writable
// mapping, SQLite has a prepared statement, a WAL and a table without other indexes.
//
// Thread-bound.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tape::rivals {

// What a commit waits for.
enum class RivalSync : uint8_t {
  kNone,    // nothing: it survives the process
  kCommit,  // the disk
};

// Seven numbers: what a quote is to somebody who knows no columns.
using RivalRow = std::array<int64_t, 7>;

class RowWriter {
 public:
  virtual ~RowWriter() = default;
  // Keys ascend.
  virtual absl::Status Append(uint64_t key, const RivalRow& row) = 0;
  virtual absl::Status Commit() = 0;
  virtual absl::StatusOr<uint64_t> Count() = 0;
};

absl::StatusOr<std::unique_ptr<RowWriter>> LoadLmdb(const std::string& library,
                                                    const std::string& folder, RivalSync sync);
absl::StatusOr<std::unique_ptr<RowWriter>> LoadSqlite(const std::string& library,
                                                      const std::string& folder, RivalSync sync);

}  // namespace tape::rivals
