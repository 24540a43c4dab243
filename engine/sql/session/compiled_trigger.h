// A BEFORE trigger, from the catalog's text to a RowTrigger.
//
//   CREATE FUNCTION touch() RETURNS TRIGGER AS $$
//     BEGIN NEW.updated_at = now(); RETURN NEW; END; $$ LANGUAGE plpgsql;
//   CREATE TRIGGER touched BEFORE UPDATE ON positions FOR EACH ROW
//     WHEN (OLD.price IS DISTINCT FROM NEW.price) EXECUTE FUNCTION touch();
//
// Used by compiled_rules.cc. Pure function; what it makes is immutable and thread-safe.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/catalog/catalog_state.h"
#include "engine/change/row_rule.h"
#include "engine/io/host.h"

namespace tape::engine::sql {

absl::StatusOr<std::shared_ptr<const RowTrigger>> CompileTrigger(const TableInfo& table,
                                                                 const ProgramInfo& program,
                                                                 const CatalogState& catalog,
                                                                 Host& host);

}  // namespace tape::engine::sql
