// Runs a fuzz target where there is no libFuzzer to do it:
//
//   fuzz.decimal -runs=1000 corpus/decimal
//
// Every argument is an input, a folder of inputs, or libFuzzer's: -runs=n adds n inputs, made by
// changing stored ones at random, -seed=n makes them others; all other options are skipped. Where
// TAPE_TEST_FULL is set there are a hundred times as many. Equal arguments, equal inputs.
//
// Fails when there is nothing to replay, so that a lost corpus is noticed. An input that breaks the
// target is left in the file crash-<name of the target>.
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
// What a target or a sanitizer may bring.
[[gnu::weak]] size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                             unsigned seed);
[[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());  // NOLINT: the sanitizer's
}

namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kMaxInput = 64 << 10;
constexpr size_t kFullFactor = 100;

std::mt19937_64 random_bits;  // NOLINT: seeded in main, the same at every run

const Bytes* running = nullptr;
std::string crash_file;

void KeepInput() {
  if (running == nullptr) return;
  if (std::FILE* file = std::fopen(crash_file.c_str(), "wb")) {
    std::fwrite(running->data(), 1, running->size(), file);
    std::fclose(file);
    std::fprintf(stderr, "the input is in %s\n", crash_file.c_str());
  }
}

void Die(int signal) {
  KeepInput();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void Run(const Bytes& grown) {
  const Bytes input(grown);  // of exactly this size, so that ASan sees a read one byte past it
  running = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
  running = nullptr;
}

size_t Below(size_t end) { return end == 0 ? 0 : random_bits() % end; }

// A number that programs get wrong.
uint64_t Interesting() {
  static constexpr uint64_t kNumbers[] = {0,    1,     2,       7,          8,    63,   64,
                                          65,   127,   128,     255,        1023, 1024, 1025,
                                          4095, 65535, 1 << 20, 0x7FFFFFFF, ~0ull};
  const uint64_t number = kNumbers[Below(std::size(kNumbers))];
  return Below(4) == 0 ? 0 - number : number;
}

// Overwrites up to eight bytes.
void PutNumber(Bytes& bytes) {
  if (bytes.empty()) return;
  const uint64_t number = Interesting();
  const size_t at = Below(bytes.size());
  std::memcpy(bytes.data() + at, &number, std::min(size_t{1} << Below(4), bytes.size() - at));
}

void CopyPart(Bytes& bytes) {
  if (bytes.empty()) return;
  const size_t from = Below(bytes.size());
  const size_t size = 1 + Below(std::min<size_t>(bytes.size() - from, 64));
  const Bytes part(bytes.begin() + static_cast<ptrdiff_t>(from),
                   bytes.begin() + static_cast<ptrdiff_t>(from + size));
  const auto to = bytes.begin() + static_cast<ptrdiff_t>(Below(bytes.size() - size + 1));
  if (Below(2) == 0) {
    std::copy(part.begin(), part.end(), to);
  } else {
    bytes.insert(to, part.begin(), part.end());
  }
}

void ErasePart(Bytes& bytes) {
  if (bytes.empty()) return;
  const auto from = bytes.begin() + static_cast<ptrdiff_t>(Below(bytes.size()));
  const auto left = static_cast<size_t>(bytes.end() - from);
  bytes.erase(from, from + static_cast<ptrdiff_t>(1 + Below(std::min<size_t>(left, 32))));
}

void InsertByte(Bytes& bytes) {
  bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(Below(bytes.size() + 1)),
               static_cast<uint8_t>(random_bits()));
}

void ChangeOnce(Bytes& bytes) {
  switch (Below(6)) {
    case 0:
      return PutNumber(bytes);
    case 1:
      return CopyPart(bytes);
    case 2:
      return ErasePart(bytes);
    case 3:
      return InsertByte(bytes);
    case 4:
      if (!bytes.empty()) bytes[Below(bytes.size())] = static_cast<uint8_t>(random_bits());
      return;
    default:
      if (!bytes.empty()) bytes[Below(bytes.size())] ^= static_cast<uint8_t>(1u << Below(8));
      return;
  }
}

void Change(Bytes& bytes) {
  if (LLVMFuzzerCustomMutator != nullptr) {
    const size_t size = bytes.size();
    bytes.resize(kMaxInput);
    bytes.resize(LLVMFuzzerCustomMutator(bytes.data(), size, bytes.size(),
                                         static_cast<unsigned>(random_bits())));
  } else {
    for (size_t i = Below(4) + 1; i > 0; --i) ChangeOnce(bytes);
  }
}

std::vector<std::filesystem::path> InputsUnder(const std::filesystem::path& path) {
  if (std::filesystem::is_regular_file(path)) return {path};
  std::vector<std::filesystem::path> inputs;
  if (!std::filesystem::is_directory(path)) return inputs;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.is_regular_file()) inputs.push_back(entry.path());
  }
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

Bytes Load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return {text.begin(), text.end()};
}

// The number of an option such as -runs=10.
bool TakeOption(std::string_view argument, std::string_view name, size_t& number) {
  if (!argument.starts_with(name)) return false;
  argument.remove_prefix(name.size());
  return std::from_chars(argument.data(), argument.data() + argument.size(), number).ec ==
         std::errc();
}

void RunChanged(const std::vector<Bytes>& stored, size_t runs) {
  for (size_t run = 0; run < runs && !stored.empty(); ++run) {
    Bytes input = stored[Below(stored.size())];
    for (size_t i = Below(3); i > 0; --i) Change(input);
    Change(input);
    Run(input);
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size) {
  Bytes bytes(data, data + size);
  ChangeOnce(bytes);
  if (bytes.size() > max_size) bytes.resize(max_size);
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

int main(int argc, char** argv) {
  size_t runs = 0;
  size_t seed = 1;
  std::vector<Bytes> stored;
  crash_file = "crash-" + std::filesystem::path(argv[0]).filename().string();
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, Die);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(KeepInput);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (TakeOption(argument, "-runs=", runs) || TakeOption(argument, "-seed=", seed)) continue;
    if (argument.starts_with('-')) continue;
    for (const auto& input : InputsUnder(argument)) stored.push_back(Load(input));
  }
  if (std::getenv("TAPE_TEST_FULL") != nullptr) runs *= kFullFactor;
  random_bits.seed(seed);
  for (const Bytes& input : stored) Run(input);
  RunChanged(stored, runs);
  std::printf("replayed %zu inputs and %zu changed ones\n", stored.size(), runs);
  return stored.empty() ? 1 : 0;
}
