// LMDB, through the few functions of its C API that writing rows needs.
#include "bench/rivals/library.h"
#include "bench/rivals/row_writers.h"
#include "format/bytes/message.h"

namespace tape::rivals {
namespace {

using format::Concat;

// lmdb.h: names and values of its API.
struct Value {
  size_t size;
  void* data;
};
struct Statistics {
  unsigned page_size, depth;
  size_t branch_pages, leaf_pages, overflow_pages, entries;
};
constexpr unsigned kNoSync = 0x10000, kWriteMap = 0x80000, kMapAsync = 0x100000;
constexpr unsigned kIntegerKey = 0x08, kAppend = 0x20000;
constexpr size_t kMapBytes = size_t{16} << 30;

struct Api {
  int (*env_create)(void** env);
  int (*env_set_mapsize)(void* env, size_t size);
  int (*env_open)(void* env, const char* path, unsigned flags, int mode);
  void (*env_close)(void* env);
  int (*txn_begin)(void* env, void* parent, unsigned flags, void** txn);
  int (*txn_commit)(void* txn);
  void (*txn_abort)(void* txn);
  int (*dbi_open)(void* txn, const char* name, unsigned flags, unsigned* dbi);
  int (*put)(void* txn, unsigned dbi, Value* key, Value* data, unsigned flags);
  int (*stat)(void* txn, unsigned dbi, Statistics* statistics);
  char* (*strerror)(int error);
};

class Lmdb : public RowWriter {
 public:
  explicit Lmdb(const Api& api) : api_(api) {}
  ~Lmdb() override {
    if (txn_ != nullptr) api_.txn_abort(txn_);
    if (env_ != nullptr) api_.env_close(env_);
  }

  absl::Status Open(const std::string& folder, RivalSync sync) {
    const unsigned flags = sync == RivalSync::kNone ? kNoSync | kWriteMap | kMapAsync : kWriteMap;
    if (absl::Status s = Check(api_.env_create(&env_)); !s.ok()) return s;
    if (absl::Status s = Check(api_.env_set_mapsize(env_, kMapBytes)); !s.ok()) return s;
    if (absl::Status s = Check(api_.env_open(env_, folder.c_str(), flags, 0600)); !s.ok()) return s;
    if (absl::Status s = Begin(); !s.ok()) return s;
    return Check(api_.dbi_open(txn_, nullptr, kIntegerKey, &dbi_));
  }

  absl::Status Append(uint64_t key, const RivalRow& row) override {
    if (txn_ == nullptr) {
      if (absl::Status s = Begin(); !s.ok()) return s;
    }
    Value name{sizeof(key), &key};
    Value value{sizeof(row), const_cast<RivalRow*>(&row)};  // only read
    return Check(api_.put(txn_, dbi_, &name, &value, kAppend));
  }

  absl::Status Commit() override {
    void* const txn = txn_;
    txn_ = nullptr;
    return txn == nullptr ? absl::OkStatus() : Check(api_.txn_commit(txn));
  }

  absl::StatusOr<uint64_t> Count() override {
    if (absl::Status s = Commit(); !s.ok()) return s;
    if (absl::Status s = Begin(); !s.ok()) return s;
    Statistics statistics{};
    if (absl::Status s = Check(api_.stat(txn_, dbi_, &statistics)); !s.ok()) return s;
    return statistics.entries;
  }

 private:
  absl::Status Begin() { return Check(api_.txn_begin(env_, nullptr, 0, &txn_)); }
  absl::Status Check(int error) const {
    if (error == 0) return absl::OkStatus();
    return absl::UnavailableError(Concat("lmdb: ", std::string(api_.strerror(error))));
  }

  const Api api_;
  void* env_ = nullptr;
  void* txn_ = nullptr;
  unsigned dbi_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowWriter>> LoadLmdb(const std::string& library,
                                                    const std::string& folder, RivalSync sync) {
  absl::StatusOr<RivalLibrary> loaded = RivalLibrary::Load(library);
  if (!loaded.ok()) return loaded.status();
  Api api{};
  loaded->Find("mdb_env_create", api.env_create);
  loaded->Find("mdb_env_set_mapsize", api.env_set_mapsize);
  loaded->Find("mdb_env_open", api.env_open);
  loaded->Find("mdb_env_close", api.env_close);
  loaded->Find("mdb_txn_begin", api.txn_begin);
  loaded->Find("mdb_txn_commit", api.txn_commit);
  loaded->Find("mdb_txn_abort", api.txn_abort);
  loaded->Find("mdb_dbi_open", api.dbi_open);
  loaded->Find("mdb_put", api.put);
  loaded->Find("mdb_stat", api.stat);
  loaded->Find("mdb_strerror", api.strerror);
  if (!loaded->missing().empty()) {
    return absl::NotFoundError(Concat("lmdb: no function ", loaded->missing()));
  }
  auto lmdb = std::make_unique<Lmdb>(api);
  if (absl::Status s = lmdb->Open(folder, sync); !s.ok()) return s;
  return lmdb;
}

}  // namespace tape::rivals
