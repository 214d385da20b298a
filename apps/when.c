/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#include "apps/when.h"
#include "apps/error.h"

#include <string.h>

#define SECONDS_MAX INT64_C(253402300799) /* end of the year 9999 */
#define SECONDS_MIN INT64_C(-62135596800) /* start of the year 1 */
#define DURATION_EXAMPLES "write 30m, 2h, 1h 30m, 90s, 1d or \"until 15:00\""

static const struct {
    const char *name;
    int64_t length_us;
} units[] = {
    {"s", G_TIME_SPAN_SECOND},       {"sec", G_TIME_SPAN_SECOND},
    {"secs", G_TIME_SPAN_SECOND},    {"second", G_TIME_SPAN_SECOND},
    {"seconds", G_TIME_SPAN_SECOND}, {"m", G_TIME_SPAN_MINUTE},
    {"min", G_TIME_SPAN_MINUTE},     {"mins", G_TIME_SPAN_MINUTE},
    {"minute", G_TIME_SPAN_MINUTE},  {"minutes", G_TIME_SPAN_MINUTE},
    {"h", G_TIME_SPAN_HOUR},         {"hr", G_TIME_SPAN_HOUR},
    {"hrs", G_TIME_SPAN_HOUR},       {"hour", G_TIME_SPAN_HOUR},
    {"hours", G_TIME_SPAN_HOUR},     {"d", G_TIME_SPAN_DAY},
    {"day", G_TIME_SPAN_DAY},        {"days", G_TIME_SPAN_DAY},
};

static gboolean
refuse(const char *text, const char *why, GError **error)
{
    g_set_error(error, APP_ERROR, APP_ERROR_USAGE, "“%s” %s: %s.", text, why, DURATION_EXAMPLES);
    return FALSE;
}

static const char *
skip_spaces(const char *at)
{
    while (g_ascii_isspace(*at))
        at++;
    return at;
}

/* Digits with at most one point; NULL when @at is something else. Hexadecimal, "inf" and signs,
 * which strtod would take, are something else. */
static const char *
read_number(const char *at, double *out_number)
{
    size_t n = strspn(at, "0123456789.");
    g_autofree char *digits = g_strndup(at, n);
    char *end = NULL;

    *out_number = g_ascii_strtod(digits, &end);
    return n > 0 && g_ascii_isdigit(*digits) && *end == '\0' ? at + n : NULL;
}

static const char *
read_unit(const char *at, int64_t *out_length_us)
{
    size_t n = 0;

    at = skip_spaces(at);
    while (g_ascii_isalpha(at[n]))
        n++;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strlen(units[i].name) == n && g_ascii_strncasecmp(at, units[i].name, n) == 0) {
            *out_length_us = units[i].length_us;
            return at + n;
        }
    }
    return NULL;
}

static gboolean
parse_sum(const char *text, int64_t *out_us, GError **error)
{
    double sum_us = 0;

    for (const char *at = skip_spaces(text); *at != '\0'; at = skip_spaces(at)) {
        double number = 0;
        int64_t length_us = 0;

        at = read_number(at, &number);
        if (at == NULL)
            return refuse(text, "is not a duration", error);
        at = read_unit(at, &length_us);
        if (at == NULL)
            return refuse(text, "lacks a unit", error);
        sum_us += number * length_us;
    }
    if (sum_us < 1)
        return refuse(text, "is no time at all", error);
    if (sum_us > (double)APP_WHEN_AGO_MAX_US)
        return refuse(text, "is longer than a hundred years", error);
    *out_us = (int64_t)sum_us;
    return TRUE;
}

/* Exactly H:MM or HH:MM. */
static gboolean
read_clock(const char *text, int *out_hour, int *out_minute)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 3);
    uint64_t hour, minute;

    if (g_strv_length(parts) != 2 || strlen(parts[1]) != 2 ||
        !g_ascii_string_to_unsigned(parts[0], 10, 0, 23, &hour, NULL) ||
        !g_ascii_string_to_unsigned(parts[1], 10, 0, 59, &minute, NULL))
        return FALSE;
    *out_hour = (int)hour;
    *out_minute = (int)minute;
    return TRUE;
}

static gboolean
parse_until(const char *text, const char *clock, GDateTime *now, int64_t *out_us, GError **error)
{
    int year, month, day, hour, minute;
    g_autoptr(GDateTime) today = NULL;
    g_autoptr(GDateTime) tomorrow = NULL;
    GTimeSpan span;

    if (!read_clock(clock, &hour, &minute))
        return refuse(text, "names no time of day", error);
    g_date_time_get_ymd(now, &year, &month, &day);
    today = g_date_time_new(g_date_time_get_timezone(now), year, month, day, hour, minute, 0);
    tomorrow = g_date_time_add_days(today, 1);
    span = g_date_time_difference(today, now);
    *out_us = span > 0 ? span : g_date_time_difference(tomorrow, now);
    return TRUE;
}

static gboolean
parse_duration(const char *text, GDateTime *now, int64_t *out_us, GError **error)
{
    const char *start = skip_spaces(text);

    if (*start == '\0')
        return refuse(text, "is not a duration", error);
    if (g_ascii_strncasecmp(start, "until ", strlen("until ")) == 0) {
        g_autofree char *clock = g_strstrip(g_strdup(start + strlen("until ")));

        return parse_until(text, clock, now, out_us, error);
    }
    return parse_sum(text, out_us, error);
}

static gboolean
refuse_longer(const char *text, int64_t max_us, GError **error)
{
    int64_t hours = max_us / G_TIME_SPAN_HOUR;
    g_autofree char *why =
        g_strdup_printf("is longer than %d %s", (int)(hours % 24 == 0 ? hours / 24 : hours),
                        hours % 24 == 0 ? "days" : "hours");

    return refuse(text, why, error);
}

gboolean
app_when_parse_duration(const char *text,
                        GDateTime *now,
                        int64_t max_us,
                        int64_t *out_us,
                        GError **error)
{
    int64_t duration_us = 0;

    if (!parse_duration(text, now, &duration_us, error))
        return FALSE;
    if (duration_us > max_us)
        return refuse_longer(text, max_us, error);
    *out_us = duration_us;
    return TRUE;
}

gboolean
app_when_parse_ago(const char *text, int64_t *out_us, GError **error)
{
    return parse_sum(text, out_us, error);
}

/* Floor division, so that the microseconds of times before 1970 count forward too. */
static GDateTime *
local_time(int64_t at_us, GTimeZone *zone, int *out_us)
{
    int64_t seconds = at_us / G_USEC_PER_SEC - (at_us % G_USEC_PER_SEC < 0);
    g_autoptr(GDateTime) utc =
        g_date_time_new_from_unix_utc(CLAMP(seconds, SECONDS_MIN, SECONDS_MAX));
    GDateTime *local = g_date_time_to_timezone(utc, zone);

    *out_us = (int)(at_us % G_USEC_PER_SEC + (at_us % G_USEC_PER_SEC < 0 ? G_USEC_PER_SEC : 0));
    return local != NULL ? local : g_steal_pointer(&utc);
}

static char *
format(int64_t at_us, GTimeZone *zone, const char *pattern)
{
    int us;
    g_autoptr(GDateTime) time = local_time(at_us, zone, &us);

    return g_date_time_format(time, pattern);
}

char *
app_when_format_rfc3339(int64_t at_us, GTimeZone *zone)
{
    int us;
    g_autoptr(GDateTime) time = local_time(at_us, zone, &us);
    g_autofree char *seconds = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *offset = g_date_time_format(time, "%:z");

    return g_strdup_printf("%s.%03d%s", seconds, us / 1000, offset);
}

static char *
format_near(int64_t at_us, GDateTime *now, const char *time_format)
{
    GTimeZone *zone = g_date_time_get_timezone(now);
    g_autofree char *day = format(at_us, zone, "%F");
    g_autofree char *today = g_date_time_format(now, "%F");
    g_autofree char *time = format(at_us, zone, time_format);

    if (g_str_equal(day, today))
        return g_steal_pointer(&time);
    return g_strdup_printf("%s %s", day, time);
}

char *
app_when_format_short(int64_t at_us, GDateTime *now)
{
    return format_near(at_us, now, "%H:%M");
}

char *
app_when_format_precise(int64_t at_us, GDateTime *now)
{
    return format_near(at_us, now, "%H:%M:%S");
}

char *
app_when_format_day(int64_t at_us, GTimeZone *zone)
{
    return format(at_us, zone, "%A %F");
}

char *
app_when_format_minute(int64_t at_us, GTimeZone *zone)
{
    return format(at_us, zone, "%H:%M");
}

char *
app_when_format_duration(int64_t duration_us)
{
    int64_t seconds = duration_us / G_USEC_PER_SEC;
    int64_t minutes = seconds / 60;
    int64_t hours = minutes / 60;
    int64_t days = hours / 24;

    if (days > 0)
        return g_strdup_printf("%" G_GINT64_FORMAT " d %d h", days, (int)(hours % 24));
    if (hours > 0)
        return g_strdup_printf("%d h %d min", (int)hours, (int)(minutes % 60));
    if (minutes > 0)
        return g_strdup_printf("%d min %d s", (int)minutes, (int)(seconds % 60));
    if (seconds >= 10)
        return g_strdup_printf("%d s", (int)seconds);
    return g_strdup_printf("%.1f s", (double)duration_us / G_USEC_PER_SEC);
}
