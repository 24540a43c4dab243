// The kernels of casts: what MakeCast chooses from.
//
//   KernelTraits cast = FindCast(Type::Decimal(18, 8), Type::Bigint(), CastContext::kExplicit);
//
// Rounding is half away from zero from decimals, to even from floating point, as in PostgreSQL.
// Floating point becomes a decimal by way of its shortest text. A value that does not fit is an
// error that names it and the type.
//
// Pure functions; thread-safe.
#pragma once

#include "engine/exec/call.h"
#include "engine/exec/make.h"

namespace tape::engine::exec {

// Between numbers, from and to BOOLEAN included; no kernel where there is no such cast.
KernelTraits NumberCast(const Type& from, const Type& to);
// Between dates, timestamps.
KernelTraits TimeCast(const Type& from, const Type& to);
// From and to text, JSON, arrays.
KernelTraits TextCast(const Type& from, const Type& to, CastContext context);

bool IsInteger(const Type& type);
bool IsNumber(const Type& type);  // integers, decimals, floating point

}  // namespace tape::engine::exec
