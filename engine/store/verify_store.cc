// Verification through the public door: engine/keep/verify.h on this machine.
#include "engine/io/posix_file_system.h"
#include "engine/keep/verify.h"
#include "engine/store/store_state.h"
#include "format/bytes/message.h"
#include "tape/verify.h"

namespace tape {

absl::StatusOr<VerifyReport> VerifyStore(const std::string& folder, const VerifyOptions& options) {
  if (!folder.starts_with('/')) {
    return absl::InvalidArgumentError(
        format::Concat("'", folder, "': a store is verified by its full path"));
  }
  return engine::Verify({engine::PosixFileSystem::Instance(), engine::PosixHost::Instance()},
                        folder, options);
}

absl::StatusOr<VerifyReport> Store::Verify(const VerifyOptions& options) const {
  return VerifyStore(state_->folder, options);
}

}  // namespace tape
