#include "tests/engine/sql/random_sql.h"

namespace tape::engine::sql {
namespace {

// Deeper than this only leaves are made.
constexpr int kDeepest = 5;

}  // namespace

std::string RandomSql::Pick(std::initializer_list<std::string_view> choices) {
  return std::string(choices.begin()[Below(choices.size())]);
}

std::string RandomSql::Name() {
  return Pick({"a", "Price", "symbol", "timestamp", "level", "\"Odd \"\"Name\"", "\"select\"",
               "\"index\"", "pre\xC3\xA7o", "x1", "_y", "period", "day"});
}

std::string RandomSql::Table() {
  return Maybe(20, Name() + ".") + Maybe(20, Name() + ".") + Name();
}

std::string RandomSql::String() {
  return Pick({"'text'", "''", "'it''s'", "E'a\\n\\u00e9'", "$$dollar 'quoted'$$",
               "'two'\n 'parts'", "'\\'"});
}

std::string RandomSql::Type() {
  return Pick({"INTEGER", "int", "DECIMAL(18,8)", "varchar(20)", "double precision",
               "timestamp with time zone", "TIMESTAMP(6) WITHOUT TIME ZONE", "character varying(5)",
               "s.mood", "\"Type\"", "JSONB"}) +
         Maybe(15, "[]");
}

std::string RandomSql::Leaf() {
  switch (Below(12)) {
    case 0:
      return Pick({"1", "2.50", ".5", "1e-3", "123456789012345678901234567890"});
    case 1:
      return String();
    case 2:
      return Pick({"NULL", "TRUE", "false", "CURRENT_TIMESTAMP", "current_date"});
    case 3:
      return Pick({"5s", "100ms", "1mo", "INTERVAL '1 day'", "interval '2' hour",
                   "TIMESTAMP '2026-03-04'"});
    case 4:
      return Pick({"$1", "$2"});
    case 5:
      return Name() + "." + Name();
    default:
      return Name();
  }
}

std::string RandomSql::Expression() {
  if (depth_ >= kDeepest || Chance(30)) return Leaf();
  ++depth_;
  std::string text = Chance(50) ? Compound() : Condition();
  --depth_;
  return text;
}

// Operators without regard to strength: what is not in parentheses binds as it binds, and what may
// not stand there is put in some.
std::string RandomSql::Compound() {
  const auto inner = [&] { return Chance(40) ? Leaf() : "(" + Expression() + ")"; };
  switch (Below(14)) {
    case 0:
    case 1:
      return inner() + " " +
             Pick({"+", "-", "*", "/", "%", "^", "||", "->", "->>", "#>", "@>", "&&", "<<", "&"}) +
             " " + inner() + Maybe(30, Pick({"+", "*", "||"}) + inner());
    case 2:
      return Pick({"-", "+", "~", "- "}) + inner();
    case 3:
      return inner() + "::" + Type();
    case 4:
      return "CAST(" + Expression() + " AS " + Type() + ")";
    case 5:
      return inner() + Pick({"[1]", "[1:2]", "[:2]", "[1:]", "[:]"});
    case 6:
      return Call();
    case 7:
      return "CASE " + Maybe(40, Expression()) + " WHEN " + Expression() + " THEN " + Expression() +
             Maybe(50, " ELSE " + Expression()) + " END";
    case 8:
      return "(" + Query() + ")";
    case 9:
      return Chance(50) ? "ROW(" + Expression() + ")"
                        : "ARRAY[" + List(3, [&] { return Expression(); }) + "]";
    case 10:
      return "(" + Expression() + ", " + Expression() + ")";
    case 11:
      return "EXTRACT(hour FROM " + Expression() + ")";
    case 12:
      return inner() + " AT TIME ZONE " + inner();
    default:
      return "(" + Expression() + ")";
  }
}

std::string RandomSql::Condition() {
  const auto inner = [&] { return Chance(40) ? Leaf() : "(" + Expression() + ")"; };
  const std::string negated = Maybe(30, "NOT ");
  switch (Below(12)) {
    case 0:
    case 1:
      return inner() + Pick({" = ", "<>", "!=", " < ", "<=", " > ", ">="}) + inner();
    case 2:
      return inner() + Pick({" AND ", " OR "}) + inner() +
             Maybe(40, Pick({" AND ", " OR "}) + inner());
    case 3:
      return "NOT " + inner();
    case 4:
      return inner() + " IS " + negated + Pick({"NULL", "TRUE", "FALSE", "UNKNOWN"});
    case 5:
      return inner() + " IS " + negated + "DISTINCT FROM " + inner();
    case 6:
      return inner() + " " + negated + "BETWEEN " + Maybe(20, "SYMMETRIC ") + inner() + " AND " +
             inner();
    case 7:
      return inner() + " " + negated + "IN (" + List(3, [&] { return Expression(); }) + ")";
    case 8:
      return inner() + " " + negated + "IN (" + Query() + ")";
    case 9:
      return inner() + " " + negated + Pick({"LIKE ", "ILIKE ", "SIMILAR TO "}) + inner() +
             Maybe(20, " ESCAPE '!'");
    case 10:
      return inner() + Pick({" = ANY (", " <> ALL (", " > SOME ("}) +
             (Chance(50) ? Query() : Expression()) + ")";
    default:
      return "EXISTS (" + Query() + ")";
  }
}

std::string RandomSql::Call() {
  switch (Below(8)) {
    case 0:
      return "count(*)" + Maybe(30, " FILTER (WHERE " + Expression() + ")");
    case 1:
      return "sum(DISTINCT " + Expression() + " ORDER BY " + Keys() + ")";
    case 2:
      return "lag(" + Expression() + ") " + Maybe(30, "IGNORE NULLS ") + "OVER (" + Window() + ")";
    case 3:
      return "f(a => " + Expression() + ", b := 1)";
    case 4:
      return "substring(a FROM 1 FOR " + Expression() + ")";
    case 5:
      return "trim(" + Pick({"LEADING 'x' FROM ", "BOTH FROM ", ""}) + Name() + ")";
    case 6:
      return "max(" + Expression() + ") OVER w";
    default:
      return Table() + "(" + Maybe(80, List(3, [&] { return Expression(); })) + ")";
  }
}

std::string RandomSql::Window() {
  std::string text = Maybe(50, "PARTITION BY " + Expression()) + Maybe(70, " ORDER BY " + Keys());
  if (Chance(50)) return text;
  text += " " + Pick({"ROWS ", "RANGE ", "GROUPS "});
  if (Chance(30)) return text + Pick({"UNBOUNDED PRECEDING", "5 PRECEDING", "CURRENT ROW"});
  return text + "BETWEEN " +
         Pick({"UNBOUNDED PRECEDING", "INTERVAL '1 day' PRECEDING", "CURRENT ROW"}) + " AND " +
         Pick({"5s FOLLOWING", "UNBOUNDED FOLLOWING", "CURRENT ROW"}) + Maybe(20, " EXCLUDE TIES");
}

std::string RandomSql::Keys() {
  return List(2, [&] {
    return Expression() + Pick({"", " ASC", " DESC"}) + Pick({"", " NULLS FIRST", " NULLS LAST"});
  });
}

std::string RandomSql::Items() {
  return List(3, [&] {
    return Chance(10) ? Pick({"*", "t.*"}) : Expression() + Maybe(40, " AS " + Name());
  });
}

std::string RandomSql::With() {
  return "WITH " + Maybe(20, "RECURSIVE ") +
         List(2,
              [&] {
                return Name() + Maybe(30, Names()) + " AS " + Pick({"", "MATERIALIZED "}) + "(" +
                       Query() + ")";
              }) +
         " ";
}

std::string RandomSql::Query() {
  if (depth_ >= kDeepest) return Pick({"SELECT 1", "VALUES (1, a)"});
  ++depth_;
  std::string text = Maybe(10, With()) + SelectTerm();
  while (Chance(15))
    text += Pick({" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT "}) + SelectTerm();
  text += Maybe(30, " ORDER BY " + Keys()) + Maybe(30, " LIMIT " + Expression()) +
          Maybe(15, " OFFSET 5 ROWS") + Maybe(5, " FOR UPDATE SKIP LOCKED");
  --depth_;
  return text;
}

std::string RandomSql::SelectTerm() {
  if (Chance(10)) return "(" + Query() + ")";
  if (Chance(10))
    return "VALUES " + List(2, [&] { return "(" + Expression() + ", " + Expression() + ")"; });
  return "SELECT " + Pick({"", "", "ALL ", "DISTINCT ", "DISTINCT ON (a, b) "}) + Items() +
         Maybe(80, Clauses());
}

std::string RandomSql::Clauses() {
  return " FROM " + List(2, [&] { return FromItem(); }) + Maybe(60, " WHERE " + Expression()) +
         Maybe(15, " LATEST ON ts PARTITION BY " + Name()) + Maybe(25, Sample()) +
         Maybe(30, " GROUP BY " + List(2, [&] { return Expression(); })) +
         Maybe(20, " HAVING " + Expression()) + Maybe(10, " WINDOW w AS (" + Window() + ")");
}

std::string RandomSql::Sample() {
  return " SAMPLE BY " + Pick({"1m", "5s", "INTERVAL '1 hour'", "$1"}) +
         Maybe(20, " FROM '2026-01-01' TO " + Leaf()) +
         Maybe(50, " FILL (" + Pick({"NONE", "NULL", "PREV", "LINEAR", "0, PREV"}) + ")") +
         Maybe(40, " ALIGN TO " + Pick({"FIRST OBSERVATION", "CALENDAR",
                                        "CALENDAR TIME ZONE 'UTC' WITH OFFSET '1'"}));
}

std::string RandomSql::Relation() {
  std::string text;
  switch (depth_ >= kDeepest ? 0 : Below(6)) {
    case 4:
      text = "(" + Query() + ")";
      break;
    case 5:
      text = "generate_series(1, " + Expression() + ")";
      break;
    case 3:
      ++depth_;
      text = "(" + FromItem() + " CROSS JOIN " + FromItem() + ")";
      --depth_;
      return text;
    default:
      text =
          Table() +
          Maybe(15, Pick({" AS OF LSN 7", " AS OF TIMESTAMP '2026-01-01'", " AS OF TIMESTAMP $1"}));
  }
  text += Maybe(50, Pick({" ", " AS "}) + Name() + Maybe(20, Names()));
  // Its keys would take a comma behind them.
  return Chance(10) ? "(" + text + " LATEST ON ts PARTITION BY s)" : text;
}

std::string RandomSql::FromItem() {
  std::string text = Relation();
  while (Chance(25)) {
    switch (Below(4)) {
      case 0:
        text += Pick({" CROSS JOIN ", " NATURAL JOIN "}) + Relation();
        break;
      case 1:
        text +=
            Pick({" JOIN ", " LEFT OUTER JOIN ", " FULL JOIN "}) + Relation() + " USING " + Names();
        break;
      case 2:
        text += Pick({" INNER JOIN ", " RIGHT JOIN "}) + Relation() + " ON " + Expression();
        break;
      default:
        text += Pick({" ASOF JOIN ", " ASOF LEFT JOIN "}) + Relation() + " ON " + Names() +
                Pick({"", " FORWARD", " NEAREST STRICT"}) + Maybe(40, " TOLERANCE 5s");
    }
  }
  return text;
}

std::string RandomSql::Sets() {
  return List(2, [&] {
    switch (Below(4)) {
      case 0:
        return "(a, b) = (" + Expression() + ", DEFAULT)";
      case 1:
        return "(a, b) = (" + Query() + ")";
      case 2:
        return Name() + " = DEFAULT";
      default:
        return Name() + " = " + Expression();
    }
  });
}

std::string RandomSql::Insert() {
  std::string text = "INSERT INTO " + Table() + Maybe(10, " AS x") + Maybe(50, " (a, Price)") + " ";
  text += Chance(10)   ? "DEFAULT VALUES"
          : Chance(60) ? "VALUES (" + Expression() + ", DEFAULT), (1, 2)"
                       : Query();
  // A conflict behind a join would be taken for its condition.
  if (text.find("JOIN") != std::string::npos || text.find("SELECT") != std::string::npos)
    return text;
  return text +
         Maybe(40, " ON CONFLICT " +
                       Pick({"", "(a) ", "(a, lower(b)) WHERE c ", "ON CONSTRAINT k "}) + "DO " +
                       (Chance(40) ? "NOTHING"
                                   : "UPDATE SET " + Sets() + Maybe(30, " WHERE " + Expression())));
}

std::string RandomSql::Change() {
  const std::string returning = Maybe(30, " RETURNING " + Items());
  const std::string where = Maybe(60, " WHERE " + Expression());
  switch (Below(3)) {
    case 0:
      return Maybe(10, With()) + Insert() + returning;
    case 1:
      return Maybe(10, With()) + "UPDATE " + Table() + Maybe(30, " AS x") + " SET " + Sets() +
             Maybe(30, " FROM " + FromItem()) + where + returning;
    default:
      return "DELETE FROM " + Table() + Maybe(30, " x") + Maybe(30, " USING " + FromItem()) +
             where + returning;
  }
}

std::string RandomSql::Column() {
  std::string text = Name() + " " + Type();
  while (Chance(40)) {
    text += " " + Maybe(15, "CONSTRAINT c ") +
            Pick({"NOT NULL", "NULL", "PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT", "UNIQUE",
                  "DEFAULT now()", "DEFAULT -1", "UNIQUE NULLS NOT DISTINCT",
                  "REFERENCES s.t (a) ON DELETE SET NULL", "CHECK (a > 0)", "SENSITIVE",
                  "GENERATED ALWAYS AS (a + 1) STORED", "GENERATED ALWAYS AS IDENTITY"});
  }
  return text;
}

std::string RandomSql::TableRule() {
  return Maybe(30, "CONSTRAINT k ") + Pick({"PRIMARY KEY ", "UNIQUE", "UNIQUE NULLS DISTINCT "}) +
         Names() +
         Maybe(40,
               ", CHECK (" + Expression() + "), FOREIGN KEY (a) REFERENCES t ON UPDATE NO ACTION");
}

std::string RandomSql::Options() {
  return "(history = none, a.b = '1d', compress, n = -5, on_full = TRUE)";
}

std::string RandomSql::CreateTable() {
  std::string text = "CREATE TABLE " + Maybe(30, "IF NOT EXISTS ") + Table();
  if (Chance(10)) return text + " AS " + Query();
  text += "(" + List(4, [&] { return Column(); }) + Maybe(40, ", " + TableRule()) +
          Maybe(20, ", INDEX idx (a DESC, (b + 1))") + ")";
  return text +
         Maybe(40,
               " PARTITION BY " + Pick({"RANGE (ts)", "DAY (ts)", "WEEK", "MONTH (a)", "NONE"})) +
         Maybe(30, " CLUSTER BY " + Names()) + Maybe(10, " AVAILABLE AFTER INTERVAL '1 minute'") +
         Maybe(30, " WITH " + Options());
}

std::string RandomSql::Create() {
  switch (Below(8)) {
    case 0:
      return "CREATE SCHEMA IF NOT EXISTS " + Name();
    case 1:
      return "CREATE TYPE " + Table() + " AS ENUM (" + List(3, [&] { return String(); }) + ")";
    case 2:
      return "CREATE " + Maybe(30, "UNIQUE ") + "INDEX " + Maybe(70, Name()) + " ON " + Table() +
             Maybe(20, " USING brin") + " (" + Keys() + ")" + Maybe(20, " INCLUDE " + Names()) +
             Maybe(10, " WITH " + Options()) + Maybe(40, " WHERE " + Expression());
    case 3:
      return "CREATE OR REPLACE VIEW " + Table() + Maybe(30, Names()) + " AS " + Query();
    case 4:
      return "CREATE MATERIALIZED VIEW " + Table() + " AS " + Query() + Maybe(30, " WITH NO DATA");
    case 5:
      return "CREATE FUNCTION " + Table() +
             "() RETURNS TRIGGER AS $f$ BEGIN NEW.a = " + Maybe(90, Leaf()) +
             "; RETURN NEW; END; $f$ LANGUAGE plpgsql";
    case 6:
      return "CREATE TRIGGER " + Name() + Pick({" BEFORE ", " AFTER "}) +
             Pick({"UPDATE", "INSERT OR UPDATE OF a, b", "DELETE"}) + " ON " + Table() +
             " FOR EACH ROW" + Maybe(50, " WHEN (" + Expression() + ")") + " EXECUTE FUNCTION f()";
    default:
      return CreateTable();
  }
}

std::string RandomSql::AlterAction() {
  switch (Below(10)) {
    case 0:
      return "ADD COLUMN IF NOT EXISTS " + Column();
    case 1:
      return "DROP " + Maybe(50, "COLUMN ") + Name() + Pick({"", " CASCADE", " RESTRICT"});
    case 2:
      return "RENAME " + Name() + " TO " + Name();
    case 3:
      return "ALTER " + Name() + " TYPE " + Type() + Maybe(30, " USING " + Expression());
    case 4:
      return "ALTER COLUMN " + Name() +
             Pick({" SET DEFAULT 1", " DROP DEFAULT", " SET NOT NULL", " DROP NOT NULL"});
    case 5:
      return "ADD " + std::string("CONSTRAINT c CHECK (") + Expression() + ")";
    case 6:
      return "DROP CONSTRAINT IF EXISTS " + Name();
    case 7:
      return "SET " + Options();
    case 8:
      return "DROP DAYS BEFORE " + Expression();
    default:
      return Pick({"RENAME TO b", "SET SCHEMA s", "RESET (a)", "RENAME CONSTRAINT a TO b"});
  }
}

std::string RandomSql::Alter() {
  switch (Below(4)) {
    case 0:
      return "DROP " + Pick({"TABLE", "VIEW", "MATERIALIZED VIEW", "SCHEMA", "TYPE"}) +
             " IF EXISTS " + List(2, [&] { return Table(); }) + Pick({"", " CASCADE"});
    case 1:
      return "COMMENT ON " + Pick({"TABLE ", "COLUMN ", "VIEW "}) + Table() + " IS " +
             (Chance(80) ? String() : "NULL");
    case 2:
      return "ALTER TYPE " + Table() + " ADD VALUE 'x'" + Pick({"", " BEFORE 'y'", " AFTER 'y'"});
    default:
      return "ALTER TABLE " + Table() + " " + List(3, [&] { return AlterAction(); });
  }
}

std::string RandomSql::Session() {
  return Pick({"BEGIN", "COMMIT", "ROLLBACK WORK", "SET a.b = on, 5, 'x'", "SET x TO DEFAULT",
               "SHOW ALL", "SHOW a", "ATTACH 'it''s' AS other", "DETACH other",
               "REFRESH MATERIALIZED VIEW CONCURRENTLY v"});
}

std::string RandomSql::Statement() {
  depth_ = 0;
  switch (Below(8)) {
    case 0:
      return Create();
    case 1:
      return Alter();
    case 2:
      return Session();
    case 3:
      return Change();
    case 4:
      return Pick({"EXPLAIN ", "explain analyze "}) + Query();
    default:
      return Query();
  }
}

}  // namespace tape::engine::sql
