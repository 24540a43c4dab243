#include "engine/read/table_snapshot.h"

#include <algorithm>
#include <string_view>

#include "format/bytes/message.h"

namespace tape::engine {

absl::StatusOr<uint64_t> TableSnapshot::EndOfTailAt(Lsn lsn) const {
  const Lsn history = sealed_->version().history();
  if (lsn < history) {
    return absl::FailedPreconditionError(
        format::Concat("table ", schema().schema_name(), ".", schema().name(), ": as of LSN ",
                       lsn.value(), ": history ends at LSN ", history.value()));
  }
  if (tail_ == nullptr) return rows();
  if (lsn >= lsn_) return tail_->end_row();
  // LSNs ascend with rows: the rows that it sees are a prefix of those that there are.
  absl::StatusOr<uint64_t> end = tail_->scan().EndOfCommitted(tail_->first_row(), lsn);
  if (!end.ok()) return ExpiredIfGone(end.status());
  return std::min(*end, tail_->end_row());
}

absl::StatusOr<std::optional<std::string_view>> TableSnapshot::Text(ColumnId column,
                                                                    SymbolCode code) const {
  auto text = sealed_->reader().Text(sealed_->version(), column, code);
  if (!text.ok()) return ExpiredIfGone(text.status());
  if (text->has_value() || tail_ == nullptr || code == kNullSymbol) return text;
  text = tail_->Text(column, code);
  if (!text.ok()) return ExpiredIfGone(text.status());
  return text;
}

absl::StatusOr<SymbolCode> TableSnapshot::Code(ColumnId column, std::string_view text) const {
  absl::StatusOr<SymbolCode> code = sealed_->reader().Code(sealed_->version(), column, text);
  if (!code.ok()) return ExpiredIfGone(code.status());
  if (*code != kNullSymbol || tail_ == nullptr) return code;
  code = tail_->Code(column, text);
  if (!code.ok()) return ExpiredIfGone(code.status());
  return code;
}

}  // namespace tape::engine
