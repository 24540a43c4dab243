// Appends rows to a table: the hot path.
//
//   absl::StatusOr<std::unique_ptr<Appender>> trades = store->OpenAppender("main", "trades");
//   auto ts = (*trades)->Handle<Timestamp>("ts");
//   auto symbol = (*trades)->Handle<SymbolCode>("symbol");
//   auto price = (*trades)->Handle<int64_t>("price");          // of a DECIMAL(18,2): cents
//   absl::StatusOr<SymbolCode> aapl = (*trades)->Intern("symbol", "AAPL");
//
//   (*trades)->Set(*ts, now);
//   (*trades)->Set(*symbol, *aapl);
//   (*trades)->Set(*price, int64_t{189'25});
//   if (!(*trades)->EndRow()) return (*trades)->status();
//   absl::StatusOr<Lsn> lsn = (*trades)->Commit();             // now every process sees it
//
// Or bound to a struct, which costs the same and reads better:
//
//   struct Trade { Timestamp ts; SymbolCode symbol; int64_t price; };
//   auto bound = (*trades)->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
//                                Field{"price", &Trade::price});
//   bound->Append(trade);
//
// A row is what was Set since the last EndRow. A column that was not set is NULL; where it may not
// be, EndRow fails and names it. Rows become visible together, with Commit; what a Commit survives
// when it returns is the table's durability, or the one it is given.
//
// Set and EndRow make no system call, take no lock, allocate nothing and touch no page that is not
// there, and nor does Commit at the level `process`. A value is a store into memory that other
// processes read once it is committed.
//
// Errors stick: after one, rows go nowhere, EndRow returns false and Commit says what happened and
// publishes nothing; Abandon forgets the rows since the last commit and the error.
//
// Rows of a table with constraints are staged in private memory and checked by Commit, over all
// days: PRIMARY KEY, UNIQUE, FOREIGN KEY. What is refused leaves nothing, says which constraint,
// columns, row and value, and stays as it was: Abandon forgets it. Kill keeps to foreign keys too.
//
// A child that was forked from the writer's process cannot write: Set goes nowhere, everything else
// says so.
//
// Thread-bound: one thread at a time; for several, shared_appender.h. One appender a table; a
// second is refused. The store must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tape/column_view.h"
#include "tape/date.h"
#include "tape/ids.h"
#include "tape/int128.h"
#include "tape/schema.h"
#include "tape/timestamp.h"
#include "tape/type.h"

namespace tape {

// Where the next row goes. Made and moved on by the library; here so that setting a value is a
// store and not a call.
struct RowCursor {
  std::byte* const* values = nullptr;     // by column: the array of the chunk that is written to;
                                          // nullptr in a forked child
  uint8_t* const* validity = nullptr;     // by column; nullptr for one that is never NULL
  const uint32_t* code_begins = nullptr;  // by column: 1 where NULL, code 0, may not be
  const uint32_t* code_ends = nullptr;    // by column: codes from here on are unknown
  uint64_t at = 0;                        // entry of the row that is being written
  uint64_t end = 0;                       // entries of the chunk
  uint64_t set = 0;                       // bit i: column i of the row was set, where i is below 64
};

// How a C++ type lies in a column: what Handle<T> accepts.
template <typename T>
struct Stored {
  using Type = T;  // a physical form itself: int16_t, int32_t, int64_t, Int128, float, double
  static constexpr T Of(T value) { return value; }
};
template <>
struct Stored<bool> {
  using Type = uint8_t;
  static constexpr uint8_t Of(bool value) { return value ? 1 : 0; }
};
template <>
struct Stored<Timestamp> {
  using Type = int64_t;
  static constexpr int64_t Of(Timestamp value) { return value.nanos(); }
};
template <>
struct Stored<Date> {
  using Type = int32_t;
  static constexpr int32_t Of(Date value) { return value.days(); }
};
template <>
struct Stored<SymbolCode> {
  using Type = uint32_t;
  static constexpr uint32_t Of(SymbolCode value) { return value.value(); }
};

// A column of the appender's table, checked once to be of this type.
template <typename T>
class ColumnHandle {
 public:
  ColumnHandle() = default;
  uint32_t index() const { return index_; }

 private:
  friend class Appender;
  explicit ColumnHandle(uint32_t index) : index_(index) {}
  uint32_t index_ = 0;
};

// A member of a struct, and the column it goes to.
template <typename Row, typename T>
struct Field {
  std::string_view column;
  T Row::*member;
};
template <typename Row, typename T>
Field(const char*, T Row::*) -> Field<Row, T>;

template <typename Row, typename... T>
class BoundAppender;

class Appender {
 public:
  ~Appender();
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  const Schema& schema() const;

  // ---- before the first row

  // kNotFound for a column that is not there, kInvalidArgument for one of another physical form.
  // std::string_view is for columns of bytes: text, JSON, arrays in their stored form.
  template <typename T>
  absl::StatusOr<ColumnHandle<T>> Handle(std::string_view column) const {
    absl::StatusOr<uint32_t> index = FindColumn(column, PhysicalOf<T>());
    if (!index.ok()) return index.status();
    return ColumnHandle<T>(*index);
  }

  // The code of a text in a symbol column, now or a new one. Not for the hot path when it is new.
  absl::StatusOr<SymbolCode> Intern(std::string_view column, std::string_view text);

  template <typename Row, typename... T>
  absl::StatusOr<BoundAppender<Row, T...>> Bind(const Field<Row, T>&... fields);

  // ---- a row

  template <typename T>
  void Set(ColumnHandle<T> column, T value) {
    const uint32_t i = column.index_;
    if (cursor_->values == nullptr) [[unlikely]]
      return;
    const auto stored = Stored<T>::Of(value);
    if constexpr (std::is_same_v<T, SymbolCode>) {
      if (stored >= cursor_->code_ends[i] || stored < cursor_->code_begins[i]) [[unlikely]] {
        RefuseCode(i, stored);
        return;
      }
    }
    using Type = typename Stored<T>::Type;
    reinterpret_cast<Type*>(cursor_->values[i])[cursor_->at] = stored;
    if (cursor_->validity[i] != nullptr) cursor_->validity[i][cursor_->at] = 1;
    Mark(i);
  }
  void Set(ColumnHandle<std::string_view> column, std::string_view value) {
    SetBytes(column.index_, value);
    Mark(column.index_);
  }

  // The row is whole, and the next one begins. False where something is wrong.
  bool EndRow() {
    if ((cursor_->set & required_) != required_ || has_more_) [[unlikely]] {
      if (!CheckRow()) return false;
    }
    cursor_->set = 0;
    if (++cursor_->at >= cursor_->end) [[unlikely]] {
      return NextChunk();
    }
    return true;
  }

  // ---- many rows

  // All columns in the schema's order and equally long; symbols as codes.
  bool Append(std::span<const ColumnView> columns);

  // ---- commits

  // The row version is dead from this commit on. It must have been appended: next_row() is too
  // high.
  void Kill(RowNumber row);

  // kDefault: the table's, which for an appender is `process` unless it says otherwise. Where the
  // sync of a durable commit fails, its rows are visible all the same, and the store is read-only.
  // Where nothing was appended it returns the last commit there is, as durable as was asked for.
  // kFailedPrecondition where a row was begun and not ended.
  absl::StatusOr<Lsn> Commit(Durability durability = Durability::kDefault);

  // One commit of appenders of one store, each named once: all their rows and kills become visible
  // at once, and survive together. Where one of them cannot commit, none does, and each is as it
  // was. kDefault: the strongest of the tables'.
  static absl::StatusOr<Lsn> CommitTogether(std::span<Appender* const> appenders,
                                            Durability durability = Durability::kDefault);

  // Forgets rows and kills since the last commit, the row that was begun, and the error.
  void Abandon();

  bool ok() const;
  const absl::Status& status() const;
  // The number of the row that is being written.
  RowNumber next_row() const;
  // How often a row had to wait for memory to be made ready.
  uint64_t waits() const;

 private:
  friend class Store;
  friend class SharedAppender;
  struct State;
  explicit Appender(std::unique_ptr<State> state);

  static constexpr uint64_t Bit(uint32_t column) {
    return uint64_t{1} << (column < 64 ? column : 63);
  }
  template <typename T>
  static constexpr Physical PhysicalOf() {
    if constexpr (std::is_same_v<T, std::string_view>) {
      return Physical::kBytes;
    } else {
      return kPhysicalOf<typename Stored<T>::Type>;
    }
  }

  void Mark(uint32_t column) {
    cursor_->set |= Bit(column);
    if (column >= 63) [[unlikely]]
      MarkMore(column);
  }

  absl::StatusOr<uint32_t> FindColumn(std::string_view column, Physical physical) const;
  // The row that was begun is neither in a commit nor in the way of one.
  absl::Status CheckNoRowIsOpen() const;
  void MarkMore(uint32_t column);
  void SetBytes(uint32_t column, std::string_view value);
  void RefuseCode(uint32_t column, uint32_t code);
  bool CheckRow();
  bool NextChunk();
  static absl::StatusOr<Lsn> CommitChecked(std::span<Appender* const> appenders,
                                           Durability durability);
  // Returns when the commit survives what the level says.
  absl::Status Await(Lsn lsn, Durability durability) const;

  std::unique_ptr<State> state_;
  RowCursor* cursor_;
  uint64_t required_ = 0;  // columns that every row must set
  bool has_more_ = false;  // some of them are beyond the 64th
};

// An appender that takes whole rows from a struct. Valid as long as the appender.
template <typename Row, typename... T>
class BoundAppender {
 public:
  bool Append(const Row& row) {
    std::apply([&](const auto&... bound) { (appender_->Set(bound.first, row.*bound.second), ...); },
               bound_);
    return appender_->EndRow();
  }

 private:
  friend class Appender;
  BoundAppender(Appender* appender, std::tuple<std::pair<ColumnHandle<T>, T Row::*>...> bound)
      : appender_(appender), bound_(std::move(bound)) {}

  Appender* appender_;
  std::tuple<std::pair<ColumnHandle<T>, T Row::*>...> bound_;
};

template <typename Row, typename... T>
absl::StatusOr<BoundAppender<Row, T...>> Appender::Bind(const Field<Row, T>&... fields) {
  absl::Status status;
  const auto handle = [&]<typename V>(const Field<Row, V>& field) {
    absl::StatusOr<ColumnHandle<V>> found = Handle<V>(field.column);
    if (!found.ok()) status.Update(found.status());
    return std::pair(found.ok() ? *found : ColumnHandle<V>(), field.member);
  };
  std::tuple<std::pair<ColumnHandle<T>, T Row::*>...> bound{handle(fields)...};
  if (!status.ok()) return status;
  return BoundAppender<Row, T...>(this, std::move(bound));
}

}  // namespace tape
