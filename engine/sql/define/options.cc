#include "engine/sql/define/options.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "engine/sql/define/column_uses.h"
#include "engine/sql/define/constants.h"
#include "format/bytes/message.h"
#include "tape/interval.h"
#include "tape/number_text.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

class OptionReader {
 public:
  OptionReader(const Option& option, TableDefinition& table, const Defining& define)
      : option_(option), table_(table), define_(define) {
    if (option.value) text_ = TextOf(*option.value);
  }

  absl::Status Read() {
    using Reader = absl::Status (OptionReader::*)();
    constexpr std::array<std::pair<std::string_view, Reader>, 5> kReaders = {{
        {"durability", &OptionReader::ReadDurability},
        {"history", &OptionReader::ReadHistory},
        {"slice_rows", &OptionReader::ReadSliceRows},
        {"symbols", &OptionReader::ReadSymbols},
        {"cluster", &OptionReader::ReadCluster},
    }};
    for (const auto& [name, reader] : kReaders) {
      if (option_.name.text != name) continue;
      if (text_ == nullptr) return Refuse("expected a value: a string, a word or a number");
      return (this->*reader)();
    }
    return Refuse("no such option: durability, history, slice_rows, symbols and cluster are");
  }

 private:
  absl::Status Refuse(std::string_view why) const {
    return define_.At(option_.name.place,
                      Concat("option ", Quoted(option_.name.text), ": ", std::string(why)));
  }

  absl::Status ReadDurability() {
    TableOptions& options = table_.options;
    options.durability_interval_ms = 0;
    if (*text_ == "process") {
      options.durability = Durability::kProcess;
    } else if (*text_ == "durable") {
      options.durability = Durability::kDurable;
    } else if (text_->starts_with("interval(") && text_->ends_with(")")) {
      absl::StatusOr<int32_t> ms = ParseInt32(text_->substr(9, text_->size() - 10));
      if (!ms.ok() || *ms <= 0) return Refuse("expected interval(milliseconds)");
      options.durability = Durability::kInterval;
      options.durability_interval_ms = static_cast<uint32_t>(*ms);
    } else {
      return Refuse("expected process, durable or interval(milliseconds)");
    }
    return absl::OkStatus();
  }

  absl::Status ReadHistory() {
    TableOptions& options = table_.options;
    options.history_interval_ns = 0;
    if (*text_ == "none" || *text_ == "all") {
      options.history = *text_ == "all" ? History::kAll : History::kNone;
      return absl::OkStatus();
    }
    absl::StatusOr<Interval> interval = Interval::Parse(*text_);
    if (!interval.ok()) return Refuse("expected none, all or an interval");
    absl::StatusOr<int64_t> nanos = FixedNanos(*interval);
    if (!nanos.ok() || *nanos <= 0) return Refuse("expected an interval of days or less");
    options.history = History::kInterval;
    options.history_interval_ns = *nanos;
    return absl::OkStatus();
  }

  absl::Status ReadSliceRows() {
    absl::StatusOr<int32_t> rows = ParseInt32(*text_);
    if (!rows.ok() || *rows <= 0) return Refuse("expected a number of rows");
    table_.options.slice_rows = static_cast<uint32_t>(*rows);
    return absl::OkStatus();
  }

  absl::Status ReadSymbols() {
    table_.options.symbols.clear();
    std::string_view rest = *text_;
    while (!Trimmed(rest).empty()) {
      const size_t end = std::min(rest.find(','), rest.size());
      const std::string name(Trimmed(rest.substr(0, end)));
      if (!FindColumn(table_.columns, name).has_value()) {
        return Refuse(Concat("column ", Quoted(name), " does not exist"));
      }
      table_.options.symbols.push_back(name);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return absl::OkStatus();
  }

  absl::Status ReadCluster() {
    if (*text_ == "none") {
      table_.cluster_column = std::string();
      return absl::OkStatus();
    }
    if (!FindColumn(table_.columns, *text_).has_value()) {
      return Refuse(Concat("column ", Quoted(*text_), " does not exist"));
    }
    table_.cluster_column = *text_;
    return absl::OkStatus();
  }

  const Option& option_;
  const std::string* text_ = nullptr;
  TableDefinition& table_;
  const Defining& define_;
};

}  // namespace

absl::Status ApplyOptions(const std::vector<Option>& options, TableDefinition& table,
                          const Defining& define) {
  for (const Option& option : options) {
    if (absl::Status s = OptionReader(option, table, define).Read(); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status ResetOptionsOf(const std::vector<Name>& names, TableDefinition& table,
                            const Defining& define) {
  const TableOptions fresh;
  for (const Name& name : names) {
    if (name.text == "durability") {
      table.options.durability = fresh.durability;
      table.options.durability_interval_ms = fresh.durability_interval_ms;
    } else if (name.text == "history") {
      table.options.history = fresh.history;
      table.options.history_interval_ns = fresh.history_interval_ns;
    } else if (name.text == "slice_rows") {
      table.options.slice_rows = fresh.slice_rows;
    } else {
      return define.At(name.place, Concat("option ", Quoted(name.text),
                                          ": durability, history and slice_rows can be reset"));
    }
  }
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
