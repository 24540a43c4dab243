// JSON values where they lie: parts of a text, without a tree of it.
//
//   JsonMember(R"({"a": [1, 2]})", "a");     // "[1, 2]", a piece of the text
//   JsonElement("[1, 2]", -1);               // "2"
//   JsonString(R"("line\n")")                // the line and its newline
//   CompareJson("{\"a\":1.0}", "{ \"a\" : 1 }");   // 0
//
// Texts are taken for valid (ValidateJson); of any other, parts are missing, and nothing worse
// happens. Nothing here recurses but CompareJson's form and JsonContains, as deep as the value,
// which kMaxJsonDepth bounds.
//
// Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tape::engine::exec {

enum class JsonKind : uint8_t { kNone, kNull, kBoolean, kNumber, kString, kArray, kObject };

JsonKind JsonKindOf(std::string_view json);

// Walks the elements of an array or the members of an object.
//
//   for (JsonWalk walk(json); walk.Next();) use(walk.key(), walk.value());
class JsonWalk {
 public:
  explicit JsonWalk(std::string_view json);
  bool Next();
  // A string in its quotes; empty in an array.
  std::string_view key() const { return key_; }
  std::string_view value() const { return value_; }

 private:
  void SkipSpace();
  std::string_view TakeValue();

  std::string_view text_;
  size_t at_ = 0;
  bool object_ = false;
  std::string_view key_;
  std::string_view value_;
};

// The value of a member, the last of that name; empty where there is none.
std::string_view JsonMember(std::string_view json, std::string_view key);
// The i-th element from 0, or from the end for -1, -2, ...; empty where there is none.
std::string_view JsonElement(std::string_view json, int64_t index);
size_t JsonSize(std::string_view json);

// What a string in quotes says.
std::string JsonStringText(std::string_view quoted);

// Without the white space around it.
std::string_view JsonTrimmed(std::string_view json);

// A form that all texts of one value have, and no text of another: no white space, members by name,
// each once (the last), strings without needless escapes, numbers as digits and an exponent.
std::string CanonicalJson(std::string_view json);

// Zero for texts of one value; else PostgreSQL's order: objects above arrays above booleans above
// numbers above strings above null, more members or elements above fewer, then one by one, members
// by the length of their names and then by their bytes. An empty array that stands alone is below
// everything that is none.
int CompareJson(std::string_view a, std::string_view b);

// PostgreSQL's jsonb @>: every member and element of `part` is in `whole`, at the same level.
bool JsonContains(std::string_view whole, std::string_view part);

}  // namespace tape::engine::exec
