// Where the extents of the corpora lie.
#pragma once

#include "format/layout/extent_view.h"

namespace tape::fuzz {

inline const format::ExtentPlace kExtentPlace{
    format::PlaceSeed(format::FileKind::kColumn,
                      {.table = 17, .column = 3, .generation = 1, .day = 20109}),
    64};

}  // namespace tape::fuzz
