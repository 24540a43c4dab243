// (a, b) = (c, d) and (a, b) IN ((c, d), ...), which are conditions of their parts.
#include <utility>

#include "engine/sql/bind/expression_binder.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::Comparator;
using exec::ExpressionPtr;
using format::Concat;

// More are no key of any table (kMaxKeyColumns), and each is a level of what is made of them.
constexpr size_t kMaxParts = 100;

absl::Status CheckSizes(const Row& left, const Row& right) {
  if (left.elements.size() > kMaxParts) {
    return absl::ResourceExhaustedError(
        Concat("a row that is compared has at most ", kMaxParts, " values"));
  }
  if (left.elements.size() == right.elements.size()) return absl::OkStatus();
  return absl::InvalidArgumentError(Concat("rows of ", left.elements.size(), " and ",
                                           right.elements.size(), " values cannot be compared"));
}

}  // namespace

ExpressionBinder::Bound ExpressionBinder::CompareRows(Comparator op, const Row& left,
                                                      const Row& right) {
  if (absl::Status status = CheckSizes(left, right); !status.ok()) return status;
  if (op == Comparator::kNotEqual) {
    Bound equal = CompareRows(Comparator::kEqual, left, right);
    if (!equal.ok()) return equal;
    return exec::MakeNot(*std::move(equal));
  }
  absl::StatusOr<Terms> parts = BindAll(left.elements);
  if (!parts.ok()) return parts.status();
  absl::StatusOr<Terms> others = BindAll(right.elements);
  if (!others.ok()) return others.status();
  const auto size = static_cast<ptrdiff_t>(parts->size());
  parts->insert(parts->end(), others->begin(), others->end());
  return UseTerms(*std::move(parts), [&](const Terms& once) {
    return CompareParts(op, Terms(once.begin(), once.begin() + size),
                        Terms(once.begin() + size, once.end()));
  });
}

// From the last part to the first: less in this one, or equal and less in the rest.
ExpressionBinder::Bound ExpressionBinder::CompareParts(Comparator op, const Terms& left,
                                                       const Terms& right) {
  const size_t last = left.size() - 1;
  Bound rest = Compare(op, left[last], right[last]);
  for (size_t i = last; rest.ok() && i-- > 0;) {
    Bound equal = Compare(Comparator::kEqual, left[i], right[i]);
    if (!equal.ok()) return equal;
    ExpressionPtr both = exec::MakeAnd({*std::move(equal), *std::move(rest)});
    if (op == Comparator::kEqual) {
      rest = std::move(both);
      continue;
    }
    const bool less = op == Comparator::kLess || op == Comparator::kLessEqual;
    Bound strict = Compare(less ? Comparator::kLess : Comparator::kGreater, left[i], right[i]);
    if (!strict.ok()) return strict;
    rest = exec::MakeOr({*std::move(strict), std::move(both)});
  }
  return rest;
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
