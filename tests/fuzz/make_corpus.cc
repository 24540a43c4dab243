// Writes the seeds that the format itself has to write, after a change of it:
//
//   build/release/tests/fuzz/fuzz.make_corpus tests/fuzz/corpus
//   build/release/tests/fuzz/fuzz.make_corpus --check tests/fuzz/corpus      # what ctest runs
//
// Its files are called made_*; all others are written by hand and left alone. With --check nothing
// is written: it fails where a file is missing, left over, or not what would be written. Files with
// "zstd" in their name only have to be there.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "tests/fuzz/corpus_maker.h"

namespace tape::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> Load(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

bool Store(const fs::path& path, const std::vector<std::byte>& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  file.close();
  return file.good();
}

bool Complain(const fs::path& path, const char* what) {
  std::fprintf(stderr, "%s: %s\n", path.c_str(), what);
  return false;
}

bool IsUpToDate(const fs::path& path, const std::vector<std::byte>& bytes) {
  if (!fs::exists(path)) return Complain(path, "missing: run fuzz.make_corpus");
  if (path.filename().string().find("zstd") != std::string::npos || Load(path) == bytes) {
    return true;
  }
  return Complain(path, "not what the format writes now: run fuzz.make_corpus");
}

// Files of ours that are no longer made.
std::vector<fs::path> Leftovers(const fs::path& folder, const Corpus& corpus) {
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const bool ours = entry.path().filename().string().starts_with("made_");
    const std::string key = entry.path().lexically_relative(folder).generic_string();
    if (ours && !corpus.contains(key)) leftovers.push_back(entry.path());
  }
  return leftovers;
}

bool Check(const fs::path& folder, const Corpus& corpus) {
  bool good = true;
  for (const auto& [key, bytes] : corpus) good = IsUpToDate(folder / key, bytes) && good;
  for (const fs::path& path : Leftovers(folder, corpus)) good = Complain(path, "left over");
  return good;
}

bool Write(const fs::path& folder, const Corpus& corpus) {
  bool good = true;
  for (const auto& [key, bytes] : corpus) {
    if (!Store(folder / key, bytes)) good = Complain(folder / key, "cannot be written");
  }
  for (const fs::path& path : Leftovers(folder, corpus)) fs::remove(path);
  return good;
}

int Main(int argc, char** argv) {
  const bool check = argc == 3 && std::string_view(argv[1]) == "--check";
  if (argc != 2 && !check) {
    std::fputs("usage: fuzz.make_corpus [--check] tests/fuzz/corpus\n", stderr);
    return 1;
  }
  Corpus corpus;
  AddPayloads(corpus);
  AddExtents(corpus);
  AddSections(corpus);
  AddRecords(corpus);
  const fs::path folder = argv[argc - 1];
  return (check ? Check(folder, corpus) : Write(folder, corpus)) ? 0 : 1;
}

}  // namespace
}  // namespace tape::fuzz

int main(int argc, char** argv) { return tape::fuzz::Main(argc, argv); }
