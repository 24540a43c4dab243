#include "engine/sql/parse/trigger_body.h"

#include <utility>
#include <vector>

#include "engine/sql/lexer/lexer.h"
#include "engine/sql/lexer/source.h"
#include "engine/sql/parse/grammar.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

// Reads a body statement by statement, as semicolons part it.
class BodyReader {
 public:
  BodyReader(std::string_view text, uint32_t begin) : text_(text), lexer_(text, begin) {}

  TriggerBody Read() {
    bool returned = false;
    bool ended = false;
    bool first = true;
    while (!fault_ && lexer_.ReadStatement(tokens_)) {
      if (lexer_.fault()) return Refuse(*lexer_.fault());
      if (ended) return Refuse({lexer_.begin(), "expected nothing behind END"});
      std::span<const Token> rest = tokens_;
      if (std::exchange(first, false) && !Take(rest, "BEGIN"))
        return Refuse(Expecting(rest, "BEGIN"));
      if (returned) {
        ended = Take(rest, "END");
        if (!ended || rest.size() > 1) return Refuse(Expecting(rest, "END;"));
      } else if (Take(rest, "RETURN")) {
        returned = Take(rest, "NEW") && rest.size() == 1;
        if (!returned) return Refuse(Expecting(rest, "NEW;"));
      } else {
        ReadAssignment(rest);
      }
    }
    if (fault_) return Refuse(*fault_);
    if (!ended) return Refuse(Expecting({}, returned ? "END" : "RETURN NEW;"));
    return std::move(body_);
  }

 private:
  static bool Take(std::span<const Token>& tokens, Terminal word) {
    if (tokens.front().terminal != word) return false;
    tokens = tokens.subspan(1);
    return true;
  }

  SourceFault Expecting(std::span<const Token> tokens, std::string_view what) const {
    const uint32_t offset = tokens.empty() ? static_cast<uint32_t>(text_.size()) : tokens[0].offset;
    return {offset, format::Concat("expected ", what)};
  }

  void ReadAssignment(std::span<const Token> tokens) {
    Grammar grammar(text_, tokens);
    TriggerAssignment assignment = grammar.ParseWholeTriggerAssignment();
    fault_ = grammar.fault();
    body_.assignments.push_back(std::move(assignment));
  }

  TriggerBody Refuse(SourceFault fault) const {
    constexpr std::string_view kReason =
        "; the body of a trigger function is BEGIN NEW.column = expression; ... RETURN NEW; END;";
    fault.message += kReason;
    return {.assignments = {}, .refusal = Describe(text_, fault)};
  }

  std::string_view text_;
  Lexer lexer_;
  std::vector<Token> tokens_;
  std::optional<SourceFault> fault_;
  TriggerBody body_;
};

}  // namespace

TriggerAssignment Grammar::ParseWholeTriggerAssignment() {
  TriggerAssignment assignment;
  if (!Accept("NEW", ".")) {
    FailExpecting("NEW.column = expression");
    return assignment;
  }
  assignment.column = ParseQualifiedPart("a column");
  if (!Accept("=") && !Accept(":=")) FailExpecting("=");
  assignment.value = ParseExpression();
  ExpectEnd();
  return assignment;
}

TriggerBody ParseTriggerBody(std::string_view body) { return BodyReader(body, 0).Read(); }

TriggerBody ParseTriggerBody(std::string_view text, uint32_t begin, uint32_t end) {
  return BodyReader(text.substr(0, end), begin).Read();
}

}  // namespace tape::engine::sql
