// Any bytes as a script: what parses is printed, parses to the same tree and prints the same.
#include <cstdint>
#include <string_view>

#include "engine/sql/limits.h"
#include "engine/sql/parser.h"
#include "engine/sql/printer.h"
#include "tests/fuzz/expect.h"
#include "tests/fuzz/input.h"

namespace tape::fuzz {

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = Input(data, size).Text();
  engine::sql::ScriptReader script(text);
  while (script.Next()) {
    if (!script.statement().ok()) continue;
    const std::string printed = engine::sql::Print(*script.statement());
    const auto again = engine::sql::ParseStatement(printed);
    Expect(again.ok());
    Expect(*again == *script.statement());
    Expect(engine::sql::Print(*again) == printed);
    const engine::sql::Statement copy = *again;
    Expect(copy == *again);
  }
  return 0;
}

}  // namespace tape::fuzz
