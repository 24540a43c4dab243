// Where the sections of the corpora lie.
#pragma once

#include "format/layout/extent_view.h"

namespace tape::fuzz {

inline const format::ExtentPlace kKillsPlace{
    format::PlaceSeed(format::FileKind::kKills, {.table = 17, .generation = 1, .day = 20109}), 64};

inline const format::ExtentPlace kLsnsPlace{
    format::PlaceSeed(format::FileKind::kLsns, {.table = 17, .generation = 1, .day = 20109}), 64};

inline const format::ExtentPlace kKeyPlace{
    format::PlaceSeed(format::FileKind::kKeyExtents, {.table = 17, .column = 1, .generation = 1}),
    64};

inline const format::PlaceSeed kSummarySeeds(format::FileKind::kSummary,
                                             {.table = 17, .generation = 1, .day = 20109});

}  // namespace tape::fuzz
