// Documents that lead somewhere.
//
//   - every relative link of a *.md file leads to a tracked file or folder;
//   - every #anchor leads to a heading;
//
// and once README.md exists:
//
//   - every page below docs/ can be reached by links, from README.md or from a README.md or
//     architecture.md of docs/ itself;
//   - README.md names every folder of the top level, as `folder/`;
//   - a page that a file names in passing (docs/format/block.md, block.md) exists; the literals of
//     C++ do not count.
//
// Links to other sites are not followed. Pure function.
#pragma once

#include "tests/tidy/finding.h"
#include "tests/tidy/tree.h"

namespace tape::tidy {

Findings CheckDocuments(const Tree& tree);

}  // namespace tape::tidy
