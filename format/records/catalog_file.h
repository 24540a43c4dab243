// catalog.0003: a checkpoint of the whole DDL history. Bytes: docs/format/catalog.md.
//
//   CatalogCheckpoint checkpoint{.records = {{Lsn(1), record}, ...}, .complete = Lsn(900)};
//   absl::Status status = AppendCatalogFile(identity, checkpoint, bytes);
//
//   absl::StatusOr<CatalogCheckpoint> read = CatalogCheckpoint::Parse(file, identity);
//
// Value types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "format/bytes/place.h"
#include "format/records/catalog_record.h"
#include "tape/ids.h"

namespace tape::format {

// The record of the last frame.
struct CatalogEnd {
  uint64_t records = 0;
  uint64_t complete = 0;  // the LSN up to which the file is complete
};
static_assert(sizeof(CatalogEnd) == 16 && offsetof(CatalogEnd, complete) == 8);

struct CatalogChange {
  Lsn lsn{};
  CatalogRecord record{};

  friend bool operator==(const CatalogChange&, const CatalogChange&) = default;
};

struct CatalogCheckpoint {
  std::vector<CatalogChange> records{};  // in the order of their commits
  Lsn complete{};                        // changes above are in the WAL

  // All of the file or nothing: kDataLoss naming the record, kUnimplemented for a newer file. Every
  // record was applied to CatalogObjects, so that versions and ids are right and tables are
  // Schemas.
  static absl::StatusOr<CatalogCheckpoint> Parse(std::span<const std::byte> file,
                                                 const FileIdentity& identity);

  friend bool operator==(const CatalogCheckpoint&, const CatalogCheckpoint&) = default;
};

// Appends the whole file to `out`, which is empty. kInvalidArgument for LSNs that fall, records
// above `complete`, and records that cannot be written.
absl::Status AppendCatalogFile(const FileIdentity& identity, const CatalogCheckpoint& checkpoint,
                               std::vector<std::byte>& out);

}  // namespace tape::format
