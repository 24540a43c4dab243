// Where the frames and sections of format/records lie in the corpora.
#pragma once

#include "format/layout/extent_view.h"
#include "format/records/wal_segment.h"

namespace tape::fuzz {

inline const format::WalSegment kWalSegment{.store = {},
                                            .salt = 99,
                                            .number = 7,
                                            .size = format::kWalSegmentSize,
                                            .first_lsn = Lsn(10),
                                            .durable_lsn = Lsn(9),
                                            .chain = 0,
                                            .time = 0,
                                            .crc = 77};
inline const format::PlaceSeed kWalSeeds = kWalSegment.Seeds();
inline const format::FramePosition kWalStart = kWalSegment.Start();

inline const format::ExtentPlace kSymbolPlace{
    format::PlaceSeed(format::FileKind::kDictionary, {.table = 17, .column = 2, .generation = 1}),
    64};

}  // namespace tape::fuzz
