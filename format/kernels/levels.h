// The tables that kernels_*.cc define, one namespace a level. For dispatch.cc only; everyone else
// asks kernels.h.
//
// Immutable.
#pragma once

#include "format/kernels/kernels.h"

namespace tape::format {

namespace portable {
extern const Kernels kTable;
}
namespace x86_64_v2 {
extern const Kernels kTable;
}
namespace x86_64_v3 {
extern const Kernels kTable;
}
namespace x86_64_v4 {
extern const Kernels kTable;
}

}  // namespace tape::format
