// A store of two tables on any machine, every call of which is told to a journal, and which is read
// back whole.
//
//   Model model;
//   ModelStore store({files, host}, {}, model);
//   absl::Status status = store.Open(/*attempt=*/1);
//   status = store.Append(0, 10);                       // the first table's open commit
//   store.Kill(1, 2);                                   // the next two rows of the second table
//   status = store.CommitTogether();                    // both, as one
//   ...
//   std::string wrong = store.Check(model, model.acknowledged());
//
// After an error the store can be used on, as its user might: what failed is not acknowledged.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/io/machine.h"
#include "engine/tail/tail_appender.h"
#include "engine/write/bulk_loader.h"
#include "engine/write/store_writer.h"
#include "tape/column_view.h"
#include "tests/crash/model.h"

namespace tape::engine {

struct ModelStoreOptions {
  std::string folder = "/store";
  std::string shared_memory = "/shm";
  uint64_t wal_segment_bytes = uint64_t{64} << 10;
  uint64_t tail_bytes_max = uint64_t{256} << 20;
};

class ModelStore {
 public:
  ModelStore(const Machine& machine, const ModelStoreOptions& options, Journal& journal);
  ~ModelStore();

  // Opens or makes store and tables. What is appended from now on has this attempt's values.
  absl::Status Open(uint32_t attempt);
  bool is_open() const { return writer_ != nullptr; }
  // Until it is closed, or dropped as by a process that dies.
  void Drop();
  absl::Status Close();

  absl::Status Append(size_t table, uint64_t rows);
  // As columns.
  absl::Status AppendBatch(size_t table, uint64_t rows);
  // As one bulk load, a commit of its own; the table's open commit is abandoned.
  absl::Status BulkLoad(size_t table, uint64_t rows);
  // Kills as many rows of those that are committed; fewer where there are no more.
  void Kill(size_t table, uint64_t kills);
  void Abandon(size_t table);
  // Each table's rows and kills as a commit of its own, or all in one.
  absl::Status Commit();
  absl::Status CommitTogether();

  absl::Status Write() { return writer_->wal().Write(); }
  absl::Status MakeDurable();
  absl::Status Seal(SealWhat what);
  absl::Status Fold(size_t table) { return writer_->Fold(tables_[table]->info.id); }
  absl::Status Release() { return writer_->Release(); }

  StoreWriter& writer() { return *writer_; }
  TailAppender& appender(size_t table) { return *appenders_[table]; }
  struct OpenTable& table(size_t table) {
    return *tables_[table];
  }
  // What is appended, the open commit included.
  ModelCounts Counts() const;

  // Everything that is there, against the model; empty where it is right.
  std::string Check(Model& model, uint64_t promised);
  // How much that is. An error where rows or kills are not those of the model.
  absl::StatusOr<ModelCounts> ReadBack(const Model& model);

 private:
  absl::Status OpenTable(size_t table);
  absl::Status StartAppender(size_t table);
  absl::Status LoadAlone(size_t table, uint64_t rows);
  // Rows from number `first` on, as columns.
  absl::Status Fill(size_t table, uint64_t first, uint64_t rows, std::vector<ColumnBuffer>& buffers,
                    absl::FunctionRef<absl::StatusOr<SymbolCode>(std::string_view)> intern) const;
  absl::StatusOr<SymbolCode> Intern(size_t table, const std::string& text);
  absl::Status CommitOne(size_t table, const ModelCounts& after);

  const Machine machine_;
  const ModelStoreOptions options_;
  Journal& journal_;
  uint32_t attempt_ = 0;
  std::unique_ptr<StoreWriter> writer_;
  std::array<std::shared_ptr<struct OpenTable>, kModelTables> tables_;
  std::array<std::unique_ptr<TailAppender>, kModelTables> appenders_;
  ModelCounts committed_;
  std::array<uint64_t, kModelTables> kills_{};  // of the open commit
};

}  // namespace tape::engine
