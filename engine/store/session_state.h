// What stands behind the public Session.
#pragma once

#include "engine/sql/session/sql_session.h"
#include "engine/store/store_state.h"
#include "tape/session.h"

namespace tape {

struct Session::State {
  State(Store::State& of_store, const engine::sql::SessionPlace& place,
        const SessionOptions& options)
      : store(of_store), sql(place, options) {}

  Store::State& store;
  engine::sql::SqlSession sql;
};

}  // namespace tape
