// What a change of definitions does to tables, as far as whoever stores their rows has to know.
//
//   DefinitionDiff diff = DiffDefinitions(before, after);
//   diff.created;        // have no files yet
//   diff.dropped;        // have files and must not have them much longer
//   diff.altered;        // rows are stored or checked otherwise from here on
//   diff.described;      // everything else: names, comments, indexes, options
//
// A pure function.
#pragma once

#include <vector>

#include "engine/catalog/catalog_state.h"
#include "tape/ids.h"

namespace tape::engine {

struct DefinitionDiff {
  std::vector<TableId> created;
  std::vector<TableId> dropped;
  std::vector<TableId> altered;
  std::vector<TableId> described;
};

DefinitionDiff DiffDefinitions(const CatalogState& before, const CatalogState& after);

// Whether rows lie in other days, other slices or another order.
bool SameLayout(const Schema& before, const Schema& after);

}  // namespace tape::engine
