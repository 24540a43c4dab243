// A store in memory whose tables are changed through Changes, and rows written as text.
//
//   ChangeStore store;
//   store.Create(schema);
//   auto change = store.Begin();
//   Insert(*change, store, "orders", {"7", "NULL", "halt"});
//   EXPECT_EQ(store.Rows("orders"), "7|NULL|halt\n");
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/change/change.h"
#include "engine/change/value_text.h"
#include "engine/io/manual_host.h"
#include "engine/io/memory_file_system.h"
#include "engine/read/store_reader.h"
#include "engine/write/store_writer.h"
#include "tape/schema.h"

namespace tape::engine {

class ChangeStore {
 public:
  explicit ChangeStore(RuleSource* rules = nullptr);
  ~ChangeStore();

  // Again, after Drop: what is left of the disk and of the shared memory.
  absl::Status Open();
  void Drop();
  // Goes on with another disk.
  void Use(MemoryFileSystem& files) { files_ = &files; }
  MemoryFileSystem& files() { return *files_; }
  ManualHost& host() { return host_; }

  void Create(const absl::StatusOr<Schema>& schema);
  TableId Id(std::string_view table) const;
  const Schema& SchemaOf(std::string_view table) const;
  StoreWriter& writer() { return *writer_; }
  Changes& changes() { return *changes_; }
  std::unique_ptr<Change> Begin() { return changes_->Begin(); }
  void SetOptions(const ChangeOptions& options) { options_ = options; }

  void Seal(std::string_view table);
  void Fold(std::string_view table);
  absl::Status MakeDurable();

  // The live rows, in the order of their numbers, a line each: values with '|' between.
  std::string Rows(std::string_view table);
  // Their numbers.
  std::vector<RowNumber> Numbers(std::string_view table);

 private:
  MemoryFileSystem own_;
  MemoryFileSystem* files_ = &own_;
  ManualHost host_;
  RuleSource* const rules_;
  ChangeOptions options_;
  std::unique_ptr<StoreWriter> writer_;
  std::shared_ptr<StoreReader> reader_;
  std::unique_ptr<Changes> changes_;
};

using Texts = std::vector<std::string>;

// A row of all columns, or of the first ones, as text: "NULL" is none, and symbols stay texts.
absl::StatusOr<RowNumber> Insert(Change& change, const ChangeStore& store, std::string_view table,
                                 const Texts& values);
absl::StatusOr<RowNumber> InsertInto(Change& change, const ChangeStore& store,
                                     std::string_view table, const Texts& columns,
                                     const Texts& values);
struct In {
  Change& change;
  const ChangeStore& store;
};
absl::StatusOr<RowNumber> Replace(const In& in, std::string_view table, RowNumber row,
                                  const Texts& columns, const Texts& values);
absl::StatusOr<std::optional<RowNumber>> Find(const In& in, std::string_view table, size_t key,
                                              const Texts& columns, const Texts& values);
// The values of a row as a change sees it.
std::string RowOf(Change& change, const ChangeStore& store, std::string_view table, RowNumber row);

// The message without what absl says before it.
std::string Message(const absl::Status& status);

}  // namespace tape::engine
