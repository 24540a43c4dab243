// Calls and windows.
#include "engine/sql/lexer/terminals.h"
#include "engine/sql/print/sql_writer.h"

namespace tape::engine::sql {

// Words that begin a form of their own in front of a parenthesis are printed in quotes; so is what
// is no bare name.
void SqlWriter::WriteFunctionName(const ObjectName& name) { Write(name); }

void SqlWriter::Write(const Call& call) {
  if (call.bare) {
    for (const char c : call.function.last().text) {
      out_ += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return;
  }
  WriteFunctionName(call.function);
  Put("(");
  PutIf(call.star, "*");
  PutIf(call.distinct, "DISTINCT ");
  PutList(call.arguments);
  PutListIf(" ORDER BY ", call.order_by);
  Put(")");
  if (call.filter) Put(" FILTER (WHERE ", call.filter, ")");
  PutIf(call.nulls == NullTreatment::kIgnore, " IGNORE NULLS");
  PutIf(call.nulls == NullTreatment::kRespect, " RESPECT NULLS");
  if (!call.over) return;
  Put(" OVER ");
  if (call.over->name_only) {
    Write(*call.over->named);
  } else {
    Put("(", *call.over, ")");
  }
}

void SqlWriter::Write(const Argument& argument) {
  if (argument.name) Put(*argument.name, " => ");
  Put(argument.value);
}

void SqlWriter::Write(const Window& window) {
  std::string_view blank;
  const auto part = [&] { Put(std::exchange(blank, " ")); };
  if (window.named) part(), Write(*window.named);
  if (!window.partition_by.empty()) part(), PutListIf("PARTITION BY ", window.partition_by);
  if (!window.order_by.empty()) part(), PutListIf("ORDER BY ", window.order_by);
  if (window.frame) part(), Write(*window.frame);
}

void SqlWriter::Write(const Frame& frame) {
  constexpr std::string_view kModes[] = {"ROWS", "RANGE", "GROUPS"};
  Put(kModes[static_cast<size_t>(frame.mode)], " BETWEEN ", frame.start, " AND ", frame.end);
  constexpr std::string_view kExclusions[] = {"", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP",
                                              " EXCLUDE TIES"};
  Put(kExclusions[static_cast<size_t>(frame.exclusion)]);
}

void SqlWriter::Write(const FrameBound& bound) {
  if (bound.distance) {
    WriteAbove(bound.distance, Precedence::kOther);
    Put(" ");
  }
  constexpr std::string_view kEdges[] = {"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW",
                                         "FOLLOWING", "UNBOUNDED FOLLOWING"};
  Put(kEdges[static_cast<size_t>(bound.edge)]);
}

void SqlWriter::Write(const OrderItem& item) {
  Put(item.key);
  WriteDirection(item.descending, item.nulls);
}

void SqlWriter::WriteDirection(bool descending, NullsOrder nulls) {
  PutIf(descending, " DESC");
  PutIf(nulls == NullsOrder::kFirst, " NULLS FIRST");
  PutIf(nulls == NullsOrder::kLast, " NULLS LAST");
}

}  // namespace tape::engine::sql
