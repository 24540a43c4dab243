#include "engine/io/posix/posix_error.h"

#include <string>
#include <system_error>

#include "format/bytes/message.h"

namespace tape::engine {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EEXIST:
      return absl::StatusCode::kAlreadyExists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status PosixError(FileVerb verb, std::string_view path, int error) {
  // Unlike strerror, safe from several threads in every C library.
  const std::string reason = std::generic_category().message(error);
  return {CodeOf(error), format::Concat(path, ": cannot ", FileVerbName(verb), ": ", reason)};
}

}  // namespace tape::engine
