#include "tape/bulk_loader.h"

#include <optional>
#include <utility>

#include "engine/store/store_state.h"
#include "engine/write/bulk_loader.h"
#include "format/bytes/message.h"
#include "tape/store.h"

namespace tape {

struct BulkLoader::State {
  std::unique_ptr<engine::BulkLoader> load;
  engine::ForkWiped<uint32_t> here = engine::ForkWiped<uint32_t>(1);

  bool forked() const { return *here == 0; }
};

BulkLoader::BulkLoader(std::unique_ptr<State> state) : state_(std::move(state)) {}

BulkLoader::~BulkLoader() {
  if (state_->forked()) (void)state_.release();  // its parent goes on with it
}

absl::StatusOr<std::unique_ptr<BulkLoader>> Store::BulkLoad(std::string_view schema,
                                                            std::string_view table,
                                                            const BulkLoadOptions& options) {
  auto found = state_->Find(schema, table);
  if (!found.ok()) return found.status();
  auto load = engine::BulkLoader::Begin(*state_->writer, *std::move(found),
                                        {.memory_bytes_max = options.memory_bytes_max});
  if (!load.ok()) return load.status();
  auto state = std::make_unique<BulkLoader::State>();
  state->load = *std::move(load);
  return std::unique_ptr<BulkLoader>(new BulkLoader(std::move(state)));
}

const Schema& BulkLoader::schema() const { return state_->load->table().info.schema; }

absl::StatusOr<SymbolCode> BulkLoader::Intern(std::string_view column, std::string_view text) {
  if (state_->forked()) return engine::TailAppender::ForkedError();
  const std::optional<size_t> index = schema().Find(column);
  if (!index.has_value()) {
    return absl::NotFoundError(
        format::Concat("table ", schema().name(), " has no column ", column));
  }
  return state_->load->Intern(*index, text);
}

absl::Status BulkLoader::Append(std::span<const ColumnView> columns) {
  if (state_->forked()) return engine::TailAppender::ForkedError();
  return state_->load->Append(columns);
}

uint64_t BulkLoader::rows() const { return state_->load->rows(); }
RowNumber BulkLoader::next_row() const { return state_->load->next_row(); }

absl::StatusOr<Lsn> BulkLoader::Commit() {
  if (state_->forked()) return engine::TailAppender::ForkedError();
  return state_->load->Commit();
}

}  // namespace tape
