// What of a condition a source can read less by.
//
//   SourceSpec spec;
//   Pruned pruned = Prune(*source, /*first=*/0, *condition, session, spec);
//
// `ts >= t` narrows spec.times where t is the same for all rows and ts is the time column; `symbol
// = 'AAPL'` narrows spec.symbols where symbol is the cluster column. Sources keep to a spec
// exactly, so what became one need not be asked of the rows again.
//
// Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <span>

#include "engine/exec/expression.h"
#include "engine/exec/source.h"

namespace tape::engine::sql {

// Whether the spec says all that the condition says. `first`: where the source's columns begin in
// the numbering of the condition.
bool Prune(const exec::Source& source, size_t first, const exec::Expression& condition,
           const exec::Session& session, exec::SourceSpec& spec);

// The same of conditions of which one at least is true: symbol = 'AAPL' OR symbol = 'MSFT'.
bool PruneAny(const exec::Source& source, size_t first,
              std::span<const exec::ExpressionPtr> conditions, const exec::Session& session,
              exec::SourceSpec& spec);

}  // namespace tape::engine::sql
