// What a schema of a catalog has, as lines of text that people and diffs can read.
//
//   table positions time=timestamp day cluster=- history=all
//     position_id BIGSERIAL NOT NULL DEFAULT sequence
//     ...
//     PRIMARY KEY positions_pkey (position_id)
//     CHECK chk_position_quantity: quantity > 0
//     INDEX symbol_status_idx btree (symbol, status)
#pragma once

#include <string>
#include <string_view>

#include "engine/catalog/catalog_state.h"

namespace tape::documents {

std::string ListCatalog(const engine::CatalogState& state, std::string_view schema);

}  // namespace tape::documents
