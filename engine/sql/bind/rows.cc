// (a, b) = (c, d) and (a, b) IN ((c, d), ...), which are conditions of their parts.
#include <utility>

#include "engine/sql/bind/expression_binder.h"
#include "format/bytes/message.h"

namespace tape::engine::sql {
namespace {

using exec::Comparator;
using exec::ExpressionPtr;
using format::Concat;

absl::Status CheckSizes(const Row& left, const Row& right) {
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
  absl::StatusOr<Terms> a = BindAll(left.elements);
  if (!a.ok()) return a.status();
  absl::StatusOr<Terms> b = BindAll(right.elements);
  if (!b.ok()) return b.status();
  // From the last part to the first: less in this one, or equal and less in the rest.
  const size_t last = a->size() - 1;
  Bound rest = Compare(op, (*a)[last], (*b)[last]);
  for (size_t i = last; rest.ok() && i-- > 0;) {
    Bound equal = Compare(Comparator::kEqual, (*a)[i], (*b)[i]);
    if (!equal.ok()) return equal;
    ExpressionPtr both = exec::MakeAnd({*std::move(equal), *std::move(rest)});
    if (op == Comparator::kEqual) {
      rest = std::move(both);
      continue;
    }
    const bool less = op == Comparator::kLess || op == Comparator::kLessEqual;
    Bound strict = Compare(less ? Comparator::kLess : Comparator::kGreater, (*a)[i], (*b)[i]);
    if (!strict.ok()) return strict;
    rest = exec::MakeOr({*std::move(strict), std::move(both)});
  }
  return rest;
}

ExpressionBinder::Bound ExpressionBinder::BindRowIn(const Row& row, const InList& form) {
  std::vector<ExpressionPtr> tests;
  for (const Expression& value : form.values) {
    const Row* other = value.As<Row>();
    if (other == nullptr) {
      return binder_.ErrorAt(
          value.place, absl::InvalidArgumentError("a row is compared with rows of as many values"));
    }
    Bound equal = CompareRows(Comparator::kEqual, row, *other);
    if (!equal.ok()) return equal;
    tests.push_back(*std::move(equal));
  }
  ExpressionPtr any = exec::MakeOr(std::move(tests));
  return form.negated ? exec::MakeNot(std::move(any)) : any;
}

}  // namespace tape::engine::sql
