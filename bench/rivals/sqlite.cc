// SQLite, through the few functions of its C API that writing rows needs.
#include "bench/rivals/library.h"
#include "bench/rivals/row_writers.h"
#include "format/bytes/message.h"

namespace tape::rivals {
namespace {

using format::Concat;

// sqlite3.h: values of its API.
constexpr int kOk = 0, kRow = 100, kDone = 101;

struct Api {
  int (*open)(const char* path, void** database);
  int (*close)(void* database);
  int (*exec)(void* database, const char* sql, void* callback, void* argument, char** error);
  int (*prepare)(void* database, const char* sql, int size, void** statement, const char** tail);
  int (*bind)(void* statement, int index, int64_t value);
  int (*step)(void* statement);
  int (*reset)(void* statement);
  int (*finalize)(void* statement);
  int64_t (*column)(void* statement, int index);
  const char* (*errmsg)(void* database);
};

class Sqlite : public RowWriter {
 public:
  explicit Sqlite(const Api& api) : api_(api) {}
  ~Sqlite() override {
    if (insert_ != nullptr) api_.finalize(insert_);
    if (database_ != nullptr) api_.close(database_);
  }

  absl::Status Open(const std::string& folder, RivalSync sync) {
    if (api_.open((folder + "/rows.sqlite").c_str(), &database_) != kOk) return Error();
    const char* const synchronous = sync == RivalSync::kNone ? "OFF" : "FULL";
    absl::Status status = Run("PRAGMA journal_mode = WAL");
    status.Update(Run(Concat("PRAGMA synchronous = ", std::string_view(synchronous))));
    status.Update(Run("CREATE TABLE quotes (id INTEGER PRIMARY KEY, a, b, c, d, e, f, g)"));
    if (!status.ok()) return status;
    const char* const sql = "INSERT INTO quotes VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    return api_.prepare(database_, sql, -1, &insert_, nullptr) == kOk ? absl::OkStatus() : Error();
  }

  absl::Status Append(uint64_t key, const RivalRow& row) override {
    if (!open_) {
      if (absl::Status s = Run("BEGIN"); !s.ok()) return s;
      open_ = true;
    }
    api_.bind(insert_, 1, static_cast<int64_t>(key));
    for (size_t i = 0; i < row.size(); ++i) api_.bind(insert_, static_cast<int>(i) + 2, row[i]);
    const bool done = api_.step(insert_) == kDone;
    api_.reset(insert_);
    return done ? absl::OkStatus() : Error();
  }

  absl::Status Commit() override {
    if (!open_) return absl::OkStatus();
    open_ = false;
    return Run("COMMIT");
  }

  absl::StatusOr<uint64_t> Count() override {
    if (absl::Status s = Commit(); !s.ok()) return s;
    void* count = nullptr;
    if (api_.prepare(database_, "SELECT count(*) FROM quotes", -1, &count, nullptr) != kOk) {
      return Error();
    }
    const bool row = api_.step(count) == kRow;
    const auto rows = static_cast<uint64_t>(row ? api_.column(count, 0) : 0);
    api_.finalize(count);
    if (!row) return Error();
    return rows;
  }

 private:
  absl::Status Run(const std::string& sql) {
    if (api_.exec(database_, sql.c_str(), nullptr, nullptr, nullptr) == kOk)
      return absl::OkStatus();
    return Error();
  }
  absl::Status Error() const {
    return absl::UnavailableError(Concat("sqlite: ", std::string(api_.errmsg(database_))));
  }

  const Api api_;
  void* database_ = nullptr;
  void* insert_ = nullptr;
  bool open_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowWriter>> LoadSqlite(const std::string& library,
                                                      const std::string& folder, RivalSync sync) {
  absl::StatusOr<RivalLibrary> loaded = RivalLibrary::Load(library);
  if (!loaded.ok()) return loaded.status();
  Api api{};
  loaded->Find("sqlite3_open", api.open);
  loaded->Find("sqlite3_close", api.close);
  loaded->Find("sqlite3_exec", api.exec);
  loaded->Find("sqlite3_prepare_v2", api.prepare);
  loaded->Find("sqlite3_bind_int64", api.bind);
  loaded->Find("sqlite3_step", api.step);
  loaded->Find("sqlite3_reset", api.reset);
  loaded->Find("sqlite3_finalize", api.finalize);
  loaded->Find("sqlite3_column_int64", api.column);
  loaded->Find("sqlite3_errmsg", api.errmsg);
  if (!loaded->missing().empty()) {
    return absl::NotFoundError(Concat("sqlite: no function ", loaded->missing()));
  }
  auto sqlite = std::make_unique<Sqlite>(api);
  if (absl::Status s = sqlite->Open(folder, sync); !s.ok()) return s;
  return sqlite;
}

}  // namespace tape::rivals
