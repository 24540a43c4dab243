#include "format/layout/key_hash.h"

#include <algorithm>
#include <cstring>

#include "format/bytes/message.h"
#include "tape/limits.h"

namespace tape::format {
namespace {

constexpr uint64_t kOneNan = 0x7FF8'0000'0000'0000;

// The last one to eight bytes, zeros behind them.
uint64_t LoadTail(const char* from, size_t size) {
  uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

absl::Status CheckColumns(std::span<const ColumnView> columns, size_t rows) {
  if (columns.empty() || columns.size() > kMaxKeyColumns) {
    return absl::InvalidArgumentError(
        Concat("key: expected 1 to ", kMaxKeyColumns, " columns, found ", columns.size()));
  }
  for (const ColumnView& column : columns) {
    if (column.rows() == rows) continue;
    return absl::InvalidArgumentError(
        Concat("key: expected columns of ", rows, " rows, found ", column.rows()));
  }
  return absl::OkStatus();
}

}  // namespace

// The four constants are SipHash's: "somepseudorandomlygeneratedbytes".
SipHash13::SipHash13(const StoreUuid& key) {
  uint64_t halves[2];
  std::memcpy(halves, key.data(), sizeof(halves));
  v0_ = halves[0] ^ 0x736F'6D65'7073'6575;
  v1_ = halves[1] ^ 0x646F'7261'6E64'6F6D;
  v2_ = halves[0] ^ 0x6C79'6765'6E65'7261;
  v3_ = halves[1] ^ 0x7465'6462'7974'6573;
}

// A DECIMAL that was widened keeps the hashes of its old rows: what fits 64 bits hashes like them.
void KeyHash::AddWide(Int128 value) {
  const auto low = static_cast<int64_t>(value);
  if (low == value) return AddInteger(low);
  AddShape(kTwoWords);
  hash_.Add(static_cast<uint64_t>(value));
  hash_.Add(static_cast<uint64_t>(static_cast<UInt128>(value) >> 64));
}

void KeyHash::AddFloating(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
  AddShape(kOneWord);
  hash_.Add(value != value ? kOneNan : bits);
}

void KeyHash::AddBytes(std::string_view value) {
  AddShape(kBytes);
  hash_.Add(value.size());
  for (; value.size() > sizeof(uint64_t); value.remove_prefix(sizeof(uint64_t))) {
    hash_.Add(LoadTail(value.data(), sizeof(uint64_t)));
  }
  if (!value.empty()) hash_.Add(LoadTail(value.data(), value.size()));
}

void KeyHash::AddValue(const ColumnView& column, size_t row) {
  if (column.IsNull(row)) return AddNull();
  switch (column.physical()) {
    case Physical::kBool:
      return AddInteger(column.Values<uint8_t>()[row] != 0 ? 1 : 0);
    case Physical::kInt16:
      return AddInteger(column.Values<int16_t>()[row]);
    case Physical::kInt32:
      return AddInteger(column.Values<int32_t>()[row]);
    case Physical::kInt64:
      return AddInteger(column.Values<int64_t>()[row]);
    case Physical::kInt128:
      return AddWide(column.Values<Int128>()[row]);
    case Physical::kFloat32:
      return AddFloating(column.Values<float>()[row]);
    case Physical::kFloat64:
      return AddFloating(column.Values<double>()[row]);
    case Physical::kCode32:
      return AddInteger(column.Values<uint32_t>()[row]);
    case Physical::kBytes:
      return AddBytes(column.Bytes(row));
  }
}

absl::Status HashKeys(const StoreUuid& store, std::span<const ColumnView> columns,
                      std::span<uint64_t> hashes) {
  if (absl::Status status = CheckColumns(columns, hashes.size()); !status.ok()) return status;
  const KeyHash empty(store);
  for (size_t row = 0; row < hashes.size(); ++row) {
    KeyHash key = empty;
    for (const ColumnView& column : columns) key.AddValue(column, row);
    hashes[row] = key.Finish();
  }
  return absl::OkStatus();
}

}  // namespace tape::format
