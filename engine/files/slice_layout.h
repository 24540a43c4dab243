// How the columns of a schema are laid out in slices: what docs/format/slice.md and summary.md say
// of types, as a SliceSpec without places.
//
//   format::SliceSpec spec = SliceLayoutOf(schema);
//   spec.columns[i].place = ...;
//
// A pure function.
#pragma once

#include "format/layout/slice_builder.h"
#include "tape/schema.h"

namespace tape::engine {

format::SliceSpec SliceLayoutOf(const Schema& schema);

}  // namespace tape::engine
