// Three passes: number the values as they are met, rank the numbers by how often they occur, put
// ranks in the place of numbers. Numbers fit 16 bits, so that the later passes stay in the cache.
#include "format/encoding/dictionary_builder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "format/bytes/little_endian.h"

namespace tape::format {
namespace {

constexpr size_t kFirstSlots = 4096;
constexpr size_t kSlotsPerEntry = 4;                // at least; probing then rarely goes on
constexpr uint64_t kMaxTableRange = 131'072;        // of values that are their own place
constexpr size_t kMaxHeapBytes = size_t{16} << 20;  // a reader checks it all before the first row
constexpr size_t kSampleBlocks = 8;
constexpr size_t kChunkRows = 16'384;  // between two looks at the price of the entries

// --- Hashing: a multiplication spreads every bit to the high ones, where slots are taken from.

constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio

uint64_t Stir(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * kOdd;
  return hash ^ (hash >> 32);
}

uint64_t HashOf(int64_t value) {
  const auto word = static_cast<uint64_t>(value);
  return (word ^ (word >> 32)) * kOdd;
}

uint64_t HashOf(Int128 value) {
  return Stir(Stir(0, static_cast<uint64_t>(value)), static_cast<uint64_t>(value >> 64)) * kOdd;
}

uint64_t HashOfShort(const std::byte* bytes, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) word |= static_cast<uint64_t>(bytes[i]) << (8 * i);
  return Stir(size, word) * kOdd;
}

uint64_t HashOf(std::string_view value) {
  const auto* bytes = reinterpret_cast<const std::byte*>(value.data());
  const size_t size = value.size();
  if (size < 8) return HashOfShort(bytes, size);
  uint64_t hash = size;
  for (size_t at = 0; at + 8 < size; at += 8) hash = Stir(hash, LoadLe<uint64_t>(bytes + at));
  return Stir(hash, LoadLe<uint64_t>(bytes + size - 8)) * kOdd;
}

// --- Where values come from.

template <typename T>
struct FixedSource {
  using Value = T;
  std::span<const T> values;

  size_t size() const { return values.size(); }
  T operator[](size_t row) const { return values[row]; }
};

struct BytesSource {
  using Value = std::string_view;
  std::span<const uint64_t> offsets;
  const char* heap;

  size_t size() const { return offsets.empty() ? 0 : offsets.size() - 1; }
  std::string_view operator[](size_t row) const {
    return {heap + offsets[row], offsets[row + 1] - offsets[row]};
  }
};

template <typename T>
size_t EntryBytes(const T&) {
  return sizeof(T);
}
size_t EntryBytes(std::string_view value) { return sizeof(uint32_t) + value.size(); }

// --- Numbering.

// Values are their own place in the table. Only for integers.
struct ByValue {
  uint64_t least;
};
struct ByHash {};

template <typename Source>
class Builder {
 public:
  using T = typename Source::Value;

  Builder(const Source& source, size_t price_to_beat, DictionaryScratch& scratch,
          Dictionary<T>& dictionary)
      : source_(source),
        price_to_beat_(price_to_beat),
        scratch_(scratch),
        dictionary_(dictionary),
        patience_(2 * source.size() + kFirstSlots) {
    dictionary.entries.clear();
    dictionary.indexes.resize(source.size());
  }

  // `slots` is the size of the table: a power of two by hash, the range of the values otherwise.
  template <typename Placing>
  bool Build(const Placing& placing, size_t slots) {
    scratch_.slots.assign(slots, 0);
    if (!SampleFavours(placing)) return false;
    for (size_t row = 0; row < source_.size(); row += kChunkRows) {
      const size_t end = std::min(source_.size(), row + kChunkRows);
      if (!Number(placing, row, end, dictionary_.indexes.data() + row)) return false;
      if (EntriesCostTooMuch()) return false;
    }
    Rank();
    return true;
  }

 private:
  bool EntriesCostTooMuch() const {
    return entry_bytes_ >= price_to_beat_ || entry_bytes_ > kMaxHeapBytes;
  }

  // Gives rows [first, end) their values' numbers. False when there are too many values.
  bool Number(const ByValue& placing, size_t first, size_t end, uint16_t* out) {
    uint32_t* const slots = scratch_.slots.data();
    for (size_t row = first; row < end; ++row) {
      const auto value = static_cast<uint64_t>(source_[row]);
      uint32_t& slot = slots[value - placing.least];
      if (slot == 0) [[unlikely]] {
        if (!AddEntry(source_[row])) return false;
        slot = static_cast<uint32_t>(dictionary_.entries.size());
      }
      *out++ = static_cast<uint16_t>(slot - 1);
    }
    return true;
  }

  bool Number(const ByHash&, size_t first, size_t end, uint16_t* out) {
    Table table(scratch_.slots);
    for (size_t row = first; row < end; ++row) {
      const T value = source_[row];
      const T* const entries = dictionary_.entries.data();
      size_t place = table.Home(value);
      while (table.slots[place] != 0 && !(entries[table.slots[place] - 1] == value)) {
        place = (place + 1) & table.mask;
        if (--patience_ == 0) return false;
      }
      if (table.slots[place] == 0) [[unlikely]] {
        if (!AddEntry(value)) return false;
        table.slots[place] = static_cast<uint32_t>(dictionary_.entries.size());
        if (dictionary_.entries.size() * kSlotsPerEntry > table.mask) table = Grow();
        *out++ = static_cast<uint16_t>(dictionary_.entries.size() - 1);
      } else {
        *out++ = static_cast<uint16_t>(table.slots[place] - 1);
      }
    }
    return true;
  }

  // The hash table of a moment; slots are a power of two in number.
  struct Table {
    explicit Table(std::vector<uint32_t>& of)
        : slots(of.data()), mask(of.size() - 1), shift(std::countl_zero(mask)) {}

    size_t Home(const T& value) const { return HashOf(value) >> shift; }

    uint32_t* slots;
    size_t mask;
    int shift;  // leaves as many high bits as the mask has
  };

  bool AddEntry(const T& value) {
    if (dictionary_.entries.size() == kMaxDictionaryEntries) return false;
    dictionary_.entries.push_back(value);
    entry_bytes_ += EntryBytes(value);
    return true;
  }

  Table Grow() {
    scratch_.slots.assign(scratch_.slots.size() * 4, 0);
    const Table table(scratch_.slots);
    for (size_t i = 0; i < dictionary_.entries.size(); ++i) {
      size_t place = table.Home(dictionary_.entries[i]);
      while (table.slots[place] != 0) place = (place + 1) & table.mask;
      table.slots[place] = static_cast<uint32_t>(i + 1);
    }
    return table;
  }

  // Rule 3 of the header. Small extents are simply tried.
  template <typename Placing>
  bool SampleFavours(const Placing& placing) {
    const size_t blocks = source_.size() / kBlockRows;
    if (blocks <= 2 * kSampleBlocks) return true;
    scratch_.sample.resize(kSampleBlocks * kBlockRows);
    for (size_t i = 0; i < kSampleBlocks; ++i) {
      const size_t first = i * blocks / kSampleBlocks * kBlockRows;
      uint16_t* const out = scratch_.sample.data() + i * kBlockRows;
      if (!Number(placing, first, first + kBlockRows, out)) return false;
    }
    return RepeatsEnough() && !SampleCostsTooMuch();
  }

  // Of n values drawn evenly from m, n * n / 2m repeat an earlier one.
  bool RepeatsEnough() const {
    const size_t n = scratch_.sample.size();
    const size_t repeats = n - dictionary_.entries.size();
    return repeats >= n * n / (2 * kMaxDictionaryEntries) / 2;
  }

  bool SampleCostsTooMuch() {
    scratch_.counts.assign(dictionary_.entries.size(), {});
    double bits = 0;
    for (size_t first = 0; first < scratch_.sample.size(); first += kBlockRows) {
      bits += EntropyBits({scratch_.sample.data() + first, kBlockRows});
    }
    const double share =
        static_cast<double>(source_.size()) / static_cast<double>(scratch_.sample.size());
    const double bytes = static_cast<double>(entry_bytes_) + bits / 8 * share;
    return EntriesCostTooMuch() || bytes >= static_cast<double>(price_to_beat_);
  }

  // Of one block. The counts are zero before and after.
  double EntropyBits(std::span<const uint16_t> numbers) {
    constexpr double kAllBits = std::bit_width(kBlockRows) - 1;
    for (const uint16_t number : numbers) ++scratch_.counts[number][0];
    double bits = 0;
    for (const uint16_t number : numbers) {
      const uint32_t count = std::exchange(scratch_.counts[number][0], 0);
      if (count == 0) continue;
      bits += count == 1 ? kAllBits : count * (kAllBits - std::log2(count));
    }
    return bits;
  }

  struct Ranked {
    T value;
    uint32_t count;
    uint32_t number;

    bool operator<(const Ranked& other) const {
      return count != other.count ? count > other.count : value < other.value;
    }
  };

  // Puts entries in their order and ranks in the place of numbers.
  void Rank() {
    std::vector<Ranked> ranked = CountNumbers();
    std::sort(ranked.begin(), ranked.end());
    scratch_.ranks.resize(ranked.size());
    for (size_t rank = 0; rank < ranked.size(); ++rank) {
      dictionary_.entries[rank] = ranked[rank].value;
      scratch_.ranks[ranked[rank].number] = static_cast<uint16_t>(rank);
    }
    const uint16_t* const ranks = scratch_.ranks.data();
    for (uint16_t& index : dictionary_.indexes) index = ranks[index];
  }

  // Four counts a number: neighbours are often equal, and would wait for each other's increment.
  std::vector<Ranked> CountNumbers() {
    scratch_.counts.assign(dictionary_.entries.size(), {});
    auto* const counts = scratch_.counts.data();
    const std::vector<uint16_t>& numbers = dictionary_.indexes;
    for (size_t row = 0; row < numbers.size(); ++row) ++counts[numbers[row]][row % 4];
    std::vector<Ranked> ranked(dictionary_.entries.size());
    for (uint32_t number = 0; number < ranked.size(); ++number) {
      const auto& parts = counts[number];
      const uint32_t count = parts[0] + parts[1] + parts[2] + parts[3];
      ranked[number] = {dictionary_.entries[number], count, number};
    }
    return ranked;
  }

  const Source source_;
  const size_t price_to_beat_;
  DictionaryScratch& scratch_;
  Dictionary<T>& dictionary_;
  size_t patience_;         // collisions that are still taken for chance
  size_t entry_bytes_ = 0;  // of all entries
};

}  // namespace

bool BuildDictionary(const Kernels& kernels, std::span<const int64_t> values, size_t price_to_beat,
                     DictionaryScratch& scratch, Dictionary<int64_t>& dictionary) {
  Builder builder(FixedSource<int64_t>{values}, price_to_beat, scratch, dictionary);
  const MinMax bounds = kernels.min_max_64(values.data(), values.size());
  const uint64_t range = static_cast<uint64_t>(bounds.max) - static_cast<uint64_t>(bounds.min);
  if (!values.empty() && range < std::min<uint64_t>(kMaxTableRange, 4 * values.size())) {
    return builder.Build(ByValue{static_cast<uint64_t>(bounds.min)}, range + 1);
  }
  return builder.Build(ByHash{}, kFirstSlots);
}

bool BuildDictionary(const Kernels&, std::span<const Int128> values, size_t price_to_beat,
                     DictionaryScratch& scratch, Dictionary<Int128>& dictionary) {
  Builder builder(FixedSource<Int128>{values}, price_to_beat, scratch, dictionary);
  return builder.Build(ByHash{}, kFirstSlots);
}

bool BuildDictionary(const Kernels&, const ColumnView& values, size_t price_to_beat,
                     DictionaryScratch& scratch, Dictionary<std::string_view>& dictionary) {
  Builder builder(BytesSource{values.Offsets(), values.Heap().data()}, price_to_beat, scratch,
                  dictionary);
  return builder.Build(ByHash{}, kFirstSlots);
}

void WidenIndexes(std::span<const uint16_t> indexes, std::span<int64_t> out) {
  std::copy_n(indexes.begin(), out.size(), out.begin());
}

}  // namespace tape::format
