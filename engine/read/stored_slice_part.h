// Reads a slice in the order that its rows lie in, block by block: slice_part.h.
#pragma once

#include <memory>

#include "engine/read/open_slice.h"
#include "engine/read/part.h"

namespace tape::engine {

// The spec must outlive it.
std::unique_ptr<PartReader> ReadStoredSlice(OpenedSlice slice, const PartSpec& spec);

}  // namespace tape::engine
