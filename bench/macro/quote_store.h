// A store of one table of quotes that a benchmark writes: opened, and with its appender bound.
//
//   absl::StatusOr<QuoteWriter> quotes = QuoteWriter::Open(folder, {.create = true}, rows);
//   for (const QuoteRow& row : rows.rows) quotes->bound->Append(row);
//   absl::StatusOr<Lsn> lsn = quotes->appender->Commit();
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "absl/status/statusor.h"
#include "bench/macro/quote_rows.h"
#include "tape/appender.h"
#include "tape/store.h"

namespace tape::bench {

struct QuoteWriter {
  static absl::StatusOr<QuoteWriter> Open(const std::string& folder, const StoreOptions& options,
                                          const QuoteRows& quotes);

  std::unique_ptr<Store> store;
  std::unique_ptr<Appender> appender;
  std::optional<BoundQuotes> bound;
};

// A folder that is gone at the end.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& in);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  // Empty where it could not be made.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tape::bench
