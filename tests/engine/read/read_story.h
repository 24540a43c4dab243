// A table with every kind of column, a writer that a test drives, and the plain vector of rows that
// it must look like: what is read is compared with that.
//
//   ReadStory story(files, host);
//   story.Open();
//   story.Append(100, chance);  story.Commit();  story.Kill(17);  story.Seal(...);
//   EXPECT_EQ(story.Compare(*snapshot, options, model), "");
//
// The model is the rows as a snapshot must show them, in order of arrival.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/chance.h"
#include "engine/io/machine.h"
#include "engine/read/store_reader.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/store_writer.h"
#include "tape/scan.h"

namespace tape::engine {

struct StoryRow {
  uint64_t number = 0;
  int64_t time = 0;
  std::string symbol{};
  int64_t id = 0;  // never falls: it lies in order of arrival
  std::optional<int64_t> size{};
  std::optional<std::string> note{};
  uint64_t lsn = 0;
  uint64_t killed = ~uint64_t{0};  // LSN of its kill
};

// What a scan must give.
std::vector<StoryRow> Expected(const std::vector<StoryRow>& rows, const ScanOptions& options,
                               uint64_t lsn);

struct StoryShape {
  bool clustered = true;
  bool late = true;  // some rows come late, and some belong to another day
  uint32_t symbols = 12;
  uint32_t slice_rows = 1024;
  bool history = false;  // rows keep their LSNs
};

class ReadStory {
 public:
  ReadStory(const Machine& machine, const StoryShape& shape, std::string folder = "/store",
            std::string memory = "/shm");

  absl::Status Open();
  absl::Status Append(uint64_t rows, Chance& chance);
  void Kill(uint64_t row);
  absl::Status Commit();
  absl::Status Seal(SealWhat what);
  absl::Status Close();
  // The process dies: nothing is closed.
  void Die();

  const std::vector<StoryRow>& rows() const { return rows_; }
  StoreWriter& writer() { return *writer_; }
  TableId table() const { return table_->info.id; }
  uint64_t committed() { return writer_->sequence().committed().value(); }
  // The control page of the store's tail, as it lies there.
  absl::StatusOr<std::unique_ptr<Mapping>> MapControl();

 private:
  absl::Status SaveCatalog();
  Schema TableSchema() const;
  StoryRow MakeRow(uint64_t number, Chance& chance) const;
  absl::Status Put(const StoryRow& row);

  const Machine machine_;
  const StoryShape shape_;
  const std::string folder_;
  const std::string memory_;
  std::unique_ptr<StoreWriter> writer_;
  std::shared_ptr<OpenTable> table_;
  std::unique_ptr<TailAppender> appender_;
  std::vector<StoryRow> rows_;
  std::vector<StoryRow> open_;        // of the open commit
  std::vector<uint64_t> open_kills_;  // of the open commit
};

// Why a scan does not give these rows; empty where it does.
std::string Difference(const StoreSnapshot& snapshot, Scan& scan,
                       const std::vector<std::string>& columns,
                       const std::vector<StoryRow>& expected);

// Scans with these options and compares.
std::string CheckScan(const std::shared_ptr<const StoreSnapshot>& snapshot, ScanOptions options,
                      const std::vector<StoryRow>& rows);

}  // namespace tape::engine
