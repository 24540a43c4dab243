#include "format/bytes/reader.h"

#include "format/bytes/message.h"

namespace tape::format {

absl::Status ByteReader::status(std::string_view what) const {
  switch (failure_) {
    case Failure::kNone:
      break;
    case Failure::kTooShort:
      return absl::DataLossError(Concat(what, ": offset ", offset_, ": expected ", failed_size_,
                                        " bytes, found ", bytes_.size() - offset_));
    case Failure::kNotZero:
      return absl::DataLossError(Concat(what, ": offset ", offset_, ": expected ", failed_size_,
                                        " zero bytes, found others"));
  }
  return absl::OkStatus();
}

}  // namespace tape::format
