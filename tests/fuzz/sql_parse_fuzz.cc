// Any bytes as a script: every statement is a tree or a refusal with its place, statements follow
// each other without losing text, and the shell's question has an answer.
#include <cstdint>
#include <string_view>

#include "engine/sql/parser.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Input(data, size).Text();
  engine::sql::ScriptReader script(text);
  const char* behind = text.data();
  while (script.Next()) {
    Expect(script.text().data() >= behind);
    behind = script.text().data() + script.text().size();
    Expect(behind <= text.data() + text.size());
    const auto position = script.position();
    Expect(position.line >= 1 && position.column >= 1);
    if (script.statement().ok()) continue;
    ExpectRefused(script.statement().status());
    Expect(script.statement().status().message().substr(0, 5) == "line ");
  }
  engine::sql::IsComplete(text);
  const auto expression = engine::sql::ParseExpression(text);
  if (!expression.ok()) ExpectRefused(expression.status());
  return 0;
}

}  // namespace tape::fuzz
