// Statements at random, all of which are SQL: every rule of the grammar is taken again and again.
//
//   RandomSql random(17);
//   const std::string text = random.Statement();
//
// The same seed gives the same statements. Thread-compatible.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

namespace tape::engine::sql {

class RandomSql {
 public:
  explicit RandomSql(uint64_t seed) : random_(seed) {}

  std::string Statement();
  std::string Query();
  std::string Expression();

 private:
  size_t Below(size_t bound) { return random_() % bound; }
  bool Chance(size_t percent) { return Below(100) < percent; }
  std::string Pick(std::initializer_list<std::string_view> choices);
  // The text, or nothing.
  std::string Maybe(size_t percent, std::string text) { return Chance(percent) ? text : ""; }
  template <typename Make>
  std::string List(size_t most, Make make) {
    std::string list = make();
    for (size_t more = Below(most); more > 0; --more) list += Pick({", ", ",", " , "}) + make();
    return list;
  }

  std::string Name();
  std::string Names() {
    return "(" + List(3, [&] { return Name(); }) + ")";
  }
  std::string Table();
  std::string String();
  std::string Type();
  std::string Leaf();
  std::string Compound();
  std::string Condition();
  std::string Call();
  std::string Window();
  std::string Keys();
  std::string SelectTerm();
  std::string Clauses();
  std::string Sample();
  std::string Relation();
  std::string FromItem();
  std::string With();
  std::string Items();
  std::string Sets();
  std::string Change();
  std::string Insert();
  std::string CreateTable();
  std::string Column();
  std::string TableRule();
  std::string Create();
  std::string Alter();
  std::string AlterAction();
  std::string Session();
  std::string Options();

  std::mt19937_64 random_;
  int depth_ = 0;
};

}  // namespace tape::engine::sql
