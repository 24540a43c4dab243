// SQL: text in, results out.
//
//   absl::StatusOr<std::unique_ptr<Session>> session = (*store)->OpenSession();
//   absl::StatusOr<Result> made = (*session)->Execute(
//       "CREATE TABLE orders (id BIGINT PRIMARY KEY, symbol VARCHAR(20) NOT NULL,"
//       "                     price DECIMAL(18,8) CHECK (price > 0))");
//   absl::StatusOr<Result> put = (*session)->Execute(
//       "INSERT INTO orders VALUES ($1, $2, $3)", {7, "AAPL", SqlValue::Number("189.25")});
//   absl::StatusOr<Result> rows = (*session)->Execute("SELECT * FROM orders WHERE id = ?", {7});
//   ...                                                                   // result.h
//   if (absl::Status status = (*session)->ExecuteScript(text); !status.ok()) return status;
//
// Each statement is a commit of its own, durable when Execute returns, unless BEGIN was said: then
// COMMIT makes one commit of all that came since, and ROLLBACK none. A transaction reads what was
// committed when it first looked, and its own changes. A statement that fails changes nothing, and
// inside of a transaction only ROLLBACK, or COMMIT, which then rolls back and says so, is taken
// after it. docs/sql.md says what can be written.
//
// Values never have to be put into the text: $1, $2, ... or ? stand for them. They are taken as a
// literal would be, so that a text may be a UUID, a time, a number; numbers are never rounded
// through floating point unless they come as double.
//
// Errors: kInvalidArgument for what cannot be understood or evaluated, with line, column and a
// caret; kFailedPrecondition for a constraint, naming it, row and value, and for a transaction that
// has failed; kNotFound, kAlreadyExists for names; kAborted where a row that a transaction changed
// was changed by another commit meanwhile: run the transaction again; kResourceExhausted where a
// result is larger than result_bytes_max; kUnimplemented for what is known and not there.
//
// Thread-bound; a store may have any number of sessions. The store must outlive it. A session that
// is destroyed rolls back what it has not committed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/result.h"
#include "tape/schema.h"
#include "tape/timestamp.h"

namespace tape {

// What stands for a parameter.
class SqlValue {
 public:
  enum class Kind : uint8_t { kNull, kBoolean, kInteger, kDouble, kNumber, kText, kTimestamp };

  SqlValue(std::nullptr_t = nullptr) {}
  SqlValue(bool value) : kind_(Kind::kBoolean), integer_(value ? 1 : 0) {}
  SqlValue(int value) : kind_(Kind::kInteger), integer_(value) {}
  SqlValue(int64_t value) : kind_(Kind::kInteger), integer_(value) {}
  SqlValue(double value) : kind_(Kind::kDouble), real_(value) {}
  SqlValue(Timestamp value) : kind_(Kind::kTimestamp), integer_(value.nanos()) {}
  SqlValue(const char* text) : kind_(Kind::kText), text_(text) {}
  SqlValue(std::string_view text) : kind_(Kind::kText), text_(text) {}
  SqlValue(std::string text) : kind_(Kind::kText), text_(std::move(text)) {}
  // Digits, exact: "189.25". What is none is refused where it is used.
  static SqlValue Number(std::string_view digits) {
    SqlValue value(digits);
    value.kind_ = Kind::kNumber;
    return value;
  }

  Kind kind() const { return kind_; }
  int64_t integer() const { return integer_; }
  double real() const { return real_; }
  const std::string& text() const { return text_; }

 private:
  Kind kind_ = Kind::kNull;
  int64_t integer_ = 0;  // also a boolean, and nanoseconds
  double real_ = 0;
  std::string text_;
};

struct SessionOptions {
  std::string schema = "main";                   // of names without one
  Durability durability = Durability::kDurable;  // of its commits
  uint64_t result_bytes_max = uint64_t{1} << 30;
};

class Session {
 public:
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // One statement, with or without a semicolon.
  absl::StatusOr<Result> Execute(std::string_view sql,
                                 const std::vector<SqlValue>& parameters = {});

  // The statements of a script, one after the other; `each` is given every result with its
  // statement's text, and may end the script. The first error ends it, naming the statement by its
  // number; what was committed before it stays, and a transaction that is open stays failed.
  using OnResult = std::function<absl::Status(std::string_view statement, Result& result)>;
  absl::Status ExecuteScript(std::string_view sql, const OnResult& each = nullptr);

  // Whether BEGIN was said, and no COMMIT or ROLLBACK since.
  bool in_transaction() const;

 private:
  friend class Store;
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tape
