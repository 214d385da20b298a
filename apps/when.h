/* SPDX-FileCopyrightText: 2026 The Deskhand authors
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Times as a person types and reads them. Pure; local time is the time zone of @now. */

#define APP_WHEN_AGO_MAX_US (36525 * G_TIME_SPAN_DAY) /* a hundred years */

/**
 * app_when_parse_duration:
 * @text: "30m", "2h", "1h 30m", "90 seconds", "1.5 hours", "until 15:00"
 * @now: what "until" counts from; a time that is past today means tomorrow
 * @max_us: of whole hours
 * @out_us: 1 to @max_us
 * @error: APP_ERROR_USAGE, with an example of what would do
 */
gboolean app_when_parse_duration(const char *text,
                                 GDateTime *now,
                                 int64_t max_us,
                                 int64_t *out_us,
                                 GError **error);

/* How long ago: as above without "until", up to APP_WHEN_AGO_MAX_US. */
gboolean app_when_parse_ago(const char *text, int64_t *out_us, GError **error);

/* RFC 3339 with milliseconds and the offset of the local time zone: 2026-11-03T14:05:09.250+01:00.
 * @at_us: microseconds since the epoch; cut to the years 1 to 9999. Returns: (transfer full) */
char *app_when_format_rfc3339(int64_t at_us, GTimeZone *zone);

/* "14:05" when that is on the day of @now, else "2026-11-03 14:05". Returns: (transfer full) */
char *app_when_format_short(int64_t at_us, GDateTime *now);

/* Likewise with seconds: "14:05:09". Returns: (transfer full) */
char *app_when_format_precise(int64_t at_us, GDateTime *now);

/* "Tuesday 2026-11-03". Returns: (transfer full) */
char *app_when_format_day(int64_t at_us, GTimeZone *zone);

/* "14:05". Returns: (transfer full) */
char *app_when_format_minute(int64_t at_us, GTimeZone *zone);

/* "2 h 5 min", "30 s", "0.4 s": the two largest units. Returns: (transfer full) */
char *app_when_format_duration(int64_t duration_us);
