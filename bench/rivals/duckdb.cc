#include "bench/rivals/duckdb.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "format/bytes/message.h"

namespace tape::rivals {
namespace {

using format::Concat;

constexpr size_t kChunkRows = 2048;  // DuckDB's vector size

// DuckDB's enum of types, as far as it is used here.
enum DuckType : int { kBigint = 5, kVarchar = 17, kTimestampNs = 22 };

// Room for a duckdb_result: six words, of which only the error is asked for.
using Result = std::array<uint64_t, 16>;

size_t Rows(const RivalColumn& column) {
  if (const auto* integers = std::get_if<IntegerColumn>(&column)) return integers->values.size();
  return std::get<TextColumn>(column).numbers.size();
}

std::string TypeName(const RivalColumn& column) {
  const auto* integers = std::get_if<IntegerColumn>(&column);
  return integers == nullptr ? "VARCHAR" : integers->type;
}

}  // namespace

struct DuckDb::Api {
  int (*open)(const char* path, void** database);
  int (*connect)(void* database, void** connection);
  int (*query)(void* connection, const char* sql, void* result);
  const char* (*result_error)(void* result);
  void (*destroy_result)(void* result);
  const char* (*library_version)();
  int (*appender_create)(void* connection, const char* schema, const char* table, void** appender);
  int (*append_data_chunk)(void* appender, void* chunk);
  int (*appender_destroy)(void** appender);
  void* (*create_logical_type)(int type);
  void* (*create_decimal_type)(uint8_t width, uint8_t scale);
  void (*destroy_logical_type)(void** type);
  void* (*create_data_chunk)(void** types, uint64_t columns);
  void (*destroy_data_chunk)(void** chunk);
  void* (*data_chunk_get_vector)(void* chunk, uint64_t column);
  void (*data_chunk_set_size)(void* chunk, uint64_t rows);
  void* (*vector_get_data)(void* vector);
  void (*vector_assign_string_element_len)(void* vector, uint64_t row, const char* text,
                                           uint64_t length);
};

absl::StatusOr<DuckDb> DuckDb::Load(const std::string& library) {
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return absl::NotFoundError(Concat("duckdb: ", std::string(dlerror())));
  auto api = std::make_unique<Api>();
  std::string missing;
  const auto find = [&](const char* name, auto& function) {
    void* symbol = dlsym(handle, Concat("duckdb_", std::string_view(name)).c_str());
    if (symbol == nullptr) missing = name;
    std::memcpy(&function, &symbol, sizeof(symbol));
  };
  find("open", api->open);
  find("connect", api->connect);
  find("query", api->query);
  find("result_error", api->result_error);
  find("destroy_result", api->destroy_result);
  find("library_version", api->library_version);
  find("appender_create", api->appender_create);
  find("append_data_chunk", api->append_data_chunk);
  find("appender_destroy", api->appender_destroy);
  find("create_logical_type", api->create_logical_type);
  find("create_decimal_type", api->create_decimal_type);
  find("destroy_logical_type", api->destroy_logical_type);
  find("create_data_chunk", api->create_data_chunk);
  find("destroy_data_chunk", api->destroy_data_chunk);
  find("data_chunk_get_vector", api->data_chunk_get_vector);
  find("data_chunk_set_size", api->data_chunk_set_size);
  find("vector_get_data", api->vector_get_data);
  find("vector_assign_string_element_len", api->vector_assign_string_element_len);
  if (!missing.empty()) return absl::NotFoundError(Concat("duckdb: no function ", missing));
  DuckDb duckdb(api.release());  // lives as long as the library
  void* database = nullptr;
  if (duckdb.api_->open(nullptr, &database) != 0 ||
      duckdb.api_->connect(database, &duckdb.connection_) != 0) {
    return absl::InternalError("duckdb: does not open");
  }
  return duckdb;
}

std::string DuckDb::version() const { return api_->library_version(); }

absl::Status DuckDb::Run(const std::string& sql) {
  Result result{};
  absl::Status status;
  if (api_->query(connection_, sql.c_str(), &result) != 0) {
    const char* error = api_->result_error(&result);
    status = absl::InternalError(Concat("duckdb: ", std::string(error == nullptr ? "?" : error)));
  }
  api_->destroy_result(&result);
  return status;
}

absl::Status DuckDb::AppendChunk(void* appender, std::span<const RivalColumn> columns, size_t first,
                                 size_t rows) {
  std::vector<void*> types;
  for (const RivalColumn& column : columns) {
    const std::string name = TypeName(column);
    const bool decimal = name.starts_with("DECIMAL");
    const int type = name == "BIGINT" ? kBigint : name == "VARCHAR" ? kVarchar : kTimestampNs;
    types.push_back(decimal ? api_->create_decimal_type(18, 2) : api_->create_logical_type(type));
  }
  void* chunk = api_->create_data_chunk(types.data(), types.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    void* vector = api_->data_chunk_get_vector(chunk, i);
    if (const auto* integers = std::get_if<IntegerColumn>(&columns[i])) {
      std::memcpy(api_->vector_get_data(vector), integers->values.data() + first,
                  rows * sizeof(int64_t));
      continue;
    }
    const auto& texts = std::get<TextColumn>(columns[i]);
    for (size_t row = 0; row < rows; ++row) {
      const std::string& text = texts.texts[texts.numbers[first + row]];
      api_->vector_assign_string_element_len(vector, row, text.data(), text.size());
    }
  }
  api_->data_chunk_set_size(chunk, rows);
  const int failed = api_->append_data_chunk(appender, chunk);
  api_->destroy_data_chunk(&chunk);
  for (void*& type : types) api_->destroy_logical_type(&type);
  return failed == 0 ? absl::OkStatus() : absl::InternalError("duckdb: append failed");
}

absl::Status DuckDb::Fill(const std::string& table, std::span<const std::string_view> names,
                          std::span<const RivalColumn> columns) {
  std::string sql = Concat("CREATE TABLE ", table, " (");
  for (size_t i = 0; i < columns.size(); ++i) {
    sql += Concat(std::string_view(i == 0 ? "" : ", "), names[i], " ", TypeName(columns[i]));
  }
  if (absl::Status status = Run(sql + ")"); !status.ok()) return status;
  void* appender = nullptr;
  if (api_->appender_create(connection_, nullptr, table.c_str(), &appender) != 0) {
    return absl::InternalError("duckdb: no appender");
  }
  absl::Status status;
  const size_t rows = Rows(columns[0]);
  for (size_t first = 0; first < rows && status.ok(); first += kChunkRows) {
    status = AppendChunk(appender, columns, first, std::min(kChunkRows, rows - first));
  }
  if (api_->appender_destroy(&appender) != 0 && status.ok()) {
    status = absl::InternalError("duckdb: the appender did not flush");
  }
  return status;
}

}  // namespace tape::rivals
