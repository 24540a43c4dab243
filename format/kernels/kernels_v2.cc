// The kernels for x86-64-v2: SSE4.2.
#define TAPE_LEVEL x86_64_v2
#define TAPE_LEVEL_NAME "x86-64-v2"
#include "format/kernels/loops/loops.inc"
