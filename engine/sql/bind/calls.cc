// Calls, CASE, and the forms that are calls in disguise.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/exec/casts/meeting.h"
#include "engine/sql/bind/expression_binder.h"
#include "engine/sql/printer.h"
#include "engine/sql/tree/query.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::ExpressionPtr;
using format::Concat;

// Names of what needs more than one row, so that the error can say so.
constexpr std::array<std::string_view, 31> kAggregates = {
    "array_agg",   "avg",          "bool_and", "bool_or",    "corr",        "count",
    "cume_dist",   "dense_rank",   "every",    "first",      "first_value", "lag",
    "last",        "last_value",   "lead",     "max",        "min",         "nth_value",
    "ntile",       "percent_rank", "rank",     "row_number", "stddev",      "stddev_pop",
    "stddev_samp", "string_agg",   "sum",      "twap",       "var_pop",     "variance",
    "vwap"};

bool IsAggregate(std::string_view name) {
  return std::find(kAggregates.begin(), kAggregates.end(), name) != kAggregates.end();
}

bool IsChoice(std::string_view name) {
  return name == "coalesce" || name == "nullif" || name == "greatest" || name == "least";
}

absl::Status ManyRows(const Call& call) {
  return absl::InvalidArgumentError(Concat(call.over ? "window function " : "aggregate function ",
                                           Print(call.function),
                                           " cannot be used here: it needs more than one row"));
}

}  // namespace

ExpressionBinder::Bound ExpressionBinder::BindCase(const Case& form) {
  if (!form.operand) return BindBranches(form, nullptr);
  absl::StatusOr<Term> operand = Bind(*form.operand);
  if (!operand.ok()) return operand.status();
  return UseTerms({*std::move(operand)},
                  [&](const Terms& once) { return BindBranches(form, once.data()); });
}

// `operand`: what each WHEN is compared with; nullptr: each is a condition.
ExpressionBinder::Bound ExpressionBinder::BindBranches(const Case& form, const Term* operand) {
  Terms results;
  std::vector<exec::CaseBranch> branches;
  for (const Case::When& when : form.whens) {
    Bound condition =
        operand == nullptr ? BindCondition(when.condition) : BindEquality(*operand, when.condition);
    if (!condition.ok()) return condition;
    absl::StatusOr<Term> result = Bind(when.result);
    if (!result.ok()) return result.status();
    results.push_back(*std::move(result));
    branches.push_back({.condition = *std::move(condition)});
  }
  if (form.otherwise) {
    absl::StatusOr<Term> otherwise = Bind(*form.otherwise);
    if (!otherwise.ok()) return otherwise.status();
    results.push_back(*std::move(otherwise));
  }
  absl::StatusOr<std::vector<ExpressionPtr>> settled = Settle(std::move(results));
  if (!settled.ok()) return settled.status();
  for (size_t i = 0; i < branches.size(); ++i) branches[i].result = (*settled)[i];
  return exec::MakeCase(std::move(branches), form.otherwise ? settled->back() : nullptr);
}

ExpressionBinder::Bound ExpressionBinder::BindEquality(const Term& operand,
                                                       const Expression& value) {
  absl::StatusOr<Term> term = Bind(value);
  if (!term.ok()) return term.status();
  Bound equal = Compare(exec::Comparator::kEqual, operand, *std::move(term));
  return equal.ok() ? equal : Bound(binder_.ErrorAt(value.place, equal.status()));
}

ExpressionBinder::Bound ExpressionBinder::BindCall(const Call& call) {
  if (BindHook* hook = binder_.options().hook) {
    if (std::optional<Bound> bound = hook->Call(call, binder_)) return *std::move(bound);
  }
  const bool schema =
      call.function.parts.size() == 2 && call.function.parts[0].text == "pg_catalog";
  const std::string& name = call.function.last().text;
  const bool plain = call.function.parts.size() == 1 || schema;
  if (plain && !call.over && !call.star && !call.distinct && !call.filter &&
      call.order_by.empty() && !IsAggregate(name)) {
    return BindFunction(call);
  }
  if (call.over || IsAggregate(name)) return ManyRows(call);
  if (!plain || !exec::HasFunction(name)) {
    return absl::InvalidArgumentError(Concat("function ", Print(call.function), " does not exist"));
  }
  return absl::InvalidArgumentError(
      Concat("function ", name, " is no aggregate: it takes no *, DISTINCT, ORDER BY or FILTER"));
}

ExpressionBinder::Bound ExpressionBinder::BindFunction(const Call& call) {
  Terms arguments;
  for (const Argument& argument : call.arguments) {
    if (argument.name) {
      arguments.push_back(
          {.value = exec::MakeConstant(exec::Value::Text(argument.name->text)), .unknown = true});
    }
    absl::StatusOr<Term> bound = Bind(argument.value);
    if (!bound.ok()) return bound.status();
    arguments.push_back(*std::move(bound));
  }
  const std::string& name = call.function.last().text;
  if (IsChoice(name)) return BindChoice(name, std::move(arguments));
  // make_interval(days => 3), whose arguments all have names.
  const bool named = !call.arguments.empty() && call.arguments[0].name.has_value();
  return exec::MakeFunction(named ? Concat(name, " =>") : name, std::move(arguments));
}

ExpressionBinder::Bound ExpressionBinder::BindChoice(std::string_view name, Terms arguments) {
  if (arguments.empty() || (name == "nullif" && arguments.size() != 2)) {
    return absl::InvalidArgumentError(
        Concat(name, " takes ", name == "nullif" ? "two arguments" : "an argument or more"));
  }
  absl::StatusOr<std::vector<ExpressionPtr>> settled = Settle(std::move(arguments));
  if (!settled.ok()) return settled.status();
  if (name == "nullif") return exec::MakeNullIf((*settled)[0], (*settled)[1]);
  if (name == "coalesce") return exec::MakeCoalesce(*std::move(settled));
  if (name == "greatest") return exec::MakeGreatest(*std::move(settled));
  return exec::MakeLeast(*std::move(settled));
}

ExpressionBinder::Bound ExpressionBinder::BindExtract(const Extract& extract) {
  absl::StatusOr<Term> operand = Bind(*extract.operand);
  if (!operand.ok()) return operand.status();
  Term field{.value = exec::MakeConstant(exec::Value::Text(extract.field))};
  return exec::MakeFunction("extract", {std::move(field), *std::move(operand)});
}

ExpressionBinder::Bound ExpressionBinder::BindAtTimeZone(const AtTimeZone& form) {
  absl::StatusOr<Term> operand = Bind(*form.operand);
  if (!operand.ok()) return operand.status();
  absl::StatusOr<Term> zone = Bind(*form.zone);
  if (!zone.ok()) return zone.status();
  return exec::MakeFunction("timezone", {*std::move(zone), *std::move(operand)});
}

ExpressionBinder::Bound ExpressionBinder::BindArray(const Array& array) {
  if (array.elements.empty()) {
    return absl::InvalidArgumentError("an empty array needs a type: ARRAY[]::INTEGER[] is '{}'");
  }
  absl::StatusOr<Terms> terms = BindAll(array.elements);
  if (!terms.ok()) return terms.status();
  absl::StatusOr<std::vector<ExpressionPtr>> settled = Settle(*std::move(terms));
  if (!settled.ok()) return settled.status();
  return exec::MakeArray(*std::move(settled));
}

ExpressionBinder::Bound ExpressionBinder::BindSubscript(const Subscript& form) {
  absl::StatusOr<Term> operand = Bind(*form.operand);
  if (!operand.ok()) return operand.status();
  absl::StatusOr<Term> index = Bind(*form.index);
  if (!index.ok()) return index.status();
  return exec::MakeFunction("[]", {*std::move(operand), *std::move(index)});
}

}  // namespace tape::engine::sql
