#include "tape/bulk_loader.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/change/change.h"
#include "engine/change/column_rules.h"
#include "engine/change/row_rule.h"
#include "engine/store/store_state.h"
#include "engine/write/bulk_loader.h"
#include "format/bytes/message.h"
#include "tape/store.h"

namespace tape {

namespace {

using format::Concat;

// What the rows of a load are checked by: what a row alone can break, as where rows are staged.
class RulesOfLoad final : public engine::LoadRules, public engine::SymbolTexts {
 public:
  RulesOfLoad(engine::Changes& changes, TableId table) : changes_(changes), table_(table) {}
  void Use(const engine::BulkLoader& load) { load_ = &load; }

  absl::Status CheckTable() override {
    absl::StatusOr<std::shared_ptr<const engine::TableRules>> rules = changes_.Rules(table_);
    if (!rules.ok()) return rules.status();
    rules_ = *std::move(rules);
    for (const auto& trigger : rules_->triggers) {
      if (!trigger->Fires(engine::RowEvent::kInsert)) continue;
      return absl::UnimplementedError(Concat("the table has the trigger ", trigger->name(),
                                             ", which a bulk load does not fire: append its rows"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckRows(std::span<const ColumnView> columns) override {
    return engine::CheckRows(*rules_, {load_->table().info.schema, columns, *this}, load_->rows());
  }

  absl::StatusOr<std::string_view> Text(size_t column, SymbolCode code) const override {
    if (code == kNullSymbol) return std::string_view();
    const Column& definition = load_->table().info.schema.column(column);
    if (definition.type.kind() != TypeKind::kEnum) return load_->Text(column, code);
    const std::vector<std::string>& labels = rules_->labels[column];
    if (code.value() > labels.size()) return std::string_view();
    return std::string_view(labels[code.value() - 1]);
  }

 private:
  engine::Changes& changes_;
  const TableId table_;
  const engine::BulkLoader* load_ = nullptr;
  std::shared_ptr<const engine::TableRules> rules_;
};

}  // namespace

struct BulkLoader::State {
  std::unique_ptr<RulesOfLoad> rules;
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
  absl::StatusOr<engine::Changes*> changes = state_->Changes();
  if (!changes.ok()) return changes.status();
  auto state = std::make_unique<BulkLoader::State>();
  state->rules = std::make_unique<RulesOfLoad>(**changes, (*found)->info.id);
  auto load = engine::BulkLoader::Begin(
      *state_->writer, *std::move(found),
      {.memory_bytes_max = options.memory_bytes_max, .rules = state->rules.get()});
  if (!load.ok()) return load.status();
  state->load = *std::move(load);
  state->rules->Use(*state->load);
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
