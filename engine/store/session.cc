#include "tape/session.h"

#include <atomic>
#include <utility>

#include "engine/sql/session/sql_session.h"
#include "engine/store/session_state.h"
#include "engine/store/store_state.h"
#include "tape/store.h"

namespace tape {

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}

Session::~Session() { state_->store.open_sessions.fetch_sub(1, std::memory_order_acq_rel); }

absl::StatusOr<Result> Session::Execute(std::string_view sql,
                                        const std::vector<SqlValue>& parameters) {
  if (absl::Status status = state_->store.CheckWriter(); !status.ok()) return status;
  return state_->sql.Execute(sql, parameters);
}

absl::Status Session::ExecuteScript(std::string_view sql, const OnResult& each) {
  if (absl::Status status = state_->store.CheckWriter(); !status.ok()) return status;
  return state_->sql.ExecuteScript(sql, each);
}

bool Session::in_transaction() const { return state_->sql.in_transaction(); }

absl::StatusOr<std::unique_ptr<Session>> Store::OpenSession(const SessionOptions& options) {
  if (absl::Status status = state_->CheckWriter(); !status.ok()) return status;
  absl::StatusOr<engine::Changes*> changes = state_->Changes();
  if (!changes.ok()) return changes.status();
  state_->open_sessions.fetch_add(1, std::memory_order_acq_rel);
  auto state = std::make_unique<Session::State>(
      *state_,
      engine::sql::SessionPlace{
          .writer = *state_->writer, .changes = **changes, .host = engine::PosixHost::Instance()},
      options);
  return std::unique_ptr<Session>(new Session(std::move(state)));
}

}  // namespace tape
