#include <gtest/gtest.h>

#include <set>
#include <string>

#include "format/kernels/kernels.h"

namespace tape::format {
namespace {

TEST(Dispatch, OffersPortableKernelsEverywhere) {
  EXPECT_EQ(PortableKernels().name, "portable");
  EXPECT_EQ(KernelsFor(Level::kPortable), &PortableKernels());
  ASSERT_FALSE(AllUsableKernels().empty());
  EXPECT_EQ(AllUsableKernels().front(), &PortableKernels());
}

TEST(Dispatch, TakesTheBestOfWhatRunsHere) {
  EXPECT_EQ(AllUsableKernels().back(), &BestKernels());
  std::set<std::string> names;
  for (const Kernels* kernels : AllUsableKernels()) names.insert(std::string(kernels->name));
  EXPECT_EQ(names.size(), AllUsableKernels().size());
}

#if defined(__x86_64__) && defined(__GNUC__)
// The compiler's own run-time support agrees about each level.
TEST(Dispatch, AgreesWithTheCompilerAboutThisProcessor) {
  if (AllUsableKernels().size() == 1) GTEST_SKIP() << "built without levels, or an old processor";
  EXPECT_EQ(KernelsFor(Level::kX86V2) != nullptr,
            __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt"));
  EXPECT_EQ(KernelsFor(Level::kX86V3) != nullptr,
            __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"));
  EXPECT_EQ(KernelsFor(Level::kX86V4) != nullptr,
            __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512vl"));
}
#endif

TEST(Dispatch, HasEveryKernelAtEveryLevel) {
  for (const Kernels* kernels : AllUsableKernels()) {
    // Behind the name there is nothing but function pointers.
    const auto* const pointers = reinterpret_cast<void (*const*)()>(&kernels->pack_full);
    const size_t count =
        (sizeof(Kernels) - offsetof(Kernels, pack_full)) / sizeof(kernels->pack_full);
    for (size_t i = 0; i < count; ++i) EXPECT_NE(pointers[i], nullptr) << kernels->name << i;
  }
}

}  // namespace
}  // namespace tape::format
