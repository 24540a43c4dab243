// Runs a fuzz target over stored inputs, where there is no libFuzzer to do it: fuzz.decimal
// corpus/decimal
//
// Every argument is a file or a folder of files; arguments that begin with '-' are libFuzzer's and
// are skipped. Fails when there is nothing to replay, so that a lost corpus is noticed.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void Replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string grown(std::istreambuf_iterator<char>(file), {});
  // A buffer of exactly this size, so that ASan sees a read one byte past the input.
  const std::vector<uint8_t> input(grown.begin(), grown.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

std::vector<std::filesystem::path> InputsUnder(const std::filesystem::path& path) {
  if (std::filesystem::is_regular_file(path)) return {path};
  std::vector<std::filesystem::path> inputs;
  if (!std::filesystem::is_directory(path)) return inputs;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_regular_file()) inputs.push_back(entry.path());
  }
  return inputs;
}

}  // namespace

int main(int argc, char** argv) {
  size_t replayed = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).starts_with('-')) continue;
    for (const auto& input : InputsUnder(argv[i])) {
      Replay(input);
      ++replayed;
    }
  }
  std::printf("replayed %zu inputs\n", replayed);
  return replayed == 0 ? 1 : 0;
}
