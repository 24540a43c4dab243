// The kernels as the compiler's default flags make them, for any processor.
#define TAPE_LEVEL portable
#define TAPE_LEVEL_NAME "portable"
#include "format/kernels/loops/loops.inc"
