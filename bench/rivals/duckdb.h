// DuckDB as a rival: loaded at run time from a library that bench/rivals/fetch brings, through the
// few functions of its C API that are needed. Nothing of it is linked or committed.
//
//   absl::StatusOr<DuckDb> duckdb = DuckDb::Load("build/rivals/package/libduckdb.so");
//   absl::Status status = duckdb->Run("CREATE TABLE t (ts TIMESTAMP_NS, symbol VARCHAR)");
//   status = duckdb->Append("t", columns, rows);
//   status = duckdb->Run("COPY t TO 't.parquet' (FORMAT parquet)");
//
// Thread-compatible. The library stays loaded until the process ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tape::rivals {

// One column of rows to append: 64-bit integers as they lie in DuckDB's vectors (BIGINT,
// TIMESTAMP_NS, DECIMAL(18,s)), or numbers into a list of texts (VARCHAR).
struct IntegerColumn {
  std::string type;  // "BIGINT", "TIMESTAMP_NS", "DECIMAL(18,2)"
  std::span<const int64_t> values;
};
struct TextColumn {
  std::vector<uint32_t> numbers;
  std::span<const std::string> texts;
};
using RivalColumn = std::variant<IntegerColumn, TextColumn>;

class DuckDb {
 public:
  static absl::StatusOr<DuckDb> Load(const std::string& library);

  absl::Status Run(const std::string& sql);
  // Makes the table, columns named by `names`, and appends all rows.
  absl::Status Fill(const std::string& table, std::span<const std::string_view> names,
                    std::span<const RivalColumn> columns);
  std::string version() const;

 private:
  struct Api;
  explicit DuckDb(const Api* api) : api_(api) {}

  absl::Status AppendChunk(void* appender, std::span<const RivalColumn> columns, size_t first,
                           size_t rows);

  const Api* api_;
  void* connection_ = nullptr;
};

}  // namespace tape::rivals
