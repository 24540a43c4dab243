// The part of a control page that is stored once and believed only if it is right.
//
//   WriteControlIdentity(header, {.nonce = nonce, .epoch = epoch}, page);
//   absl::Status status = CheckControlIdentity(page, file, {.nonce = nonce, .epoch = epoch});
//
// Pure functions.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/status.h"
#include "engine/tail/tail_layout.h"
#include "format/bytes/file_header.h"

namespace tape::engine {

void WriteControlIdentity(const format::FileHeader& header, TailIdentity identity,
                          std::span<std::byte> page);

// kDataLoss where the page is not of this file, or not of the tail that LIVE names.
absl::Status CheckControlIdentity(std::span<const std::byte> page, const format::FileIdentity& file,
                                  const TailIdentity& expected);

}  // namespace tape::engine
