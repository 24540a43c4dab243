// Any bytes as what follows the file header of LIVE or TAPE, with the right checksum: what is let
// through is what would be written.
#include <algorithm>
#include <cstring>
#include <vector>

#include "format/bytes/crc32c.h"
#include "format/bytes/file_header.h"
#include "format/records/live_file.h"
#include "format/records/store_file.h"
#include "tests/fuzz/expect.h"

namespace tape::fuzz {
namespace {

using format::FileHeader;
using format::FileKind;

FileHeader HeaderOf(FileKind kind) {
  FileHeader header;
  header.kind = kind;
  return header;
}

// A file of this size: a right header, then the bytes.
std::vector<std::byte> FileOf(FileKind kind, size_t size, std::span<const std::byte> rest) {
  std::vector<std::byte> file(size);
  const auto head = HeaderOf(kind).Serialize();
  std::copy(head.begin(), head.end(), file.begin());
  const size_t count = std::min(rest.size(), size - head.size());
  std::copy_n(rest.begin(), count, file.begin() + head.size());
  return file;
}

void Sign(FileKind kind, size_t crc_offset, std::vector<std::byte>& file) {
  const format::PlaceSeed seeds(HeaderOf(kind));
  const auto bytes = std::span(file);
  const uint32_t crc =
      format::ExtendCrc32c(format::ExtendCrc32c(seeds.At(64), bytes.subspan(64, crc_offset - 64)),
                           bytes.subspan(crc_offset + 4));
  std::memcpy(file.data() + crc_offset, &crc, sizeof(crc));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> live = FileOf(FileKind::kLive, format::kLiveFileSize, given);
  Sign(FileKind::kLive, 188, live);
  const auto read = format::LiveFile::Parse(live, {});
  if (read.ok()) {
    Expect(*read->Serialize() == live);
  } else {
    ExpectDataLoss(read.status());
  }
  std::vector<std::byte> store = FileOf(FileKind::kStore, format::kStoreFileSize, given);
  Sign(FileKind::kStore, 124, store);
  const auto tape = format::StoreFile::Parse(store);
  if (tape.ok()) {
    Expect(std::ranges::equal(tape->Serialize(), store));
  } else {
    ExpectDataLoss(tape.status());
  }
  return 0;
}

}  // namespace tape::fuzz
