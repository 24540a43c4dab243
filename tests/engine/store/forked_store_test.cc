#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string_view>

#include "tests/engine/store/trades_store.h"

namespace tape {
namespace {

// What a forked child found wrong, as its exit code; 0 where all was refused.
template <typename Child>
int RunForked(Child child) {
  const pid_t process = ::fork();
  if (process == 0) ::_exit(child());
  int status = 0;
  if (process < 0 || ::waitpid(process, &status, 0) != process) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool SaysForked(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) &&
         status.message().find("forked") != absl::string_view::npos;
}

TEST_F(StoreTest, AForkedChildChangesNothingAndIsToldSo) {
  auto store = Open();
  ASSERT_TRUE(store->CreateTable(Trades()).ok());
  auto trades = Appending(*store);
  auto symbol = trades->Intern("symbol", "AAPL");
  auto note = trades->Handle<std::string_view>("note");
  auto bound = trades->Bind(Field{"ts", &Trade::ts}, Field{"symbol", &Trade::symbol},
                            Field{"price", &Trade::price}, Field{"size", &Trade::size});
  ASSERT_TRUE(symbol.ok() && bound.ok() && note.ok());
  ASSERT_TRUE(bound->Append(TradeOf(1, *symbol)));
  ASSERT_TRUE(trades->Commit().ok());
  ASSERT_TRUE(bound->Append(TradeOf(2, *symbol)));  // the parent is amid a commit

  const int wrong = RunForked([&] {
    if (bound->Append(TradeOf(99, *symbol))) return 1;
    trades->Set(*note, std::string_view("a child's"));
    if (!SaysForked(trades->status())) return 2;
    if (!SaysForked(trades->Commit().status())) return 3;
    trades->Abandon();
    if (!SaysForked(trades->Intern("symbol", "MSFT").status())) return 4;
    if (trades->Append({})) return 5;
    if (!SaysForked(store->CreateTable(Trades()))) return 6;
    if (!SaysForked(store->OpenAppender("main", "trades").status())) return 7;
    if (!SaysForked(store->MakeDurable(store->committed()))) return 8;
    if (!SaysForked(store->Seal("main", "trades").status())) return 9;
    if (!SaysForked(store->Work())) return 10;
    if (!SaysForked(store->Close())) return 11;
    trades.reset();
    store.reset();  // ends nothing of the parent's
    return 0;
  });
  EXPECT_EQ(wrong, 0);

  ASSERT_TRUE(bound->Append(TradeOf(3, *symbol)));
  auto lsn = trades->Commit(Durability::kDurable);
  ASSERT_TRUE(lsn.ok()) << lsn.status();
  EXPECT_EQ(Visible(*store), 3u);
  trades.reset();
  ASSERT_TRUE(store->Close().ok());
  store = Open();
  EXPECT_EQ(store->recovery().kind, "clean");
  EXPECT_EQ(Visible(*store), 3u);
}

}  // namespace
}  // namespace tape
