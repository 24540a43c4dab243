// Regular expressions: ~ ~* !~ !~*.
#include <gtest/gtest.h>

#include "tests/engine/sql/bind/evaluated.h"

namespace tape::engine::sql {
namespace {

constexpr Example kValues[] = {
    {"'abc' ~ 'b'", "true"},
    {"'abc' ~ '^b'", "false"},
    {"'abc' ~ '^abc$'", "true"},
    {"'abc' ~ 'B'", "false"},
    {"'abc' ~* 'B'", "true"},
    {"'abc' !~ 'b'", "false"},
    {"'abc' !~* 'X'", "true"},
    {"'BRK.B' ~ '^[A-Z]{3,5}(\\.[A-Z])?$'", "true"},
    {"'BRKB' ~ '^[A-Z]{3,5}(\\.[A-Z])?$'", "true"},
    {"'BR' ~ '^[A-Z]{3,5}(\\.[A-Z])?$'", "false"},
    {"'BRKBBBBB' ~ '^[A-Z]{3,5}(\\.[A-Z])?$'", "false"},
    {"'' ~ ''", "true"},
    {"'' ~ '^$'", "true"},
    {"'a' ~ '^$'", "false"},
    {"'abc' ~ 'a.c'", "true"},
    {"E'a\\nc' ~ 'a.c'", "true"},
    {"'aaa' ~ '^a+$'", "true"},
    {"'' ~ '^a+$'", "false"},
    {"'' ~ '^a*$'", "true"},
    {"'ab' ~ '^(a|b)+$'", "true"},
    {"'abx' ~ '^(a|b)+$'", "false"},
    {"'color' ~ 'colou?r'", "true"},
    {"'colour' ~ 'colou?r'", "true"},
    {"'2025-01-21' ~ '^\\d{4}-\\d{2}-\\d{2}$'", "true"},
    {"'2025-1-21' ~ '^\\d{4}-\\d{2}-\\d{2}$'", "false"},
    {"'hello world' ~ '\\mworld\\M'", "true"},
    {"'helloworld' ~ '\\mworld'", "false"},
    {"'a b' ~ '\\s'", "true"},
    {"'ab' ~ '\\S\\S'", "true"},
    {"'a_1' ~ '^\\w+$'", "true"},
    {"'a-1' ~ '^\\w+$'", "false"},
    {"'-' ~ '\\W'", "true"},
    {"'abc' ~ '[[:alpha:]]+'", "true"},
    {"'123' ~ '[[:alpha:]]'", "false"},
    {"'abc' ~ '[^a-c]'", "false"},
    {"'abd' ~ '[^a-c]'", "true"},
    {"']' ~ '[]]'", "true"},
    {"'a]' ~ '[^]]'", "true"},
    {"'-' ~ '[a-]'", "true"},
    {"'ab' ~ '(?:a)b'", "true"},
    {"'aab' ~ '^a{2}b$'", "true"},
    {"'ab' ~ '^a{0}b'", "false"},
    {"'aaaa' ~ '^a{2,3}$'", "false"},
    {"'aaa' ~ '^a{2,}$'", "true"},
    {"'a' ~ '^a{2,}$'", "false"},
    {"'abc' ~ 'a|x|y'", "true"},
    {"'x' ~ '^(a|x|y)$'", "true"},
    {"'b' ~ '^(|b)$'", "true"},
    {"'ABC' ~ '(?i)abc'", "true"},
    {"'héllo' ~ '^h.llo$'", "true"},
    {"'é' ~ '^[é]$'", "true"},
    {"'é' ~ '^[à-ü]$'", "true"},
    {"'a\\b' ~ '\\\\'", "true"},
    {"'a.b' ~ 'a\\.b'", "true"},
    {"'axb' ~ 'a\\.b'", "false"},
    {"NULL ~ 'a'", "NULL"},
    {"'a' ~ NULL", "NULL"},
    {"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' ~ '^(a+)+$'", "true"},
    {"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaab' ~ '^(a|aa)+$'", "false"},
    {"'abab' ~ '^(ab)*$'", "true"},
    {"'aba' ~ '^(ab)*$'", "false"},
    {"'xyz' ~ 'x.*z'", "true"},
    {"'foobar' ~ 'o*b'", "true"},
    {"'ab' ~ 'a$b'", "false"},
    {"'tab	x' ~ '\\t'", "true"},
    {"'ab' ~ '^a??b'", "true"},
};

constexpr Example kErrors[] = {
    {"'a' ~ '('", "regular expression \"(\": a parenthesis that is not closed, at position 2"},
    {"'a' ~ ')'", "regular expression \")\": a parenthesis that opens nothing, at position 1"},
    {"'a' ~ '['", "regular expression \"[\": a bracket that is not closed, at position 2"},
    {"'a' ~ '*'", "regular expression \"*\": a quantifier that follows nothing, at position 1"},
    {"'a' ~ 'a{2,1}'",
     "regular expression \"a{2,1}\": repeats are 0 to 255, the fewer before the more, at position "
     "7"},
    {"'a' ~ 'a{300}'",
     "regular expression \"a{300}\": repeats are 0 to 255, the fewer before the more, at position "
     "7"},
    {"'a' ~ '[z-a]'",
     "regular expression \"[z-a]\": a range that ends before it begins, at position 5"},
    {"'a' ~ '[[:nonsense:]]'",
     "regular expression \"[[:nonsense:]]\": no class of characters has this name, at position 2"},
};

TEST(RegularExpressions, HaveTheValuesThatPostgresGives) { ExpectValues(kValues); }

TEST(RegularExpressions, SayWhatIsWrongWherePostgresFails) { ExpectValues(kErrors); }

}  // namespace
}  // namespace tape::engine::sql
