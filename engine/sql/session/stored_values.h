// Between columns as tables store them and vectors as expressions compute them.
//
//   Vector symbols = VectorOf(type, view, [&](SymbolCode code) { return texts.Text(1, code); });
//   ColumnBuffer given(GivenForm(type));
//   AppendVector(prices, rows, given);            // what Change::Insert takes
//
// Texts of codes become texts at once: a code means nothing outside of its table. In a buffer of
// given values strings are bytes, also those that the table stores as codes, and an INTERVAL is its
// text.
//
// Pure functions.
#pragma once

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "engine/exec/selection.h"
#include "engine/exec/value.h"
#include "engine/exec/vector.h"
#include "tape/column_view.h"
#include "tape/ids.h"
#include "tape/type.h"

namespace tape::engine::sql {

using CodeText = absl::FunctionRef<absl::StatusOr<std::string_view>(SymbolCode)>;

// What the view shows must outlive the vector, texts of codes as well.
absl::StatusOr<exec::Vector> VectorOf(const Type& type, const ColumnView& view, CodeText text);

// The form in which values of a type are given to a change, and given out in results.
Physical GivenForm(const Type& type);

// The selected rows of a vector, of any type whose GivenForm the buffer has.
void AppendVector(const exec::Vector& vector, const exec::Selection& rows, ColumnBuffer& out);
void AppendValue(const exec::Value& value, ColumnBuffer& out);

// A vector again, which shows the buffer's memory.
exec::Vector VectorOfGiven(const Type& type, const ColumnView& view);

}  // namespace tape::engine::sql
