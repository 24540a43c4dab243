// SET and SHOW of what a session keeps. The schema of names and what becomes of unresolved
// constraints belong to definitions, and are set by the Definer.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/exec/value.h"
#include "engine/sql/lexer/source.h"
#include "engine/sql/session/row_set.h"
#include "engine/sql/session/sql_session.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

absl::Status At(std::string_view text, Place place, std::string message,
                absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
  return {code, Describe(text, {.offset = place.offset, .message = std::move(message)})};
}

// A word or a string; empty for DEFAULT.
std::string TextOf(const Set& set) {
  const Literal* literal = set.values.empty() ? nullptr : set.values.front().As<Literal>();
  std::string text = literal == nullptr ? std::string() : literal->text;
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::string_view DurabilityName(Durability durability) {
  switch (durability) {
    case Durability::kProcess:
      return "process";
    case Durability::kInterval:
      return "interval";
    case Durability::kDefault:
      return "default";
    case Durability::kDurable:
      break;
  }
  return "durable";
}

}  // namespace

absl::StatusOr<Result::Parts> SqlSession::RunSet(const Set& set, std::string_view text) {
  const Name& name = set.name.last();
  const std::string value = TextOf(set);
  if (name.text == "durability") {
    if (value.empty()) {
      durability_ = options_.durability;
    } else if (value == "process") {
      durability_ = Durability::kProcess;
    } else if (value == "durable") {
      durability_ = Durability::kDurable;
    } else if (value == "default") {
      durability_ = Durability::kDefault;
    } else {
      return At(text, name.place, "durability is durable, process, or default: the tables' own");
    }
    return Result::Parts();
  }
  if (name.text == "timezone" || name.text == "time_zone") {
    if (value.empty() || value == "utc") return Result::Parts();
    return At(text, name.place, "the time zone of a session is UTC",
              absl::StatusCode::kUnimplemented);
  }
  return At(text, name.place, Concat("there is no setting \"", name.text, "\""),
            absl::StatusCode::kNotFound);
}

std::vector<std::pair<std::string, std::string>> SqlSession::Settings() const {
  return {{"durability", std::string(DurabilityName(durability_))},
          {"schema", define_.schema},
          {"search_path", define_.schema},
          {"timezone", "UTC"},
          {"unresolved_constraints", define_.allow_unresolved ? "allow" : "refuse"}};
}

absl::StatusOr<Result::Parts> SqlSession::RunShow(const Show& show, std::string_view text) {
  const bool all = show.name.parts.empty();
  RowSet rows;
  if (all) rows.AddColumn("name", {.type = Type::Text()});
  rows.AddColumn(all ? "setting" : show.name.last().text, {.type = Type::Text()});
  for (const auto& [name, value] : Settings()) {
    if (!all && name != show.name.last().text) continue;
    std::vector<exec::Vector> row;
    if (all) row.push_back(exec::Vector::Constant(exec::Value::Text(name)));
    row.push_back(exec::Vector::Constant(exec::Value::Text(value)));
    if (absl::Status s = rows.Append(row, exec::Selection::All(1)); !s.ok()) return s;
  }
  if (rows.rows() != 0) return std::move(rows).TakeParts();
  return At(text, show.name.last().place,
            Concat("there is no setting \"", show.name.last().text, "\""),
            absl::StatusCode::kNotFound);
}

}  // namespace tape::engine::sql
