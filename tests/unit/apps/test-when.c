/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/error.h"
#include "apps/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define S G_TIME_SPAN_SECOND
#define M G_TIME_SPAN_MINUTE
#define H G_TIME_SPAN_HOUR
#define D G_TIME_SPAN_DAY

/* Tuesday 2026-11-03 14:05:30.5 in a zone one hour east of Greenwich */
static GDateTime *
make_now(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(3600);

    return g_date_time_new(zone, 2026, 11, 3, 14, 5, 30.5);
}

static const struct {
    const char *text;
    int64_t us; /* 0: refused */
} duration_cases[] = {
    {"30m", 30 * M},
    {"90s", 90 * S},
    {"2h", 2 * H},
    {"1d", D},
    {"1h30m", H + 30 * M},
    {" 1h  30 min ", H + 30 * M},
    {"90 seconds", 90 * S},
    {"1.5 hours", 90 * M},
    {"0.5s", S / 2},
    {"2 Hours", 2 * H},
    {"7d", 7 * D},
    {"until 15:00", 54 * M + 29 * S + S / 2},
    {"until 9:00", 18 * H + 54 * M + 29 * S + S / 2},
    {"UNTIL 15:00 ", 54 * M + 29 * S + S / 2},
    {"until 14:05", D - 30 * S - S / 2},
    {"", 0},
    {"   ", 0},
    {"30", 0},
    {"m", 0},
    {"0m", 0},
    {"-5m", 0},
    {"+5m", 0},
    {"0x10m", 0},
    {"infm", 0},
    {"1e9h", 0},
    {"1..5h", 0},
    {".5h", 0},
    {"5 lightyears", 0},
    {"7d 1s", 0},
    {"99999999999999999999999999h", 0},
    {"30m tomorrow", 0},
    {"until", 0},
    {"until 24:00", 0},
    {"until 15:60", 0},
    {"until 15", 0},
    {"until 15:0", 0},
    {"until 15:00:00", 0},
    {"until -1:00", 0},
    {"半小时", 0},
};

static void
test_the_maximum_is_told(void **state)
{
    static const struct {
        const char *text;
        int64_t max_us;
        const char *says;
    } cases[] = {
        {"100d", 12 * H, "“100d” is longer than 12 hours: "},
        {"until 02:06", 12 * H, "“until 02:06” is longer than 12 hours: "},
        {"100d", 7 * D, "“100d” is longer than 7 days: "},
        {"40000d", 7 * D, "“40000d” is longer than a hundred years: "},
    };
    g_autoptr(GDateTime) now = make_now();

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        int64_t us = -7;

        assert_false(app_when_parse_duration(cases[i].text, now, cases[i].max_us, &us, &error));
        assert_true(g_str_has_prefix(error->message, cases[i].says));
        assert_int_equal(us, -7);
    }
    assert_true(app_when_parse_duration("12h", now, 12 * H, &(int64_t){0}, NULL));
}

static void
test_durations(void **state)
{
    g_autoptr(GDateTime) now = make_now();

    for (size_t i = 0; i < G_N_ELEMENTS(duration_cases); i++) {
        g_autoptr(GError) error = NULL;
        int64_t us = -7;
        gboolean is_good = app_when_parse_duration(duration_cases[i].text, now, 7 * D, &us, &error);

        if (is_good != (duration_cases[i].us != 0))
            fail_msg("“%s” was %s", duration_cases[i].text, is_good ? "taken" : "refused");
        if (is_good) {
            assert_int_equal(us, duration_cases[i].us);
        } else {
            assert_true(g_error_matches(error, APP_ERROR, APP_ERROR_USAGE));
            assert_int_equal(us, -7);
        }
    }
}

static void
test_rfc3339(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {INT64_C(1793711130250999), "2026-11-03T14:05:30.250+01:00"},
        {0, "1970-01-01T01:00:00.000+01:00"},
        {-1, "1970-01-01T00:59:59.999+01:00"},
        {-S, "1970-01-01T00:59:59.000+01:00"},
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(3600);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = app_when_format_rfc3339(cases[i].us, zone);

        assert_string_equal(text, cases[i].text);
    }
}

/* A vault that is broken may send any number. */
static void
test_rfc3339_of_any_number(void **state)
{
    static const int64_t numbers[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX, INT64_MAX - 1};
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(-3600);

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *text = app_when_format_rfc3339(numbers[i], zone);

        assert_non_null(text);
        assert_true(g_str_has_suffix(text, "-01:00") || g_str_has_suffix(text, "+00:00"));
    }
}

static void
test_short(void **state)
{
    g_autoptr(GDateTime) now = make_now();
    int64_t now_us = g_date_time_to_unix(now) * S;
    g_autofree char *today = app_when_format_short(now_us - 5 * M, now);
    g_autofree char *precise = app_when_format_precise(now_us - 5 * M - 9 * S, now);
    g_autofree char *midnight = app_when_format_short(now_us - 14 * H - 5 * M - 30 * S, now);
    g_autofree char *before = app_when_format_short(now_us - 14 * H - 5 * M - 31 * S, now);

    assert_string_equal(today, "14:00");
    assert_string_equal(precise, "14:00:21");
    assert_string_equal(midnight, "00:00");
    assert_string_equal(before, "2026-11-02 23:59");
}

static void
test_duration_texts(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "0.0 s"},
        {400000, "0.4 s"},
        {30 * S, "30 s"},
        {30 * M, "30 min 0 s"},
        {H + 5 * M + S, "1 h 5 min"},
        {3 * D + 2 * H, "3 d 2 h"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = app_when_format_duration(cases[i].us);

        assert_string_equal(text, cases[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_the_maximum_is_told),
        cmocka_unit_test(test_rfc3339),
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_rfc3339_of_any_number),
        cmocka_unit_test(test_duration_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
