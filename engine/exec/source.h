// A table as queries see it: named columns, and streams of its rows.
//
//   SourceSpec spec{.columns = {0, 3}, .order = SourceOrder::kTime, .symbols = {{"AAPL"}}};
//   absl::StatusOr<std::unique_ptr<RowStream>> rows = source->Open(spec);
//   while (true) {
//     absl::StatusOr<const Batch*> batch = (*rows)->Next();
//     if (!batch.ok() || *batch == nullptr) break;
//     (*batch)->columns[1].Flat<int64_t>();
//   }
//
// What a source is made of is its own: a table of a snapshot (pipeline/snapshot_source.h), the same
// with the rows that an open transaction has staged and without those that it killed, a system
// table. Queries name columns by their index in columns().
//
// A stream gives out every row that passes the spec, once. times, symbols and order are promises of
// the source, not hints: no row outside of them comes. Where row numbers are asked for, they are
// one more column behind the others, of type BIGINT; numbers of staged rows have their highest bit
// set and so are negative there.
//
// Errors: those of the readers beneath (kDataLoss, kAborted, ...); kFailedPrecondition where as_of
// lies before what is kept. Source: immutable, thread-safe. RowStream: thread-bound; source and
// spec outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/exec/expression.h"
#include "engine/exec/vector.h"
#include "engine/read/part.h"
#include "tape/ids.h"
#include "tape/type.h"

namespace tape::engine::exec {

struct SourceColumn {
  std::string name{};
  Type type{};
  LabelsPtr labels{};  // of an ENUM
};

enum class SourceOrder : uint8_t {
  kAny,      // whatever costs the least
  kTime,     // by the time column, then by arrival; by arrival where there is no time column
  kArrival,  // by row number
};

struct SourceSpec {
  std::vector<size_t> columns{};
  SourceOrder order = SourceOrder::kAny;
  TimeRange times{};                                  // of the time column
  std::optional<std::vector<std::string>> symbols{};  // of the cluster column; nothing: all
  std::optional<Lsn> as_of{};                         // nothing: everything that the source sees
  bool row_numbers = false;
};

class RowStream {
 public:
  virtual ~RowStream() = default;
  // At most kBlockRows rows, at least one; nullptr after the last. Good until the next call.
  // Columns in the order of the spec, then the row numbers.
  virtual absl::StatusOr<const Batch*> Next() = 0;
};

class Source {
 public:
  virtual ~Source() = default;

  const std::vector<SourceColumn>& columns() const { return columns_; }
  // What times, order and symbols of a spec are about. The time column is a TIMESTAMP or
  // TIMESTAMPTZ and NOT NULL.
  std::optional<size_t> time_column() const { return time_column_; }
  std::optional<size_t> cluster_column() const { return cluster_column_; }

  virtual absl::StatusOr<std::unique_ptr<RowStream>> Open(const SourceSpec& spec) const = 0;

 protected:
  Source(std::vector<SourceColumn> columns, std::optional<size_t> time_column,
         std::optional<size_t> cluster_column)
      : columns_(std::move(columns)), time_column_(time_column), cluster_column_(cluster_column) {}

 private:
  std::vector<SourceColumn> columns_;
  std::optional<size_t> time_column_;
  std::optional<size_t> cluster_column_;
};

}  // namespace tape::engine::exec
