#include "bench/macro/quote_store.h"

#include <cstdlib>
#include <utility>

namespace tape::bench {

absl::StatusOr<QuoteWriter> QuoteWriter::Open(const std::string& folder,
                                              const StoreOptions& options,
                                              const QuoteRows& quotes) {
  QuoteWriter writer;
  absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(folder, options);
  if (!store.ok()) return store.status();
  writer.store = *std::move(store);
  absl::StatusOr<Schema> schema = QuoteSchema();
  if (!schema.ok()) return schema.status();
  absl::Status made = writer.store->CreateTable(*schema);
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  absl::StatusOr<std::unique_ptr<Appender>> appender = writer.store->OpenAppender("main", "quotes");
  if (!appender.ok()) return appender.status();
  writer.appender = *std::move(appender);
  absl::StatusOr<BoundQuotes> bound = BindQuotes(*writer.appender, quotes);
  if (!bound.ok()) return bound.status();
  writer.bound = *std::move(bound);
  return writer;
}

ScratchFolder::ScratchFolder(const std::string& in) : path_(in + "/tape-bench.XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) path_.clear();
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace tape::bench
