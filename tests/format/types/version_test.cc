#include "tape/version.h"

#include <gtest/gtest.h>

#include <string>

#include "format/bytes/message.h"

namespace tape {
namespace {

TEST(Version, TextAndNumbersAgree) {
  EXPECT_EQ(kVersionString, format::Concat(kVersionMajor, ".", kVersionMinor, ".", kVersionPatch));
}

TEST(Version, LibraryWasBuiltFromTheseHeaders) { EXPECT_EQ(LibraryVersion(), kVersionString); }

}  // namespace
}  // namespace tape
