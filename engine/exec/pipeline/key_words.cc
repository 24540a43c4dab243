#include "engine/exec/pipeline/key_words.h"

#include <algorithm>
#include <bit>
#include <string>
#include <type_traits>
#include <utility>

#include "engine/exec/element.h"
#include "engine/exec/element_order.h"
#include "engine/exec/json_text.h"

namespace tape::engine::exec {
namespace {

constexpr uint64_t kUnknownText = ~uint64_t{0};

bool TakesTwo(const Type& type) {
  const Element element = ElementOf(type);
  return element == Element::kInt128 || element == Element::kInterval;
}

// The first word, and where there is one the second.
template <typename T>
void Write(const T& value, uint64_t* out) {
  if constexpr (std::is_floating_point_v<T>) {
    const double wide = value == 0 ? 0.0 : static_cast<double>(value);
    out[0] = wide != wide ? ~uint64_t{0} : std::bit_cast<uint64_t>(wide);
  } else if constexpr (std::is_same_v<T, Interval>) {
    Write(IntervalLength(value), out);
  } else if constexpr (std::is_same_v<T, Int128>) {
    out[0] = static_cast<uint64_t>(value);
    out[1] = static_cast<uint64_t>(static_cast<UInt128>(value) >> 64);
  } else {
    out[0] = static_cast<uint64_t>(static_cast<int64_t>(value));
  }
}

uint64_t Mix(uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0xd6e8'feb8'6659'fd93;
  return hash ^ hash >> 29;
}

}  // namespace

KeyWords::KeyWords(std::vector<Type> types) : types_(std::move(types)) {
  for (const Type& type : types_) {
    first_words_.push_back(words_);
    words_ += TakesTwo(type) ? 2 : 1;
  }
}

void KeyWords::Encode(std::span<const Vector> keys, const Selection& rows, Unknown unknown,
                      std::vector<uint64_t>& out) {
  if (out.size() < rows.end() * words_) out.resize(rows.end() * words_);
  EncodeNulls(keys, rows, out.data());
  for (size_t i = 0; i < types_.size(); ++i) {
    uint64_t* first = out.data() + first_words_[i];
    if (keys[i].codes() != nullptr) {
      EncodeCodes(keys[i], rows, unknown, first);
    } else {
      EncodeKey(keys[i], rows, unknown, first);
    }
  }
}

void KeyWords::EncodeNulls(std::span<const Vector> keys, const Selection& rows,
                           uint64_t* out) const {
  rows.ForEach([&](uint32_t row) { out[row * words_] = 0; });
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].validity() == nullptr) continue;
    rows.ForEach([&](uint32_t row) {
      out[row * words_] |= static_cast<uint64_t>(keys[i].IsNull(row)) << i;
    });
  }
}

void KeyWords::EncodeKey(const Vector& key, const Selection& rows, Unknown unknown, uint64_t* out) {
  const bool nulls = key.validity() != nullptr;
  WithElement(ElementOf(key.type()), [&]<typename T>() {
    rows.ForEach([&](uint32_t row) {
      uint64_t* to = out + row * words_;
      const bool null = nulls && key.IsNull(row);
      if constexpr (std::is_same_v<T, std::string_view>) {
        to[0] = null ? 0 : NumberOf(key.type(), key.At<T>(row), unknown);
      } else {
        Write(null ? T{} : key.At<T>(row), to);
      }
    });
  });
}

void KeyWords::EncodeCodes(const Vector& key, const Selection& rows, Unknown unknown,
                           uint64_t* out) {
  std::vector<uint64_t>& known = by_code_[key.symbol_texts()];
  uint32_t last = 0;
  uint64_t number = 0;
  rows.ForEach([&](uint32_t row) {
    const uint32_t code = key.codes()[row];
    if (code != last) {
      last = code;
      if (code >= known.size()) known.resize(std::max<size_t>(size_t{code} + 1, known.size() * 2));
      uint64_t& kept = known[code];
      if (code != 0 && (kept == 0 || kept == kUnknownText)) {
        kept = NumberOf(key.type(), key.symbol_texts()->Text(code), unknown);
      }
      number = code == 0 ? 0 : kept;
    }
    out[row * words_] = number;
  });
}

// From 1 on.
uint64_t KeyWords::NumberOf(const Type& type, std::string_view text, Unknown unknown) {
  const bool json = type.kind() == TypeKind::kJson || type.kind() == TypeKind::kJsonb;
  std::string canonical;
  if (json) text = canonical = CanonicalJson(text);
  const auto found = numbers_.find(text);
  if (found != numbers_.end()) return found->second;
  if (unknown == Unknown::kNothing) return kUnknownText;
  const uint64_t number = numbers_.size() + 1;
  text_bytes_ += text.size() + 48;
  numbers_.emplace(arena_.Keep(text), number);
  return number;
}

// ---- groups

void GroupTable::Add(const std::vector<uint64_t>& words, const Selection& rows,
                     std::vector<uint32_t>& groups, std::vector<uint32_t>* fresh) {
  if (groups.size() < rows.end()) groups.resize(rows.end());
  const uint64_t* last = nullptr;  // keys come in runs where rows are clustered
  uint32_t group = kNoGroup;
  rows.ForEach([&](uint32_t row) {
    const uint64_t* key = words.data() + size_t{row} * words_;
    if (last == nullptr || !std::equal(key, key + words_, last)) {
      const size_t before = groups_;
      group = FindOrAdd(key);
      if (groups_ != before && fresh != nullptr) fresh->push_back(row);
      last = key;
    }
    groups[row] = group;
  });
}

uint32_t GroupTable::Find(const uint64_t* key) const { return slots_[SlotOf(key)]; }

uint32_t GroupTable::FindOrAdd(const uint64_t* key) {
  uint32_t& slot = slots_[SlotOf(key)];
  if (slot != kNoGroup) return slot;
  const auto group = static_cast<uint32_t>(groups_++);
  slot = group;
  keys_.insert(keys_.end(), key, key + words_);
  if (groups_ * 2 > slots_.size()) Grow();
  return group;
}

// Where the key is, or the free slot where it would be.
size_t GroupTable::SlotOf(const uint64_t* key) const {
  uint64_t hash = 0;
  for (size_t i = 0; i < words_; ++i) hash = Mix(hash ^ key[i]) + i;
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at] != kNoGroup &&
         !std::equal(key, key + words_, keys_.data() + slots_[at] * words_)) {
    at = (at + 1) & mask;
  }
  return at;
}

void GroupTable::Grow() {
  slots_.assign(slots_.size() * 2, kNoGroup);
  for (size_t group = 0; group < groups_; ++group) {
    slots_[SlotOf(keys_.data() + group * words_)] = static_cast<uint32_t>(group);
  }
}

}  // namespace tape::engine::exec
