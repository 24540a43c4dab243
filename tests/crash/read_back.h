// Reads a table of a store back, from slices and tail: every row and every kill.
//
//   absl::StatusOr<TableFound> found = ReadTableBack(table, 0, model, {machine, "/store", uuid});
//
// An error where a row is not the model's, is missing below another one, or is there twice, where
// the kills are not the first ones, and where something cannot be read.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "engine/io/machine.h"
#include "engine/write/open_table.h"
#include "format/bytes/place.h"
#include "tests/crash/model.h"

namespace tape::engine {

struct TableFound {
  uint64_t rows = 0;
  uint64_t kills = 0;
};

// Where the table's store is, and which one.
struct StoreThere {
  Machine machine;
  std::string folder;
  format::StoreUuid store{};
};

absl::StatusOr<TableFound> ReadTableBack(OpenTable& table, size_t index, const Model& model,
                                         const StoreThere& store);

// Only how many rows are killed.
absl::StatusOr<uint64_t> CountKills(OpenTable& table, const StoreThere& store);

}  // namespace tape::engine
