// The kernels for x86-64-v4: AVX-512.
#define TAPE_LEVEL x86_64_v4
#define TAPE_LEVEL_NAME "x86-64-v4"
#include "format/kernels/loops/loops.inc"
