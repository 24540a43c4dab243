// Text of SQL to trees of syntax.
//
//   absl::StatusOr<Statement> statement = ParseStatement("SELECT ts, price FROM trades LIMIT 5");
//
//   ScriptReader script(text);                        // statement by statement
//   while (script.Next()) {
//     if (!script.statement().ok()) return script.statement().status();
//     Run(*script.statement(), script.text());
//   }
//
// The dialect is PostgreSQL's, with clauses for ticks. Hand-written: a lexer (lexer/lexer.h), one
// function a rule (parse/grammar.h), precedence climbing. Time is linear in the text; depth and
// size are bounded (limits.h), so that any text is safe on a stack of 256 KiB.
//
// Errors: kInvalidArgument, or kResourceExhausted past a limit, with line, column, what was
// expected, what was found, and a caret under the place in its line:
//
//   line 1, column 8: expected an expression, found FROM
//     SELECT FROM trades
//            ^
//
// The grammar. [] may be missing, {} may repeat, | is or; lists are parted by commas; a name is a
// word that is not reserved or "anything"; words are in any case.
//
//   statement   = query | insert | update | delete | create | alter | drop | comment
//               | BEGIN | START TRANSACTION | COMMIT | END | ROLLBACK | ABORT
//               | SET [LOCAL | SESSION] name (= | TO) (DEFAULT | values) | SHOW (name | ALL)
//               | EXPLAIN [ANALYZE] statement | ATTACH 'path' AS name | DETACH name
//               | REFRESH MATERIALIZED VIEW [CONCURRENTLY] name [WITH [NO] DATA]
//
//   query       = [WITH [RECURSIVE] name [(names)] AS [[NOT] MATERIALIZED] (query), ...] terms
//                 [ORDER BY keys] [LIMIT n | ALL] [OFFSET n] [FETCH FIRST [n] ROWS ONLY]
//                 [FOR UPDATE [SKIP LOCKED | NOWAIT]]
//   terms       = term {(UNION | EXCEPT | INTERSECT) [ALL | DISTINCT] term}    INTERSECT first
//   term        = select | VALUES (values), ... | (query)
//   select      = SELECT [ALL | DISTINCT [ON (expressions)]] items [FROM from-items]
//                 [WHERE expression] [latest] [sample] [GROUP BY expressions] [HAVING expression]
//                 [WINDOW name AS (window), ...]
//   item        = * | expression [[AS] name]
//   key         = expression [ASC | DESC] [NULLS FIRST | LAST]
//   from-item   = relation {[NATURAL] [INNER | LEFT | RIGHT | FULL | CROSS] JOIN relation [on]
//                 | ASOF [LEFT] JOIN relation [on | ON (names)] [FORWARD | BACKWARD | NEAREST]
//                   [STRICT] [TOLERANCE period]}
//   on          = ON expression | USING (names)
//   relation    = (table [AS OF (LSN n | TIMESTAMP t)] | call | [LATERAL] (query) | (from-item))
//                 [[AS] name [(names)]] [latest]
//   latest      = LATEST (ON | BY) time PARTITION BY expressions
//   sample      = SAMPLE BY period [FROM time] [TO time] [FILL (NONE | NULL | PREV | LINEAR |
//   value)]
//                 [ALIGN TO (FIRST OBSERVATION | CALENDAR [TIME ZONE zone] [WITH OFFSET offset])]
//
//   expression  = by falling strength, operators of a line bind alike:
//                 x::type  x[i]  x[i:j]
//                 -x  +x
//                 x AT TIME ZONE zone
//                 ^
//                 *  /  %
//                 +  -
//                 ||  ->  ->>  #>  #>>  @>  <@  &&  ?  ?|  ?&  ~  ~*  !~  !~*  &  |  #  <<  >>  ~x
//                 [NOT] BETWEEN [SYMMETRIC] x AND y  [NOT] IN (list | query)
//                 [NOT] (LIKE | ILIKE | SIMILAR TO) x [ESCAPE x]
//                 =  <>  !=  <  <=  >  >=  [(ANY | SOME | ALL) (array | query)]
//                 IS [NOT] (NULL | TRUE | FALSE | UNKNOWN | DISTINCT FROM x)  ISNULL  NOTNULL
//                 NOT x
//                 AND
//                 OR
//   primary     = number | 'text' | 5s | type 'text' | INTERVAL 'n' unit | NULL | TRUE | FALSE
//               | $1 | ? | name{.name} | name.* | call | (expression) | (expression, ...) | (query)
//               | CASE [x] {WHEN x THEN y} [ELSE z] END | CAST(x AS type) | EXTRACT(field FROM x)
//               | ARRAY[list] | ARRAY(query) | ROW(list) | EXISTS (query) | CURRENT_TIMESTAMP | ...
//   call        = name([DISTINCT] [[name =>] expression, ...] [ORDER BY keys]) | name(*), then
//                 [FILTER (WHERE x)] [IGNORE NULLS | RESPECT NULLS] [OVER (name | (window))]
//   window      = [name] [PARTITION BY expressions] [ORDER BY keys]
//                 [(ROWS | RANGE | GROUPS) (bound | BETWEEN bound AND bound) [EXCLUDE ...]]
//   bound       = UNBOUNDED (PRECEDING | FOLLOWING) | CURRENT ROW | x (PRECEDING | FOLLOWING)
//   type        = words [(n, ...)] [WITH | WITHOUT TIME ZONE] {[]}
//
//   insert      = [WITH ...] INSERT INTO table [AS name] [(names)] (query | DEFAULT VALUES)
//                 [ON CONFLICT [(keys) [WHERE x] | ON CONSTRAINT name]
//                  DO (NOTHING | UPDATE SET sets [WHERE x])] [RETURNING items]
//   update      = [WITH ...] UPDATE table [[AS] name] SET sets [FROM from-items] [WHERE x]
//                 [RETURNING items]
//   delete      = [WITH ...] DELETE FROM table [[AS] name] [USING from-items] [WHERE x]
//                 [RETURNING items]
//   set         = name = (x | DEFAULT) | (names) = ([ROW] (values) | (query))
//
//   create      = CREATE TABLE [IF NOT EXISTS] table [(elements)] {clause} [AS query]
//               | CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS] [name] ON table
//                 [USING name] (keys) [INCLUDE (names)] [nulls] [WITH (options)] [WHERE x]
//               | CREATE [OR REPLACE] VIEW [IF NOT EXISTS] name [(names)] [WITH (options)] AS query
//               | CREATE MATERIALIZED VIEW the same [WITH [NO] DATA]
//               | CREATE TYPE name AS ENUM ('value', ...) | CREATE SCHEMA [IF NOT EXISTS] name
//               | CREATE [OR REPLACE] FUNCTION name() RETURNS type {AS 'body' | LANGUAGE name}
//               | CREATE [OR REPLACE] TRIGGER name (BEFORE | AFTER | INSTEAD OF) event {OR event}
//                 ON table [FOR [EACH] (ROW | STATEMENT)] [WHEN (x)] EXECUTE FUNCTION name()
//               | CREATE EXTENSION [IF NOT EXISTS] name [CASCADE]
//   element     = name type {[CONSTRAINT name] column-rule} | [CONSTRAINT name] table-rule
//               | INDEX [name] (keys)
//   column-rule = NOT NULL | NULL | DEFAULT x | PRIMARY KEY [AUTOINCREMENT] | UNIQUE [nulls]
//               | CHECK (x) | references | SENSITIVE | GENERATED ALWAYS AS (x) STORED
//               | GENERATED (ALWAYS | BY DEFAULT) AS IDENTITY
//   table-rule  = PRIMARY KEY (names) | UNIQUE [nulls] (names) | CHECK (x)
//               | FOREIGN KEY (names) references
//   references  = REFERENCES table [(names)] {ON (DELETE | UPDATE) action}
//   nulls       = NULLS [NOT] DISTINCT
//   clause      = PARTITION BY (RANGE | DAY | WEEK | MONTH) (names) | PARTITION BY NONE
//               | CLUSTER BY (names) | AVAILABLE AFTER interval | WITH (options)
//   event       = INSERT | DELETE | UPDATE [OF names]
//   body        = BEGIN {NEW.name (= | :=) expression;} RETURN NEW; END;
//
//   alter       = ALTER TABLE [IF EXISTS] table actions | ALTER kind name RENAME TO name
//               | ALTER TYPE name (ADD VALUE [IF NOT EXISTS] 'v' [(BEFORE | AFTER) 'w']
//                 | RENAME VALUE 'v' TO 'w' | RENAME TO name)
//   action      = ADD [COLUMN] [IF NOT EXISTS] name type {column-rule} | ADD table-rule
//               | DROP [COLUMN | CONSTRAINT] [IF EXISTS] name [CASCADE | RESTRICT]
//               | DROP DAYS BEFORE x | RENAME [COLUMN | CONSTRAINT] name TO name | RENAME TO name
//               | ALTER [COLUMN] name ([SET DATA] TYPE type [USING x] | SET DEFAULT x | DROP
//               DEFAULT
//                 | (SET | DROP) NOT NULL)
//               | SET (options) | RESET (names) | SET SCHEMA name
//   drop        = DROP kind [CONCURRENTLY] [IF EXISTS] names [ON table] [CASCADE | RESTRICT]
//   comment     = COMMENT ON (kind | COLUMN | CONSTRAINT) name [ON table] IS ('text' | NULL)
//
// Pure functions; thread-safe. ScriptReader: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/sql/lexer/lexer.h"
#include "engine/sql/tree/statement.h"

namespace tape::engine::sql {

// One statement, with or without a semicolon; none and several are errors.
absl::StatusOr<Statement> ParseStatement(std::string_view text);

// A query alone, such as a view keeps.
absl::StatusOr<Query> ParseQuery(std::string_view text);

// An expression alone, such as the catalog keeps of a CHECK or a DEFAULT.
absl::StatusOr<Expression> ParseExpression(std::string_view text);

// The statements of a script, one after the other. One that fails says so and does not keep the
// next from being read.
class ScriptReader {
 public:
  // The text outlives it.
  explicit ScriptReader(std::string_view text) : text_(text), lexer_(text) {}

  // False behind the last statement.
  bool Next();

  // The statement, or what is wrong with it; places count from the beginning of the script.
  const absl::StatusOr<Statement>& statement() const { return statement_; }
  // Its text, without the semicolon, and where that begins.
  std::string_view text() const {
    return text_.substr(lexer_.begin(), lexer_.end() - lexer_.begin());
  }
  SourcePosition position() const { return Locate(text_, lexer_.begin()); }
  // Its number, from 1.
  size_t number() const { return number_; }

 private:
  std::string_view text_;
  Lexer lexer_;
  std::vector<Token> tokens_;
  size_t number_ = 0;
  absl::StatusOr<Statement> statement_;
};

}  // namespace tape::engine::sql
