/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "recall/vault/dates.h"

#include <gio/gio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NEVER 3 /* in no context */

static GDateTime *
make_time(const char *zone_name, const char *iso)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
    GDateTime *time = NULL;

    assert_non_null(zone);
    time = g_date_time_new_from_iso8601(iso, zone);
    assert_non_null(time);
    return time;
}

static char *
show(int64_t at_us, GDateTime *now)
{
    g_autoptr(GDateTime) utc = NULL;
    g_autoptr(GDateTime) local = NULL;

    if (at_us == G_MININT64 || at_us == G_MAXINT64)
        return g_strdup("-");
    utc = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
    local = g_date_time_to_timezone(utc, g_date_time_get_timezone(now));
    return g_date_time_format(local, "%F %T");
}

typedef struct {
    const char *text;
    int context;         /* the first one that takes it */
    size_t length_bytes; /* of what was taken */
    const char *since;   /* "-" is open */
    const char *until;
} Row;

static void
check_row(const Row *row, GDateTime *now)
{
    RecallTimeRange range = {1, 2};
    g_autofree char *since = NULL;
    g_autofree char *until = NULL;
    size_t length = strlen(row->text);

    for (int context = 0; context < row->context; context++)
        assert_int_equal(recall_dates_match(row->text, length, context, now, &range), 0);
    assert_int_equal(range.since_us, 1);
    if (row->context == NEVER)
        return;
    assert_int_equal(recall_dates_match(row->text, length, row->context, now, &range),
                     row->length_bytes);
    since = show(range.since_us, now);
    until = show(range.until_us, now);
    assert_string_equal(since, row->since);
    assert_string_equal(until, row->until);
}

/* On a Wednesday afternoon. */
static void
test_expressions(void **state)
{
    static const Row rows[] = {
        {"yesterday", RECALL_DATES_PLAIN, 9, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"today", RECALL_DATES_PLAIN, 5, "2025-11-12 00:00:00", "2025-11-13 00:00:00"},
        {"yesterday foo", RECALL_DATES_PLAIN, 9, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"yesterday's", NEVER, 0, NULL, NULL},
        {"last tuesday", RECALL_DATES_PLAIN, 12, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"tuesday", RECALL_DATES_PLAIN, 7, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"last wednesday", RECALL_DATES_PLAIN, 14, "2025-11-05 00:00:00", "2025-11-06 00:00:00"},
        {"wednesday", RECALL_DATES_PLAIN, 9, "2025-11-12 00:00:00", "2025-11-13 00:00:00"},
        {"3 days ago", RECALL_DATES_PLAIN, 10, "2025-11-09 00:00:00", "2025-11-10 00:00:00"},
        {"three days ago", RECALL_DATES_PLAIN, 14, "2025-11-09 00:00:00", "2025-11-10 00:00:00"},
        {"a week ago", RECALL_DATES_PLAIN, 10, "2025-11-03 00:00:00", "2025-11-10 00:00:00"},
        {"2 hours ago", RECALL_DATES_PLAIN, 11, "2025-11-12 13:00:00", "2025-11-12 14:00:00"},
        {"half an hour ago", RECALL_DATES_PLAIN, 16, "2025-11-12 14:54:00", "2025-11-12 15:06:00"},
        {"last week", RECALL_DATES_PLAIN, 9, "2025-11-03 00:00:00", "2025-11-10 00:00:00"},
        {"last 3 days", RECALL_DATES_PLAIN, 11, "2025-11-09 00:00:00", "2025-11-13 00:00:00"},
        {"past hour", RECALL_DATES_PLAIN, 9, "2025-11-12 14:30:00", "2025-11-12 15:30:00"},
        {"last month", RECALL_DATES_PLAIN, 10, "2025-10-01 00:00:00", "2025-11-01 00:00:00"},
        {"last 2 months", RECALL_DATES_PLAIN, 13, "2025-09-12 00:00:00", "2025-11-13 00:00:00"},
        {"this morning", RECALL_DATES_PLAIN, 12, "2025-11-12 05:00:00", "2025-11-12 12:00:00"},
        {"last night", RECALL_DATES_PLAIN, 10, "2025-11-11 18:00:00", "2025-11-12 05:00:00"},
        {"yesterday afternoon", RECALL_DATES_PLAIN, 19, "2025-11-11 12:00:00",
         "2025-11-11 18:00:00"},
        {"yesterday at 3pm", RECALL_DATES_PLAIN, 16, "2025-11-11 15:00:00", "2025-11-11 16:00:00"},
        {"yesterday 14:05", RECALL_DATES_PLAIN, 15, "2025-11-11 14:05:00", "2025-11-11 14:06:00"},
        {"14:05", RECALL_DATES_LOOSE, 5, "2025-11-12 14:05:00", "2025-11-12 14:06:00"},
        {"14:05-14:12", RECALL_DATES_PLAIN, 11, "2025-11-12 14:05:00", "2025-11-12 14:12:00"},
        {"at 14:05", RECALL_DATES_PLAIN, 8, "2025-11-12 14:05:00", "2025-11-12 14:06:00"},
        {"2-3pm", RECALL_DATES_PLAIN, 5, "2025-11-12 14:00:00", "2025-11-12 15:00:00"},
        {"2pm-3pm", RECALL_DATES_PLAIN, 7, "2025-11-12 14:00:00", "2025-11-12 15:00:00"},
        {"nov 3", RECALL_DATES_PLAIN, 5, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"november 3rd, 2024", RECALL_DATES_PLAIN, 18, "2024-11-03 00:00:00",
         "2024-11-04 00:00:00"},
        {"3 nov", RECALL_DATES_PLAIN, 5, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"3rd of november 2024", RECALL_DATES_PLAIN, 20, "2024-11-03 00:00:00",
         "2024-11-04 00:00:00"},
        {"november 2024", RECALL_DATES_PLAIN, 13, "2024-11-01 00:00:00", "2024-12-01 00:00:00"},
        {"november", RECALL_DATES_LOOSE, 8, "2025-11-01 00:00:00", "2025-12-01 00:00:00"},
        {"in november", RECALL_DATES_PLAIN, 11, "2025-11-01 00:00:00", "2025-12-01 00:00:00"},
        {"may", RECALL_DATES_LOOSE, 3, "2025-05-01 00:00:00", "2025-06-01 00:00:00"},
        {"nov 3-5", RECALL_DATES_PLAIN, 7, "2025-11-03 00:00:00", "2025-11-06 00:00:00"},
        {"nov 3 2pm-3pm", RECALL_DATES_PLAIN, 13, "2025-11-03 14:00:00", "2025-11-03 15:00:00"},
        {"last november", RECALL_DATES_PLAIN, 13, "2024-11-01 00:00:00", "2024-12-01 00:00:00"},
        {"2025-11-03", RECALL_DATES_PLAIN, 10, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"2025/11/3", RECALL_DATES_PLAIN, 9, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"2025-11-03T14:05:09.123Z", RECALL_DATES_PLAIN, 24, "2025-11-03 15:05:09",
         "2025-11-03 15:05:10"},
        {"2025-11-03T14:05+08:00", RECALL_DATES_PLAIN, 22, "2025-11-03 07:05:00",
         "2025-11-03 07:06:00"},
        {"2025-11-03 14:05", RECALL_DATES_PLAIN, 16, "2025-11-03 14:05:00", "2025-11-03 14:06:00"},
        {"2025-11", RECALL_DATES_LOOSE, 7, "2025-11-01 00:00:00", "2025-12-01 00:00:00"},
        {"2025", RECALL_DATES_LOOSE, 4, "2025-01-01 00:00:00", "2026-01-01 00:00:00"},
        {"20251103", RECALL_DATES_LOOSE, 8, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"monday to friday", RECALL_DATES_PLAIN, 16, "2025-11-10 00:00:00", "2025-11-15 00:00:00"},
        {"between monday and wednesday", RECALL_DATES_PLAIN, 28, "2025-11-10 00:00:00",
         "2025-11-13 00:00:00"},
        {"from monday to tuesday", RECALL_DATES_PLAIN, 22, "2025-11-10 00:00:00",
         "2025-11-12 00:00:00"},
        {"before yesterday", RECALL_DATES_PLAIN, 16, "-", "2025-11-11 00:00:00"},
        {"since monday", RECALL_DATES_PLAIN, 12, "2025-11-10 00:00:00", "-"},
        {"until yesterday", RECALL_DATES_PLAIN, 15, "-", "2025-11-12 00:00:00"},
        {"11/3", RECALL_DATES_LOOSE, 4, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"25/10", RECALL_DATES_LOOSE, 5, "2025-10-25 00:00:00", "2025-10-26 00:00:00"},
        {"11/25/2024", RECALL_DATES_LOOSE, 10, "2024-11-25 00:00:00", "2024-11-26 00:00:00"},
        {"25/11/2024", RECALL_DATES_LOOSE, 10, "2024-11-25 00:00:00", "2024-11-26 00:00:00"},
        {"11/25/24", NEVER, 0, NULL, NULL},
        {"13/13/2024", NEVER, 0, NULL, NULL},
        {"0/3/2024", NEVER, 0, NULL, NULL},
        {"11/25", RECALL_DATES_LOOSE, 5, "2024-11-25 00:00:00", "2024-11-26 00:00:00"},
        {"13/32", NEVER, 0, NULL, NULL},
        {"30m", RECALL_DATES_LOOSE, 3, "2025-11-12 15:00:00", "2025-11-12 15:30:00"},
        {"10s ago", RECALL_DATES_LOOSE, 7, "2025-11-12 15:29:50", "2025-11-12 15:30:00"},
        {"2d", RECALL_DATES_LOOSE, 2, "2025-11-10 15:30:00", "2025-11-12 15:30:00"},
        {"5mm", NEVER, 0, NULL, NULL},
        {"last 90 seconds", RECALL_DATES_PLAIN, 15, "2025-11-12 15:28:30", "2025-11-12 15:30:00"},
        {"last second", NEVER, 0, NULL, NULL},
        {"mon", RECALL_DATES_LOOSE, 3, "2025-11-10 00:00:00", "2025-11-11 00:00:00"},
        {"weekend", NEVER, 0, NULL, NULL},
        {"two minutes ago", RECALL_DATES_PLAIN, 15, "2025-11-12 15:27:30", "2025-11-12 15:28:30"},
        {"now", RECALL_DATES_LOOSE, 3, "2025-11-12 15:30:00", "2025-11-12 15:30:00"},
        {"现在", RECALL_DATES_LOOSE, 6, "2025-11-12 15:30:00", "2025-11-12 15:30:00"},
        {"nowhere", NEVER, 0, NULL, NULL},
        {"tomorrow", RECALL_DATES_LOOSE, 8, "2025-11-13 00:00:00", "2025-11-14 00:00:00"},
        {"tomorrow 9:00", RECALL_DATES_LOOSE, 13, "2025-11-13 09:00:00", "2025-11-13 09:01:00"},
        {"3.11.2025", RECALL_DATES_LOOSE, 9, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"25.11.2024 14:05", RECALL_DATES_LOOSE, 16, "2024-11-25 14:05:00", "2024-11-25 14:06:00"},
        {"11.25.2024", NEVER, 0, NULL, NULL},
        {"3.11.25", NEVER, 0, NULL, NULL},
        {"3.11.2025.1", NEVER, 0, NULL, NULL},
        {"last weekend", RECALL_DATES_PLAIN, 12, "2025-11-08 00:00:00", "2025-11-10 00:00:00"},
        {"dec 25", RECALL_DATES_PLAIN, 6, "2024-12-25 00:00:00", "2024-12-26 00:00:00"},
        {"feb 29", RECALL_DATES_PLAIN, 6, "2024-02-29 00:00:00", "2024-03-01 00:00:00"},
        {"昨天", RECALL_DATES_PLAIN, 6, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"昨天的发票", RECALL_DATES_PLAIN, 9, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"昨天发票", RECALL_DATES_LOOSE, 6, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"上周二", RECALL_DATES_PLAIN, 9, "2025-11-04 00:00:00", "2025-11-05 00:00:00"},
        {"上周", RECALL_DATES_PLAIN, 6, "2025-11-03 00:00:00", "2025-11-10 00:00:00"},
        {"上上周五", RECALL_DATES_PLAIN, 12, "2025-10-31 00:00:00", "2025-11-01 00:00:00"},
        {"11月3日下午", RECALL_DATES_PLAIN, 15, "2025-11-03 12:00:00", "2025-11-03 18:00:00"},
        {"11月3日", RECALL_DATES_PLAIN, 9, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"十一月三日", RECALL_DATES_PLAIN, 15, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"2024年11月3日", RECALL_DATES_PLAIN, 16, "2024-11-03 00:00:00", "2024-11-04 00:00:00"},
        {"11月", RECALL_DATES_LOOSE, 5, "2025-11-01 00:00:00", "2025-12-01 00:00:00"},
        {"去年11月", RECALL_DATES_PLAIN, 11, "2024-11-01 00:00:00", "2024-12-01 00:00:00"},
        {"三天前", RECALL_DATES_PLAIN, 9, "2025-11-09 00:00:00", "2025-11-10 00:00:00"},
        {"两小时前", RECALL_DATES_PLAIN, 12, "2025-11-12 13:00:00", "2025-11-12 14:00:00"},
        {"半小时前", RECALL_DATES_PLAIN, 12, "2025-11-12 14:54:00", "2025-11-12 15:06:00"},
        {"最近三天", RECALL_DATES_PLAIN, 12, "2025-11-09 00:00:00", "2025-11-13 00:00:00"},
        {"近一周", RECALL_DATES_PLAIN, 9, "2025-11-05 00:00:00", "2025-11-13 00:00:00"},
        {"昨晚", RECALL_DATES_PLAIN, 6, "2025-11-11 18:00:00", "2025-11-12 05:00:00"},
        {"今早", RECALL_DATES_PLAIN, 6, "2025-11-12 05:00:00", "2025-11-12 12:00:00"},
        {"周一", RECALL_DATES_PLAIN, 6, "2025-11-10 00:00:00", "2025-11-11 00:00:00"},
        {"星期天", RECALL_DATES_PLAIN, 9, "2025-11-09 00:00:00", "2025-11-10 00:00:00"},
        {"周一到周三", RECALL_DATES_PLAIN, 15, "2025-11-10 00:00:00", "2025-11-13 00:00:00"},
        {"下午3点", RECALL_DATES_PLAIN, 10, "2025-11-12 15:00:00", "2025-11-12 16:00:00"},
        {"昨天下午3点到4点", RECALL_DATES_PLAIN, 23, "2025-11-11 15:00:00", "2025-11-11 16:00:00"},
        {"昨天下午3点半", RECALL_DATES_PLAIN, 19, "2025-11-11 15:30:00", "2025-11-11 15:31:00"},
        {"3号", RECALL_DATES_LOOSE, 4, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"上个月3号", RECALL_DATES_PLAIN, 13, "2025-10-03 00:00:00", "2025-10-04 00:00:00"},
        {"昨天之前", RECALL_DATES_PLAIN, 12, "-", "2025-11-11 00:00:00"},
        {"二〇二四年五月", RECALL_DATES_PLAIN, 21, "2024-05-01 00:00:00", "2024-06-01 00:00:00"},
        {"11月3日到5日", RECALL_DATES_PLAIN, 16, "2025-11-03 00:00:00", "2025-11-06 00:00:00"},
        {"２０２５－１１－０３", RECALL_DATES_PLAIN, 30, "2025-11-03 00:00:00",
         "2025-11-04 00:00:00"},
        {"今天气温", RECALL_DATES_LOOSE, 6, "2025-11-12 00:00:00", "2025-11-13 00:00:00"},
        {"2025-11-03-draft", NEVER, 0, NULL, NULL},
        {"2025-13-40", NEVER, 0, NULL, NULL},
        {"14:61", NEVER, 0, NULL, NULL},
        {"24:00", RECALL_DATES_LOOSE, 5, "2025-11-12 00:00:00", "2025-11-12 00:01:00"},
        {"昨天 下午", RECALL_DATES_PLAIN, 13, "2025-11-11 12:00:00", "2025-11-11 18:00:00"},
        {"5 分钟前", RECALL_DATES_PLAIN, 11, "2025-11-12 15:24:00", "2025-11-12 15:26:00"},
        {"11月3日14:05-14:12", RECALL_DATES_PLAIN, 20, "2025-11-03 14:05:00",
         "2025-11-03 14:12:00"},
        {"yesterday to today", RECALL_DATES_PLAIN, 18, "2025-11-11 00:00:00",
         "2025-11-13 00:00:00"},
        {"on monday", RECALL_DATES_PLAIN, 9, "2025-11-10 00:00:00", "2025-11-11 00:00:00"},
        {"on sun", RECALL_DATES_LOOSE, 6, "2025-11-09 00:00:00", "2025-11-10 00:00:00"},
        {"last sun", RECALL_DATES_PLAIN, 8, "2025-11-09 00:00:00", "2025-11-10 00:00:00"},
        {"刚才", RECALL_DATES_PLAIN, 6, "2025-11-12 15:15:00", "2025-11-12 15:30:00"},
        {"today 02:30", RECALL_DATES_PLAIN, 11, "2025-11-12 02:30:00", "2025-11-12 02:31:00"},
        {"3pm yesterday", RECALL_DATES_PLAIN, 13, "2025-11-11 15:00:00", "2025-11-11 16:00:00"},
        {"14:05 on monday", RECALL_DATES_PLAIN, 15, "2025-11-10 14:05:00", "2025-11-10 14:06:00"},
        {"afternoon of nov 3", RECALL_DATES_PLAIN, 18, "2025-11-03 12:00:00",
         "2025-11-03 18:00:00"},
        {"morning", RECALL_DATES_LOOSE, 7, "2025-11-12 05:00:00", "2025-11-12 12:00:00"},
        {"14:05-14:12 yesterday", RECALL_DATES_PLAIN, 21, "2025-11-11 14:05:00",
         "2025-11-11 14:12:00"},
        {"3pm mon", RECALL_DATES_LOOSE, 3, "2025-11-12 15:00:00", "2025-11-12 16:00:00"},
        {"3pm to 5pm", RECALL_DATES_PLAIN, 10, "2025-11-12 15:00:00", "2025-11-12 17:00:00"},
        {"11pm-1am", RECALL_DATES_PLAIN, 8, "2025-11-11 23:00:00", "2025-11-12 01:00:00"},
        {"昨天的", RECALL_DATES_PLAIN, 9, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"last 9999 years", NEVER, 0, NULL, NULL},
        {"99999 days ago", NEVER, 0, NULL, NULL},
        {"yesterday, 3pm", RECALL_DATES_PLAIN, 14, "2025-11-11 15:00:00", "2025-11-11 16:00:00"},
        {"12am-1am", RECALL_DATES_PLAIN, 8, "2025-11-12 00:00:00", "2025-11-12 01:00:00"},
        {"last", NEVER, 0, NULL, NULL},
        {"in", NEVER, 0, NULL, NULL},
        {"", NEVER, 0, NULL, NULL},
        {"的", NEVER, 0, NULL, NULL},
        {"last 1 year", RECALL_DATES_PLAIN, 11, "2024-11-12 00:00:00", "2025-11-13 00:00:00"},
        {"yesterday, foo", RECALL_DATES_PLAIN, 9, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"yesterday.", RECALL_DATES_PLAIN, 9, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"昨天，会议", RECALL_DATES_LOOSE, 6, "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"the day before yesterday", RECALL_DATES_PLAIN, 24, "2025-11-10 00:00:00",
         "2025-11-11 00:00:00"},
        {"前天晚上", RECALL_DATES_PLAIN, 12, "2025-11-10 18:00:00", "2025-11-11 05:00:00"},
        {"2025-11-03T14:05:09", RECALL_DATES_PLAIN, 19, "2025-11-03 14:05:09",
         "2025-11-03 14:05:10"},
        {"2025-11-03T23:59:60Z", RECALL_DATES_PLAIN, 20, "2025-11-04 00:59:59",
         "2025-11-04 01:00:00"},
        {"14:05:09.5", RECALL_DATES_LOOSE, 10, "2025-11-12 14:05:09", "2025-11-12 14:05:10"},
        {"9999-12-31", NEVER, 0, NULL, NULL},
        {"0000-00-00", NEVER, 0, NULL, NULL},
        {"1969-12-31", NEVER, 0, NULL, NULL},
    };
    g_autoptr(GDateTime) now = make_time("Europe/Berlin", "2025-11-12T15:30:00");

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check_row(&rows[i], now);
}

static void
test_other_nows(void **state)
{
    static const struct {
        const char *zone;
        const char *now;
        Row row;
        int64_t n_hours; /* how long it is in truth; 0: not looked at */
    } rows[] = {
        /* the clocks go forward, back, and forward at midnight */
        {"Europe/Berlin",
         "2025-03-30T12:00:00",
         {"today", 0, 5, "2025-03-30 00:00:00", "2025-03-31 00:00:00"},
         23},
        {"Europe/Berlin",
         "2025-03-30T12:00:00",
         {"2 hours ago", 0, 11, "2025-03-30 09:30:00", "2025-03-30 10:30:00"},
         1},
        {"Europe/Berlin",
         "2025-03-31T12:00:00",
         {"yesterday 02:30", 0, 15, "2025-03-30 03:00:00", "2025-03-30 03:01:00"},
         0},
        {"Europe/Berlin",
         "2025-10-27T12:00:00",
         {"yesterday", 0, 9, "2025-10-26 00:00:00", "2025-10-27 00:00:00"},
         25},
        {"Europe/Berlin",
         "2025-10-27T12:00:00",
         {"yesterday 2am-3am", 0, 17, "2025-10-26 02:00:00", "2025-10-26 03:00:00"},
         2},
        {"America/Sao_Paulo",
         "2018-11-05T12:00:00",
         {"yesterday", 0, 9, "2018-11-04 01:00:00", "2018-11-05 00:00:00"},
         23},
        /* just after midnight */
        {"Asia/Shanghai",
         "2025-11-12T00:30:00",
         {"今天", 0, 6, "2025-11-12 00:00:00", "2025-11-13 00:00:00"},
         24},
        {"Asia/Shanghai",
         "2025-11-12T00:30:00",
         {"at 23:50", 0, 8, "2025-11-11 23:50:00", "2025-11-11 23:51:00"},
         0},
        {"Asia/Shanghai",
         "2025-11-12T00:30:00",
         {"23:50-00:10", 0, 11, "2025-11-11 23:50:00", "2025-11-12 00:10:00"},
         0},
        /* across years */
        {"UTC",
         "2025-01-01T00:00:00",
         {"yesterday", 0, 9, "2024-12-31 00:00:00", "2025-01-01 00:00:00"},
         24},
        {"UTC",
         "2025-01-01T00:00:00",
         {"last week", 0, 9, "2024-12-23 00:00:00", "2024-12-30 00:00:00"},
         168},
        {"UTC",
         "2025-01-01T00:00:00",
         {"上个月", 0, 9, "2024-12-01 00:00:00", "2025-01-01 00:00:00"},
         0},
        {"UTC",
         "2024-03-31T10:00:00",
         {"last 1 month", 0, 12, "2024-02-29 00:00:00", "2024-04-01 00:00:00"},
         0},
        {"UTC",
         "2025-03-01T10:00:00",
         {"feb 29", 0, 6, "2024-02-29 00:00:00", "2024-03-01 00:00:00"},
         24},
        {"UTC",
         "2025-11-10T10:00:00",
         {"last monday", 0, 11, "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
         24},
        {"UTC",
         "2025-11-10T10:00:00",
         {"monday", 0, 6, "2025-11-10 00:00:00", "2025-11-11 00:00:00"},
         24},
        {"UTC",
         "2025-11-10T10:00:00",
         {"周三", 0, 6, "2025-11-05 00:00:00", "2025-11-06 00:00:00"},
         24},
        {"UTC",
         "2025-11-15T10:00:00",
         {"this weekend", 0, 12, "2025-11-15 00:00:00", "2025-11-17 00:00:00"},
         48},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GDateTime) now = make_time(rows[i].zone, rows[i].now);
        RecallTimeRange range = {0};

        check_row(&rows[i].row, now);
        recall_dates_match(rows[i].row.text, rows[i].row.length_bytes, 0, now, &range);
        if (rows[i].n_hours != 0)
            assert_int_equal(range.until_us - range.since_us,
                             rows[i].n_hours * 3600 * G_USEC_PER_SEC);
    }
}

static void
test_bounds(void **state)
{
    static const struct {
        const char *text;
        const char *since;
        const char *until;
    } rows[] = {
        {"yesterday", "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {" yesterday ", "2025-11-11 00:00:00", "2025-11-12 00:00:00"},
        {"14:05", "2025-11-12 14:05:00", "2025-11-12 14:05:00"},
        {"18:00", "2025-11-11 18:00:00", "2025-11-12 18:00:00"}, /* has not begun today */
        {"yesterday 18:00", "2025-11-11 18:00:00", "2025-11-11 18:00:00"},
        {"2025-11-03", "2025-11-03 00:00:00", "2025-11-04 00:00:00"},
        {"2025-11-03 14:05", "2025-11-03 14:05:00", "2025-11-03 14:05:00"},
        {"2025-11-03T14:05:09+01:00", "2025-11-03 14:05:09", "2025-11-03 14:05:09"},
        {"2025-11-03T14:05:09.250+01:00", "2025-11-03 14:05:09", "2025-11-03 14:05:10"},
        {"last week", "2025-11-03 00:00:00", "2025-11-10 00:00:00"},
        {"上周二", "2025-11-04 00:00:00", "2025-11-05 00:00:00"},
        {"november", "2025-11-01 00:00:00", "2025-12-01 00:00:00"},
        {"2024", "2024-01-01 00:00:00", "2025-01-01 00:00:00"},
        {"now", "2025-11-12 15:30:00", "2025-11-12 15:30:00"},
        {"two minutes ago", "2025-11-12 15:27:30", "2025-11-12 15:28:30"},
        {"25.11.2024", "2024-11-25 00:00:00", "2024-11-26 00:00:00"},
        {"2025-12-24", "2025-12-24 00:00:00", "2025-12-25 00:00:00"},
    };
    g_autoptr(GDateTime) now = make_time("Europe/Berlin", "2025-11-12T15:30:00");

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t since_us = 0;
        int64_t until_us = 0;
        g_autofree char *since = NULL;
        g_autofree char *until = NULL;

        assert_true(recall_dates_parse_since(rows[i].text, now, &since_us, NULL));
        assert_true(recall_dates_parse_until(rows[i].text, now, &until_us, NULL));
        since = show(since_us, now);
        until = show(until_us, now);
        assert_string_equal(since, rows[i].since);
        assert_string_equal(until, rows[i].until);
    }
}

static void
test_bounds_that_are_no_times(void **state)
{
    static const char *const texts[] = {"",           " ",  "soon", "yesterday foo",
                                        "2025-11-31", "\"", "\xff"};
    g_autoptr(GDateTime) now = make_time("UTC", "2025-11-12T15:30:00");

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        int64_t at_us = 7;

        assert_false(recall_dates_parse_since(texts[i], now, &at_us, &error));
        assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
        g_clear_error(&error);
        assert_false(recall_dates_parse_until(texts[i], now, &at_us, &error));
        assert_int_equal(at_us, 7);
    }
}

/* Until then is all, from then on is nothing. */
static void
test_what_is_to_come(void **state)
{
    g_autoptr(GDateTime) now = make_time("Europe/Berlin", "2025-11-12T15:30:00");
    g_autoptr(GError) error = NULL;
    g_autofree char *until = NULL;
    int64_t at_us = 7;

    assert_false(recall_dates_parse_since("tomorrow 9:00", now, &at_us, &error));
    assert_true(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
    assert_non_null(strstr(error->message, "Nothing is remembered yet"));
    assert_int_equal(at_us, 7);
    assert_true(recall_dates_parse_until("tomorrow", now, &at_us, NULL));
    until = show(at_us, now);
    assert_string_equal(until, "2025-11-14 00:00:00");
}

/* Words of the language in any order, and any bytes: a match lies within and is a range. */
static void
test_random_texts(void **state)
{
    static const char *const words[] = {
        "last",  "this",   "3",       "days", "ago", "nov", "2025", "-",    ":",  "11",
        "月",    "日",     "上",      "周",   "二",  "前",  "昨天", "下午", "点", "半",
        "to",    "到",     "between", "and",  "at",  "pm",  "12",   "31",   "年", "9999",
        "十",    "before", "week",    "之前", "的",  "t",   "z",    "+",    ",",  ".",
        "years", "最近",   "02",      "30",   "feb", "/",   "s",    "m",    "d",  "秒"};
    g_autoptr(GDateTime) now = make_time("Europe/Berlin", "2024-02-29T02:30:00");
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);

    for (unsigned i = 0; i < 50000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);

        for (int n = g_rand_int_range(rand, 1, 9); n > 0; n--) {
            if (g_rand_int_range(rand, 0, 20) == 0)
                g_string_append_c(text, g_rand_int_range(rand, 0, 256));
            g_string_append(text, words[g_rand_int_range(rand, 0, G_N_ELEMENTS(words))]);
            if (g_rand_boolean(rand))
                g_string_append_c(text, ' ');
        }
        for (int context = RECALL_DATES_PLAIN; context <= RECALL_DATES_LOOSE; context++) {
            RecallTimeRange range = {0};
            size_t length = recall_dates_match(text->str, text->len, context, now, &range);

            assert_true(length <= text->len);
            if (length > 0)
                assert_true(range.since_us < range.until_us);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expressions),     cmocka_unit_test(test_other_nows),
        cmocka_unit_test(test_bounds),          cmocka_unit_test(test_bounds_that_are_no_times),
        cmocka_unit_test(test_what_is_to_come), cmocka_unit_test(test_random_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
