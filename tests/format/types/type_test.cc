#include "tape/type.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tape/limits.h"

namespace tape {
namespace {

struct Case {
  Type type;
  Physical physical;
  std::string text;
};

std::vector<Case> EveryKind() {
  return {
      {Type::Boolean(), Physical::kBool, "BOOLEAN"},
      {Type::Smallint(), Physical::kInt16, "SMALLINT"},
      {Type::Integer(), Physical::kInt32, "INTEGER"},
      {Type::Bigint(), Physical::kInt64, "BIGINT"},
      {Type::Real(), Physical::kFloat32, "REAL"},
      {Type::Double(), Physical::kFloat64, "DOUBLE PRECISION"},
      {Type::Decimal(18, 8), Physical::kInt64, "DECIMAL(18,8)"},
      {Type::Decimal(19, 8), Physical::kInt128, "DECIMAL(19,8)"},
      {Type::Decimal(38, 38), Physical::kInt128, "DECIMAL(38,38)"},
      {Type::Decimal(1, 0), Physical::kInt64, "DECIMAL(1,0)"},
      {Type::Timestamp(), Physical::kInt64, "TIMESTAMP"},
      {Type::TimestampTz(), Physical::kInt64, "TIMESTAMPTZ"},
      {Type::Date(), Physical::kInt32, "DATE"},
      {Type::Interval(), Physical::kInt128, "INTERVAL"},
      {Type::Text(), Physical::kBytes, "TEXT"},
      {Type::Varchar(20), Physical::kBytes, "VARCHAR(20)"},
      {Type::Varchar(), Physical::kBytes, "VARCHAR"},
      {Type::Symbol(), Physical::kCode32, "SYMBOL"},
      {Type::Enum(EnumId(3)), Physical::kCode32, "ENUM(3)"},
      {Type::Uuid(), Physical::kInt128, "UUID"},
      {Type::Inet(), Physical::kBytes, "INET"},
      {Type::Json(), Physical::kBytes, "JSON"},
      {Type::Jsonb(), Physical::kBytes, "JSONB"},
      {Type::Bytea(), Physical::kBytes, "BYTEA"},
      {Type::Array(Type::Varchar(255)), Physical::kBytes, "VARCHAR(255)[]"},
      {Type::Array(Type::Decimal(30, 15)), Physical::kBytes, "DECIMAL(30,15)[]"},
      {Type::Array(Type::Double()), Physical::kBytes, "DOUBLE PRECISION[]"},
      {Type::Serial(), Physical::kInt32, "SERIAL"},
      {Type::Bigserial(), Physical::kInt64, "BIGSERIAL"},
  };
}

TEST(Type, HasOnePhysicalFormAndOneSpelling) {
  std::set<TypeKind> kinds;
  for (const Case& one : EveryKind()) {
    EXPECT_EQ(one.type.physical(), one.physical) << one.text;
    EXPECT_EQ(one.type.ToString(), one.text);
    EXPECT_TRUE(one.type.Validate().ok()) << one.type.Validate();
    kinds.insert(one.type.kind());
  }
  EXPECT_EQ(kinds.size(), static_cast<size_t>(TypeKind::kBigserial));
}

TEST(Type, DiffersFromEveryOtherInAnyParameter) {
  const std::vector<Case> all = EveryKind();
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = 0; j < all.size(); ++j) {
      EXPECT_EQ(all[i].type == all[j].type, i == j) << all[i].text << " " << all[j].text;
    }
  }
  EXPECT_NE(Type::Array(Type::Decimal(30, 15)), Type::Decimal(30, 15));
  EXPECT_NE(Type::Enum(EnumId(1)), Type::Enum(EnumId(2)));
}

TEST(Type, ComesBackFromItsParts) {
  for (const Case& one : EveryKind()) {
    const absl::StatusOr<Type> again = Type::FromParts(one.type.parts());
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(*again, one.type);
  }
}

TEST(Type, RefusesPartsThatNoFactoryMakes) {
  const Type::Parts bad[] = {
      {0, 0, 0, 0},   {24, 0, 0, 0},  {255, 0, 0, 0}, {4, 1, 0, 0},   {4, 0, 1, 0},  {4, 0, 0, 1},
      {13, 0, 5, 1},  {7, 0, 39, 0},  {7, 0, 10, 11}, {13, 0, -1, 0}, {21, 0, 0, 0}, {21, 21, 0, 0},
      {21, 14, 0, 0}, {21, 24, 0, 0}, {21, 12, 1, 0}, {21, 7, 39, 0}, {15, 0, 3, 1},
  };
  for (const Type::Parts& parts : bad) {
    const absl::StatusOr<Type> type = Type::FromParts(parts);
    EXPECT_EQ(type.status().code(), absl::StatusCode::kInvalidArgument)
        << int{parts.kind} << " " << int{parts.element} << " " << parts.first;
  }
}

TEST(Type, KnowsItsParameters) {
  EXPECT_EQ(Type::Decimal(20, 10).precision(), 20);
  EXPECT_EQ(Type::Decimal(20, 10).scale(), 10);
  EXPECT_EQ(Type::Varchar(255).length(), 255);
  EXPECT_EQ(Type::Varchar(255).precision(), 0);
  EXPECT_EQ(Type::Decimal(20, 10).length(), 0);
  EXPECT_EQ(Type::Enum(EnumId(7)).enum_id(), EnumId(7));
  EXPECT_EQ(Type::Enum(EnumId(UINT32_MAX)).enum_id(), EnumId(UINT32_MAX));
  EXPECT_EQ(Type::Array(Type::Varchar(255)).element(), Type::Varchar(255));
  EXPECT_EQ(Type::Array(Type::Varchar(255)).length(), 255);
  EXPECT_EQ(Type::Text().element(), Type::Text());
  EXPECT_EQ(Type().kind(), TypeKind::kBigint);
}

TEST(Type, SaysWhatKindOfValueItHolds) {
  for (const Case& one : EveryKind()) {
    const TypeKind kind = one.type.kind();
    EXPECT_EQ(one.type.IsString(), kind == TypeKind::kText || kind == TypeKind::kVarchar ||
                                       kind == TypeKind::kSymbol || kind == TypeKind::kEnum);
    EXPECT_EQ(one.type.IsTimestamp(),
              kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampTz);
    EXPECT_EQ(one.type.IsSerial(), kind == TypeKind::kSerial || kind == TypeKind::kBigserial);
    EXPECT_EQ(one.type.IsJson(), kind == TypeKind::kJson || kind == TypeKind::kJsonb);
    EXPECT_EQ(one.type.IsArray(), kind == TypeKind::kArray);
  }
}

TEST(Type, TakesEveryDecimalShapeUpToThirtyEightDigits) {
  for (int precision = -1; precision <= 40; ++precision) {
    for (int scale = -1; scale <= 40; ++scale) {
      const bool good = precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision;
      EXPECT_EQ(Type::Decimal(precision, scale).Validate().ok(), good) << precision << "," << scale;
      EXPECT_EQ(Type::Array(Type::Decimal(precision, scale)).Validate().ok(), good);
    }
  }
}

TEST(Type, NamesTheParameterThatIsWrong) {
  EXPECT_EQ(Type::Decimal(40, 2).Validate().message(),
            "DECIMAL(40,2): precision 40 is not in 1..38");
  EXPECT_EQ(Type::Decimal(5, 6).Validate().message(), "DECIMAL(5,6): scale 6 is not in 0..5");
  EXPECT_EQ(Type::Varchar(-3).Validate().message(), "VARCHAR(-3): length -3 is not in 1..1048576");
  EXPECT_FALSE(Type::Varchar(static_cast<int32_t>(kMaxVarcharLength) + 1).Validate().ok());
  EXPECT_TRUE(Type::Varchar(static_cast<int32_t>(kMaxVarcharLength)).Validate().ok());
}

TEST(Type, RefusesArraysOfAnythingButScalarValues) {
  for (const Type& element : {Type::Symbol(), Type::Enum(EnumId(1)), Type::Serial(),
                              Type::Bigserial(), Type::Interval(), Type::Array(Type::Text())}) {
    EXPECT_EQ(Type::Array(element).Validate().code(), absl::StatusCode::kInvalidArgument)
        << element.ToString();
  }
}

}  // namespace
}  // namespace tape
