// The kernels for x86-64-v3: AVX2.
#define TAPE_LEVEL x86_64_v3
#define TAPE_LEVEL_NAME "x86-64-v3"
#include "format/kernels/loops/loops.inc"
