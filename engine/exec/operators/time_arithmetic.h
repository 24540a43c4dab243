// + - * / where a date, a time or an interval is among the operands.
//
//   TemporalOperator found = TimeArithmetic(ArithmeticOperator::kAdd, Type::Date(),
//   Type::Integer()); found.kernel;      // nullptr: there is no such operator
//
// The result of a month's arithmetic is tape/interval.h's. timestamp - timestamp is in days and
// time, never months. An interval times a number keeps fields apart as PostgreSQL does: what is
// left of months becomes days, 30 to the month, what is left of days becomes time.
//
// Pure functions; thread-safe.
#pragma once

#include "engine/exec/call.h"
#include "engine/exec/make.h"

namespace tape::engine::exec {

struct TemporalOperator {
  KernelTraits traits{};
  // What the operands are cast to, and what the result is.
  Type left{};
  Type right{};
  Type result{};
  bool swapped = false;  // the kernel takes the right operand first
};

TemporalOperator TimeArithmetic(ArithmeticOperator op, const Type& left, const Type& right);

KernelTraits IntervalNegation();

}  // namespace tape::engine::exec
