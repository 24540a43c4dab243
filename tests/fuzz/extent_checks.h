// What must hold of an extent that ExtentView let through, whatever is in it.
//
//   const auto extent = ExtentView::Parse(bytes, place);
//   if (extent.ok()) CheckExtent(*extent, seed);
//
// - Nothing undefined; every error is damage.
// - Every kernel level and a reader that does not verify again give the same rows, or refuse.
// - A row alone is the row among all. Validity agrees with the header's count.
// - The values, written anew, come back, and have honest bounds: so filters agree with a plain
// loop.
//
// Not asserted, because the format does not promise to find it: that an extent's bounds hold for
// its values, that a value could have been written shorter, that a payload could not be damaged
// where one row did not look.
//
// Pure functions, but for Expect.
#pragma once

#include <cstdint>
#include <optional>

#include "format/layout/extent_view.h"
#include "tape/column_view.h"

namespace tape::fuzz {

// Whether reading it all stays affordable: the limits of the format are honest gigabytes.
bool IsAffordable(const format::ExtentView& extent);

void CheckExtent(const format::ExtentView& extent, uint32_t seed);

// All rows by one level; nothing where the extent is damaged inside.
std::optional<ColumnBuffer> ReadAllRows(const format::ExtentView& extent,
                                        const format::Kernels& kernels);

// Writes the rows as an extent and reads them again, and filters them.
void CheckWriting(const ColumnView& column, uint32_t seed);

}  // namespace tape::fuzz
