// Runs something on a small stack, where a recursion that nobody bounded ends the test.
//
//   OnSmallStack([&] { EXPECT_FALSE(ParseExpression(nested).ok()); });
#pragma once

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstddef>
#include <functional>

namespace tape::engine::sql {

// Runs on a stack of 256 KiB as it is shipped. Frames are some times larger without optimisation,
// and larger still under the sanitizers.
inline void OnSmallStack(std::function<void()> run) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr size_t kStackBytes = size_t{4} << 20;
#elif !defined(NDEBUG)
  constexpr size_t kStackBytes = size_t{1} << 20;
#else
  constexpr size_t kStackBytes = size_t{256} << 10;
#endif
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  pthread_t thread{};
  const auto body = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, body, &run), 0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

}  // namespace tape::engine::sql
