#include "engine/sql/define/definer.h"

#include <utility>

#include "engine/sql/define/alterations.h"
#include "engine/sql/define/constants.h"
#include "engine/sql/define/programs.h"
#include "engine/sql/define/tables.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using format::Concat;

absl::Status DefineSchema(const CreateSchema& create, Defining& define) {
  if (define.state().FindSchema(create.name.text) != nullptr) {
    const std::string message = Concat("schema ", Quoted(create.name.text), " exists already");
    if (!create.if_not_exists) {
      return define.At(create.name.place, message, absl::StatusCode::kAlreadyExists);
    }
    define.Warn(Concat(message, ", passed over"));
    return absl::OkStatus();
  }
  return define.At(create.name.place, define.change.CreateSchema(create.name.text).status());
}

// What PostgreSQL's extensions bring is there without them.
absl::Status DefineExtension(const CreateExtension& create, Defining& define) {
  define.Warn(Concat("extension ", Quoted(create.name.text), ": nothing to load, passed over"));
  return absl::OkStatus();
}

absl::Status NoDefinition(const Statement& statement, const Defining& define) {
  return define.At(statement.place, "this statement defines nothing");
}

bool IsOurs(const Set& set) {
  const std::string& name = set.name.last().text;
  return name == "schema" || name == "search_path" || name == "unresolved_constraints";
}

}  // namespace

bool Definer::Defines(const Statement& statement) {
  if (const auto* set = statement.As<Set>()) return IsOurs(*set);
  if (HypertableCall(statement) != nullptr) return true;
  return std::visit(
      Overloaded{[](const CreateTable&) { return true; }, [](const CreateSchema&) { return true; },
                 [](const CreateEnum&) { return true; }, [](const CreateIndex&) { return true; },
                 [](const CreateView&) { return true; }, [](const CreateFunction&) { return true; },
                 [](const CreateTrigger&) { return true; },
                 [](const CreateExtension&) { return true; },
                 [](const AlterTable&) { return true; }, [](const AddEnumValue&) { return true; },
                 [](const RenameEnumValue&) { return true; },
                 [](const RenameObject&) { return true; }, [](const Drop&) { return true; },
                 [](const Comment&) { return true; }, [](const auto&) { return false; }},
      statement.form);
}

absl::Status Definer::Run(const Statement& statement, std::string_view text) {
  const CatalogChange before = change_;
  const size_t rules = rules_.size();
  const size_t days = days_to_drop_.size();
  const size_t warnings = warnings_.size();
  Defining define{change_, session_, text, warnings_, rules_, rows_};
  absl::Status status = RunForm(statement, define);
  if (status.ok()) status = ResolvePending(define);
  if (status.ok()) return status;
  change_ = before;
  rules_.resize(rules);
  days_to_drop_.resize(days);
  warnings_.resize(warnings);
  return status;
}

absl::Status Definer::RunForm(const Statement& statement, Defining& define) {
  if (const Call* call = HypertableCall(statement)) return DefineHypertable(*call, define);
  return std::visit(
      Overloaded{
          [&](const Set& set) { return ApplySetting(set, define); },
          [&](const CreateTable& create) { return DefineTable(create, define); },
          [&](const CreateSchema& create) { return DefineSchema(create, define); },
          [&](const CreateEnum& create) { return DefineEnum(create, define); },
          [&](const CreateIndex& create) { return DefineIndex(create, define); },
          [&](const CreateView& create) { return DefineView(create, define); },
          [&](const CreateFunction& create) { return DefineFunction(create, define); },
          [&](const CreateTrigger& create) { return DefineTrigger(create, define); },
          [&](const CreateExtension& create) { return DefineExtension(create, define); },
          [&](const AlterTable& alter) { return DefineAlteration(alter, define, days_to_drop_); },
          [&](const AddEnumValue& add) { return DefineEnumValue(add, define); },
          [&](const RenameEnumValue& rename) { return DefineEnumRename(rename, define); },
          [&](const RenameObject& rename) { return DefineRename(rename, define); },
          [&](const Drop& drop) { return DefineDrop(drop, define); },
          [&](const Comment& comment) { return DefineComment(comment, define); },
          [&](const auto&) { return NoDefinition(statement, define); }},
      statement.form);
}

absl::Status Definer::ApplySetting(const Set& set, const Defining& define) {
  const Name& name = set.name.last();
  if (!IsOurs(set)) return define.At(name.place, "this setting is not one of definitions");
  const std::string* text = set.values.empty() ? nullptr : TextOf(set.values.front());
  if (text == nullptr && !set.values.empty()) {
    return define.At(name.place, "expected a word or a string");
  }
  if (name.text != "unresolved_constraints") {
    const std::string schema = text == nullptr ? DefineSession().schema : *text;
    if (define.state().FindSchema(schema) == nullptr && schema != DefineSession().schema) {
      return define.At(name.place, Concat("schema ", Quoted(schema), " does not exist"),
                       absl::StatusCode::kNotFound);
    }
    session_.schema = schema;
    return absl::OkStatus();
  }
  if (text != nullptr && *text != "allow" && *text != "refuse") {
    return define.At(name.place, "unresolved_constraints is allow or refuse");
  }
  session_.allow_unresolved = text != nullptr && *text == "allow";
  return absl::OkStatus();
}

}  // namespace tape::engine::sql
