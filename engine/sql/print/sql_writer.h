// Writes trees as SQL. The files are expressions.cc, calls.cc, queries.cc, definitions.cc,
// alterations.cc, statements.cc; printer.h says what comes out.
//
//   SqlWriter writer;
//   writer.Write(expression);
//   return writer.Take();
//
// Thread-compatible.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/sql/parse/precedence.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

class SqlWriter {
 public:
  void Write(const Statement& statement);
  void Write(const Query& query);
  void Write(const Expression& expression);
  void Write(const TypeName& type);
  void Write(const ObjectName& name);
  void Write(const Name& name) { WriteName(name.text); }
  void WriteName(std::string_view name);
  void WriteString(std::string_view text);

  std::string Take() { return std::move(out_); }

 private:
  // Appends each part: texts as they are, trees as SQL.
  template <typename... Parts>
  void Put(const Parts&... parts) {
    (PutOne(parts), ...);
  }
  void PutOne(std::string_view text) { out_ += text; }
  void PutOne(const std::string& text) { out_ += text; }
  void PutOne(const char* text) { out_ += text; }
  template <typename Tree>
  void PutOne(const Tree& tree) {
    Write(tree);
  }
  template <typename Tree>
  void PutOne(const Owned<Tree>& tree) {
    Write(*tree);
  }
  void PutIf(bool condition, std::string_view text) {
    if (condition) out_ += text;
  }
  // The prefix and the tree, or nothing.
  template <typename Optional>
  void PutOptional(std::string_view prefix, const Optional& tree) {
    if (tree) Put(prefix, *tree);
  }
  template <typename List>
  void PutList(const List& list) {
    bool first = true;
    for (const auto& element : list) {
      if (!std::exchange(first, false)) out_ += ", ";
      PutOne(element);
    }
  }
  template <typename List>
  void PutParenthesised(const List& list) {
    Put("(");
    PutList(list);
    Put(")");
  }
  template <typename List>
  void PutListIf(std::string_view prefix, const List& list) {
    if (list.empty()) return;
    Put(prefix);
    PutList(list);
  }
  template <typename List>
  void PutParenthesisedIf(std::string_view prefix, const List& list) {
    if (list.empty()) return;
    Put(prefix);
    PutParenthesised(list);
  }

  // expressions.cc
  void WriteAbove(const Owned<Expression>& expression, Precedence minimum);
  void WriteAbove(const Expression& expression, Precedence minimum);
  void Write(const Literal& form);
  void Write(const TypedLiteral& form);
  void Write(const ColumnName& form);
  void Write(const Star& form);
  void Write(const Parameter& form);
  void Write(const DefaultValue& form);
  void Write(const Unary& form);
  void Write(const Comparison& form);
  void Write(const Chain& form);
  void Write(const Logical& form);
  void Write(const Quantified& form);
  void Write(const Is& form);
  void Write(const IsDistinct& form);
  void Write(const Between& form);
  void Write(const InList& form);
  void Write(const InQuery& form);
  void Write(const Like& form);
  void Write(const Case& form);
  void Write(const Cast& form);
  void Write(const AtTimeZone& form);
  void Write(const Extract& form);
  void Write(const Array& form);
  void Write(const Row& form);
  void Write(const Subscript& form);
  void Write(const ArraySlice& form);
  void Write(const Subquery& form);
  void Write(const Invocation& form);

  // calls.cc
  void Write(const Call& call);
  void WriteFunctionName(const ObjectName& name);
  void Write(const Argument& argument);
  void Write(const Window& window);
  void Write(const Frame& frame);
  void Write(const FrameBound& bound);
  void Write(const OrderItem& item);
  void WriteDirection(bool descending, NullsOrder nulls);

  // queries.cc
  void WriteTerm(const Query& query);
  void Write(const With& with);
  void Write(const WithTable& table);
  void Write(const Select& select);
  void Write(const Values& values);
  void Write(const SetChain& chain);
  void Write(const Parenthesised& query);
  void Write(const SelectItem& item);
  void Write(const LatestOn& latest);
  void Write(const SampleBy& sample);
  void Write(const Fill& fill);
  void Write(const Alignment& alignment);
  void Write(const NamedWindow& window);
  void WriteFrom(std::string_view prefix, const std::vector<FromItem>& items);
  void Write(const FromItem& item);
  void Write(const Join& join);
  void Write(const Relation& relation);
  void Write(const TableName& table);
  void Write(const TableFunction& function);
  void Write(const DerivedTable& table);
  void Write(const JoinedTables& tables);
  void Write(const AsOf& as_of);
  void Write(const Alias& alias);

  // definitions.cc
  void Write(const CreateTable& form);
  void Write(const CreateSchema& form);
  void Write(const CreateEnum& form);
  void Write(const CreateIndex& form);
  void Write(const CreateView& form);
  void Write(const CreateFunction& form);
  void Write(const CreateTrigger& form);
  void Write(const CreateExtension& form);
  void Write(const ColumnDefinition& column);
  void Write(const Constraint& constraint);
  void Write(const InlineIndex& index);
  void Write(const IndexColumn& column);
  void Write(const Option& option);
  void Write(const Partition& partition);
  void Write(const NotNull& rule);
  void Write(const Nullable& rule);
  void Write(const Default& rule);
  void Write(const Generated& rule);
  void Write(const Identity& rule);
  void Write(const PrimaryKey& rule);
  void Write(const Unique& rule);
  void Write(const Check& rule);
  void Write(const References& rule);
  void Write(const Sensitive& rule);
  void Write(ReferentialAction action);

  // alterations.cc
  void Write(const AlterTable& form);
  void Write(const AddColumn& action);
  void Write(const DropColumn& action);
  void Write(const RenameColumn& action);
  void Write(const RenameConstraint& action);
  void Write(const RenameTable& action);
  void Write(const SetSchema& action);
  void Write(const SetColumnType& action);
  void Write(const SetColumnDefault& action);
  void Write(const SetColumnNotNull& action);
  void Write(const AddConstraint& action);
  void Write(const DropConstraint& action);
  void Write(const SetOptions& action);
  void Write(const ResetOptions& action);
  void Write(const DropDays& action);
  void Write(const AddEnumValue& form);
  void Write(const RenameEnumValue& form);
  void Write(const RenameObject& form);
  void Write(const Drop& form);
  void Write(const Comment& form);
  void WriteBehavior(DropBehavior behavior);

  // statements.cc
  void Write(const Insert& form);
  void Write(const Update& form);
  void Write(const Delete& form);
  void Write(const OnConflict& conflict);
  void Write(const Assignment& assignment);
  void Write(const Transaction& form);
  void Write(const Set& form);
  void Write(const Show& form);
  void Write(const Explain& form);
  void Write(const Attach& form);
  void Write(const Detach& form);
  void Write(const RefreshView& form);

  std::string out_;
  bool in_list_ = false;  // a comma follows, which the keys of a LATEST ON would take for theirs
};

}  // namespace tape::engine::sql
