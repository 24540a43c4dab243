// Functions of dates, times and intervals.
#include <gtest/gtest.h>

#include "tests/engine/sql/bind/evaluated.h"

namespace tape::engine::sql {
namespace {

constexpr Example kValues[] = {
    {"date_trunc('hour', '2025-01-21 14:35:27.5'::timestamp)", "2025-01-21 14:00:00"},
    {"date_trunc('day', '2025-01-21 14:35:27.5'::timestamp)", "2025-01-21 00:00:00"},
    {"date_trunc('week', '2025-01-21 14:35:27.5'::timestamp)", "2025-01-20 00:00:00"},
    {"date_trunc('week', '2025-01-19'::timestamp)", "2025-01-13 00:00:00"},
    {"date_trunc('month', '2025-01-21 14:35:27.5'::timestamp)", "2025-01-01 00:00:00"},
    {"date_trunc('quarter', '2025-05-21 14:35:27.5'::timestamp)", "2025-04-01 00:00:00"},
    {"date_trunc('year', '2025-05-21 14:35:27.5'::timestamp)", "2025-01-01 00:00:00"},
    {"date_trunc('decade', '2025-05-21'::timestamp)", "2020-01-01 00:00:00"},
    {"date_trunc('century', '2025-05-21'::timestamp)", "2001-01-01 00:00:00"},
    {"date_trunc('century', '2000-05-21'::timestamp)", "1901-01-01 00:00:00"},
    {"date_trunc('millennium', '2001-05-21'::timestamp)", "2001-01-01 00:00:00"},
    {"date_trunc('second', '2025-01-21 14:35:27.123456'::timestamp)", "2025-01-21 14:35:27"},
    {"date_trunc('milliseconds', '2025-01-21 14:35:27.123456'::timestamp)",
     "2025-01-21 14:35:27.123"},
    {"date_trunc('minute', '1960-01-21 14:35:27.123456'::timestamp)", "1960-01-21 14:35:00"},
    {"date_trunc('day', '1960-01-21 14:35:27.123456'::timestamp)", "1960-01-21 00:00:00"},
    {"date_trunc('HOUR', '2025-01-21 14:35:27'::timestamptz)", "2025-01-21 14:00:00+00"},
    {"date_trunc('month', '2025-01-21'::date)", "2025-01-01 00:00:00+00"},
    {"date_trunc('hour', '3 days 04:05:06'::interval)", "3 days 04:00:00"},
    {"date_trunc('day', '3 days 04:05:06'::interval)", "3 days"},
    {"date_trunc('month', '1 year 2 months 3 days'::interval)", "1 year 2 mons"},
    {"date_trunc('year', '1 year 2 months 3 days'::interval)", "1 year"},
    {"extract(year from '2025-01-21'::timestamp)", "2025"},
    {"extract(month from '2025-01-21'::date)", "1"},
    {"extract(day from '2025-01-21'::date)", "21"},
    {"extract(hour from '2025-01-21 14:35:27.5'::timestamp)", "14"},
    {"extract(minute from '2025-01-21 14:35:27.5'::timestamp)", "35"},
    {"extract(dow from '2025-01-19'::date)", "0"},
    {"extract(dow from '2025-01-21'::date)", "2"},
    {"extract(isodow from '2025-01-19'::date)", "7"},
    {"extract(doy from '2024-12-31'::date)", "366"},
    {"extract(week from '2025-01-01'::date)", "1"},
    {"extract(week from '2024-12-30'::date)", "1"},
    {"extract(week from '2023-01-01'::date)", "52"},
    {"extract(isoyear from '2024-12-30'::date)", "2025"},
    {"extract(isoyear from '2023-01-01'::date)", "2022"},
    {"extract(quarter from '2025-04-01'::date)", "2"},
    {"extract(century from '2000-01-01'::date)", "20"},
    {"extract(century from '2001-01-01'::date)", "21"},
    {"extract(decade from '2025-01-01'::date)", "202"},
    {"extract(millennium from '2001-01-01'::date)", "3"},
    {"extract(epoch from '2025-01-21'::date)", "1737417600"},
    {"extract(day from '40 days'::interval)", "40"},
    {"extract(hour from '30 hours'::interval)", "30"},
    {"extract(month from '14 months'::interval)", "2"},
    {"extract(year from '14 months'::interval)", "1"},
    {"extract(julian from '2025-01-21'::date)", "2460697"},
    {"date_part('hour', '2025-01-21 14:35:27.5'::timestamp)", "14"},
    {"date_part('second', '2025-01-21 14:35:27.5'::timestamp)", "27.5"},
    {"date_part('epoch', '2025-01-21 14:30:00.5'::timestamp)", "1737469800.5"},
    {"date_part('year', '2025-01-21'::date)", "2025"},
    {"date_part('day', '40 days'::interval)", "40"},
    {"age('2025-03-01'::timestamp, '2024-01-31'::timestamp)", "1 year 1 mon 1 day"},
    {"age('2024-01-31'::timestamp, '2025-03-01'::timestamp)", "-1 years -1 mons -1 days"},
    {"age('2025-01-21 10:00'::timestamp, '2025-01-20 12:00'::timestamp)", "22:00:00"},
    {"age('2001-04-10'::timestamp, '1957-06-13'::timestamp)", "43 years 9 mons 27 days"},
    {"age('2025-03-31'::timestamp, '2025-02-28'::timestamp)", "1 mon 3 days"},
    {"age('2025-03-01'::timestamp, '2025-02-28 12:00'::timestamp)", "12:00:00"},
    {"age('2025-01-01'::timestamp, '2025-01-01'::timestamp)", "00:00:00"},
    {"age('2025-05-30'::date, '2025-02-15'::date)", "3 mons 15 days"},
    {"to_timestamp(0)", "1970-01-01 00:00:00+00"},
    {"to_timestamp(1737469800)", "2025-01-21 14:30:00+00"},
    {"to_timestamp(1737469800.5)", "2025-01-21 14:30:00.5+00"},
    {"to_timestamp(-1.5)", "1969-12-31 23:59:58.5+00"},
    {"to_timestamp(1737469800.123456)", "2025-01-21 14:30:00.123456+00"},
    {"make_date(2025, 1, 21)", "2025-01-21"},
    {"make_timestamp(2025, 1, 21, 14, 30, 5.5)", "2025-01-21 14:30:05.5"},
    {"make_interval(1, 2, 3, 4, 5, 6, 7.5)", "1 year 2 mons 25 days 05:06:07.5"},
    {"make_interval(days => 10)", "10 days"},
    {"make_interval(hours => 5, mins => 30)", "05:30:00"},
    {"make_interval(years => 1, secs => 1.5)", "1 year 00:00:01.5"},
    {"make_interval(1)", "1 year"},
    {"make_interval(0, 0, 0, -3)", "-3 days"},
    {"justify_hours('30 hours'::interval)", "1 day 06:00:00"},
    {"justify_days('40 days'::interval)", "1 mon 10 days"},
    {"justify_interval('1 month -1 hour'::interval)", "29 days 23:00:00"},
    {"justify_interval('40 days 30 hours'::interval)", "1 mon 11 days 06:00:00"},
    {"justify_interval('-1 day 25 hours'::interval)", "01:00:00"},
    {"justify_hours('-1 day 25 hours'::interval)", "01:00:00"},
    {"justify_days('1 month -40 days'::interval)", "-10 days"},
    {"date_bin('15 minutes', '2020-02-11 15:44:17'::timestamp, '2001-01-01'::timestamp)",
     "2020-02-11 15:30:00"},
    {"date_bin('15 minutes', '2020-02-11 15:44:17'::timestamp, '2001-01-01 00:02:30'::timestamp)",
     "2020-02-11 15:32:30"},
    {"date_bin('1 day', '1999-02-11 15:44:17'::timestamp, '2001-01-01 00:02:30'::timestamp)",
     "1999-02-11 00:02:30"},
    {"'2025-01-21 14:30:00'::timestamp AT TIME ZONE 'UTC'", "2025-01-21 14:30:00+00"},
    {"'2025-01-21 14:30:00'::timestamptz AT TIME ZONE 'UTC'", "2025-01-21 14:30:00"},
    {"'2025-01-21 14:30:00'::timestamptz AT TIME ZONE '+02'", "2025-01-21 12:30:00"},
    {"'2025-01-21 14:30:00'::timestamp AT TIME ZONE '-05:30'", "2025-01-21 09:00:00+00"},
    {"'2025-01-21 14:30:00'::timestamptz AT TIME ZONE INTERVAL '2 hours'", "2025-01-21 16:30:00"},
    {"'2025-01-21 14:30:00' AT TIME ZONE 'UTC'", "2025-01-21 14:30:00"},
    {"date('2025-01-21 14:30:00'::timestamp)", "2025-01-21"},
    {"now() = current_timestamp", "true"},
    {"now() - now()", "00:00:00"},
    {"now()::date = current_date", "true"},
    {"localtimestamp = now()", "true"},
    {"'2025-01-21'::date + make_interval(days => 3)", "2025-01-24 00:00:00"},
    {"'2025-01-21 14:30:00'::timestamp + '1 month 1 day 01:00:00'::interval",
     "2025-02-22 15:30:00"},
    {"'2025-01-31'::timestamp + '1 month 1 day'::interval", "2025-03-01 00:00:00"},
    {"'2025-03-30'::timestamp - '1 month'::interval", "2025-02-28 00:00:00"},
    {"now() BETWEEN now() - '1 day'::interval AND now()", "true"},
    {"extract(epoch from now() - '2025-01-01'::timestamptz) IS NULL", "false"},
};

constexpr Example kErrors[] = {
    {"date_trunc('nonsense', '2025-01-21'::timestamp)", "time field \"nonsense\": not recognized"},
    {"extract(dow from '1 day'::interval)",
     "extract(dow, 1 day) is not supported for type INTERVAL"},
    {"extract(nonsense from '2025-01-21'::date)", "time field \"nonsense\": not recognized"},
    {"make_date(2025, 2, 30)", "day 30 is not 1..28"},
    {"make_timestamp(2025, 1, 21, 25, 30, 5.5)",
     "time field value out of range: 2025, 1, 21, 25, 30, 5.5"},
    {"date_bin('0 days', '2020-02-11'::timestamp, '2001-01-01'::timestamp)",
     "bucket width 00:00:00: must be above zero"},
    {"'2025-01-21'::timestamp - 1", "operator does not exist: TIMESTAMP - INTEGER"},
};

// Each with what PostgreSQL gives; docs/sql/expressions.md says why.
constexpr Example kDifferences[] = {
    {"extract(second from '2025-01-21 14:35:27.5'::timestamp)", "27.500000000"},        // 27.500000
    {"extract(milliseconds from '2025-01-21 14:35:27.5'::timestamp)", "27500.000000"},  // 27500.000
    {"extract(microseconds from '2025-01-21 14:35:27.5'::timestamp)", "27500000.000"},  // 27500000
    {"extract(epoch from '2025-01-21 14:30:00.5'::timestamp)",
     "1737469800.500000000"},  // 1737469800.500000
    {"extract(epoch from '1969-12-31 23:59:59.5'::timestamp)", "-0.500000000"},  // -0.500000
    {"extract(epoch from '1 day 02:00:00.5'::interval)", "93600.500000000"},     // 93600.500000
    {"extract(epoch from '1 month'::interval)", "2592000.000000000"},            // 2592000.000000
    {"extract(epoch from '1 year 1 month'::interval)", "34149600.000000000"},    // 34149600.000000
    {"extract(second from '01:02:03.5'::interval)", "3.500000000"},              // 3.500000
    {"extract(hour from '2025-01-21'::date)", "0"},                              // an error
    {"date_bin('1 month', '2020-02-11'::timestamp, '2001-01-01'::timestamp)",
     "2020-02-01 00:00:00"},  // an error
};

TEST(TimeFunctions, HaveTheValuesThatPostgresGives) { ExpectValues(kValues); }

TEST(TimeFunctions, SayWhatIsWrongWherePostgresFails) { ExpectValues(kErrors); }

TEST(TimeFunctions, DifferFromPostgresOnPurpose) { ExpectValues(kDifferences); }

}  // namespace
}  // namespace tape::engine::sql
