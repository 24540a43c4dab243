// The expressions right below an expression, in the order in which they are written.
//
//   void Collect(const Expression& expression, std::vector<ColumnName>& columns) {
//     if (const auto* column = expression.As<ColumnName>()) columns.push_back(*column);
//     ForEachChild(expression, [&](const Expression& child) { Collect(child, columns); });
//   }
//
// Queries inside are not entered: what their expressions mean depends on their FROM. Every form is
// named here, so that a new one does not compile until it says what its children are.
//
// Pure functions; thread-safe.
#pragma once

#include <variant>
#include <vector>

#include "engine/sql/tree/query.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

template <typename Function>
void ForEachOrderKey(const std::vector<OrderItem>& items, Function&& function) {
  for (const OrderItem& item : items) function(item.key);
}

template <typename Function>
void ForEachChild(const Window& window, Function&& function) {
  for (const Expression& key : window.partition_by) function(key);
  ForEachOrderKey(window.order_by, function);
  if (!window.frame) return;
  if (window.frame->start.distance) function(*window.frame->start.distance);
  if (window.frame->end.distance) function(*window.frame->end.distance);
}

template <typename Function>
void ForEachChild(const Call& call, Function&& function) {
  for (const Argument& argument : call.arguments) function(argument.value);
  ForEachOrderKey(call.order_by, function);
  if (call.filter) function(*call.filter);
  if (call.over) ForEachChild(*call.over, function);
}

template <typename Function>
void ForEachChild(const Expression& expression, Function&& function) {
  const auto one = [&](const Owned<Expression>& child) {
    if (child) function(*child);
  };
  const auto all = [&](const std::vector<Expression>& children) {
    for (const Expression& child : children) function(child);
  };
  const auto leaf = [](const auto&) {};
  const auto operand = [&](const auto& form) { one(form.operand); };
  const auto operand_and = [&](const auto& form, const auto&... others) {
    one(form.operand);
    (one(others), ...);
  };
  const auto sides = [&](const auto& form) { one(form.left), one(form.right); };
  std::visit(Overloaded{
                 [&](const Literal& form) { leaf(form); },
                 [&](const TypedLiteral& form) { leaf(form); },
                 [&](const ColumnName& form) { leaf(form); },
                 [&](const Star& form) { leaf(form); },
                 [&](const Parameter& form) { leaf(form); },
                 [&](const DefaultValue& form) { leaf(form); },
                 [&](const Subquery& form) { leaf(form); },
                 [&](const Unary& form) { operand(form); },
                 [&](const Is& form) { operand(form); },
                 [&](const Cast& form) { operand(form); },
                 [&](const Extract& form) { operand(form); },
                 [&](const InQuery& form) { operand(form); },
                 [&](const Comparison& form) { sides(form); },
                 [&](const IsDistinct& form) { sides(form); },
                 [&](const Logical& form) { all(form.operands); },
                 [&](const Array& form) { all(form.elements); },
                 [&](const Row& form) { all(form.elements); },
                 [&](const Quantified& form) { one(form.left), one(form.array); },
                 [&](const Between& form) { operand_and(form, form.low, form.high); },
                 [&](const Like& form) { operand_and(form, form.pattern, form.escape); },
                 [&](const AtTimeZone& form) { operand_and(form, form.zone); },
                 [&](const Subscript& form) { operand_and(form, form.index); },
                 [&](const ArraySlice& form) { operand_and(form, form.from, form.to); },
                 [&](const InList& form) { one(form.operand), all(form.values); },
                 [&](const Invocation& form) { ForEachChild(*form.call, function); },
                 [&](const Chain& form) {
                   one(form.first);
                   for (const Chain::Step& step : form.steps) function(step.operand);
                 },
                 [&](const Case& form) {
                   one(form.operand);
                   for (const Case::When& when : form.whens)
                     function(when.condition), function(when.result);
                   one(form.otherwise);
                 },
             },
             expression.form);
}

}  // namespace tape::engine::sql
