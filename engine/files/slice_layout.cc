#include "engine/files/slice_layout.h"

namespace tape::engine {
namespace {

// Bytes of which an order says nothing that a query asks for.
bool HasOrder(TypeKind kind) {
  return kind != TypeKind::kJson && kind != TypeKind::kJsonb && kind != TypeKind::kArray &&
         kind != TypeKind::kInet;
}

// UUIDs and times are stored as integers, and their sum means nothing.
bool HasSum(TypeKind kind) {
  return kind != TypeKind::kUuid && kind != TypeKind::kDate && kind != TypeKind::kTimestamp &&
         kind != TypeKind::kTimestampTz;
}

}  // namespace

format::SliceSpec SliceLayoutOf(const Schema& schema) {
  format::SliceSpec spec;
  spec.columns.reserve(schema.columns().size());
  for (const Column& column : schema.columns()) {
    const TypeKind kind = column.type.kind();
    spec.columns.push_back({.id = column.id.value(),
                            .place = {},
                            .keeps_bounds = column.keeps_bounds() && HasOrder(kind),
                            .keeps_sum = HasSum(kind),
                            .sensitive = column.sensitive});
  }
  spec.time_column = schema.time_column();
  spec.cluster_column = schema.cluster_column();
  return spec;
}

}  // namespace tape::engine
