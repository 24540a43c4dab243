// (a, b) = (c, d) and (a, b) IN ((c, d), ...), which are conditions of their parts.
#include <utility>
#include <vector>

#include "engine/sql/bind/expression_binder.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::Comparator;
using exec::ExpressionPtr;
using format::Concat;

// More are no key of any table (kMaxKeyColumns).
constexpr size_t kMaxParts = 100;

absl::Status CheckSizes(const Row& left, const Row& right) {
  for (const Row* row : {&left, &right}) {
    if (row->elements.size() <= kMaxParts) continue;
    return absl::ResourceExhaustedError(
        Concat("a row that is compared has at most ", kMaxParts, " values"));
  }
  if (left.elements.size() != right.elements.size()) {
    return absl::InvalidArgumentError(Concat("rows of ", left.elements.size(), " and ",
                                             right.elements.size(), " values cannot be compared"));
  }
  if (!left.elements.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("rows of no values cannot be compared");
}

}  // namespace

ExpressionBinder::Bound ExpressionBinder::CompareRows(Comparator op, const Row& left,
                                                      const Row& right) {
  if (absl::Status status = CheckSizes(left, right); !status.ok()) return status;
  absl::StatusOr<Terms> parts = BindAll(left.elements);
  if (!parts.ok()) return parts.status();
  absl::StatusOr<Terms> others = BindAll(right.elements);
  if (!others.ok()) return others.status();
  return CompareParts(op, *parts, *others);
}

// Both have as many parts; a part without a type takes that of its counterpart.
ExpressionBinder::Bound ExpressionBinder::CompareParts(Comparator op, const Terms& left,
                                                       const Terms& right) {
  std::vector<ExpressionPtr> lefts;
  std::vector<ExpressionPtr> rights;
  for (size_t i = 0; i < left.size(); ++i) {
    Bound a = SettleLike(left[i], *right[i].value);
    if (!a.ok()) return a;
    Bound b = SettleLike(right[i], *left[i].value);
    if (!b.ok()) return b;
    lefts.push_back(*std::move(a));
    rights.push_back(*std::move(b));
  }
  return exec::MakeRowComparison(op, std::move(lefts), std::move(rights));
}

ExpressionBinder::Bound ExpressionBinder::BindRowIn(const Row& row, const InList& form) {
  if (absl::Status status = CheckSizes(row, row); !status.ok()) return status;
  absl::StatusOr<Terms> parts = BindAll(row.elements);
  if (!parts.ok()) return parts.status();
  return UseTerms(*std::move(parts), [&](const Terms& once) -> Bound {
    std::vector<ExpressionPtr> tests;
    for (const Expression& value : form.values) {
      Bound equal = EqualsRow(once, row, value);
      if (!equal.ok()) return binder_.ErrorAt(value.place, equal.status());
      tests.push_back(*std::move(equal));
    }
    ExpressionPtr any = exec::MakeOr(std::move(tests));
    return form.negated ? exec::MakeNot(std::move(any)) : any;
  });
}

ExpressionBinder::Bound ExpressionBinder::EqualsRow(const Terms& parts, const Row& row,
                                                    const Expression& value) {
  const Row* other = value.As<Row>();
  if (other == nullptr) {
    return absl::InvalidArgumentError("a row is compared with rows of as many values");
  }
  if (absl::Status status = CheckSizes(row, *other); !status.ok()) return status;
  absl::StatusOr<Terms> others = BindAll(other->elements);
  if (!others.ok()) return others.status();
  return CompareParts(Comparator::kEqual, parts, *others);
}

}  // namespace tape::engine::sql
