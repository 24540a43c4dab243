// What a definition asks of the rows that a table has already.
//
//   class RowsOfStore : public RowsCheck { ... };              // who has rows and an evaluator
//   Definer definer(change, session, &rows);
//   absl::Status status = CheckRules(definer.rules(), change.state(), rows);     // before the
//   commit
//
// A definition that rows would break is refused. Who finds that out is not for definitions to know:
// they write down rules, and whoever commits them has each checked while no row can come.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/catalog/catalog_state.h"
#include "tape/ids.h"

namespace tape::engine::sql {

struct RowsRule {
  enum class Kind : uint8_t {
    kNotNull,     // no NULL in the column
    kCheck,       // the CHECK holds
    kUnique,      // no two rows with one key: PRIMARY KEY and UNIQUE
    kForeignKey,  // what they refer to is there
    kValues,      // each value of the column fits its new type
    kNoRows,      // there are none
  };

  TableId table;
  Kind kind = Kind::kNotNull;
  std::string name;  // of the column or constraint, in the new definition
  std::string why;   // of kNoRows: what cannot be done to a table that has some

  friend bool operator==(const RowsRule&, const RowsRule&) = default;
};

class RowsCheck {
 public:
  virtual ~RowsCheck() = default;
  // Whether a table ever had rows. A table that is not there has none.
  virtual absl::StatusOr<bool> HasRows(TableId table) = 0;
  // kFailedPrecondition, naming constraint, row and value. `after`: the table as it will be.
  virtual absl::Status Check(const TableInfo& after, const RowsRule& rule) = 0;
};

// The first rule that does not hold. Rules of tables that are gone again hold.
absl::Status CheckRules(std::span<const RowsRule> rules, const CatalogState& after,
                        RowsCheck& rows);

}  // namespace tape::engine::sql
