// A statement, as it was written: the root of every tree.
//
//   if (const auto* insert = statement.As<Insert>()) ...
//   std::visit(Overloaded{[](const Insert& insert) { ... }, [](const auto&) { ... }},
//   statement.form);
//
// Reading order: name.h, expression.h, query.h, definition.h, alteration.h, then this.
// Everything is a value: it may be copied, moved, compared (places aside) and kept beyond the text
// it came from. Thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/sql/tree/alteration.h"
#include "engine/sql/tree/definition.h"
#include "engine/sql/tree/query.h"

namespace tape::engine::sql {

struct Statement;

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

// ---- changing rows

// column = value; (a, b) = (1, 2) or (SELECT ...), then the value is a Row or a Subquery.
struct Assignment {
  std::vector<Name> columns{};
  Expression value{};
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

struct OnConflict {
  std::vector<IndexColumn> target{};
  Owned<Expression> target_where{};
  std::optional<Name> constraint{};
  std::vector<Assignment> assignments{};  // none: DO NOTHING
  Owned<Expression> where{};
  Place place{};
  friend bool operator==(const OnConflict&, const OnConflict&) = default;
};

struct Insert {
  With with;
  ObjectName table{};
  std::optional<Name> alias{};
  std::vector<Name> columns{};
  Owned<Query> source{};  // VALUES or a query; empty: DEFAULT VALUES
  std::optional<OnConflict> on_conflict{};
  std::vector<SelectItem> returning{};
  friend bool operator==(const Insert&, const Insert&) = default;
};

struct Update {
  With with;
  ObjectName table{};
  std::optional<Name> alias{};
  std::vector<Assignment> assignments{};
  std::vector<FromItem> from{};
  Owned<Expression> where{};
  std::vector<SelectItem> returning{};
  friend bool operator==(const Update&, const Update&) = default;
};

struct Delete {
  With with;
  ObjectName table{};
  std::optional<Name> alias{};
  std::vector<FromItem> from{};  // USING
  Owned<Expression> where{};
  std::vector<SelectItem> returning{};
  friend bool operator==(const Delete&, const Delete&) = default;
};

// ---- the session

enum class TransactionVerb : uint8_t { kBegin, kCommit, kRollback };

struct Transaction {
  TransactionVerb verb = TransactionVerb::kBegin;
  friend bool operator==(const Transaction&, const Transaction&) = default;
};

// SET name = value, ...; a word is kept as a string, SET name = DEFAULT has no value.
struct Set {
  bool local = false;
  ObjectName name{};
  std::vector<Expression> values;
  friend bool operator==(const Set&, const Set&) = default;
};

// SHOW name, SHOW ALL (which has no name)
struct Show {
  ObjectName name{};
  friend bool operator==(const Show&, const Show&) = default;
};

struct Explain {
  bool analyze = false;
  Owned<Statement> statement{};
  friend bool operator==(const Explain&, const Explain&) = default;
};

// ATTACH 'path' AS name
struct Attach {
  std::string path{};
  Name name{};
  friend bool operator==(const Attach&, const Attach&) = default;
};

struct Detach {
  Name name{};
  friend bool operator==(const Detach&, const Detach&) = default;
};

struct RefreshView {
  bool concurrently = false;
  ObjectName name{};
  bool with_data = true;
  friend bool operator==(const RefreshView&, const RefreshView&) = default;
};

using StatementForm =
    std::variant<Query, Insert, Update, Delete, CreateTable, CreateSchema, CreateEnum, CreateIndex,
                 CreateView, CreateFunction, CreateTrigger, CreateExtension, AlterTable,
                 AddEnumValue, RenameEnumValue, RenameObject, Drop, Comment, Transaction, Set, Show,
                 Explain, Attach, Detach, RefreshView>;

struct Statement {
  StatementForm form{};
  Place place{};
  uint32_t parameters = 0;  // the highest number of a parameter in it

  template <typename Form>
  const Form* As() const {
    return std::get_if<Form>(&form);
  }
  friend bool operator==(const Statement&, const Statement&) = default;
};

}  // namespace tape::engine::sql
