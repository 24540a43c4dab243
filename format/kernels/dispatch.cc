// Which level this processor runs, decided once by what it says of itself.
#include <array>

#include "format/kernels/levels.h"

#if defined(TAPE_X86_LEVELS)
#include <cpuid.h>
#endif

namespace tape::format {
namespace {

#if defined(TAPE_X86_LEVELS)

struct Features {
  unsigned leaf1_c = 0;      // SSE3 to F16C
  unsigned leaf7_b = 0;      // AVX2, BMI, AVX-512
  unsigned extended_c = 0;   // LAHF, LZCNT
  unsigned saved_state = 0;  // register files that the operating system saves (XCR0)
};

constexpr bool Has(unsigned word, unsigned needed) { return (word & needed) == needed; }

// The processor alone decides nothing: without the operating system's word, wide registers are lost
// at every switch of threads.
Features ReadFeatures() {
  Features features;
  unsigned a, b, c, d;
  if (__get_cpuid(1, &a, &b, &c, &d) != 0) features.leaf1_c = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) features.leaf7_b = b;
  if (__get_cpuid(0x80000001, &a, &b, &c, &d) != 0) features.extended_c = c;
  if (Has(features.leaf1_c, bit_OSXSAVE)) {
    unsigned high;
    __asm__("xgetbv" : "=a"(features.saved_state), "=d"(high) : "c"(0));
  }
  return features;
}

// The lists are those of the x86-64 psABI; each level contains the one below.
bool Supports(const Features& features, Level level) {
  constexpr unsigned kLahf = 1, kLzcnt = 1 << 5;
  constexpr unsigned kYmmSaved = 0x06, kZmmSaved = 0xE6;
  const bool v2 = Has(features.leaf1_c, bit_SSE3 | bit_SSSE3 | bit_CMPXCHG16B | bit_SSE4_1 |
                                            bit_SSE4_2 | bit_POPCNT) &&
                  Has(features.extended_c, kLahf);
  if (level == Level::kX86V2) return v2;
  const bool v3 = v2 &&
                  Has(features.leaf1_c, bit_AVX | bit_F16C | bit_FMA | bit_MOVBE | bit_OSXSAVE) &&
                  Has(features.leaf7_b, bit_AVX2 | bit_BMI | bit_BMI2) &&
                  Has(features.extended_c, kLzcnt) && Has(features.saved_state, kYmmSaved);
  if (level == Level::kX86V3) return v3;
  return v3 && Has(features.saved_state, kZmmSaved) &&
         Has(features.leaf7_b,
             bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL);
}

#endif

struct Usable {
  std::array<const Kernels*, 4> tables{};  // by level, nullptr where it does not run
  std::array<const Kernels*, 4> listed{};  // the others, closed up
  size_t count = 0;
};

Usable FindUsable() {
  Usable usable;
  usable.tables[0] = &portable::kTable;
#if defined(TAPE_X86_LEVELS)
  const Features features = ReadFeatures();
  if (Supports(features, Level::kX86V2)) usable.tables[1] = &x86_64_v2::kTable;
  if (Supports(features, Level::kX86V3)) usable.tables[2] = &x86_64_v3::kTable;
  if (Supports(features, Level::kX86V4)) usable.tables[3] = &x86_64_v4::kTable;
#endif
  for (const Kernels* table : usable.tables) {
    if (table != nullptr) usable.listed[usable.count++] = table;
  }
  return usable;
}

// Asked once: CPUID takes microseconds in a virtual machine.
const Usable& Found() {
  static const Usable kUsable = FindUsable();
  return kUsable;
}

}  // namespace

const Kernels& PortableKernels() { return portable::kTable; }

const Kernels* KernelsFor(Level level) { return Found().tables[static_cast<size_t>(level)]; }

std::span<const Kernels* const> AllUsableKernels() {
  return {Found().listed.data(), Found().count};
}

const Kernels& BestKernels() { return *Found().listed[Found().count - 1]; }

}  // namespace tape::format
