// The grammar of tape's SQL, one function a rule. parser.h shows the rules; the files are
//
//   statements.cc   which statement it is          expressions.cc  operators and their precedence
//   tables.cc       CREATE TABLE, constraints      primaries.cc    what operators work on
//   definitions.cc  all other CREATEs              calls.cc        calls and windows
//   alterations.cc  ALTER, DROP, COMMENT           queries.cc      SELECT and its clauses
//   changes.cc      INSERT, UPDATE, DELETE         relations.cc    FROM, joins
//   sessions.cc     transactions, SET, EXPLAIN     types.cc        names of types
//   trigger_body.cc the bodies of trigger functions
//
// A rule is called where it may begin, leaves the cursor behind what it took, and returns its tree;
// after a fault it returns anything (token_cursor.h). Rules that contain themselves count their
// levels with Nesting; what they make counts its height (Make), so that neither this parser nor
// whoever walks a tree needs more stack than limits.h allows for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sql/lexer/token.h"
#include "engine/sql/parse/precedence.h"
#include "engine/sql/parse/token_cursor.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

class Grammar : public TokenCursor {
 public:
  Grammar(std::string_view text, std::span<const Token> tokens) : TokenCursor(text, tokens) {}

  // Each takes all tokens, or there is a fault.
  Statement ParseWholeStatement();
  Query ParseWholeQuery();
  Expression ParseWholeExpression();
  TriggerAssignment ParseWholeTriggerAssignment();

 private:
  // Counts a level for as long as it lives.
  class Nesting {
   public:
    explicit Nesting(Grammar& grammar, uint16_t levels = 1) : grammar_(grammar), levels_(levels) {
      grammar.Enter(levels);
    }
    ~Nesting() { grammar_.depth_ = static_cast<uint16_t>(grammar_.depth_ - levels_); }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Grammar& grammar_;
    uint16_t levels_;
  };

  void Enter(uint16_t levels);
  void Raise(uint16_t height, Place place);
  void FailTooDeep(Place place);
  Expression Make(ExpressionForm form, Place place);
  void CheckTerms(size_t count, Place place);
  void ExpectEnd();

  template <typename Rule>
  void ParseList(Rule rule) {
    do {
      rule();
    } while (Accept(","));
  }
  std::vector<Name> ParseNames(std::string_view what);
  std::vector<Name> ParseParenthesisedNames(std::string_view what);

  // expressions.cc
  Expression ParseExpression() { return ParseAbove(Precedence::kLowest); }
  Expression ParseAbove(Precedence minimum);
  Owned<Expression> OwnAbove(Precedence minimum) { return Owned<Expression>(ParseAbove(minimum)); }
  Owned<Expression> OwnExpression() { return Owned<Expression>(ParseExpression()); }
  std::vector<Expression> ParseExpressions();
  Expression ParsePrefix();
  bool ParseInfix(Expression& left, Precedence minimum);
  void ParseLogical(Expression& left, bool is_or);
  void ParseChain(Expression& left, Precedence level);
  void ParseComparison(Expression& left);
  void ParseQuantified(Expression& left, BinaryOperator op, Place place);
  void ParseIs(Expression& left);
  void ParseRange(Expression& left);
  void ParseBetween(Expression& left, bool negated, Place place);
  void ParseIn(Expression& left, bool negated, Place place);
  void ParseLike(Expression& left, bool negated, Place place);
  Expression ParsePostfix(Expression operand);
  void ParseSubscript(Expression& operand);

  // primaries.cc
  Expression ParsePrimary();
  Expression ParseWord();
  std::optional<Expression> ParseSpecialWord();
  Expression ParseLiteral(LiteralKind kind);
  Expression ParseParameter();
  Expression ParseParenthesised();
  Expression ParseSubquery(SubqueryKind kind);
  Expression ParseCase();
  Expression ParseCast();
  bool BecomesQuery(std::vector<Expression>& values, Owned<Query>& query);
  Expression ParseArray();
  Expression ParseRow();
  Expression ParseColumnOrCall();
  Expression ParseTypedLiteral();
  bool AtTypedLiteral() const;
  bool AtQuery() const;

  // calls.cc
  Expression ParseCallOf(ObjectName function);
  Call ParseCall(ObjectName function);
  void ParseArguments(Call& call);
  void ParseAfterArguments(Call& call);
  Expression ParseExtract();
  Expression ParsePosition();
  Expression ParseSubstring();
  Expression ParseTrim();
  Expression ParseCurrent();
  Expression MakeCall(std::string_view function, std::vector<Expression> arguments, Place place);
  Window ParseWindow();
  Window ParseWindowDefinition();
  Frame ParseFrame();
  FrameBound ParseFrameBound();
  std::vector<OrderItem> ParseOrderBy();
  void ParseDirection(bool& descending, NullsOrder& nulls);

  // types.cc
  TypeName ParseType();
  void ParseTypeWords(TypeName& type);
  void ParseModifiers(TypeName& type);
  void ParseDimensions(TypeName& type);

  // queries.cc
  Query ParseQuery();
  Owned<Query> OwnQuery() { return Owned<Query>(ParseQuery()); }
  Query FinishQuery(With with, std::optional<Query> first, Place place);
  static uint16_t HeightOf(const With& with);
  bool AtClausesOfQuery() const;
  bool AtQueryTail() const;
  Query ParseQueryInParentheses();
  Query ParseSetChain(bool intersect, std::optional<Query> first);
  Query ParseQueryTerm();
  void ParseQueryTail(Query& query);
  void ParseLimits(Query& query);
  void ParseLock(Query& query);
  With ParseWith();
  WithTable ParseWithTable();
  Select ParseSelect();
  void ParseDistinct(Select& select);
  void ParseSelectTail(Select& select);
  std::vector<SelectItem> ParseSelectItems();
  SelectItem ParseSelectItem();
  Values ParseValues();
  Expression ParseValueOrDefault();
  SampleBy ParseSampleBy();
  bool ParseSampleClause(SampleBy& sample);
  Fill ParseFill();
  Alignment ParseAlignment();
  LatestOn ParseLatestOn();
  bool AtLatest() const { return At("LATEST", "ON") || At("LATEST", "BY"); }

  // relations.cc
  std::vector<FromItem> ParseFrom();
  FromItem ParseFromItem();
  bool ParseJoin(FromItem& item);
  bool ParseJoinKind(Join& join);
  void ParseJoinCondition(Join& join);
  void ParseAsofTail(Asof& asof);
  Relation ParseRelation();
  void ParseRelationForm(Relation& relation);
  void ParseParenthesisedRelation(Relation& relation);
  std::optional<AsOf> ParseAsOf();
  std::optional<Alias> ParseAlias();
  bool AtBareAlias() const;

  // tables.cc
  CreateTable ParseCreateTable();
  void ParseTableElements(CreateTable& table);
  TableElement ParseTableElement();
  bool AtInlineIndex() const;
  InlineIndex ParseInlineIndex();
  ColumnDefinition ParseColumnDefinition();
  bool ParseColumnConstraint(ColumnDefinition& column);
  bool ParseColumnRule(Constraint& constraint);
  void ParseGenerated(Constraint& constraint);
  Constraint ParseTableConstraint();
  bool AtTableConstraint() const;
  bool ParseNullsNotDistinct();
  References ParseReferences();
  ReferentialAction ParseReferentialAction();
  bool ParseTableClause(CreateTable& table);
  Partition ParsePartition();
  std::vector<Option> ParseOptions();
  std::vector<IndexColumn> ParseIndexColumns();

  // definitions.cc
  StatementForm ParseCreate();
  bool ParseIfNotExists() { return Accept("IF", "NOT", "EXISTS"); }
  bool ParseIfExists() { return Accept("IF", "EXISTS"); }
  StatementForm ParseCreateReplaceable(bool or_replace);
  CreateSchema ParseCreateSchema();
  CreateEnum ParseCreateEnum();
  CreateIndex ParseCreateIndex(bool unique);
  CreateView ParseCreateView(bool or_replace, bool materialized);
  bool ParseWithData();
  CreateFunction ParseCreateFunction(bool or_replace);
  bool ParseFunctionClause(CreateFunction& function);
  void ParseFunctionBody(CreateFunction& function);
  CreateTrigger ParseCreateTrigger(bool or_replace);
  void ParseTriggerEvents(CreateTrigger& trigger);
  CreateExtension ParseCreateExtension();

  // alterations.cc
  StatementForm ParseAlter();
  AlterTable ParseAlterTable();
  AlterAction ParseAlterAction();
  AlterAction ParseAddAction();
  AlterAction ParseDropAction();
  AlterAction ParseAlterColumn();
  AlterAction ParseRenameAction();
  AlterAction ParseSetAction();
  StatementForm ParseAlterType();
  StatementForm ParseRenameObject(ObjectKind kind);
  Drop ParseDrop();
  ObjectKind ParseObjectKind(std::string_view what);
  DropBehavior ParseDropBehavior();
  Comment ParseComment();

  // changes.cc
  Insert ParseInsert(With with);
  OnConflict ParseOnConflict();
  Update ParseUpdate(With with);
  Delete ParseDelete(With with);
  std::vector<Assignment> ParseAssignments();
  Assignment ParseAssignment();
  std::vector<SelectItem> ParseReturning();
  std::optional<Name> ParseTargetAlias();

  // sessions.cc
  StatementForm ParseTransaction();
  Set ParseSet();
  Show ParseShow();
  Expression ParseSettingValue();
  Explain ParseExplain();
  Attach ParseAttach();
  RefreshView ParseRefresh();

  // statements.cc
  Statement ParseStatement();
  StatementForm ParseStatementForm();
  StatementForm ParseWithStatement();

  uint16_t depth_ = 0;
  uint16_t tallest_ = 0;  // of the expressions of the query at hand
  uint32_t parameters_ = 0;
  bool numbered_parameters_ = false;
};

}  // namespace tape::engine::sql
