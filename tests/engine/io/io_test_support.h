// Short words for the tests of engine/io.
//
//   auto file = OpenOrDie(files, "/a", OpenMode::kCreateNew);
//   EXPECT_OK(file->WriteAt(0, Bytes("hello")));
//   EXPECT_EQ(ReadText(files, "/a"), "hello");
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/file_system.h"

#define EXPECT_OK(expression) EXPECT_EQ((expression), absl::OkStatus())
#define EXPECT_CODE(expression, code) \
  EXPECT_EQ(tape::engine::CodeOf(expression), absl::StatusCode::code)

namespace tape::engine {

inline absl::StatusCode CodeOf(const absl::Status& status) { return status.code(); }
template <typename T>
absl::StatusCode CodeOf(const absl::StatusOr<T>& result) {
  return result.status().code();
}

inline std::span<const std::byte> Bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::string Text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename T>
T ValueOrDie(absl::StatusOr<T> result) {
  if (!result.ok()) {
    ADD_FAILURE() << result.status();
    std::abort();
  }
  return *std::move(result);
}

inline std::unique_ptr<File> OpenOrDie(FileSystem& files, const std::string& path, OpenMode mode) {
  return ValueOrDie(files.Open(path, mode));
}

inline void WriteText(FileSystem& files, const std::string& path, std::string_view text) {
  auto file = OpenOrDie(files, path, OpenMode::kCreateNew);
  EXPECT_OK(file->WriteAt(0, Bytes(text)));
}

// The bytes of a file, or the code of the error: "NOT_FOUND".
inline std::string ReadText(FileSystem& files, const std::string& path) {
  auto bytes = ReadWholeFile(files, path, uint64_t{1} << 30);
  return bytes.ok() ? Text(*bytes) : absl::StatusCodeToString(bytes.status().code());
}

inline bool Exists(FileSystem& files, const std::string& path) { return files.Stat(path).ok(); }

inline std::string Read(File& file, uint64_t offset, size_t size) {
  std::string text(size, '?');
  EXPECT_OK(file.ReadAt(offset, std::as_writable_bytes(std::span(text))));
  return text;
}

}  // namespace tape::engine
