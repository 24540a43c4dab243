// A table that is sealed in pieces, killed in places and folded, and a model of what it must hold.
//
//   FoldTable table(files, host, History::kAll);
//   ASSERT_TRUE(table.Open().ok());
//   table.Seal({{kMonday, 100}, {kMonday - 1, 3}});       // rows of two days, in three commits
//   table.Kill(17);
//   absl::StatusOr<bool> folded = table.Fold(FoldWhat::kWhatPays);
//   EXPECT_EQ(table.Check(), "");                          // as of every LSN from the history on
//
// A row's values can be told from its number. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/files/table_files.h"
#include "engine/io/file_system.h"
#include "engine/io/manual_host.h"
#include "engine/write/folder.h"
#include "engine/write/open_table.h"

namespace tape::engine {

class FoldTable {
 public:
  struct Part {
    int32_t day = 0;
    uint64_t rows = 0;
  };

  FoldTable(FileSystem& files, ManualHost& host, History history);

  // The same rows and kills, on what was left of the disk.
  FoldTable On(FileSystem& files, ManualHost& host) const;

  // Makes the table, or opens the one that is there.
  absl::Status Open();

  // Rows of these days, dealt in turns of at most `turn` rows; each turn is a commit.
  absl::Status Seal(std::vector<Part> parts, uint64_t turn = 50);
  absl::Status Kill(uint64_t row);
  absl::StatusOr<bool> Fold(FoldWhat what);

  uint64_t rows() const { return rows_.size(); }
  const std::map<uint64_t, uint64_t>& kills() const { return kills_; }
  const format::ManifestState& manifest() const { return *manifest_; }
  // Of all that was written to files of slices, by seals and by folds.
  uint64_t sealed_bytes() const { return sealed_bytes_; }
  uint64_t folded_bytes() const { return folded_bytes_; }

  // Empty where a reader that has seen nothing yet finds every row that it must.
  std::string Check() const;

 private:
  struct Row {
    int64_t time = 0;
    uint64_t lsn = 0;
  };

  absl::Status Commit(TableChange change, uint64_t& bytes);
  absl::Status ReadSlice(TableReader& reader, const format::SliceEntry& entry,
                         std::map<uint64_t, uint64_t>& lsns, std::string& wrong) const;
  std::string CheckRow(uint64_t row, const std::vector<ColumnView>& columns, size_t at) const;
  std::string CheckVisible(const std::map<uint64_t, uint64_t>& lsns,
                           const std::map<uint64_t, uint64_t>& kills, Lsn history) const;

  FileSystem& files_;
  ManualHost& host_;
  Schema schema_;
  TablePlace place_;
  std::unique_ptr<OpenTable> table_;
  std::shared_ptr<const format::ManifestState> manifest_;
  std::vector<Row> rows_;
  std::map<uint64_t, uint64_t> kills_;  // LSN by row
  uint64_t lsn_ = 1;
  uint64_t sealed_bytes_ = 0;
  uint64_t folded_bytes_ = 0;
};

}  // namespace tape::engine
