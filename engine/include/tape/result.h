// What a statement of SQL gave back: rows, in batches of columns, and what it did.
//
//   absl::StatusOr<Result> result = (*session)->Execute("SELECT symbol, price FROM trades");
//   while (size_t rows = result->Next()) {
//     std::span<const int64_t> prices = result->column(1).Values<int64_t>();
//     for (size_t row = 0; row < rows; ++row) {
//       Use(result->column(0).Bytes(row), prices[row]);
//     }
//   }
//
//   result->Text(0, row);          // any value, as SQL writes it
//   result->affected_rows();       // of INSERT, UPDATE, DELETE
//   result->lsn();                 // of the commit
//
// A value is as its type's physical form says (tape/type.h), with these differences: strings are
// bytes, also those that a table stores as codes (SYMBOL, ENUM), and so is an INTERVAL, which comes
// as its text. The DECIMAL of a column is its digits without the point: 101.25 of a DECIMAL(18,2)
// is 10125.
//
// All rows are there when Execute returns, and nothing that happens later changes them: a result
// may outlive its session and its store.
//
// Thread-compatible; a value that may be moved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/type.h"

namespace tape {

struct ResultColumn {
  std::string name{};
  Type type{};

  friend bool operator==(const ResultColumn&, const ResultColumn&) = default;
};

class Result {
 public:
  // What a session fills in. Each batch has a buffer for each column.
  struct Parts {
    std::string command{};
    std::vector<ResultColumn> columns{};
    std::vector<std::vector<ColumnBuffer>> batches{};
    uint64_t affected_rows = 0;
    Lsn lsn{};
    std::vector<std::string> warnings{};
  };

  // Of no statement.
  Result() = default;
  explicit Result(Parts parts) : parts_(std::move(parts)) {}

  // None: the statement gives no rows, and never could.
  const std::vector<ResultColumn>& columns() const { return parts_.columns; }
  // In all.
  uint64_t rows() const;

  // Goes to the next batch, at first to the first: its rows, at most 1,024; 0 after the last.
  size_t Next();
  // Of the batch: the index-th column. Empty before the first Next.
  ColumnView column(size_t index) const;
  // A value as SQL writes it, "101.25" or "NULL", of the batch.
  std::string Text(size_t column, size_t row) const;

  // What was run: "SELECT", "INSERT", "CREATE TABLE".
  const std::string& command() const { return parts_.command; }
  // Rows that came, were replaced or went.
  uint64_t affected_rows() const { return parts_.affected_rows; }
  // Of the commit; where nothing was committed, what the statement saw.
  Lsn lsn() const { return parts_.lsn; }
  // What was done otherwise than one may think.
  const std::vector<std::string>& warnings() const { return parts_.warnings; }

 private:
  Parts parts_;
  size_t next_ = 0;  // batch
};

}  // namespace tape
