// The bodies of trigger functions: assignments to the new row, and nothing else.
//
//   BEGIN
//     NEW.unrealized_pnl = (NEW.current_price - NEW.entry_price) * NEW.quantity;
//     RETURN NEW;
//   END;
//
//   TriggerBody body = ParseTriggerBody(text);     // body.assignments, or body.refusal
//
// A body that says anything else is kept, with the place and the reason, so that CREATE FUNCTION
// can say both. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/sql/tree/definition.h"

namespace tape::engine::sql {

TriggerBody ParseTriggerBody(std::string_view body);

// The body is the bytes [begin, end) of `text`, in which its places count.
TriggerBody ParseTriggerBody(std::string_view text, uint32_t begin, uint32_t end);

}  // namespace tape::engine::sql
