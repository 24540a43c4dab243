#include "format/bytes/writer.h"

namespace tape::format {

// Out of line: inlined into a caller that knows sizes, the vector's growth makes GCC 12 warn of
// overflows that cannot happen.

void ByteWriter::WriteBytes(std::span<const std::byte> bytes) {
  out_.insert(out_.end(), bytes.begin(), bytes.end());
}

void ByteWriter::WriteZeros(size_t size) { out_.insert(out_.end(), size, std::byte{0}); }

}  // namespace tape::format
